"""Posts that somebody says belong together, and posts that do not: a file written by hand or saved from the viewer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import SettingsError, suggest_name
from generator.settings.toml_file import read_toml_file
from generator.spreadsheet.posts import Post

#: Beside the spreadsheet, unless the settings say otherwise.
FILE_NAME = "similar.toml"
VERSION = 1
_KINDS = ("together", "apart")


@dataclass(frozen=True, slots=True)
class Examples:
    """Lists of posts as they were named: each of `together` belongs together, no two in one of `apart` do."""

    together: tuple[tuple[str, ...], ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()

    @property
    def key_text(self) -> str:
        """All of it as one text, for keys; "" for none."""
        return f"{self.together} {self.apart}" if self.together or self.apart else ""


@dataclass(frozen=True, slots=True)
class ExampleGroups:
    """Examples among n posts. Two groups that were named as such do not belong together."""

    groups: tuple[tuple[int, ...], ...]  # positions of posts; one alone is only set apart from others
    apart: frozenset[tuple[int, int]]  # pairs of groups, the lower first
    unknown: tuple[str, ...]  # what was named and is no post

    @property
    def key_text(self) -> str:
        """All of it as one text, for keys."""
        return f"{self.groups} {sorted(self.apart)}"


def read_examples(path: Path) -> Examples:
    """What the file at `path` says; nothing where there is none. Raises SettingsError for what does not fit."""
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
    """Where the examples are among `posts`, by id, permalink, or the image as the spreadsheet names it.

    Raises SettingsError where they contradict each other.
    """
    if not examples.key_text:
        return ExampleGroups((), frozenset(), ())
    known: dict[str, int] = {}
    for names in (
        (post.thumbnail for post in posts),
        (post.permalink or "" for post in posts),
        (post.id for post in posts),
    ):
        # of posts that share an image or a link, the first
        known |= {name: place for place, name in reversed(list(enumerate(names))) if name}
    unknown = [name for named in (*examples.together, *examples.apart) for name in named if name not in known]
    group_of: dict[int, int] = {}
    groups: list[tuple[int, ...]] = []
    for named in examples.together:
        places = _places(named, known)
        for place in places:
            if place in group_of:
                raise SettingsError(
                    f"The examples name {posts[place].id} in two lists of [[together]].",
                    "Put both into one list, or the post into one of them.",
                )
        if places:
            group_of |= dict.fromkeys(places, len(groups))
            groups.append(places)
    apart = {(one, other) for other in range(len(groups)) for one in range(other)}
    for named in examples.apart:
        found = []
        for place in _places(named, known):
            if place not in group_of:
                group_of[place] = len(groups)
                groups.append((place,))
            if group_of[place] in found:
                raise SettingsError(
                    f"The examples name {posts[place].id} and another post as [[together]] and as [[apart]].",
                    "Take one of them out of one list.",
                )
            found.append(group_of[place])
        apart |= {(min(pair), max(pair)) for at, one in enumerate(found) for pair in ((one, two) for two in found[:at])}
    return ExampleGroups(tuple(groups), frozenset(apart), tuple(dict.fromkeys(unknown)))


def _places(named: Iterable[str], known: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(known[name] for name in named if name in known))
