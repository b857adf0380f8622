"""Corrections of tags, in a file written by hand or saved by the viewer: tags.toml beside the spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.errors import SettingsError, suggest_name
from generator.settings.toml_file import read_toml_file
from generator.tags.hierarchy import Hierarchy
from generator.text import clean_line

#: Beside the spreadsheet, unless the settings say otherwise.
FILE_NAME = "tags.toml"
#: Of the file's form.
VERSION = 1
MAX_NAME = 80

_SECTIONS = ("terms", "without")
_ENTRIES = ("name", "into", "remove")
_WITHOUT = ("term", "posts")


@dataclass(frozen=True, slots=True)
class TagCorrections:
    """What people changed of the terms, by key, and the posts that a term does not fit."""

    names: Mapping[str, str] = field(default_factory=dict)
    into: Mapping[str, str] = field(default_factory=dict)  # terms that are merged into others
    removed: frozenset[str] = frozenset()
    without: tuple[tuple[str, tuple[str, ...]], ...] = ()  # a term, and posts by id, permalink or image

    @property
    def key_text(self) -> str:
        """All corrections as one text, for keys; "" for none."""
        parts = (sorted(self.names.items()), sorted(self.into.items()), sorted(self.removed), self.without)
        return str(parts) if any(parts) else ""


def read_corrections(path: Path, hierarchy: Hierarchy) -> TagCorrections:
    """Return the corrections in the file at `path`, none where there is none.

    Raises SettingsError where its content does not fit, or names a term that `hierarchy` does not have.
    """
    hint = 'Write [terms.watches] and below it name = "…", into = "…" or remove = true.'
    content = read_toml_file(path, "corrections of tags", hint, VERSION)
    for section in content:
        if section not in _SECTIONS:
            raise SettingsError(f"{path}: {section} is not known.", suggest_name(section, _SECTIONS, "There are"))
    keys = [term.key for term in hierarchy.terms]
    terms = content.get("terms", {})
    if not isinstance(terms, dict) or not all(isinstance(entry, dict) for entry in terms.values()):
        raise SettingsError(f"{path}: terms is not a table of tables.", hint)
    names: dict[str, str] = {}
    into: dict[str, str] = {}
    removed = set()
    for key, entry in terms.items():
        where = f"{path}: [terms.{key}]"
        _require_term(key, keys, where)
        _require_entries(entry, where)
        if "name" in entry:
            names[key] = _read_name(entry["name"], where)
        if "into" in entry:
            into[key] = _read_target(key, entry["into"], keys, where)
        if entry.get("remove"):
            removed.add(key)
    _refuse_circles(into, removed, path)
    return TagCorrections(names, into, frozenset(removed), _read_without(content.get("without", []), keys, path))


def _require_term(key: Any, keys: list[str], where: str) -> None:
    if key not in keys:
        raise SettingsError(f"{where}: there is no term {key!r}.", suggest_name(str(key), keys, "There are"))


def _require_entries(entry: Mapping[str, Any], where: str) -> None:
    for name in entry:
        if name not in _ENTRIES:
            raise SettingsError(f"{where} has no {name}.", suggest_name(name, _ENTRIES, "There are"))
    remove = entry.get("remove", False)
    if not isinstance(remove, bool):
        raise SettingsError(f"{where}: remove = {remove!r} is neither true nor false.", "Write remove = true.")
    if remove and "into" in entry:
        raise SettingsError(f"{where} is both removed and merged.", "Keep remove = true or into, not both.")


def _read_name(value: Any, where: str) -> str:
    name = clean_line(value) if isinstance(value, str) else ""
    if not name or len(name) > MAX_NAME:
        raise SettingsError(
            f"{where}: name = {value!r} is not a text of 1 to {MAX_NAME} characters.", 'Write name = "Sandals".'
        )
    return name


def _read_target(key: str, value: Any, keys: list[str], where: str) -> str:
    _require_term(value, keys, f"{where}: into")
    if value == key:
        raise SettingsError(f"{where} is merged into itself.", "Name another term with into, or leave it out.")
    return str(value)


def _refuse_circles(into: Mapping[str, str], removed: set[str], path: Path) -> None:
    for key, target in into.items():
        where = f"{path}: [terms.{key}]: into = {target!r}"
        if target in removed:
            raise SettingsError(f"{where}, which is removed.", f"Keep {target}, or merge into another term.")
        if target in into:
            raise SettingsError(
                f"{where}, which is itself merged into {into[target]!r}.", f'Write into = "{into[target]}" instead.'
            )


def _read_without(entries: Any, keys: list[str], path: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    hint = 'Write [[without]] and below it term = "watches" and posts = ["…", "…"], each by id, permalink or image.'
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SettingsError(f"{path}: without is not a list of tables.", hint)
    found = []
    for entry in entries:
        for name in entry:
            if name not in _WITHOUT:
                raise SettingsError(f"{path}: [[without]] has no {name}.", suggest_name(name, _WITHOUT, "There are"))
        if "term" not in entry:
            raise SettingsError(f"{path}: one of [[without]] names no term.", hint)
        _require_term(entry["term"], keys, f"{path}: [[without]]")
        posts = entry.get("posts")
        if not isinstance(posts, list) or not all(isinstance(post, str) for post in posts):
            raise SettingsError(f"{path}: [[without]] of {entry['term']} has no posts, a list of texts.", hint)
        found.append((entry["term"], tuple(post.strip() for post in posts if post.strip())))
    return tuple(found)
