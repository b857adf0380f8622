"""Headers of a spreadsheet matched to the fields of a post."""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial

from generator.errors import SettingsError, suggest_name
from generator.spreadsheet import known_headers
from generator.spreadsheet.header_paths import LOOSE, WRAPPED, Names, Path, read_path
from generator.spreadsheet.image_lists import ImageList, find_image_lists, read_first
from generator.spreadsheet.values.count_words import SIGN_NAMES
from generator.spreadsheet.values.counts import COUNTED, without_unit
from generator.text import list_names

#: Fields without which there is no post.
REQUIRED = ("brand", "thumbnail")
#: A column is nearly empty if another for the same field has as many times its values.
_NEARLY_EMPTY = 20

_BETWEEN = re.compile(r"\s+[/|–-]\s+")
_NO_LETTER = re.compile("[^a-z0-9]+")

#: What the required fields are, for messages.
_MEANINGS = {"brand": "the brand of each post", "thumbnail": "the image of each post"}


def normalise_header(header: str) -> str:
    """Return a header without case, accents, spaces and punctuation: `jaime` for `J’aime`."""
    if header.isascii():
        return _NO_LETTER.sub("", header.lower())
    plain = unicodedata.normalize("NFKD", header).casefold().replace("œ", "oe")
    return "".join(filter(str.isalnum, plain)) or SIGN_NAMES.get(plain.strip(" \ufe0f"), "")


def _normalise_all(headers: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(normalise_header, headers))


#: Field -> normalised name -> (rank of its group, place in the group).
_Ranks = Mapping[str, Mapping[str, tuple[int, int]]]


def _rank_all(known: Mapping[str, Sequence[Sequence[str]]]) -> _Ranks:
    ranks: dict[str, dict[str, tuple[int, int]]] = {}
    for field, groups in known.items():
        ranks[field] = {}
        for rank, group in enumerate(groups):
            for place, name in enumerate(_normalise_all(group)):
                ranks[field].setdefault(name, (rank, place))
    return ranks


_RANKS = _rank_all(known_headers.HEADERS)
_EVIDENCE = _rank_all(known_headers.EVIDENCE)

#: The fields of a post.
FIELDS = tuple(_RANKS)

_FIELD_OF = {name: field for field, names in _RANKS.items() for name in names}
_KIND_OF = {name: kind for kind, names in _EVIDENCE.items() for name in names}
_KNOWN, _KNOWN_EVIDENCE = Names(_FIELD_OF), Names(_KIND_OF)
_SHORTCODES, _CODES = (Names(_normalise_all(names)) for names in (known_headers.SHORTCODES, known_headers.CODES))


@lru_cache(maxsize=20_000)
def _read_field(header: str) -> tuple[str, Path] | None:
    """Return the field that a header names and the path to it; None if it names none."""
    known = _read(header, _FIELD_OF, _KNOWN, ("brand",))
    if known is None and (plain := without_unit(header)) != header:
        counted = _read(plain, _FIELD_OF, _KNOWN, ("brand",))
        return counted if counted and counted[0] in (*COUNTED, "followers") else None
    return known or read_first(header, _read_field)


def _read(header: str, fields: Mapping[str, str], known: Names, owned: tuple[str, ...]) -> tuple[str, Path] | None:
    """Return the one of `fields`, by name, that a header leads to; those of the owner are `owned`."""
    path = read_path(header, normalise_header, known)
    if path is None:
        # the same in two languages: "Brand / Marque"
        parts = _BETWEEN.split(header)
        found = [_read(part, fields, known, owned) for part in parts] if len(parts) in (2, 3) else []
        return found[0] if len({one[0] if one else "" for one in found}) == 1 else None
    field = fields[path.name]
    if (path.owner and field not in owned) or (path.child and field != "thumbnail"):
        return None
    if field == "brand" and path.nearness == WRAPPED and " " in header.strip() and not path.owner:
        return None  # "Post author" is who wrote the text
    return field, path


def known_fields(cells: Iterable[str], mapping: Mapping[str, str]) -> set[str]:
    """Return the fields that a row of headers names."""
    mapped = {normalise_header(header): field for field, header in mapping.items()}
    found = set()
    for cell in cells:
        known = _read_field(cell)
        if field := mapped.get(normalise_header(cell)) or (known[0] if known else ""):
            found.add(field)
    return found - {"format"}  # many things that are no posts have a type


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
    free = [index for index in range(len(headers)) if index not in taken]
    found = _group_columns(headers, free, _read_field, _RANKS)
    for signs, field, header in known_headers.EXPORTS:
        columns = [index for index in places.get(normalise_header(header), ()) if index not in taken]
        if columns and places.keys() >= set(_normalise_all(signs)):
            found[field] = [columns, *(group for group in found.get(field, ()) if group != columns)]
    for field in FIELDS:
        if field not in mapping and field in found:
            candidates[field] = found[field]
    return candidates


def find_evidence(headers: Sequence[str]) -> dict[str, list[list[int]]]:
    """Return groups of the indices of columns that tell who is who, as `find_columns` does, by EVIDENCE."""
    read = partial(_read, fields=_KIND_OF, known=_KNOWN_EVIDENCE, owned=tuple(known_headers.EVIDENCE))
    return _group_columns(headers, range(len(headers)), read, _EVIDENCE)


def find_shortcodes(headers: Sequence[str]) -> list[int]:
    """Return the indices of columns of Instagram's short codes, which its own API calls "code" beside "taken_at"."""
    names = _CODES if any(normalise_header(header).endswith("takenat") for header in headers) else _SHORTCODES
    paths = (read_path(header, normalise_header, names) for header in headers)
    return [index for index, path in enumerate(paths) if path and not path.child and not path.owner]


def find_further_images(headers: Sequence[str], images: Iterable[int]) -> list[ImageList]:
    """Return the lists of further images in columns; `images` may hold a post's own."""
    return find_image_lists(headers, _read_field, normalise_header, images)


def _group_columns(
    headers: Sequence[str],
    columns: Iterable[int],
    read: Callable[[str], tuple[str, Path] | None],
    ranks: _Ranks,
) -> dict[str, list[list[int]]]:
    """Return field -> groups of columns, the preferred first.

    Preferred are known headers as they stand, then those in records that wrap a post, then those in unknown records.
    """
    found: dict[str, dict[tuple[bool, int], list[tuple[tuple[bool, int, int, int, int], int]]]] = {}
    for index in columns:
        known = read(headers[index])
        if known is None:
            continue
        field, path = known
        rank, place = ranks[field][path.name]
        order = path.child, path.nearness, place, path.depth, index
        groups = found.setdefault(field, {})
        groups.setdefault((path.nearness == LOOSE, rank), []).append((order, index))
    result: dict[str, list[list[int]]] = {}
    for field, groups in found.items():
        # (in an unknown record, inside the post's pictures, how near, rank): the first that has a value is taken
        ordered = sorted(groups.items(), key=lambda item: (item[0][0], min(item[1])[0][:2], item[0][1]))
        result[field] = [[index for _, index in sorted(members)] for _, members in ordered]
    return result


def choose_columns(
    candidates: Mapping[str, Sequence[Sequence[int]]], filled: Mapping[int, int]
) -> dict[str, list[int]]:
    """Return field -> indices of the columns to read it from; the first with a value wins in each row.

    `candidates` comes from `find_columns`. `filled` is the number of rows with a value in each column. Of the groups,
    the first is taken that is not nearly empty beside another.
    """
    chosen: dict[str, list[int]] = {}
    for field, groups in candidates.items():
        used = [[index for index in group if filled.get(index)] for group in groups]
        most = max((filled[index] for group in used for index in group), default=0)
        full = (group for group in used if group and max(filled[index] for index in group) * _NEARLY_EMPTY >= most)
        chosen[field] = next(full, [groups[0][0]])
    return {field: chosen[field] for field in (*FIELDS, *known_headers.EVIDENCE) if field in chosen}


def is_month_first_header(header: str) -> bool:
    """Return whether dates under `header` have the month first, unless their values show another order."""
    return normalise_header(header) in _normalise_all(known_headers.MONTH_FIRST)


def describe_missing(
    missing: Sequence[str], headers: Sequence[str], mapping: Mapping[str, str], likely: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """Return (what is missing, hint) for a sheet that lacks the required fields `missing`.

    `likely` is field -> header of columns whose values look like the field's.
    """
    what = " and ".join(f"{_MEANINGS[field]} ({field})" for field in missing)
    hint = [f"Its headers are: {list_headers(headers)}."]
    names = {normalise_header(header) for header in headers}
    likely = likely or {}
    if "thumbnail" in missing and any(names >= set(_normalise_all(signs)) for signs in known_headers.META):
        hint.append(
            "Exports of Meta Business Suite contain no images: add a column called thumbnail with the URL or file of "
            "each post's image, or use an export with images (Phantombuster, Apify, the Graph API's media_url)."
        )
        return what, " ".join(hint)
    free = {normalise_header(header): header for header in headers[:300] if header not in mapping.values()}
    for field in missing:
        near = _nearest(field, [name for name in free if name and name not in _FIELD_OF])
        header = likely.get(field) or free.get(near, "")
        if header:
            why = "Most like" if likely.get(field) else "The nearest to"
            advice = f"{why} {field} is {header[:60]}: rename it"
        else:
            advice = f"Rename the column {field}"
        hint.append(f"{advice}, or set {settings_line(field, header or '…', mapping)} under [read] in brandscape.toml.")
    if missing == ["brand"]:
        hint.append("If all posts are of one brand, add --brand NAME.")
    return what, " ".join(hint)


def settings_line(field: str, header: str, mapping: Mapping[str, str]) -> str:
    """Return the line under [read] that takes a field from a column, beside what `mapping` says already."""
    if not mapping:
        return f"columns.{field} = {as_toml(header)}"
    pairs = ", ".join(f"{name} = {as_toml(text)}" for name, text in {**mapping, field: header}.items())
    return f"columns = {{ {pairs} }}"


def as_toml(text: str) -> str:
    """Return a text as a string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def list_headers(headers: Sequence[str]) -> str:
    """Return headers for a message: at most 40, each of at most 60 characters."""
    return list_names([header[:60] for header in headers if header], 40)


def _nearest(field: str, names: Sequence[str]) -> str:
    """Return the one of the normalised `names` that is most like a known header of `field`; "" if none is near."""
    known = [name for name in _RANKS[field] if len(name) > 3]
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
