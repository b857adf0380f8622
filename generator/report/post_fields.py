"""The fields of a report's posts: columns of the spreadsheet that are none of the known ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator.insights.posting.field_shares import FORMAT
from generator.spreadsheet.fields import Field, FieldKind
from generator.spreadsheet.post_formats import FORMATS
from generator.text import make_slugs

if TYPE_CHECKING:
    from generator.language import Language
    from generator.settings.brand_groups import BrandGroups
    from generator.spreadsheet.fields import FieldValue
    from generator.spreadsheet.post_formats import PostFormat

#: Categories of a field whose brands are compared; beyond them, a few hundred comparisons would tell nothing.
_MOST_COMPARED = 100


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field as the report shows it. `ShownPost.fields` has a value for each, in the same order."""

    key: str  # [a-z0-9-], distinct
    name: str
    kind: FieldKind
    categories: tuple[str, ...]  # of a category the most frequent first, of a yes or no "yes" and "no"; else empty
    filled: int  # posts that have a value


def show_formats(posts: Sequence[PostFormat | None], name: str, fields: Sequence[ShownField]) -> ShownField:
    """Return the formats of `posts` as a field of this name, which brands are compared by as by the others."""
    key = "post-format" if any(field.key == "format" for field in fields) else "format"
    return ShownField(key, name, "category", FORMATS, sum(form is not None for form in posts))


def name_values(position: int, fields: Sequence[ShownField]) -> tuple[str, ...]:
    """Return the values of the field at a position of `FieldShares`, which may be that of formats."""
    return FORMATS if position == FORMAT else fields[position].categories


def find_values(
    posts: Sequence[Sequence[FieldValue]],
    fields: Sequence[ShownField],
    brand: Sequence[int],
    most: int = _MOST_COMPARED,
) -> NDArray[np.int64] | None:
    """Return values (n, fields) by their positions among the fields' categories, -1 for none; `posts` has a list each.

    Brands (n) are compared by them. So fields without categories, those with more than `most` and those that are the
    same in all posts of each brand have none. None if no field has any.
    """
    found = np.full((len(posts), len(fields)), -1, np.int64)
    for column, field in enumerate(fields):
        if 0 < len(field.categories) <= most and _differs_within(brand, [values[column] for values in posts]):
            places: dict[FieldValue, int] = {name: place for place, name in enumerate(field.categories)}
            found[:, column] = [places.get(values[column], -1) for values in posts]
    return found if (found >= 0).any() else None


def _differs_within(brand: Sequence[int], values: Sequence[FieldValue]) -> bool:
    found = {(index, value) for index, value in zip(brand, values, strict=True) if value is not None}
    return len(found) > len({index for index, _ in found})


def list_fields(fields: Sequence[Field], groups: BrandGroups, language: Language) -> tuple[Field, ...]:
    """Return the fields of the spreadsheet and, if brands have groups, that of these, with a number if need be."""
    if not groups:
        return tuple(fields)
    name, taken = language.gettext("Brand group"), {field.name for field in fields}
    return (*fields, Field(f"{name} 2" if name in taken else name, "category"))


def show_fields(fields: Sequence[Field], posts: Sequence[Sequence[FieldValue]]) -> tuple[ShownField, ...]:
    """Return the fields as they are shown; `posts` has a list of values for each post."""
    keys = make_slugs(field.name for field in fields)
    shown = []
    for place, field in enumerate(fields):
        counts = Counter(str(value) for values in posts if (value := values[place]) is not None)
        categories: tuple[str, ...] = ()
        if field.kind == "yes_no":
            categories = ("yes", "no")
        elif field.kind == "category":
            categories = tuple(sorted(counts, key=lambda name: (-counts[name], name)))
        shown.append(ShownField(keys[field.name], field.name, field.kind, categories, counts.total()))
    return tuple(shown)
