"""Names over a mosaic: each over its own images, none over another at any zoom, the largest first."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from generator.maps.lattice import Lattice, assign_cells
from generator.mosaics.name_places import MOST_LETTERS, SCALES, Named, break_name, measure_box, place_names

SIZES = (400, 200, 90, 30, 8, 2)


def _mosaic(seed: int = 0) -> tuple[Lattice, list[Named]]:
    """Six clusters beside one another, the first three a territory."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(SIZES)), SIZES)
    centres = np.array([(0, 0), (30, 4), (14, 24), (40, 26), (-14, 22), (28, 40)])
    points = centres[labels] + random.normal(0, 0.25, (len(labels), 2)) * np.sqrt(np.array(SIZES))[labels, None]
    groups = [Named("cluster", at, f"Name {at} of a cluster", np.flatnonzero(labels == at)) for at in range(len(SIZES))]
    groups.append(Named("territory", 0, "Territory", np.flatnonzero(labels < 3)))
    return assign_cells(points, 0.6), groups


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("shape", ["wide", "tall"])
def test_no_name_meets_another_of_its_kind_at_any_zoom(seed: int, shape: str) -> None:
    lattice, groups = _mosaic(seed)
    columns, lines = (lattice.column, lattice.line) if shape == "wide" else (lattice.line, lattice.column)
    places = place_names(lattice, groups)
    assert len(places) >= 5
    for kind, scale in itertools.product(("cluster", "territory"), SCALES):
        boxes = []
        for place in places:
            image, least = getattr(place, shape)
            if place.named.kind == kind and least <= scale:
                middle = (columns[image] + 0.5) * scale, (lines[image] + 0.5) * scale
                boxes.append((middle, measure_box(place.lines, kind)))
        for (one, size), (other, of_other) in itertools.combinations(boxes, 2):
            assert any(abs(one[side] - other[side]) >= (size[side] + of_other[side]) / 2 - 1e-6 for side in (0, 1))


def test_a_name_stands_over_an_image_of_its_own_and_the_larger_group_is_named_earlier() -> None:
    lattice, groups = _mosaic()
    places = [place for place in place_names(lattice, groups) if place.named.kind == "cluster"]
    for place in places:
        assert {place.wide[0], place.tall[0]} <= set(place.named.members.tolist())
    assert [len(place.named.members) for place in places] == sorted(SIZES[: len(places)], reverse=True)
    assert places[0].wide[1] < places[-1].wide[1]


def test_places_are_written_by_positions_in_the_report() -> None:
    lattice, groups = _mosaic()
    place = place_names(lattice, groups)[0]
    members = [index + 1000 for index in range(sum(SIZES))]
    kind, position, lines, wide, tall = place.encode(members)
    assert (kind, position, lines) == ("cluster", 0, list(place.lines))
    assert wide == [place.wide[0] + 1000, place.wide[1]] and tall == [place.tall[0] + 1000, place.tall[1]]


def test_long_names_break_once_and_are_cut() -> None:
    assert break_name("Shoes") == ("Shoes",)
    assert break_name("Maille, manches, longues") == ("Maille, manches,", "longues")
    assert break_name("  two\nlines ") == ("two lines",)
    long = break_name("x" * 80)
    assert len(long) == 1 and len(long[0]) <= MOST_LETTERS and long[0].endswith("…")
    wide, narrow = (measure_box((text,), "cluster")[0] for text in ("\u6771\u4eac\u5927\u962a", "till"))
    assert wide > 1.8 * narrow


@pytest.mark.parametrize("count", [1, 2])
def test_few_images_in_one_line_and_no_group_at_all_are_no_fault(count: int) -> None:
    lattice = Lattice(count, 1, np.arange(count, dtype=np.int32), np.zeros(count, np.int32))
    assert place_names(lattice, []) == []
    (place,) = place_names(lattice, [Named("cluster", 0, "A", np.arange(count))])
    assert place.wide[0] in range(count)
