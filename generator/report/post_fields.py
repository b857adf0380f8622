"""The fields of a report's posts: columns of the spreadsheet that are none of the known ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from generator.spreadsheet.fields import Field, FieldKind
from generator.spreadsheet.posts import Post
from generator.text import make_slugs


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field as the report shows it. `ShownPost.fields` has a value for each, in the same order."""

    key: str  # [a-z0-9-], distinct
    name: str
    kind: FieldKind
    categories: tuple[str, ...]  # of a category the most frequent first, of a yes or no "yes" and "no"; else empty
    filled: int  # posts that have a value


def show_fields(fields: Sequence[Field], posts: Sequence[Post]) -> tuple[ShownField, ...]:
    """Return the fields that any of the posts has a value of; others keep their place without categories."""
    keys = make_slugs(field.name for field in fields)
    shown = []
    for place, field in enumerate(fields):
        counts = Counter(str(value) for post in posts if (value := post.fields[place]) is not None)
        categories: tuple[str, ...] = ()
        if field.kind == "yes_no":
            categories = ("yes", "no")
        elif field.kind == "category":
            categories = tuple(sorted(counts, key=lambda name: (-counts[name], name)))
        shown.append(ShownField(keys[field.name], field.name, field.kind, categories, counts.total()))
    return tuple(shown)
