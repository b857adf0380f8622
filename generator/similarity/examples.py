"""Examples of posts that belong together and of posts that do not, in a file written by hand or saved by the viewer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from generator.errors import SettingsError, suggest_name
from generator.settings.toml_file import read_toml_file
from generator.spreadsheet.posts import Post, index_posts

#: Beside the spreadsheet, unless the settings say otherwise.
FILE_NAME = "similar.toml"
#: Of the file's form.
VERSION = 1
_KINDS = ("together", "apart")


@dataclass(frozen=True, slots=True)
class Examples:
    """Lists of posts as the file names them. Those in a list of `together` belong together, no two of `apart` do."""

    together: tuple[tuple[str, ...], ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()

    @property
    def key_text(self) -> str:
        """All examples as one text, for keys; "" for none."""
        return f"{self.together} {self.apart}" if self.together or self.apart else ""


@dataclass(frozen=True, slots=True)
class ExampleGroups:
    """Examples among n posts. Posts of one group belong together; named groups are apart from each other."""

    groups: tuple[tuple[int, ...], ...]  # positions of posts; a single one is only apart from others
    apart: frozenset[tuple[int, int]]  # pairs of groups, the lower first
    unknown: tuple[str, ...]  # names of no post

    @property
    def key_text(self) -> str:
        """All groups as one text, for keys."""
        return f"{self.groups} {sorted(self.apart)}"


def read_examples(path: Path) -> Examples:
    """Read the file at `path`; no examples where there is none. Raises SettingsError where its content does not fit."""
    hint = 'Write [[together]] and below it posts = ["…", "…"].'
    content = read_toml_file(path, "examples", hint, VERSION)
    for kind in content:
        if kind not in _KINDS:
            raise SettingsError(f"{path}: {kind} is not known.", suggest_name(kind, _KINDS, "There are"))
    return Examples(*(_read_lists(content.get(kind, []), kind, path) for kind in _KINDS))


def _read_lists(entries: Any, kind: str, path: Path) -> tuple[tuple[str, ...], ...]:
    hint = f'Write [[{kind}]] and below it posts = ["…", "…"], each post by its id, permalink or image.'
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SettingsError(f"{path}: {kind} is not a list of tables.", hint)
    lists = []
    for entry in entries:
        for name in entry:
            if name not in ("posts", "name"):
                raise SettingsError(
                    f"{path}: [[{kind}]] has no {name}.", suggest_name(name, ("posts", "name"), "There are")
                )
        posts = entry.get("posts")
        if not isinstance(posts, list) or not all(isinstance(post, str) for post in posts):
            raise SettingsError(f"{path}: one of [[{kind}]] has no posts, a list of texts.", hint)
        named = tuple(dict.fromkeys(post.strip() for post in posts if post.strip()))
        if len(named) < 2:
            raise SettingsError(
                f"{path}: one of [[{kind}]] names {'one post' if named else 'no post'}, and takes two or more.", hint
            )
        lists.append(named)
    return tuple(lists)


def find_examples(examples: Examples, posts: Sequence[Post]) -> ExampleGroups:
    """Find the examples among `posts`, by id, permalink, or the image as the spreadsheet names it.

    Raises SettingsError where they contradict each other.
    """
    if not examples.key_text:
        return ExampleGroups((), frozenset(), ())
    positions = index_posts(posts)
    lists = (*examples.together, *examples.apart)
    unknown = dict.fromkeys(name for names in lists for name in names if name not in positions)
    group_of: dict[int, int] = {}
    groups: list[tuple[int, ...]] = []
    for names in examples.together:
        members = _find_posts(names, positions)
        for post in members:
            if post in group_of:
                raise SettingsError(
                    f"The examples name {posts[post].id} in two lists of [[together]].",
                    "Put both into one list, or the post into one of them.",
                )
        if members:
            group_of |= dict.fromkeys(members, len(groups))
            groups.append(members)
    apart = set(combinations(range(len(groups)), 2))
    for names in examples.apart:
        separate: list[int] = []
        for post in _find_posts(names, positions):
            if post not in group_of:
                group_of[post] = len(groups)
                groups.append((post,))
            if group_of[post] in separate:
                raise SettingsError(
                    f"The examples name {posts[post].id} and another post as [[together]] and as [[apart]].",
                    "Take one of them out of one list.",
                )
            separate.append(group_of[post])
        apart |= set(combinations(sorted(separate), 2))
    return ExampleGroups(tuple(groups), frozenset(apart), tuple(unknown))


def _find_posts(names: Iterable[str], positions: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(positions[name] for name in names if name in positions))
