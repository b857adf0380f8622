"""The field within whose categories brands are compared, such as the market: found, and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.errors import SettingsError, suggest_name
from generator.insights.compute import Within
from generator.language import open_language
from generator.report.post_fields import ShownField, list_fields
from generator.spreadsheet.header_lists import field_key
from generator.text import list_names

if TYPE_CHECKING:
    from generator.insights.posting.held import Held
    from generator.settings import Settings
    from generator.spreadsheet.fields import Field, FieldValue
    from generator.spreadsheet.posts import PostTable

#: Categories of the field at most. Of more, most would hold too few posts of each brand.
MOST_CATEGORIES = 30
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Category:
    """A category in which brands are compared."""

    name: str
    weight: float  # in the common mix; 0 if it is left out for all brands
    left_out: tuple[int, ...]  # brands that have posts in it, too few to be compared in it


@dataclass(frozen=True, slots=True)
class ComparedWithin:
    """How brands are compared within a field."""

    field: int  # position in Report.fields
    categories: tuple[Category, ...]  # as the field has them
    unknown: int  # posts without a value, which are not compared

    def list_left_out(self, brand: int) -> list[str]:
        """Return the names of the categories in which a brand posts and is not compared."""
        return [category.name for category in self.categories if brand in category.left_out]


def find_field(name: str, fields: Sequence[Field], posts: Sequence[Sequence[FieldValue]]) -> int | None:
    """Return the position of the field called `name`; None for "". `posts` has a list of values for each post.

    Raises SettingsError, which names the fields there are, if there is none of this name or it has no categories.
    """
    if not name.strip():
        return None
    fitting = [field.name for field in fields if field.kind in ("category", "yes_no")]
    place = next((place for place, field in enumerate(fields) if field_key(field.name) == field_key(name)), None)
    hint = f"Fields of categories: {list_names(fitting, _NAMED)}." if fitting else "No column holds categories."
    if place is None:
        near = suggest_name(name, fitting, key=field_key)
        raise SettingsError(f"[compare] within: the posts have no field {name}.", f"{near} {hint}".strip())
    field = fields[place]
    if field.name not in fitting:
        raise SettingsError(f"[compare] within: {field.name} is no field of categories.", hint)
    categories = len({values[place] for values in posts} - {None})
    if categories > MOST_CATEGORIES:
        raise SettingsError(
            f"[compare] within: {field.name} has {categories} categories, and brands can be compared within at most "
            f"{MOST_CATEGORIES}.",
            hint,
        )
    return place


def list_faults(settings: Settings, table: PostTable) -> list[str]:
    """Return what is wrong with the field that the settings name, as a sentence, if anything is."""
    try:
        check_within(settings, table)
    except SettingsError as error:
        return [f"{error} {error.hint}"]
    return []


def check_within(settings: Settings, table: PostTable) -> None:
    """Raise SettingsError if brands cannot be compared within the field that the settings name."""
    groups = settings.brands.groups
    fields = list_fields(table.fields, groups, open_language(settings.site.lang))
    values = [(*post.fields, groups.find(post.brand)) for post in table.posts]
    find_field(settings.compare.within, fields, values)


def make_within(
    place: int | None, fields: Sequence[ShownField], posts: Sequence[Sequence[FieldValue]]
) -> Within | None:
    """Return the categories of the field at `place` as insights take them; None for none."""
    if place is None:
        return None
    places: dict[FieldValue, int] = {name: position for position, name in enumerate(fields[place].categories)}
    return Within(place, np.array([places.get(values[place], -1) for values in posts], np.int64))


def tell_within(
    within: Within | None, held: Held | None, field: Sequence[ShownField], brand: Sequence[int]
) -> ComparedWithin | None:
    """Return how brands were compared; `brand` is the position of each post's. None if no field is held equal."""
    if within is None or held is None:
        return None
    categories = []
    for position, name in enumerate(field[within.field].categories[: len(held.mix)]):
        present = np.unique(np.array(brand)[within.category == position]).tolist()
        left_out = tuple(index for index in present if not held.compared[position, index])
        categories.append(Category(name, float(held.mix[position]), left_out))
    return ComparedWithin(within.field, tuple(categories), int((within.category < 0).sum()))
