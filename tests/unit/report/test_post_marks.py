"""Tags and notes of users: how their file is read, and which posts they are found on."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generator.errors import SettingsError
from generator.report.post_marks import FoundMarks, PostMarks, find_marks, read_post_marks

POSTS: Any = [
    SimpleNamespace(id=f"P{at}", post_id=f"P{at}", permalink=f"https://example.com/{at}", thumbnail=f"images/{at}.jpg")
    for at in range(4)
]


def _read(folder: Path, text: str) -> PostMarks:
    path = folder / "notes.toml"
    path.write_text(text, encoding="utf-8")
    return read_post_marks(path)


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert read_post_marks(tmp_path / "notes.toml") == PostMarks()
    assert find_marks(PostMarks(), POSTS) == FoundMarks()


def test_texts_are_text_and_one_line(tmp_path: Path) -> None:
    marks = _read(
        tmp_path,
        'version = 1\n[[notes]]\ntext = "two\\nlines \\u202e<b>"\nposts = [" P1 ", ""]\n'
        '[[tags]]\nname = "x"\nposts = []',
    )
    assert marks.notes == (("two lines <b>", ("P1",)),)
    assert marks.tags == (("x", ()),)


def test_posts_are_found_by_id_link_and_image_and_the_others_are_named_once(tmp_path: Path) -> None:
    marks = PostMarks(
        (("season", ("P1", "gone")), ("hero", ("https://example.com/1", "images/3.jpg", "P3"))),
        (("second", ("P2",)), ("first", ("P2", "gone", "lost"))),
    )
    found = find_marks(marks, POSTS)
    assert found.tags == {1: ("hero", "season"), 3: ("hero",)}
    assert found.notes == {2: ("second", "first")}
    assert found.unknown == ("gone", "lost")


def test_another_text_gives_another_key() -> None:
    assert PostMarks().key_text == ""
    assert PostMarks((("a", ("P1",)),)).key_text != PostMarks((), (("a", ("P1",)),)).key_text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[note]]\ntext = 'x'", "note is not known"),
        ("tags = 1", "tags is not a list"),
        ("[[tags]]\ntext = 'x'\nposts = []", "has no text"),
        ("[[tags]]\nname = ' '\nposts = []", "not a text of 1 to 40"),
        (f"[[tags]]\nname = '{'x' * 41}'\nposts = []", "not a text of 1 to 40"),
        ("[[notes]]\ntext = 'x'", "has no posts"),
        ("[[notes]]\ntext = 'x'\nposts = [1]", "has no posts"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        _read(tmp_path, f"version = 1\n{text}\n")
