"""Records flattened: the values of an object by their paths, and the fields of a post that the paths name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.folders import IMAGE_ENDING
from generator.spreadsheet.formats.tables import HeaderScore
from generator.spreadsheet.header_paths import is_foreign
from generator.spreadsheet.headers import find_columns, known_fields, normalise_header
from generator.spreadsheet.values.cells import Cell, is_blank, plain_cell

#: How a place is reached: the key of an object, "[]" for the entries of a list, "{}" for those of an object by names.
Steps = tuple[str, ...]

#: Columns of a sheet, and of a table of records.
MOST_COLUMNS = 16_384
#: Objects within objects that are read.
_MOST_DEPTH = 14
#: Addresses of images by their endings, or by the servers of the networks.
IMAGE = re.compile(
    rf"\S[^\n]{{0,3000}}{IMAGE_ENDING}(?:[?#]\S{{0,3000}})?"
    r"|https?://[^/\s]{0,200}(?:cdninstagram|fbcdn|tiktokcdn|pinimg|twimg|ytimg)\.\S{0,3000}",
    re.IGNORECASE,
)
VIDEO = re.compile(r"[^?#\s]{1,3000}\.(?:mp4|mov|webm|m4v|m3u8|mpd)(?:[?#]\S{0,3000})?", re.IGNORECASE)
_POST = re.compile(r"https?://[^\s?#]{1,200}/(?:p|reels?|tv|video|photo|posts?|pin|status)/", re.IGNORECASE)
#: Fields that a post has, and hardly anything else beside an image.
TELLING = frozenset({"caption", "likes", "comments", "published", "permalink"})
_CODES = frozenset({"shortcode", "code"})
#: Names of sizes in one object or list of versions of an image.
_WIDTHS = ("width", "config_width", "w")
#: The widest version that is read: the network sees less, and larger ones only take time.
_WIDEST = 1080
_MOST_NAMES = 200_000
_MOST_LAYOUTS = 2_000


@dataclass(slots=True)
class Names:
    """What the paths of flattened records name. Answers are kept, since records repeat their paths."""

    header_score: HeaderScore
    _fields: dict[str, str] = field(default_factory=dict)
    _layouts: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def field_of(self, name: str) -> str:
        """Return the field that a path names, "mapped" if only the settings say so, "code" for a short code."""
        found = self._fields.get(name)
        if found is None:
            known = known_fields((name,), {})
            found = next(iter(known), "") or ("mapped" if self.header_score([name]) else "")
            if not found and normalise_header(name.rpartition("/")[2]) in _CODES and not is_foreign(name):
                found = "code"
            if len(self._fields) < _MOST_NAMES:
                self._fields[name] = found
        return found

    def layout(self, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Return the paths of a flattened record by their fields, of each field the preferred first."""
        found = self._layouts.get(names)
        if found is None:
            by_field: dict[str, list[str]] = {}
            for name in names:
                if what := self.field_of(name):
                    by_field.setdefault(what, []).append(name)
            found = {what: tuple(_order(paths)) for what, paths in by_field.items()}
            if len(self._layouts) >= _MOST_LAYOUTS:
                self._layouts.clear()
            self._layouts[names] = found
        return found

    def find(self, flat: Mapping[str, Cell], wanted: str) -> str:
        """Return the path in a flattened record of the value that is taken for a field; "" if it has none."""
        return next((name for name in self.layout(tuple(flat)).get(wanted, ()) if not is_blank(flat[name])), "")

    def find_image(self, flat: Mapping[str, Cell], without: Collection[str] = ()) -> str:
        """Return the path of a flattened record's image; "" if it has none. A film is none beside an image."""
        layout = self.layout(tuple(flat))
        found = [name for name in layout.get("mapped", ()) if is_image(flat[name]) and name not in without]
        found += [name for name in layout.get("thumbnail", ()) if not is_blank(flat[name]) and name not in without]
        return next((name for name in found if not is_film(flat[name])), next(iter(found), ""))

    def tell(self, flat: Mapping[str, Cell]) -> set[str]:
        """Return the fields that a flattened record has a value for, and "image" if a value looks like one."""
        found: set[str] = set()
        for name, cell in flat.items():
            if is_blank(cell):
                continue
            what = self.field_of(name)
            if what == "permalink" and not (isinstance(cell, str) and _POST.match(cell)):
                continue
            if what == "code":
                what = "permalink" if normalise_header(name.rpartition("/")[2]) == "shortcode" else ""
            if what == "thumbnail" or (not what and is_image(cell) and not is_foreign(name)):
                found.add("image")
            if what == "mapped":
                found |= {"image", "caption"} if is_image(cell) else {"caption"}
            elif what:
                found.add(what)
        return found


def _order(names: list[str]) -> list[str]:
    """Return paths that name one field, the preferred first."""
    if len(names) < 2:
        return names
    groups = [group for groups in find_columns(names, {}).values() for group in groups]
    return list(dict.fromkeys([*(names[index] for group in groups for index in group), *names]))


def is_image(cell: Cell) -> bool:
    """Return whether a cell looks like the address of an image."""
    return isinstance(cell, str) and IMAGE.fullmatch(cell.strip()) is not None


def is_film(cell: Cell) -> bool:
    """Return whether a cell is the address of a film, which shows no image."""
    return isinstance(cell, str) and VIDEO.fullmatch(cell.strip()) is not None


def flatten(record: Mapping[str, Any]) -> dict[str, Cell]:
    """Return the values of a record by their paths, such as `owner/username`.

    Of a list only the first entry is read (`images/0`), which is the picture that a post shows first, and of several
    versions of one picture the best. What is beyond one more than MOST_COLUMNS is left out.
    """
    flat: dict[str, Cell] = {}
    _flatten(record, (), flat)
    return flat


def _flatten(record: Mapping[str, Any], steps: Steps, flat: dict[str, Cell]) -> None:
    prefix = "/".join((*steps, "")) if steps else ""
    for key, value in record.items():
        if len(flat) > MOST_COLUMNS:
            break
        place: Steps = ()
        if isinstance(value, list):
            value, place = _enter_list(value)
        if isinstance(value, dict):
            if (plain := _unwrap(value)) is not value:
                flat[f"{prefix}{key}"] = plain_cell(plain)
            elif len(steps) < _MOST_DEPTH:
                _flatten(value, (*steps, key, *place), flat)
        elif isinstance(value, list):
            if len(steps) < _MOST_DEPTH:
                _flatten({"0": value}, (*steps, key), flat)
        elif value is None and place:
            flat[f"{prefix}{key}"] = None  # an empty list
        else:
            flat[f"{prefix}{key}/0" if place else f"{prefix}{key}"] = plain_cell(value)


def _enter_list(entries: list[Any]) -> tuple[Any, Steps]:
    """Return what is read of a list, and the steps to it."""
    labelled = _read_labels(entries)
    return (choose_version(entries), ("0",)) if labelled is None else (labelled, ())


def _read_labels(entries: list[Any]) -> dict[str, Any] | None:
    """Return a list of labels with values, as newer archives of Instagram write fields, as an object; else None."""
    if not entries or not all(isinstance(entry, dict) and isinstance(entry.get("label"), str) for entry in entries):
        return None
    if not any("value" in entry for entry in entries):
        return None
    return {entry["label"]: entry.get("value") for entry in entries[:200]}


def _unwrap(value: Mapping[str, Any]) -> Any:
    """Return the value in an object that only says its type, as MongoDB's tools write it: {"$date": "2025-11-01"}.

    https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/
    """
    inner: Any = value
    while isinstance(inner, dict) and len(inner) == 1 and next(iter(inner)).startswith("$"):
        inner = next(iter(inner.values()))
    return value if isinstance(inner, dict | list) else inner


def choose_version(entries: list[Any]) -> Any:
    """Return the first entry of a list; of versions of one picture, the widest that is not too wide."""
    if len(entries) > 1 and is_versions(entries):
        fitting = [entry for entry in entries if 0 < _width(entry) <= _WIDEST]
        return max(fitting, key=_width) if fitting else min(entries, key=_width)
    return entries[0] if entries else None


def is_versions(entries: list[Any]) -> bool:
    """Return whether the entries of a list are versions of one picture: addresses with a size, and no more."""
    return all(isinstance(entry, dict) and _width(entry) > 0 and len(entry) <= 8 for entry in entries[:50]) and not any(
        key in entry for entry in entries[:50] for key in ("id", "pk", "shortcode", "code", "type", "media_type")
    )


def _width(entry: Any) -> float:
    if not isinstance(entry, dict):
        return 0
    width = next((entry[key] for key in _WIDTHS if key in entry), 0)
    return width if isinstance(width, int | float) and width == width else 0


#: The way to a record: the steps to each object that was passed and the step taken there, with the object; for "{}" its
#: key.
Trail = tuple[tuple[Steps, Any], ...]


def walk(value: Any, steps: Steps, trail: Trail = ()) -> Iterator[tuple[Any, Trail]]:
    """Yield what lies at `steps` below a value, each with the way to it."""
    if not steps:
        yield value, trail
    elif steps[0] == "[]":
        if isinstance(value, list):
            for entry in value:
                yield from walk(entry, steps[1:], trail)
    elif isinstance(value, dict):
        done = trail[-1][0] if trail else ()
        if steps[0] == "{}":
            for key, entry in value.items():
                yield from walk(entry, steps[1:], (*trail, ((*done, "{}"), key)))
        elif steps[0] in value:
            yield from walk(value[steps[0]], steps[1:], (*trail, ((*done, steps[0]), value)))
