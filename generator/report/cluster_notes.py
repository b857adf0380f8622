"""Read the cluster notes: names and notes for clusters and territories, and hidden posts, edited by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.errors import SettingsError, suggest_name
from generator.settings.toml_file import read_toml_file
from generator.text import clean_caption, clean_line

#: Beside the spreadsheet, unless the settings say otherwise.
FILE_NAME = "clusters.toml"
VERSION = 1
MAX_NAME = 80
MAX_NOTE = 2000

_ENTRIES = ("name", "note")
_SECTIONS = ("clusters", "hidden")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

_HEAD = f"""\
# Names and notes for the clusters (c01) and territories (t01) of this report, and posts to hide from it.
#
# Remove the # before a line to use it, as here:
#
#   [clusters.c01]
#   name = "Silk dresses"
#   note = "Mostly the evening line; the slip dresses are all of one week."
#
# A name is shown in place of the one found automatically, a note beside it. Rebuilding the report reads this file and
# never changes it. Other images or settings may give clusters other keys; the build says which names fit none.
version = {VERSION}
"""
_FOOT = """
# Posts left out of the report's pages, by id: posts = ["7E1B6F54-qiiujn", "81134EC7-7nhumk"]
#[hidden]
#posts = []
"""


@dataclass(frozen=True, slots=True)
class ClusterNotes:
    """Names and notes by the keys of clusters and territories, and the ids of hidden posts."""

    names: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    def unknown_keys(self, present: Collection[str]) -> tuple[str, ...]:
        """Return the keys with a name or note that are not `present`, in order, so that users can be warned."""
        return tuple(sorted((self.names.keys() | self.notes.keys()) - set(present)))

    def unknown_posts(self, present: Collection[str]) -> tuple[str, ...]:
        """Return the hidden ids that are not `present`, in order."""
        return tuple(sorted(self.hidden - set(present)))


def read_cluster_notes(path: Path) -> ClusterNotes:
    """Return the notes in the file at `path`, none if it is missing. Raises SettingsError for an invalid file."""
    content = read_toml_file(path, "cluster notes", 'Texts stand in quotes: name = "Silk dresses".', VERSION)
    for section in content:
        if section not in _SECTIONS:
            raise SettingsError(f"{path}: {section} is not known.", suggest_name(section, _SECTIONS, "There are"))
    texts: dict[str, dict[str, str]] = {entry: {} for entry in _ENTRIES}
    for key, entries in _table(content, "clusters", path, "Write [clusters.c01] and its name below.").items():
        where = f"[clusters.{_quote(key)}]"
        if not isinstance(entries, dict):
            raise SettingsError(f"{path}: {where} is not a table.", f'Write {where} and below it name = "…".')
        for entry, value in entries.items():
            if entry not in _ENTRIES:
                raise SettingsError(f"{path}: {where} has no {entry}.", suggest_name(entry, _ENTRIES, "There are"))
            if text := _read_text(entry, value, f"{path}: {where}"):
                texts[entry][key] = text
    return ClusterNotes(texts["name"], texts["note"], _read_hidden(content, path))


def draft_cluster_notes(names: Mapping[str, str]) -> str:
    """Return a file for `read_cluster_notes`, all commented out, with each cluster's key and automatic name."""
    lines = [_HEAD]
    for key, name in names.items():
        shown = json.dumps(clean_line(name), ensure_ascii=False)
        lines.append(f'#[clusters.{_quote(key)}]\n#name = {shown}\n#note = ""\n')
    return "\n".join(lines) + _FOOT


def _table(content: Mapping[str, Any], section: str, path: Path, hint: str) -> Mapping[str, Any]:
    table = content.get(section, {})
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: {section} is not a table.", hint)
    return table


def _read_text(entry: str, value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise SettingsError(f"{where}: {entry} = {value!r} is not text.", f'Write it in quotes: {entry} = "…".')
    text, most = (clean_line(value), MAX_NAME) if entry == "name" else (clean_caption(value), MAX_NOTE)
    if len(text) > most:
        raise SettingsError(
            f"{where}: the {entry} has {len(text)} characters.", f"A {entry} has at most {most}; shorten it."
        )
    return text


def _read_hidden(content: Mapping[str, Any], path: Path) -> frozenset[str]:
    hint = 'Write posts = ["…", "…"] below [hidden], each id in quotes.'
    hidden = _table(content, "hidden", path, hint)
    for entry in hidden:
        if entry != "posts":
            raise SettingsError(f"{path}: [hidden] has no {entry}.", suggest_name(entry, ("posts",), "There is"))
    posts = hidden.get("posts", [])
    if not isinstance(posts, list):
        raise SettingsError(f"{path}: [hidden] posts = {posts!r} is not a list.", hint)
    for post in posts:
        if not isinstance(post, str):
            raise SettingsError(f"{path}: [hidden] posts holds {post!r}, which is not text.", hint)
    return frozenset(post.strip() for post in posts) - {""}


def _quote(key: str) -> str:
    """Return `key` as TOML writes it."""
    return key if _BARE_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False).replace("\x7f", "\\u007f")
