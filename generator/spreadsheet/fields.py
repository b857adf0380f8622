"""Records of fields: columns of the sheets that a post has beside its brand, image, caption and the like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

#: What the values of a field are. "text" is free text: shown and found, and no filter.
FieldKind = Literal["category", "yes_no", "number", "date", "text"]

#: A post's value: the name of a category, "yes" or "no", a number, a date in ISO 8601, a text; None if it has none.
FieldValue = str | float | None

#: Kinds as the settings name them.
KIND_NAMES: Mapping[str, FieldKind] = {
    "category": "category", "yes/no": "yes_no", "number": "number", "date": "date", "text": "text",
}  # fmt: skip
#: What the settings say of a column that is not to be shown.
LEAVE_OUT = "leave out"
#: Categories of a field at most: their codes take a byte, and one stands for none.
MOST_CATEGORIES = 250

KINDS: tuple[FieldKind, ...] = get_args(FieldKind)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the posts, in the order of the sheet's columns. `Post.fields` has a value for each."""

    name: str  # the header, as the first table with it writes it
    kind: FieldKind
