"""The file of examples: what it says, what is refused and how, and which posts it names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import SettingsError
from generator.similarity.examples import ExampleGroups, Examples, find_examples, read_examples
from generator.spreadsheet.posts import Post

TWO = "posts = ['a', 'b']"


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "similar.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _post(number: int, thumbnail: str = "", permalink: str | None = None) -> Post:
    return Post(
        id=f"P{number}",
        row=number + 2,
        brand="House",
        thumbnail=thumbnail or f"images/{number}.jpg",
        caption="",
        likes=None,
        comments=None,
        published=None,
        permalink=permalink or f"https://example.com/p/{number}",
    )


POSTS = [_post(number) for number in range(10)]


def _find(together: list[str] | None = None, apart: list[str] | None = None) -> ExampleGroups:
    """The groups of lists written as "P0 P1"."""
    lists = (tuple(tuple(named.split()) for named in several or []) for several in (together, apart))
    return find_examples(Examples(*lists), POSTS)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "version = 1\n", "version = 1\ntogether = []\n"])
def test_a_file_may_say_nothing(tmp_path: Path, text: str) -> None:
    examples = read_examples(_file(tmp_path, text))
    assert examples == Examples() and not examples.key_text


def test_a_missing_file_says_nothing(tmp_path: Path) -> None:
    assert read_examples(tmp_path / "none.toml") == Examples()


def test_lists_are_read_in_their_order_without_blanks_and_repeats(tmp_path: Path) -> None:
    text = f"version = 1\n[[together]]\nposts = [' b ', 'a', '', 'b']\n[[apart]]\n{TWO}\n[[together]]\n{TWO}\n"
    examples = read_examples(_file(tmp_path, text + "name = 'Skirts'\n"))
    assert examples == Examples((("b", "a"), ("a", "b")), (("a", "b"),))
    assert examples.key_text != Examples((("b", "a"), ("a", "b"))).key_text != ""


def test_editors_of_windows(tmp_path: Path) -> None:
    path = tmp_path / "similar.toml"
    path.write_bytes('\ufeffversion = 1\r\n[[together]]\r\nposts = ["é", "b"]\r\n'.encode())
    assert read_examples(path).together == (("é", "b"),)
    path.write_bytes('version = 1\n[[together]]\nposts = ["é", "b"]\n'.encode("latin-1"))
    with pytest.raises(SettingsError, match="UTF-8"):
        read_examples(path)


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        (f"[[together]]\n{TWO}\n", "does not say its version", "version = 1"),
        ("version = 2\n", "version = 2", "version = 1"),
        ("version = true\n", "version = True", "version = 1"),
        ("version = 1.0\n", "version = 1.0", "version = 1"),
        ("version = '1'\n", "version = '1'", "version = 1"),
        (f"version = 1\n[[togehter]]\n{TWO}\n", "togehter is not known", "Did you mean together?"),
        ("version = 1\n[zzz]\n", "zzz is not known", "together, apart"),
        (f"version = 1\n[[apart]]\n{TWO}\nzzz = 3\n", "[[apart]] has no zzz", "posts, name"),
        ("version = 1\n[[apart]]\npost = ['a', 'b']\n", "[[apart]] has no post", "Did you mean posts?"),
        (f"version = 1\n[together]\n{TWO}\n", "together is not a list of tables", "[[together]]"),
        ("version = 1\napart = ['a', 'b']\n", "apart is not a list of tables", "[[apart]]"),
        ("version = 1\n[[together]]\n", "has no posts", "posts ="),
        ("version = 1\n[[together]]\nposts = 'a, b'\n", "has no posts", "posts ="),
        ("version = 1\n[[together]]\nposts = ['a', 12]\n", "has no posts", "posts ="),
        ("version = 1\n[[together]]\nposts = ['a']\n", "names one post", "posts ="),
        ("version = 1\n[[apart]]\nposts = ['a', ' a', ' ']\n", "names one post", "posts ="),
        ("version = 1\n[[apart]]\nposts = []\n", "names no post", "posts ="),
        ("version = 1\n[[together]\n", "line 2", "[[together]]"),
        ("version = 1\na = " + "[" * 5000, "TOML", "[[together]]"),
    ],
)
def test_faults_name_the_place_and_the_mend(tmp_path: Path, text: str, said: str, hint: str) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        read_examples(path)
    assert str(path) in caught.value.message
    assert said in caught.value.message
    assert hint in caught.value.hint


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_examples(tmp_path)


@given(
    st.lists(
        st.lists(st.text(min_size=1), min_size=2, unique_by=str.strip).filter(lambda ids: all(map(str.strip, ids))),
        max_size=3,
    )
)
def test_a_file_as_the_viewer_saves_it_is_read_whole(
    tmp_path_factory: pytest.TempPathFactory, lists: list[list[str]]
) -> None:
    def quote(text: str) -> str:
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

    tables = [f"[[together]]\nposts = [{', '.join(map(quote, posts))}]\n" for posts in lists]
    text = "\n".join(["# Examples for Brandscape: posts that belong together\nversion = 1\n", *tables])
    examples = read_examples(_file(tmp_path_factory.mktemp("saved"), text))
    assert examples.together == tuple(tuple(post.strip() for post in posts) for posts in lists)


@pytest.mark.parametrize("posts", [["P1", "P4"], ["https://example.com/p/1", "P4"], ["images/4.jpg", "images/1.jpg"]])
def test_posts_are_found_by_id_permalink_and_image(posts: list[str]) -> None:
    found = find_examples(Examples((tuple(posts),)), POSTS)
    assert sorted(found.groups[0]) == [1, 4] and found.unknown == ()


def test_an_id_comes_before_a_permalink_and_that_before_an_image() -> None:
    posts = [_post(0, thumbnail="P1"), _post(1), _post(2, permalink="images/3.jpg"), _post(3), _post(4)]
    assert find_examples(Examples((("P1", "images/3.jpg"),)), posts).groups == ((1, 2),)


def test_one_post_named_in_several_ways_is_one() -> None:
    assert _find(["P1 images/1.jpg https://example.com/p/1 P2"]).groups == ((1, 2),)
    assert _find(apart=["P1 images/1.jpg P2"]) == ExampleGroups(((1,), (2,)), frozenset({(0, 1)}), ())


def test_what_is_no_post_is_listed_once_and_the_rest_counts() -> None:
    found = _find(["P1 gone P2", "away gone"], ["gone P3 P4"])
    assert found.unknown == ("gone", "away")
    assert found.groups == ((1, 2), (3,), (4,))
    assert found.apart == {(1, 2)}


def test_nothing_said_is_no_groups() -> None:
    assert _find() == ExampleGroups((), frozenset(), ())


def test_groups_are_apart_from_each_other() -> None:
    found = _find(["P1 P2", "P5 P4", "P7 P8 P9"])
    assert found.groups == ((1, 2), (5, 4), (7, 8, 9))
    assert found.apart == {(0, 1), (0, 2), (1, 2)}


def test_posts_set_apart_are_groups_of_one_and_pairs() -> None:
    found = _find(apart=["P1 P2 P3", "P3 P4"])
    assert found.groups == ((1,), (2,), (3,), (4,))
    assert found.apart == {(0, 1), (0, 2), (1, 2), (2, 3)}


def test_a_post_set_apart_stands_for_its_group() -> None:
    found = _find(["P1 P2", "P3 P4"], ["P6 P2", "P2 P3"])
    assert found.groups == ((1, 2), (3, 4), (6,))
    assert found.apart == {(0, 1), (0, 2)}


@pytest.mark.parametrize(
    ("together", "apart", "said"),
    [
        (["P1 P2", "P3 images/2.jpg"], [], "P2 in two lists of [[together]]"),
        (["P1 P2 P3"], ["P5 P1 P3"], "P3 and another post as [[together]] and as [[apart]]"),
    ],
)
def test_examples_that_contradict_each_other_are_refused(together: list[str], apart: list[str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _find(together, apart)
    assert said in caught.value.message
    assert "one list" in caught.value.hint


def test_what_groups_say_tells_them_apart() -> None:
    said = [
        _find(["P1 P2", "P3 P4"]).key_text,
        _find(["P1 P3", "P2 P4"]).key_text,
        _find(["P1 P2"], ["P3 P4"]).key_text,
    ]
    assert len(set(said)) == 3
