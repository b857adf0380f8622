"""Vectors brought by the user: three formats, matched to posts by what names them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.collection.exclusion import withdraw_rows
from generator.embedding.vector_files import VectorFile, match_vectors, read_vectors, save_vectors
from generator.errors import SettingsError
from generator.spreadsheet.posts import Post, PostTable, Refusal, TableRead


def _post(name: str, row: int) -> Post:
    link = f"https://example.com/p/{name}"
    return Post(name, row, "House", f"{name}.jpg", "", None, None, None, link)


def _table(posts: list[Post], refused: list[int]) -> PostTable:
    refusals = tuple(Refusal(row, "no_brand", "", "", "") for row in refused)
    return PostTable(
        "posts.xlsx", (TableRead("posts.xlsx", "", len(posts) + len(refused), {}),), tuple(posts), refusals, ()
    )


@pytest.mark.parametrize("suffix", [".npy", ".parquet", ".h5"])
@given(
    ids=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), min_size=1, unique=True)
)
def test_every_format_gives_back_what_was_saved(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, ids: list[str]
) -> None:
    path = tmp_path_factory.mktemp("vectors") / f"new/v{suffix}"
    vectors = np.random.default_rng(0).normal(size=(len(ids), 7)).astype(np.float32)
    save_vectors(path, ids, vectors)
    back = read_vectors(path)
    assert back.ids == tuple(ids)
    assert np.array_equal(back.vectors, vectors)
    assert not list(path.parent.glob("*.part"))


def test_posts_are_found_by_id_permalink_or_thumbnail() -> None:
    table = _table([_post("a", 2), _post("b", 3), _post("c", 4), _post("d", 5)], [])
    file = VectorFile(("c.jpg", "https://example.com/p/b", "a"), np.eye(3, dtype=np.float32))
    assert match_vectors(file, table).tolist() == [2, 1, 0, -1]


def test_a_plain_matrix_follows_the_rows_or_the_posts() -> None:
    table = _table([_post("a", 2), _post("b", 4)], [3, 7])
    assert match_vectors(VectorFile(None, np.zeros((4, 2), np.float32)), table).tolist() == [0, 2]
    assert match_vectors(VectorFile(None, np.zeros((2, 2), np.float32)), table).tolist() == [0, 1]
    with pytest.raises(SettingsError, match="3 rows without ids"):
        match_vectors(VectorFile(None, np.zeros((3, 2), np.float32)), table)


def test_a_matrix_made_before_posts_were_withdrawn_still_fits() -> None:
    before = _table([_post("a", 2), _post("b", 4), _post("c", 5), _post("d", 6)], [3, 7])
    table = withdraw_rows(before, {(0, 4)})
    assert match_vectors(VectorFile(None, np.zeros((4, 2), np.float32)), table).tolist() == [0, 2, 3]
    assert match_vectors(VectorFile(None, np.zeros((6, 2), np.float32)), table).tolist() == [0, 3, 4]


def test_ids_that_name_no_post_are_refused() -> None:
    with pytest.raises(SettingsError, match="None of the ids"):
        match_vectors(VectorFile(("x",), np.zeros((1, 2), np.float32)), _table([_post("a", 2)], []))


@pytest.mark.parametrize("array", [np.zeros(3), np.zeros((0, 3)), np.full((2, 2), np.nan), np.zeros((2, 2, 2))])
def test_arrays_that_are_no_vectors_are_refused(tmp_path: Path, array: np.ndarray) -> None:
    np.save(tmp_path / "v.npy", array)
    with pytest.raises(SettingsError):
        read_vectors(tmp_path / "v.npy")


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_vectors(tmp_path / "v.npy")


@pytest.mark.parametrize("name", ["v.npy", "v.parquet", "v.h5", "v.csv"])
def test_files_of_another_kind_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"nothing of the kind")
    with pytest.raises(SettingsError, match=name):
        read_vectors(tmp_path / name)
