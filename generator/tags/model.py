"""The tags of a report's posts: sure terms, corrected by people, with the terms above them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from generator.spreadsheet.posts import Post, index_posts
from generator.tags.calibration import Calibration, Measured
from generator.tags.corrections import TagCorrections
from generator.tags.hierarchy import Hierarchy

#: Positions of the sure terms of one image.
Sure = Collection[int]


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
    posts: tuple[tuple[int, ...], ...] = ()  # positions in `terms` of each image's, rising: wider terms are first
    left_out: str = ""  # why the network that comes along tagged none, as a sentence in English; "" if it did
    own: OwnTerms | None = None  # if there are any
    unknown: tuple[str, ...] = ()  # posts that corrections name and that do not exist

    def of(self, post: int) -> tuple[int, ...]:
        """Return the terms of an image, none where images were not tagged."""
        return self.posts[post] if self.posts else ()


def make_tags(
    sure: Sequence[Sure],
    posts: Sequence[Post],
    hierarchy: Hierarchy,
    calibration: Calibration,
    corrections: TagCorrections,
    lang: str,
) -> Tags:
    """Return the tags of n images from the sure terms of each, `sure` (n), after what people corrected."""
    left, unknown = _take_out(sure, posts, hierarchy, corrections)
    targets = _find_targets(hierarchy, corrections)
    # images that show the same share one tuple
    moved = {tuple(row): _move(row, targets, hierarchy) for row in left}
    rows = [moved[tuple(row)] for row in left]
    counts = _count_posts(rows, posts)
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
    placed = {row: tuple(places[position] for position in row) for row in moved.values()}
    return Tags(terms=tuple(terms), posts=tuple(placed[row] for row in rows), unknown=unknown)


def _count_posts(rows: Sequence[tuple[int, ...]], posts: Sequence[Post]) -> dict[int, int]:
    """Return how many posts show each term, where `rows` (n) are the terms of the n images of `posts`."""
    numbers: dict[str, int] = {}
    showing: dict[int, set[int]] = {}
    for row, post in zip(rows, posts, strict=True):
        number = numbers.setdefault(post.post_id, len(numbers))
        for position in row:
            showing.setdefault(position, set()).add(number)
    return {position: len(shown) for position, shown in showing.items()}


def _take_out(
    sure: Sequence[Sure], posts: Sequence[Post], hierarchy: Hierarchy, corrections: TagCorrections
) -> tuple[Sequence[Sure], tuple[str, ...]]:
    """Return the terms of each post without those that people took out, and the posts they name that do not exist.

    With a term go those below it, and those above it that no other term of the post stands under.
    """
    if not corrections.without:
        return sure, ()
    rows = list(sure)
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
            rows[post_of[name]] = [place for place in row if place in _with_above(left, hierarchy)]
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


def _move(row: Sure, targets: Sequence[int | None], hierarchy: Hierarchy) -> tuple[int, ...]:
    """Return one image's terms after merges and removals, rising; a term that is reached has those above it."""
    reached = (target for position in row if (target := targets[position]) is not None)
    return tuple(sorted(place for place in _with_above(reached, hierarchy) if targets[place] == place))
