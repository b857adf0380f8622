"""What two images share: how near they are, which tones both have, and where in each of them it lies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from generator.embedding.interface import Embedded
from generator.embedding.networks import NO_PEAK, PEAK_GRID
from generator.images.signature import SIDE, make_signature, read_signatures
from generator.similarity import explanation
from generator.similarity.colour import find_tones, list_tones
from generator.similarity.explanation import MARKS, TONES, Explainer
from generator.similarity.facets import fit_facets, mix_facets
from generator.similarity.neighbours import nearest_images
from tests.support.drawn import draw_image

Bytes = NDArray[np.uint8]
LAST = PEAK_GRID - 1
#: Where in a record its tones lie, and its marks where all three facets have some.
TONES_AT = slice(3, 3 + TONES)
MARKS_AT = {name: 3 + TONES + 2 * MARKS * place for place, name in enumerate(("content", "colour", "composition"))}


def _shrink(images: Sequence[Image.Image]) -> Bytes:
    return read_signatures(map(make_signature, images), len(images)).pixels


def _drawn(count: int) -> Bytes:
    return _shrink([draw_image(seed % 5, seed) for seed in range(count)])


def _embed(count: int, width: int = 12) -> Embedded:
    random = np.random.default_rng(0)
    vectors = random.random((count, width)).astype(np.float32)
    return Embedded(vectors, random.integers(0, PEAK_GRID**2, (count, width)).astype(np.uint8))


def _open(
    embedded: Embedded, pixels: Bytes, peaks: bool = True, learned: NDArray[np.float32] | None = None
) -> Explainer:
    facets = fit_facets(embedded.vectors, pixels, 50, 0)
    return Explainer(facets, embedded if peaks else None, pixels, learned, 0)


def _pair(share: Explainer, one: int, other: int) -> Bytes:
    record: Bytes = share.describe(np.array([one]), np.array([[other]]))[0, 0]
    return record


def _marks(record: Bytes, facet: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The marks of both images, (MARKS, MARKS), rows from the top."""
    rows = record[MARKS_AT[facet] :][: 2 * MARKS, None]
    bits = np.unpackbits(rows, axis=1, bitorder="little").astype(bool)
    return bits[:MARKS], bits[MARKS:]


def _is_at(marks: NDArray[np.bool_], row: float, column: float) -> bool:
    """Whether the marks, at least one and few, all lie around a point, from 0 to 1."""
    found = (np.argwhere(marks) + 0.5) / MARKS
    return 0 < len(found) <= 4 and bool((np.abs(found - (row, column)).max(axis=1) <= 1 / MARKS + 1e-6).all())


@pytest.fixture(scope="module")
def plain_share() -> Explainer:
    return _open(_embed(40), _drawn(40))


@pytest.mark.parametrize("one", [(0, 0), (0, LAST), (LAST, 0), (LAST, LAST), (7, 7), (3, 11)])
@pytest.mark.parametrize("other", [(LAST, LAST), (12, 2)])
def test_a_number_that_two_images_share_is_marked_where_it_comes_from(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    vectors = np.full((12, 10), 0.1, np.float32)
    vectors[:2, 0] = 1
    vectors[np.arange(2, 12), np.arange(10)] = 1
    vectors[2, 0] = 0.1
    peaks = np.full(vectors.shape, 7 * PEAK_GRID + 3, np.uint8)
    peaks[:2, 0] = [row * PEAK_GRID + column for row, column in (one, other)]
    marked = _marks(_pair(_open(Embedded(vectors, peaks), _drawn(12)), 0, 1), "content")
    for marks, (row, column) in zip(marked, (one, other), strict=True):
        assert _is_at(marks, (row + 0.5) / PEAK_GRID, (column + 0.5) / PEAK_GRID)


@pytest.mark.parametrize(
    ("first", "second", "marks"),
    [(0, LAST * PEAK_GRID + LAST, [1, *[0] * 14, 128]), (LAST, LAST * PEAK_GRID, [128, *[0] * 14, 1])],
)
def test_corners_are_the_bits_that_the_format_says(first: int, second: int, marks: list[int]) -> None:
    vectors = np.eye(8, dtype=np.float32)[[0, 0, 1, 2, 3, 4, 5, 6]]
    peaks = np.full(vectors.shape, 100, np.uint8)
    peaks[:2] = [[first], [second]]
    record = _pair(_open(Embedded(vectors, peaks), _drawn(8)), 0, 1)
    assert record[MARKS_AT["content"] :][: 2 * MARKS].tolist() == marks


def test_what_both_lack_and_what_comes_from_nowhere_is_marked_nowhere() -> None:
    vectors = np.ones((10, 6), np.float32)
    vectors[0, 1:3] = vectors[1, 3:5] = 3
    vectors[:2, 0] = 0
    peaks = np.full(vectors.shape, 100, np.uint8)
    marked = _marks(_pair(_open(Embedded(vectors, peaks), _drawn(10)), 0, 1), "content")
    assert not np.any(marked)

    vectors[:2] = [0, 0, 0, 0, 0, 3]
    assert np.all(np.any(_marks(_pair(_open(Embedded(vectors, peaks), _drawn(10)), 0, 1), "content"), axis=(1, 2)))
    peaks[:2, 5] = NO_PEAK
    assert not np.any(_marks(_pair(_open(Embedded(vectors, peaks), _drawn(10)), 0, 1), "content"))


def _square(ink: tuple[int, int, int], row: int, column: int) -> Image.Image:
    """A square in one of 4 x 4 places on a light ground."""
    image = Image.new("RGB", (160, 160), (235, 235, 235))
    top, left = 20 + 32 * row, 20 + 32 * column
    ImageDraw.Draw(image).rectangle((left, top, left + 26, top + 26), fill=ink)
    return image


def test_colours_and_composition_are_marked_where_they_lie() -> None:
    inks = [(200, 30, 30), (30, 60, 200), (30, 140, 60), (240, 200, 40)]
    images = [_square(inks[0], 0, 3), _square(inks[0], 3, 0), _square(inks[1], 0, 3)]
    images += [_square(inks[1 + seed % 3], seed % 4, seed // 4 % 4) for seed in range(20)]
    share = _open(_embed(len(images)), _shrink(images))
    (top, right), (bottom, left) = (33 / 160, 129 / 160), (129 / 160, 33 / 160)
    alike = _marks(_pair(share, 0, 1), "colour")
    assert _is_at(alike[0], top, right) and _is_at(alike[1], bottom, left)
    placed = _marks(_pair(share, 0, 2), "composition")
    assert all(marks.sum() <= 12 and (np.argwhere(marks) * [-1, 1]).sum(axis=1).min() >= 2 for marks in placed)


def _percents(nearness: Bytes) -> NDArray[np.float64]:
    """What the bytes say: percents of pairs that are farther apart, from 99 on in tenths."""
    return np.where(nearness < 99, nearness, 99 + (nearness.astype(np.float64) - 99) / 10)


def test_percents_fall_as_images_lie_farther_apart(plain_share: Explainer) -> None:
    nearness = plain_share.describe(np.arange(40), np.tile(np.arange(40), (40, 1)))[..., :3]
    assert nearness.max() == 108 and (np.diagonal(nearness) == 108).all()
    facets = fit_facets(_embed(40).vectors, _drawn(40), 50, 0)
    pairs = ~np.eye(40, dtype=bool)
    for place, facet in enumerate(facets.values()):
        apart = np.square(facet.scores[:, None] - facet.scores).sum(axis=2)[pairs]
        percents = _percents(nearness[..., place])[pairs]
        assert (np.diff(percents[apart.argsort()]) <= 0).all()
        # as many of all pairs have each
        assert percents.mean() == pytest.approx(50, abs=2)
        farther = (apart[:, None] < apart).mean(axis=1)
        assert np.abs(percents - 100 * farther).max() < 2


def test_identical_images_are_nearer_than_all_pairs_of_others() -> None:
    embedded, pixels = _embed(40), _drawn(40).copy()
    embedded.vectors[7], pixels[7] = embedded.vectors[3], pixels[3]
    record = _pair(_open(embedded, pixels), 3, 7)
    assert (_percents(record[:3]) >= 99.8).all()


def test_tones_are_those_that_both_images_have_the_largest_first() -> None:
    def striped(*parts: tuple[tuple[int, int, int], int]) -> Bytes:
        rows = np.repeat(np.array([tint for tint, _ in parts]), [high for _, high in parts], axis=0)
        return np.broadcast_to(rows[:, None], (SIDE, SIDE, 3)).astype(np.uint8)

    red, blue, green, white = (200, 30, 30), (30, 60, 200), (30, 140, 60), (250, 250, 250)
    pixels = np.stack(
        [striped((red, 8), (blue, 8)), striped((blue, 12), (red, 4)), striped((green, 16)), striped((white, 16)),
         striped((blue, 4), (green, 4), (white, 4), (red, 4)), striped((blue, 4), (green, 3), (white, 5), (red, 4))]
    )  # fmt: skip
    tone = {tint: int(find_tones(striped((tint, 16))[None])[0, 0]) + 1 for tint in (red, blue, green, white)}
    share = _open(_embed(6), pixels)
    assert len(list_tones()) >= max(tone.values())
    assert _pair(share, 0, 1)[TONES_AT].tolist() == [tone[blue], tone[red], 0]
    assert _pair(share, 2, 2)[TONES_AT].tolist() == [tone[green], 0, 0]
    assert _pair(share, 0, 2)[TONES_AT].tolist() == [0, 0, 0]
    four = _pair(share, 4, 5)[TONES_AT].tolist()
    assert four[0] == tone[white] and 0 not in four and len(set(four)) == 3


@pytest.mark.parametrize("peaks", [True, False])
@pytest.mark.parametrize("with_learned", [True, False])
def test_a_record_has_a_length_that_follows_from_what_is_told(peaks: bool, with_learned: bool) -> None:
    learned = np.random.default_rng(1).normal(size=(20, 2)).astype(np.float32) if with_learned else None
    share = _open(_embed(20), _drawn(20), peaks, learned)
    records = share.describe(np.arange(5), np.arange(15).reshape(5, 3))
    assert records.dtype == np.uint8
    assert records.shape == (5, 3, 3 + with_learned + TONES + 2 * MARKS * (2 + peaks))
    assert share.describe(np.arange(5), np.zeros((5, 0), np.int32)).shape[:2] == (5, 0)


def test_learned_features_are_told_after_the_facets() -> None:
    learned = np.repeat(np.arange(20, dtype=np.float32)[:, None], 2, axis=1)
    record = _pair(_open(_embed(20), _drawn(20), learned=learned), 0, 19)
    assert record[3] == 0
    assert _pair(_open(_embed(20), _drawn(20), learned=learned), 8, 9)[3] > 80


def test_without_places_all_but_the_marks_of_content_is_told() -> None:
    images, near = (
        np.arange(20),
        nearest_images(mix_facets(fit_facets(_embed(20).vectors, _drawn(20), 50, 0), {"colour": 1}), 6),
    )
    whole = _open(_embed(20), _drawn(20)).describe(images, near)
    without = _open(_embed(20), _drawn(20), peaks=False).describe(images, near)
    at = MARKS_AT["content"]
    assert whole[..., at : at + 2 * MARKS].any()
    assert np.array_equal(np.delete(whole, slice(at, at + 2 * MARKS), axis=2), without)


def test_two_images_share_the_same_from_either_side(plain_share: Explainer) -> None:
    ours = plain_share.describe(np.arange(20), np.tile(np.arange(20, 40), (20, 1)))
    theirs = plain_share.describe(np.arange(20, 40), np.tile(np.arange(20), (20, 1))).transpose(1, 0, 2)
    marked = 3 + TONES
    assert np.array_equal(ours[..., :marked], theirs[..., :marked])
    sides = theirs[..., marked:].reshape(20, 20, 3, 2, MARKS)[:, :, :, ::-1]
    # but for rounding, where regions share as much
    assert (ours[..., marked:].reshape(sides.shape) == sides).mean() > 0.99


def test_the_same_bytes_on_any_number_of_threads_and_of_images_at_a_time(
    plain_share: Explainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    share, images = plain_share, np.arange(40)
    near = nearest_images(_embed(40).vectors, 10)
    whole = share.describe(images, near)
    singly = [share.describe(images[one : one + 1], near[one : one + 1]) for one in images]
    assert np.array_equal(np.concatenate(singly), whole)
    assert np.array_equal(share.describe(images[::-1], near[::-1]), whole[::-1])
    monkeypatch.setattr(explanation, "_BLOCK_VALUES", 7_000)
    for cores in (1, 2, 5):
        monkeypatch.setattr("os.sched_getaffinity", lambda process, cores=cores: set(range(cores)), raising=False)
        assert np.array_equal(share.describe(images, near), whole)
