"""Parts of sentences that are translated with them, beside what stands in files and is quoted as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias


def _(phrase: str) -> str:
    """Return `phrase`; its name marks it for the catalogue of messages. The pages translate it."""
    return phrase


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of a sentence in the program's own words, with pairs of (name, value) for what it names."""

    text: str  # in English, as in the catalogue of messages
    values: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        """Return the phrase in English, for the terminal."""
        return render(self)


#: What a sentence names: a quotation, a number, words of the program's own, or several of these, which commas part.
Value: TypeAlias = "str | int | Phrase | tuple[Value, ...]"
#: What messages call a table or file.
Where: TypeAlias = "str | Phrase"

#: What messages call the fields of a post.
FIELD_LABELS: Mapping[str, str] = {
    "brand": _("Brand"),
    "thumbnail": _("Image"),
    "caption": _("Caption"),
    "likes": _("Likes"),
    "comments": _("Comments"),
    "followers": _("Followers"),
    "format": _("Format"),
    "published": _("Date"),
    "permalink": _("Link to the post"),
}


def phrase(text: str, **values: Value) -> Phrase:
    """Return a phrase whose text names `values` as `%(name)s`."""
    return Phrase(text, tuple(values.items()))


def render(value: Value, translate: Callable[[str], str] = str, number: Callable[[int], str] = "{:,}".format) -> str:
    """Return a value as text, its phrases by `translate` and its numbers by `number`; in English by default."""
    if isinstance(value, Phrase):
        named = {name: render(inner, translate, number) for name, inner in value.values}
        return translate(value.text) % named
    if isinstance(value, tuple):
        return ", ".join(render(inner, translate, number) for inner in value)
    return number(value) if isinstance(value, int) else value


def name_sheet(file: str, sheet: str) -> Where:
    """Return what messages call a table: its file, with the name of its sheet if it has one."""
    return phrase(_("%(file)s, sheet %(sheet)s"), file=file, sheet=sheet) if sheet else file


def list_values(names: Sequence[Value], most: int) -> Value:
    """Return names as a list in a sentence: the first `most`, then "and 3 more"."""
    if len(names) <= most:
        return tuple(names)
    return phrase(_("%(names)s and %(count)s more"), names=tuple(names[:most]), count=len(names) - most)


def value_from_json(content: Any) -> Value:
    """Return a value that was written as JSON by way of `dataclasses.asdict`."""
    if isinstance(content, dict):
        return Phrase(content["text"], tuple((name, value_from_json(value)) for name, value in content["values"]))
    return tuple(map(value_from_json, content)) if isinstance(content, list) else content
