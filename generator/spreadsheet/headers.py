"""Headers of a spreadsheet matched to the fields of a post."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from generator.errors import SettingsError, suggest_name
from generator.spreadsheet import known_headers
from generator.text import list_names

#: Fields without which there is no post.
REQUIRED = ("brand", "thumbnail")

#: Descriptions of the required fields for messages.
_MEANINGS = {"brand": "the brand of each post", "thumbnail": "the image of each post"}


def normalise_header(header: str) -> str:
    """Return a header without case, accents, spaces and punctuation: `jaime` for `J’aime`."""
    plain = unicodedata.normalize("NFKD", header).casefold().replace("œ", "oe")
    return "".join(letter for letter in plain if letter.isalnum())


def _normalise_all(headers: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(normalise_header, headers))


_KNOWN: Mapping[str, Sequence[Sequence[str]]] = {
    field: tuple(map(_normalise_all, groups)) for field, groups in known_headers.HEADERS.items()
}

FIELDS = tuple(_KNOWN)

_FIELD_OF = {name: field for field, groups in _KNOWN.items() for group in groups for name in group}


def known_fields(cells: Iterable[str], mapping: Mapping[str, str]) -> set[str]:
    """Return the fields that a row of headers names."""
    mapped = {normalise_header(header): field for field, header in mapping.items()}
    names = {normalise_header(cell) for cell in cells}
    return {field for name in names if (field := mapped.get(name) or _FIELD_OF.get(name))}


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raise SettingsError if `mapping`, field -> header, names an unknown field."""
    for field in mapping:
        if field not in FIELDS:
            hint = suggest_name(field, FIELDS, "The fields are", key=str.lower)
            raise SettingsError(f"columns: {field} is not a field of a post.", hint)


def find_columns(headers: Sequence[str], mapping: Mapping[str, str]) -> dict[str, list[list[int]]]:
    """Return field -> groups of the indices of columns that may hold it, the preferred group first.

    Fields without a column are left out. A field of `mapping` has only the columns of its header, and these serve no
    other field.
    """
    places: dict[str, list[int]] = {}
    for index, header in enumerate(headers):
        places.setdefault(normalise_header(header), []).append(index)
    candidates: dict[str, list[list[int]]] = {}
    taken: set[int] = set()
    for field, wanted in mapping.items():
        exact = [index for index, header in enumerate(headers) if header.strip() == wanted.strip()]
        columns = exact or places.get(normalise_header(wanted), []) if normalise_header(wanted) else exact
        if columns:
            candidates[field] = [columns]
            taken.update(columns)
    for field, groups in _KNOWN.items():
        if field in mapping:
            continue
        if field == "caption" and places.keys() >= set(_normalise_all(known_headers.PHANTOMBUSTER)):
            groups = ((normalise_header(known_headers.PHANTOMBUSTER_CAPTION),), *groups)
        columns_of = [
            [index for name in group for index in places.get(name, []) if index not in taken] for group in groups
        ]
        if any(columns_of):
            candidates[field] = [columns for columns in columns_of if columns]
    return candidates


def choose_columns(
    candidates: Mapping[str, Sequence[Sequence[int]]], filled: Mapping[int, int]
) -> dict[str, list[int]]:
    """Return field -> indices of the columns to read it from; the first with a value wins in each row.

    `candidates` comes from `find_columns`. `filled` is the number of rows with a value in each column.
    """
    chosen: dict[str, list[int]] = {}
    for field, groups in candidates.items():
        used = [[index for index in group if filled.get(index)] for group in groups]
        chosen[field] = next(filter(None, used), [groups[0][0]])
    return {field: chosen[field] for field in FIELDS if field in chosen}


def is_month_first_header(header: str) -> bool:
    """Return whether dates under `header` have the month first, unless their values show another order."""
    return normalise_header(header) in _normalise_all(known_headers.MONTH_FIRST)


def describe_missing(missing: Sequence[str], headers: Sequence[str], mapping: Mapping[str, str]) -> tuple[str, str]:
    """Return (what is missing, hint) for a sheet that lacks the required fields `missing`."""
    what = " and ".join(f"{_MEANINGS[field]} ({field})" for field in missing)
    hint = [f"Its headers are: {list_headers(headers)}."]
    names = {normalise_header(header) for header in headers}
    if "thumbnail" in missing and any(names >= set(_normalise_all(signs)) for signs in known_headers.META):
        hint.append(
            "Exports of Meta Business Suite contain no images: add a column called thumbnail with the URL or file of "
            "each post's image, or use an export with images (Phantombuster, Apify, the Graph API's media_url)."
        )
        return what, " ".join(hint)
    free = {normalise_header(header): header for header in headers[:300] if header not in mapping.values()}
    for field in missing:
        near = _nearest(field, [name for name in free if name and name not in _FIELD_OF])
        if near:
            hint.append(
                f"The nearest to {field} is {free[near]}: rename it, or set columns = "
                f'{{ {field} = "{free[near]}" }} under [read] in brandscape.toml.'
            )
        else:
            hint.append(
                f'Rename the column {field}, or set columns = {{ {field} = "…" }} under [read] in brandscape.toml.'
            )
    return what, " ".join(hint)


def list_headers(headers: Sequence[str]) -> str:
    """Return headers for a message: at most 40, each of at most 60 characters."""
    return list_names([header[:60] for header in headers if header], 40)


def _nearest(field: str, names: Sequence[str]) -> str:
    """Return the one of the normalised `names` that is most like a known header of `field`; "" if none is near."""
    known = [name for group in _KNOWN[field] for name in group if len(name) > 3]
    best, score = "", 0.7
    for name in names:
        for header in known:
            ratio = difflib.SequenceMatcher(None, name, header).ratio()
            words = 0.75 if len(header) > 4 and (name.startswith(header) or name.endswith(header)) else 0.0
            if max(ratio, words) > score:
                best, score = name, max(ratio, words)
    return best


def column_letters(index: int) -> str:
    """Return the letters over the column `index`, counted from 0: A, B, …, Z, AA, AB."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
