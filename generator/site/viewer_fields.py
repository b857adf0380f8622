"""The fields of the posts as the viewer reads them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from generator.language import Language, open_language
from generator.mosaics.script import pack
from generator.report.wording import field_label, format_label
from generator.spreadsheet.post_formats import FORMATS

if TYPE_CHECKING:
    from generator.report.model import Report
    from generator.report.post_fields import ShownField
    from generator.spreadsheet.fields import FieldValue

#: Stands for "no value" among numbers and days.
_NONE = -1
_MOST_DECIMALS = 3
_MOST = 2**31 - 1
_EPOCH = date(1970, 1, 1)


def name_formats(report: Report) -> list[dict[str, str]]:
    """Return the formats of the posts as a field, {key, name}, the first one; none if all posts have the same."""
    if len({post.format for post in report.posts}) < 2:
        return []
    key = "post-format" if any(field.key == "format" for field in report.fields) else "format"
    return [{"key": key, "name": field_label("format", open_language(report.lang))}]


def encode_formats(report: Report) -> list[dict[str, Any]]:
    """Return that field for posts.js, as `encode_fields` does; `video` is the position of videos among its entries."""
    language = open_language(report.lang)
    places: dict[str | None, int] = {name: place for place, name in enumerate(FORMATS)}
    return [
        {
            **named,
            "kind": "category",
            "entries": [format_label(name, language) for name in FORMATS],
            "values": pack([places.get(post.format, len(FORMATS)) for post in report.posts]),
            "video": FORMATS.index("video"),
        }
        for named in name_formats(report)
    ]


def encode_fields(report: Report, language: Language) -> list[dict[str, Any]]:
    """Return the fields of the posts for posts.js.

    A category is a position among `entries`, whose number stands for none. Numbers are whole numbers of
    `10 ** -decimals` above `least`, and dates are days since 1970; -1 stands for none. Texts come later, with the
    details of posts.
    """
    names = {"yes": language.gettext("yes"), "no": language.gettext("no")}
    return [
        {
            "key": field.key,
            "name": field.name,
            "kind": field.kind,
            **_encode_values(field, [post.fields[place] for post in report.posts], names),
        }
        for place, field in enumerate(report.fields)
    ]


def encode_texts(report: Report, posts: range) -> dict[str, list[list[FieldValue]]]:
    """Return the texts of some posts' fields for the details, a list a post; {} if no field is a text."""
    places = [place for place, field in enumerate(report.fields) if field.kind == "text"]
    return {"texts": [[report.posts[post].fields[place] for place in places] for post in posts]} if places else {}


def _encode_values(field: ShownField, values: Sequence[FieldValue], names: dict[str, str]) -> dict[str, Any]:
    if field.categories:
        places: dict[FieldValue, int] = {name: place for place, name in enumerate(field.categories)}
        shown = [names[name] for name in field.categories] if field.kind == "yes_no" else list(field.categories)
        return {"entries": shown, "values": pack([places.get(value, len(places)) for value in values])}
    if field.kind == "date":
        days = [(date.fromisoformat(str(value)) - _EPOCH).days if value is not None else _NONE for value in values]
        return {"values": pack([max(_NONE, day) for day in days])}
    if field.kind == "number":
        return _encode_numbers([value if isinstance(value, float | int) else None for value in values])
    return {}


def _encode_numbers(values: Sequence[float | None]) -> dict[str, Any]:
    known = [value for value in values if value is not None and math.isfinite(value)]
    least = min(0.0, min(known, default=0.0))
    most = max(known, default=0.0) - least
    decimals = next(
        (digits for digits in range(_MOST_DECIMALS) if all(round(value, digits) == value for value in known)),
        _MOST_DECIMALS,
    )
    while decimals > 0 and most * 10**decimals > _MOST:
        decimals -= 1
    steps = [
        _NONE if value is None or not math.isfinite(value) else min(round((value - least) * 10**decimals), _MOST)
        for value in values
    ]
    return {"least": least, "decimals": decimals, "values": pack(steps)}
