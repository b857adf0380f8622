"""What is said of posts that are withdrawn with others."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from generator.cache.store import Store
from generator.collection.withdrawal import Withdrawal
from generator.images.places import ImagePlaces
from generator.progress import SilentProgress
from generator.settings import PostSettings, ReadSettings
from generator.settings.load import load_settings
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.sources import find_inputs


@pytest.mark.parametrize(
    ("files", "named"), [(["a"], "1 row (3)"), (["a", "b"], "3 rows (a.csv, row 3, b.csv, row 2, b.csv, row 3)")]
)
def test_rows_of_several_tables_are_named_with_their_tables(tmp_path: Path, files: list[str], named: str) -> None:
    for name in files:
        rows = [
            "brand,thumbnail,permalink",
            f"{name},x.jpg,https://e.example/{name}1",
            f"{name},x.jpg,https://e.example/2",
        ]
        (tmp_path / f"{name}.csv").write_text("\n".join(rows))
    (tmp_path / "x.jpg").write_bytes(b"image")
    table = read_posts(find_inputs([tmp_path / f"{name}.csv" for name in files]), ReadSettings())
    warnings: list[str] = []
    settings = load_settings(None, {}, {"exclude": "https://e.example/a1"})
    store = Store(tmp_path / "cache")
    withdrawal = Withdrawal(ImagePlaces(tmp_path), settings, store, SilentProgress(warnings), writes=False)
    withdrawal.take_out(table, [])
    assert named in warnings[0]


def test_what_is_withdrawn_from_one_of_two_tables_is_withdrawn_from_the_other(tmp_path: Path) -> None:
    tables = {}
    for name, code in (("ours", "a"), ("theirs", "b")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "posts.csv").write_text(f"brand,thumbnail,permalink\n{name},x.jpg,https://e.example/{code}")
        (tmp_path / name / "x.jpg").write_bytes(b"one image")  # in two folders
        tables[name] = read_posts(find_inputs([tmp_path / name / "posts.csv"]), ReadSettings())
    warnings: list[str] = []
    entries = ["https://e.example/b", "https://e.example/none"]
    settings = replace(load_settings(None, {}), posts=PostSettings(exclude=tuple(entries)))
    store = Store(tmp_path / "cache")
    for _ in range(2):  # the second build knows it by what the first has kept
        ours = Withdrawal(ImagePlaces(tmp_path / "ours"), settings, store, SilentProgress(warnings))
        theirs = ours.beside(ImagePlaces(tmp_path / "theirs"))
        for withdrawal, name in ((theirs, "theirs"), (ours, "ours")):
            taken = withdrawal.take_out(tables[name], [])
            withdrawal.note_unused(taken.unmatched, taken.unclear)
            assert len(taken.table.posts) == (name == "ours")
        sha256 = hashlib.sha256(b"one image").hexdigest()
        assert ours.covers(sha256) and theirs.covers(sha256)
        assert ours.swept is False
        ours.warn_of_unused()
    assert len(warnings) == 2 and all("names https://e.example/none, but no row" in text for text in warnings)
