"""Explain what two images share, facet by facet, and where in each of them it lies.

Images are compared by the scalar product of their features, taken from the mean of all images: a number adds to it
where both have more of it than most. Each number comes from somewhere in the image. With a pooled network it comes from
where its feature map peaks (class activation maps, Zhou et al. 2016; for pairs and max pooling Stylianou, Souvenir &
Pless 2019), with colours from the points that have them, with composition from its cells. The regions that make up half
of the product are marked.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.embedding.interface import Embedded
from generator.embedding.networks import NO_PEAK, PEAK_GRID
from generator.embedding.pca import Components, as_unit_rows
from generator.images.signature import SIDE
from generator.numerics import one_thread, release_pages, row_blocks
from generator.processes import count_cores
from generator.settings import FACETS
from generator.similarity.colour import describe_colours, find_tones, list_tones
from generator.similarity.composition import CELLS, describe_composition, fade_cells
from generator.similarity.facets import Facets

#: Raised whenever the same input would give another result.
VERSION = 1

#: Cells on a side of what is marked, over the whole image; one row of them is a byte.
MARKS = 8
#: Tones named that both images have, and the share of its image that each takes at least.
TONES, _LEAST_TONE = 3, 0.03
#: Share of what two images have in common that the marked regions make up.
_MARKED = 0.5
#: Random pairs of images whose distances a pair's distance is ranked among.
_PAIRS = 20_000
#: Values that one step of a thread holds: 4 MB of float32.
_BLOCK_VALUES = 1_000_000

Floats = NDArray[np.float32]


class _Grounds(NamedTuple):
    """The numbers (n, d) that a facet is computed from."""

    rows: Floats
    components: Components
    scores: Floats
    unit: bool  # whether rows are scaled to unit length before they are projected


class Explainer:
    """Describes what each of n images shares with its neighbours, as records that the viewer reads.

    `embedded` are the images' embeddings, or None where the network does not tell peaks; then content has no marks.
    `learned` (n, r) are features learned from examples, if there are any.
    """

    def __init__(
        self,
        facets: Facets,
        embedded: Embedded | None,
        pixels: NDArray[np.uint8],
        learned: Floats | None,
        seed: int,
    ) -> None:
        self._peaks = None if embedded is None else embedded.peaks
        self._mapped = () if embedded is None else (embedded.vectors, embedded.peaks)
        self._tones = find_tones(pixels)
        self._counts = _count_tones(self._tones)
        rows = {"colour": describe_colours(pixels), "composition": describe_composition(pixels)}
        self._grounds = {
            name: _Grounds(values, facets[name].components, facets[name].scores, False) for name, values in rows.items()
        }
        if embedded is not None:
            content = facets["content"]
            self._grounds["content"] = _Grounds(embedded.vectors, content.components, content.scores, True)
        self._scores = [facet.scores for facet in facets.values()] + ([] if learned is None else [learned])
        self._usual = [_sample_distances(scores, seed) for scores in self._scores]

    @one_thread  # threads of libraries beside those of the pool would wait for each other
    def describe(self, images: NDArray[np.integer], near: NDArray[np.integer]) -> NDArray[np.uint8]:
        """Return a record for each of `images` (k,) and each of its neighbours `near` (k, m): (k, m, bytes).

        First a byte a facet: the percentage of random pairs that are farther apart; from 99 % on, 99 plus the tenths of
        a percent above it. Then TONES bytes: tones that both have, counted from 1, the largest first, 0 for none. Then
        for each facet with marked regions MARKS bytes for the image and MARKS for the neighbour: rows from the top, the
        lowest bit leftmost.
        """
        count, neighbours = near.shape
        size = len(self._scores) + TONES + 2 * MARKS * len(self._grounds)
        records = np.zeros((count, neighbours, size), np.uint8)
        if neighbours == 0:
            return records
        width = max([PEAK_GRID**2, *(grounds.rows.shape[1] for grounds in self._grounds.values())])

        def describe(block: slice) -> None:
            parts = self._describe_block(images[block], near[block])
            records[block] = np.concatenate(list(parts), axis=2)
            for mapped in self._mapped:
                release_pages(mapped)

        with ThreadPoolExecutor(count_cores()) as pool:
            list(pool.map(describe, row_blocks(count, neighbours * width, _BLOCK_VALUES)))
        return records

    def _describe_block(self, rows: NDArray[np.integer], near: NDArray[np.integer]) -> Iterator[NDArray[np.uint8]]:
        for scores, usual in zip(self._scores, self._usual, strict=True):
            apart = np.square(scores[rows][:, None] - scores[near]).sum(axis=2, dtype=np.float64)
            farther = 1000 - 1000 * np.searchsorted(usual, apart, side="right") // max(1, len(usual))
            yield np.where(farther < 990, farther // 10, np.minimum(farther, 999) - 891).astype(np.uint8)[..., None]
        yield self._share_tones(rows, near)
        for name in (name for name in FACETS if name in self._grounds):
            grounds = self._grounds[name]
            shared = _share(grounds, rows[:, None], near), _share(grounds, near, rows[:, None])
            for of, parts in zip((np.broadcast_to(rows[:, None], near.shape), near), shared, strict=True):
                yield _mark(self._locate(name, of, parts))

    def _share_tones(self, rows: NDArray[np.integer], near: NDArray[np.integer]) -> NDArray[np.uint8]:
        both = np.minimum(self._counts[rows][:, None], self._counts[near])
        largest = np.argsort(-both.astype(np.int16), axis=2, kind="stable")[..., :TONES]
        enough = np.take_along_axis(both, largest, axis=2) >= _LEAST_TONE * self._tones.shape[1]
        return np.where(enough, largest + 1, 0).astype(np.uint8)

    def _locate(self, name: str, of: NDArray[np.integer], parts: Floats) -> Floats:
        """Return where in images `of` (b, m) the shared `parts` (b, m, d) lie: sums (b, m, MARKS, MARKS)."""
        if name == "content":
            assert self._peaks is not None
            return _spread(_gather(self._peaks[of], parts, PEAK_GRID**2), _fade(PEAK_GRID))
        if name == "colour":
            tones = self._tones[of].astype(np.intp)
            share = np.maximum(self._counts[of], 1)
            each = np.take_along_axis(parts / share, tones, axis=2)
            return _spread(each, _fade(SIDE)[:, 1:-1])
        masses = parts[..., : CELLS**2]
        edges = parts[..., CELLS**2 :].reshape(*parts.shape[:2], CELLS**2, -1).sum(axis=3)
        centres = (1 + (np.arange(CELLS) + 0.5) * (SIDE - 2) / CELLS) / SIDE
        return _spread(masses + edges, fade_cells(centres, MARKS))


def _count_tones(tones: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return how many points of each image, `tones` (n, p), have each tone: (n, tones)."""
    width = len(list_tones())
    counts = np.empty((len(tones), width), np.uint8)
    for block in row_blocks(len(tones), width):
        places = tones[block] + np.arange(block.stop - block.start)[:, None] * width
        counts[block] = np.bincount(places.ravel(), minlength=counts[block].size).reshape(-1, width)
    return counts


def _sample_distances(scores: Floats, seed: int) -> NDArray[np.float64]:
    """Return the squared distances of pairs of different images drawn by `seed`, sorted."""
    random = np.random.default_rng(seed)
    if len(scores) < 2:
        return np.zeros(0)
    first = random.integers(0, len(scores), _PAIRS)
    second = (first + random.integers(1, len(scores), _PAIRS)) % len(scores)
    return np.sort(np.square(scores[first] - scores[second]).sum(axis=1, dtype=np.float64))


def _share(grounds: _Grounds, of: NDArray[np.integer], other: NDArray[np.integer]) -> Floats:
    """Return what each number of images `of` adds to their likeness with `other`: (b, m, d).

    Only numbers count that an image has more of than most. Lacking the same makes images alike too, but lies nowhere.
    """
    rows = np.asarray(grounds.rows[of], np.float32)
    shape = np.broadcast_shapes(of.shape, other.shape)
    if grounds.unit:
        rows = as_unit_rows(rows.reshape(-1, rows.shape[-1])).reshape(rows.shape)
    rows = rows - grounds.components.mean.astype(np.float32)
    back = grounds.scores[other] @ grounds.components.axes.astype(np.float32)
    parts = np.maximum(rows, 0) * np.maximum(back, 0)
    return np.broadcast_to(parts, (*shape, rows.shape[-1]))


def _gather(peaks: NDArray[np.uint8], parts: Floats, count: int) -> Floats:
    """Return the sums (b, m, count) of `parts` (b, m, d) by their `peaks` (b, m, d); those without are left out."""
    pairs = parts.shape[0] * parts.shape[1]
    slots = peaks.reshape(pairs, -1).astype(np.intp)
    slots[slots == NO_PEAK] = count
    slots += np.arange(pairs)[:, None] * (count + 1)
    sums = np.bincount(slots.ravel(), parts.reshape(-1), pairs * (count + 1))
    return sums.reshape(*parts.shape[:2], count + 1)[..., :count].astype(np.float32)


def _fade(points: int) -> Floats:
    return fade_cells((np.arange(points) + 0.5) / points, MARKS)


def _spread(heat: Floats, fade: Floats) -> Floats:
    """Return `heat` (b, m, points²) on the grid of marks, (b, m, MARKS, MARKS)."""
    side = fade.shape[1]
    return np.asarray(fade @ heat.reshape(*heat.shape[:2], side, side).astype(np.float32) @ fade.T)


def _mark(heat: Floats) -> NDArray[np.uint8]:
    """Return the fewest cells of `heat` (b, m, MARKS, MARKS) that make up _MARKED of it, as bits: (b, m, MARKS)."""
    flat = heat.reshape(-1, MARKS * MARKS)
    falling = np.sort(flat, axis=1)[:, ::-1]
    sums = np.cumsum(falling, axis=1)
    last = (sums < _MARKED * sums[:, -1:]).sum(axis=1)
    least = np.take_along_axis(falling, last[:, None], axis=1)
    marks = (flat >= least) & (flat > 0)
    return np.packbits(marks.reshape(*heat.shape), axis=-1, bitorder="little")[..., 0]


@dataclass(frozen=True, slots=True, eq=False)
class Explanations:
    """What each post shares with its nearest on each map: (n, m, bytes) by map, as `Explainer.describe` writes it."""

    marked: tuple[str, ...]  # the facets with marked regions
    records: tuple[NDArray[np.uint8], ...]
