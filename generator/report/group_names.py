"""Name clusters and territories, by what sets each apart, by the earlier report or by the user."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.insights.colour_names import describe_look, name_colour
from generator.insights.image_parts import divide_posts
from generator.insights.words.names import ClusterName, Content, name_clusters
from generator.report.wording import colour_label
from generator.tags.shots import KEYS as SHOT_KEYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from generator.insights.looks import Look
    from generator.language import Language
    from generator.report.cluster_notes import ClusterNotes
    from generator.report.model import ShownPost
    from generator.tags.model import Tags


@dataclass(frozen=True, slots=True, eq=False)
class Naming:
    """What groups of n images are named from."""

    captions: Sequence[str]  # (n,)
    brand: NDArray[np.integer]  # (n,)
    owner: NDArray[np.intp]  # (n,) each one's post
    brand_names: Sequence[str]
    content: Content
    notes: ClusterNotes
    known_names: Mapping[str, str]  # by key: of the earlier report
    language: Language

    def describe(self, key: str, found: ClusterName) -> dict[str, Any]:
        """Return the fields of a cluster or territory that tell its name and why."""
        assert found.name is not None
        return {
            "key": key,
            "name": self.notes.names.get(key, found.name),
            "found_name": found.name,
            "note": self.notes.notes.get(key, ""),
            "words": found.words,
            "content": found.content,
        }


def list_content(posts: Sequence[ShownPost], tags: Tags) -> Content:
    """Return what the images of posts show, as names are made from it."""
    shot = {place for place, term in enumerate(tags.terms) if term.key in SHOT_KEYS}
    pairs = [(row, tag) for row, post in enumerate(posts) for tag in post.tags if tag not in shot]
    rows, terms = np.array(pairs, np.int64).reshape(-1, 2).T
    return Content(rows, terms, tuple(term.name for term in tags.terms), tuple(term.under for term in tags.terms))


def name_groups(
    naming: Naming, labels: NDArray[np.integer], keys: Sequence[str], looks: Sequence[Look]
) -> list[ClusterName]:
    """Return the names of groups, given the `labels` (n,) of images, -1 for none; each has one, and no two the same.

    A post speaks once in a group, by its first image there. Groups whose key has a known name keep it.
    """
    rows = divide_posts(naming.owner, labels).first
    captions, content = [naming.captions[row] for row in rows.tolist()], _take_rows(naming.content, rows)
    colours = [_describe_colours(look, naming.language) for look in looks]
    known = {label: naming.known_names[key] for label, key in enumerate(keys) if key in naming.known_names}
    names = name_clusters(captions, labels[rows], naming.brand[rows], naming.brand_names, colours, known, content)
    return [
        replace(found, name=found.name or _capitalise(f"{colour} {int(key[1:])}"))
        for key, found, colour in zip(keys, names, colours, strict=True)
    ]


def _take_rows(content: Content, rows: NDArray[np.intp]) -> Content:
    """Return the content of the images `rows`, by their positions among these."""
    place = np.full(int(max(content.post.max(initial=-1), rows.max(initial=-1))) + 1, -1)
    place[rows] = np.arange(len(rows))
    kept = place[content.post] >= 0
    return replace(content, post=place[content.post[kept]], term=content.term[kept])


def tell_apart(
    names: Sequence[ClusterName], taken: Sequence[Collection[str]], looks: Sequence[Look], language: Language
) -> list[ClusterName]:
    """Return the names, those changed that are `taken` by something else: small letters, for each name its own."""
    used = {str(found.name).casefold() for found in names}
    told = []
    for position, found in enumerate(names):
        name = str(found.name)
        if name.casefold() in taken[position]:
            tones = [colour_label(name_colour(tone.colour), language) for tone in looks[position].palette]
            others = _propose_others(found, tones, position + 1)
            name = next(other for other in others if other.casefold() not in {*used, *taken[position]})
            used.add(name.casefold())
        told.append(replace(found, name=name))
    return told


def _propose_others(found: ClusterName, tones: Sequence[str], number: int) -> Iterator[str]:
    """Yield other names of a group, the best first: with what else it shows, says or looks like, then with a number."""
    name = str(found.name)
    for word in (*found.content, *found.words, *tones):
        if word.casefold() not in name.casefold():
            yield f"{name}, {word}"
    while True:
        yield f"{name} {number}"
        number += 1


def _describe_colours(look: Look, language: Language) -> str:
    """Return the one or two colours of a look in words."""
    _ = language.gettext
    first, *second = (colour_label(name, language) for name in describe_look(look))
    return _("%(one)s and %(two)s") % {"one": first, "two": second[0]} if second else first


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]
