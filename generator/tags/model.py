"""The tags of a report's posts: sure terms, corrected by people, with the terms above them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from generator.spreadsheet.posts import Post, index_posts
from generator.tags.calibration import Calibration, Measured
from generator.tags.corrections import TagCorrections
from generator.tags.hierarchy import Hierarchy

#: Scores of one image by positions of sure terms.
Scored = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class ShownTerm:
    """A term that a report shows."""

    key: str
    name: str  # in the report's language, or as people renamed it
    under: int | None  # position of the term above it in Tags.terms, which is lower
    posts: int  # that it is shown on
    measured: Measured | None  # how right it was on labelled photographs, if any had a label for it


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """The terms of the user's own that were looked for."""

    terms: int
    file: str  # its name
    by_network: bool  # that compared them with images; False if vectors were brought


@dataclass(frozen=True, slots=True)
class Tags:
    """The terms that a report shows, in the order of the hierarchy, and which ones each image has."""

    terms: tuple[ShownTerm, ...] = ()
    posts: tuple[
        tuple[int, ...], ...
    ] = ()  # positions in `terms` of each image's, rising, so that wider terms are first
    scores: tuple[tuple[float, ...], ...] = ()  # the probability of each of these
    left_out: str = ""  # why the network that comes along tagged none, as a sentence in English; "" if it did
    own: OwnTerms | None = None  # if there are any
    unknown: tuple[str, ...] = ()  # posts that corrections name and that do not exist

    def of(self, post: int) -> tuple[int, ...]:
        """Return the terms of an image, none where images were not tagged."""
        return self.posts[post] if self.posts else ()


def make_tags(
    scored: Sequence[Scored],
    posts: Sequence[Post],
    hierarchy: Hierarchy,
    calibration: Calibration,
    corrections: TagCorrections,
    lang: str,
) -> Tags:
    """Return the tags of n images from the sure terms of each, `scored` (n), after what people corrected."""
    rows, unknown = _take_out(scored, posts, hierarchy, corrections)
    targets = _find_targets(hierarchy, corrections)
    rows = [_move(row, targets, hierarchy) for row in rows]
    showing = {(position, post.post_id) for row, post in zip(rows, posts, strict=True) for position in row}
    counts = Counter(position for position, _ in showing)
    used = sorted(counts)
    places = {position: place for place, position in enumerate(used)}
    terms = []
    for position in used:
        term = hierarchy.terms[position]
        above = (places[other] for other in hierarchy.above(position) if targets[other] == other)
        shown = corrections.names.get(term.key, term.name(lang))
        terms.append(
            ShownTerm(term.key, shown, next(above, None), counts[position], calibration.measured.get(term.key))
        )
    ordered = [sorted(row.items()) for row in rows]
    return Tags(
        terms=tuple(terms),
        posts=tuple(tuple(places[position] for position, _ in row) for row in ordered),
        scores=tuple(tuple(round(score, 3) for _, score in row) for row in ordered),
        unknown=unknown,
    )


def _take_out(
    scored: Sequence[Scored], posts: Sequence[Post], hierarchy: Hierarchy, corrections: TagCorrections
) -> tuple[list[Scored], tuple[str, ...]]:
    """Return the terms of each post without those that people took out, and the posts they name that do not exist.

    With a term go those below it, and those above it that no other term of the post stands under.
    """
    rows: list[Scored] = list(scored)
    if not corrections.without:
        return rows, ()
    positions, post_of = {term.key: place for place, term in enumerate(hierarchy.terms)}, index_posts(posts)
    unknown: list[str] = []
    for key, names in corrections.without:
        out = positions[key]
        for name in names:
            if name not in post_of:
                unknown.append(name)
                continue
            row = rows[post_of[name]]
            if out not in row:
                continue
            doubtful = {out, *hierarchy.above(out)}
            left = [place for place in row if place not in doubtful and out not in hierarchy.above(place)]
            rows[post_of[name]] = {place: row[place] for place in _with_above(left, hierarchy) if place in row}
    return rows, tuple(dict.fromkeys(unknown))


def _with_above(positions: Iterable[int], hierarchy: Hierarchy) -> set[int]:
    return {place for position in positions for place in (position, *hierarchy.above(position))}


def _find_targets(hierarchy: Hierarchy, corrections: TagCorrections) -> list[int | None]:
    """Return what each term is shown as: itself, the term it is merged into, or None where it is removed."""
    positions = {term.key: place for place, term in enumerate(hierarchy.terms)}
    targets: list[int | None] = []
    for place, term in enumerate(hierarchy.terms):
        into = corrections.into.get(term.key)
        targets.append(None if term.key in corrections.removed else positions[into] if into else place)
    return targets


def _move(row: Scored, targets: Sequence[int | None], hierarchy: Hierarchy) -> Scored:
    """Return one post's terms after merges and removals; a term that is reached has those above it."""
    moved: dict[int, float] = {}
    for position, score in row.items():
        target = targets[position]
        if target is None:
            continue
        for place in (target, *hierarchy.above(target)):
            if targets[place] == place:
                moved[place] = max(moved.get(place, 0.0), row.get(place, score))
    return moved
