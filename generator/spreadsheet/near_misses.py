"""Columns that are not used and look like a field of a post, by their headers or by their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from generator.folders import IMAGE_ENDING
from generator.spreadsheet.headers import column_letters, normalise_header, settings_line
from generator.spreadsheet.notices import Notice
from generator.spreadsheet.phrases import Value, Where, _, list_values, phrase
from generator.spreadsheet.values.cells import Cell, cell_text, is_blank
from generator.spreadsheet.values.counts import read_count
from generator.spreadsheet.values.dates import read_date

#: Rows of which the values are looked at, and columns whose headers are named.
SAMPLE = 200
_NAMED = 20
#: Share of a column's values that must look like a field's.
_MOST = 0.6
_FEWEST_LETTERS = 25  # in a caption, on average
_LONGEST_NAME = 40

#: Parts of normalised headers that speak for a field, and parts that speak against any.
_SIGNS: Mapping[str, re.Pattern[str]] = {
    "brand": re.compile(
        r"brand|marque|marke|marca|marchio|merk|maison|client|company|compan|competitor|concurrent|konkurren|competid|"
        r"empresa|azienda|entreprise|unternehmen|bedrijf|account|profil|handle|label|retailer|designer|maker|hersteller"
    ),
    "thumbnail": re.compile(
        r"image|imagen|imagem|immagin|afbeeld|bild|photo|foto|picture|pic|img|thumb|visuel|visual|creative|cover|poster"
        r"|media|screenshot|asset|jpg|png|vignette|miniat"
    ),
    "caption": re.compile(
        r"caption|text|copy|message|descri|legend|leyenda|legenda|beschreib|bildunter|didascal|bijschrift|content|contenu"
        r"|inhalt|titre|title|titel|post$|beitrag|wording"
    ),
    "likes": re.compile(
        r"like|jaime|gefallt|megusta|mipiace|curtid|gosto|vindik|leuk|heart|coeur|herz|corazon|cuore|digg|reaction|"
        r"reacci|reazion|reaco"
    ),
    "comments": re.compile(r"comment|kommentar|coment|reactie|opmerking|replies|responses"),
    "followers": re.compile(r"follower|abonne|abonnent|seguidor|seguac|volger|^fans|subscriber"),
    "published": re.compile(
        r"date|datum|fecha|^data|time|zeit|heure|hora|posted|publi|veroff|created|erstellt|cree|when|day|tag$|jour"
    ),
    "permalink": re.compile(r"link|url|lien|enlace|permal|post$|beitrag|shortcode|href"),
}
#: The fields that are looked for; a post's format is not missed.
SOUGHT = tuple(_SIGNS)
_AGAINST = re.compile(
    r"rate|ratio|percent|prozent|pourcent|average|avg|moyen|durchschnitt|promedio|gemiddeld|profilepic|avatar|follower|"
    r"abonn|alttext|hashtag|video|hidden|disabled|is[a-z]+d$|has[a-z]+|id$"
)
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_IMAGE = re.compile(
    rf"\S.*{IMAGE_ENDING}(?:[?#]\S*)?"
    r"|https?://[^/\s]*(?:cdninstagram|fbcdn|tiktokcdn|pinimg|twimg|ggpht|ytimg)\.\S*",
    re.IGNORECASE,
)
_POST = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)?(?:instagram\.com/(?:[\w.]+/)?(?:p|reels?|tv)/|tiktok\.com/@[\w.-]+/(?:video|photo)/|"
    r"facebook\.com/\S*(?:posts|photos?|permalink|reel)|pinterest\.[a-z.]+/pin/|threads\.(?:net|com)/@[\w.]+/post/)\S+",
    re.IGNORECASE,
)
#: Values that name kinds and states, not brands.
_KINDS = re.compile(
    r"(?:photo|image|video|reels?|carousel|sidecar|album|post|story|feed|text|link|status|igtv|graph\w+|xdt\w+|yes|no|"
    r"oui|non|ja|nein|true|false|instagram|facebook|tiktok|pinterest|organic|paid|published|[a-z]{2}|[\d\W]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A column that looks like a field."""

    field: str
    column: int
    named: bool  # its header says so, and not only its values


def find_near_misses(
    headers: Sequence[str], rows: Sequence[Sequence[Cell]], used: Collection[int], missing: Iterable[str]
) -> list[NearMiss]:
    """Return for each field of `missing` the column that looks most like it, if one does, in the order of `missing`.

    `rows` is a sample of the data; columns `used` are left alone. A column stands for one field.
    """
    found: list[NearMiss] = []
    values = {
        column: texts
        for column in range(max([len(headers), *map(len, rows)], default=0))
        if column not in used
        and (texts := [row[column] for row in rows if column < len(row) and not is_blank(row[column])])
    }
    names = {column: normalise_header(headers[column]) if column < len(headers) else "" for column in values}
    for field in missing:
        best, most = None, 0.0
        for column, cells in values.items():
            if any(near.column == column for near in found):
                continue
            named = bool(_SIGNS[field].search(names[column])) and not _AGAINST.search(names[column])
            score = _score(field, cells, named) * (1.5 if named else 1.0)
            if score > most:
                best, most = NearMiss(field, column, named), score
        if best is not None:
            found.append(best)
    return found


def _score(field: str, cells: Sequence[Cell], named: bool) -> float:
    """Return how much of a column looks like a field, 0 to 1; less than most of it counts as nothing."""
    texts = [cell_text(cell).strip() for cell in cells]
    if field in ("likes", "comments", "followers"):
        share = _share(cells, _is_count) if named else 0.0
    elif field == "published":
        share = _share(cells, _is_date if named else _is_written_date)
    elif field == "thumbnail":
        share = _share(
            texts, lambda text: bool(_IMAGE.fullmatch(text[:2000]) or (named and _URL.fullmatch(text[:2000])))
        )
    elif field == "permalink":
        share = _share(texts, lambda text: bool(_POST.match(text) or (named and _is_page(text))))
    elif field == "caption":
        share = _caption_share(texts, named)
    else:
        share = _brand_share(texts, named)
    return share if share >= _MOST else 0.0


def _caption_share(texts: Sequence[str], named: bool) -> float:
    worded = _share(texts, lambda text: " " in text and not _URL.match(text))
    long = sum(map(len, texts)) / len(texts) >= _FEWEST_LETTERS * (0.4 if named else 1.0)
    return worded * 0.9 if long and len(set(texts)) * 2 > len(texts) else 0.0


def _brand_share(texts: Sequence[str], named: bool) -> float:
    short = _share(
        texts,
        lambda text: (
            len(text) <= _LONGEST_NAME and not (_URL.match(text) or _IMAGE.match(text) or _KINDS.fullmatch(text))
        ),
    )
    repeated = 1 < len(set(texts)) <= len(texts) / 2
    return short * (1.0 if repeated else 0.8) if named or repeated else 0.0


def _share(values: Sequence[Cell], fits: Callable[[Cell], bool] | Callable[[str], bool]) -> float:
    return sum(fits(value) for value in values) / len(values)  # type: ignore[arg-type]


def _is_count(cell: Cell) -> bool:
    try:
        return read_count(cell) is not None
    except ValueError:
        return False


def _is_date(cell: Cell) -> bool:
    try:
        return read_date(cell) is not None
    except ValueError:
        return False


def _is_written_date(cell: Cell) -> bool:
    """Return whether a cell is a date by itself: bare numbers may be anything."""
    return isinstance(cell, date) or (isinstance(cell, str) and not cell.strip().isdigit() and _is_date(cell))


def _is_page(text: str) -> bool:
    return _URL.fullmatch(text[:2000]) is not None and _IMAGE.fullmatch(text[:2000]) is None


def describe_columns(
    where: Where,
    headers: Sequence[str],
    near: Sequence[NearMiss],
    unused: Sequence[int],
    mapping: Mapping[str, str],
) -> list[Notice]:
    """Return a notice for each near miss, and one for the other columns that are `unused`."""
    notices = []
    for miss in near:
        header = headers[miss.column] if miss.column < len(headers) else ""
        values: dict[str, Value] = {
            "where": where,
            "column": header or column_letters(miss.column),
            "field": miss.field,
        }
        if header:
            notices.append(Notice("near_column", {**values, "line": settings_line(miss.field, header, mapping)}))
        else:
            notices.append(Notice("near_unnamed", values))
    others = [headers[column] for column in unused if column < len(headers) and headers[column]]
    blank = [column_letters(column) for column in unused if column >= len(headers) or not headers[column]]
    names: list[Value] = [name[:60] for name in others]
    names += [phrase(_("%(column)s (no header)"), column=letters) for letters in blank]
    if names:
        notices.append(Notice("unused_columns", {"where": where, "columns": list_values(names, _NAMED)}))
    return notices
