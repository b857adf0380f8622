"""The user's own tags and notes on posts, in a file written by hand or saved by the viewer: notes.toml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.errors import SettingsError, suggest_name
from generator.settings.toml_file import read_toml_file
from generator.spreadsheet.posts import index_posts
from generator.text import clean_line

if TYPE_CHECKING:
    from generator.spreadsheet.posts import Post

#: Beside the spreadsheet, unless the settings say otherwise.
FILE_NAME = "notes.toml"
VERSION = 1
MAX_TAG = 40
MAX_NOTE = 500

#: Each section, the entry that holds its text, and the most characters of that.
_SECTIONS = {"tags": ("name", MAX_TAG), "notes": ("text", MAX_NOTE)}

#: A text, and the posts that it is of by id, permalink or image.
Mark = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class PostMarks:
    """Tags and notes in the order of the file."""

    tags: tuple[Mark, ...] = ()
    notes: tuple[Mark, ...] = ()

    @property
    def key_text(self) -> str:
        """All of them as one text, for keys; "" for none."""
        return str((self.tags, self.notes)) if self.tags or self.notes else ""


@dataclass(frozen=True, slots=True)
class FoundMarks:
    """The tags and notes of posts by their position, and the posts that are named and not there."""

    tags: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    notes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


def read_post_marks(path: Path) -> PostMarks:
    """Return the tags and notes in the file at `path`, none if there is none.

    Raises SettingsError if its content does not fit.
    """
    content = read_toml_file(path, "tags and notes", _hint("notes"), VERSION)
    for section in content:
        if section not in _SECTIONS:
            raise SettingsError(f"{path}: {section} is not known.", suggest_name(section, list(_SECTIONS), "There are"))
    return PostMarks(*(_read_section(content.get(section, []), section, path) for section in _SECTIONS))


def find_marks(marks: PostMarks, posts: Sequence[Post]) -> FoundMarks:
    """Return what `marks` say of each of `posts`: tags in alphabetical order, notes in that of the file."""
    if not marks.key_text:
        return FoundMarks()
    position_of = index_posts(posts)
    unknown: list[str] = []

    def place(entries: Sequence[Mark]) -> dict[int, tuple[str, ...]]:
        found: dict[int, tuple[str, ...]] = {}
        for text, names in entries:
            for name in names:
                at = position_of.get(name)
                at = None if at is None else position_of[posts[at].post_id]  # of a further image: its post
                if at is None:
                    unknown.append(name)
                elif text not in found.get(at, ()):
                    found[at] = (*found.get(at, ()), text)
        return found

    tags = {at: tuple(sorted(texts)) for at, texts in place(marks.tags).items()}
    return FoundMarks(tags, place(marks.notes), tuple(dict.fromkeys(unknown)))


def _hint(section: str) -> str:
    return f'Write [[{section}]] and below it {_SECTIONS[section][0]} = "…" and posts = ["…", "…"].'


def _read_section(entries: Any, section: str, path: Path) -> tuple[Mark, ...]:
    hint, (called, most) = _hint(section), _SECTIONS[section]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SettingsError(f"{path}: {section} is not a list of tables.", hint)
    found = []
    for entry in entries:
        for name in entry:
            if name not in (called, "posts"):
                raise SettingsError(
                    f"{path}: [[{section}]] has no {name}.", suggest_name(name, (called, "posts"), "There are")
                )
        value, posts = entry.get(called), entry.get("posts")
        text = clean_line(value) if isinstance(value, str) else ""
        if not 0 < len(text) <= most:
            raise SettingsError(
                f"{path}: {called} = {value!r} of [[{section}]] is not a text of 1 to {most} characters.", hint
            )
        if not isinstance(posts, list) or not all(isinstance(post, str) for post in posts):
            raise SettingsError(f"{path}: {text!r} of [[{section}]] has no posts, a list of texts.", hint)
        found.append((text, tuple(post.strip() for post in posts if post.strip())))
    return tuple(found)
