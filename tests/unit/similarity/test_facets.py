"""Content, colour and composition: what each sees and what it does not, and that equal weights give equal say."""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw, ImageOps

from generator.colour import to_lab
from generator.embedding.pca import Components
from generator.images.signature import make_signature, read_signatures
from generator.settings import FACETS
from generator.similarity.colour import describe_colours, find_tones, list_tones
from generator.similarity.composition import CELLS, describe_composition, fade_cells
from generator.similarity.facets import Facet, fit_facets, mix_facets, score_images
from tests.support.drawn import draw_image

Colour = tuple[int, int, int]
Describe = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
LIGHT, DARK = (225, 225, 225), (60, 60, 60)
RED, BLUE = (180, 40, 40), (40, 60, 180)

colours = st.tuples(*[st.integers(0, 255)] * 3)


def _shrink(images: Sequence[Image.Image]) -> NDArray[np.uint8]:
    return read_signatures(map(make_signature, images), len(images)).pixels


def _plain(*tints: ArrayLike) -> NDArray[np.uint8]:
    return np.broadcast_to(np.array(tints, np.uint8)[:, None, None], (len(tints), 16, 16, 3)).copy()


def _disc(ink: Colour = DARK, ground: Colour = LIGHT, x: int = 35, y: int = 60) -> Image.Image:
    image = Image.new("RGB", (120, 120), ground)
    ImageDraw.Draw(image).ellipse((x - 20, y - 20, x + 20, y + 20), fill=ink)
    return image


def _from_first(rows: NDArray[np.float32]) -> list[float]:
    """Distances of all other rows from the first."""
    return [float(np.linalg.norm(row - rows[0])) for row in rows[1:].astype(np.float64)]


def _squares(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Squared distances of all pairs."""
    wide = rows.astype(np.float64)
    lengths = np.square(wide).sum(axis=1)
    return np.asarray((lengths[:, None] + lengths - 2 * wide @ wide.T)[np.triu_indices(len(rows), 1)])


def _facet(width: int, scale: float, fall: float, seed: int) -> Facet:
    rows = np.random.default_rng(seed).normal(size=(300, width)) * scale * np.arange(1, width + 1.0) ** -fall
    return Facet(rows.astype(np.float32), Components(np.zeros(width), np.eye(width)))


@pytest.fixture(scope="module")
def unlike_facets() -> dict[str, Facet]:
    """Facets of other dimensions, scales and spectra."""
    return {"content": _facet(60, 3, 0.2, 1), "colour": _facet(5, 0.01, 1, 2), "composition": _facet(24, 40, 0.7, 3)}


def test_equal_weights_give_equal_say(unlike_facets: dict[str, Facet]) -> None:
    own = [_squares(facet.scores) for facet in unlike_facets.values()]
    even = [own_squares / own_squares.mean() for own_squares in own]

    def spread(mixed: NDArray[np.float64]) -> float:
        return float(np.ptp([np.corrcoef(mixed, squares)[0, 1] for squares in own]))

    mixed = _squares(mix_facets(unlike_facets, dict.fromkeys(FACETS, 1.0)))
    assert spread(mixed) < 0.1
    assert spread(np.sum(own, axis=0)) > 0.9
    assert spread(np.sum(even, axis=0)) > 4 * spread(mixed)


def test_squared_distances_are_the_weighted_sum_of_the_facets_own(unlike_facets: dict[str, Facet]) -> None:
    weights = {"content": 0.5, "colour": 0.2, "composition": 0.3}
    expected = sum(weight * _squares(unlike_facets[name].scaled) for name, weight in weights.items())
    assert np.allclose(_squares(mix_facets(unlike_facets, weights)), expected, rtol=1e-4)


def test_only_proportions_of_weights_count(unlike_facets: dict[str, Facet]) -> None:
    one = mix_facets(unlike_facets, {"content": 3, "colour": 1, "composition": 2})
    other = mix_facets(unlike_facets, {"content": 0.75, "colour": 0.25, "composition": 0.5})
    assert np.array_equal(one, other)


def test_a_weight_of_nothing_leaves_a_facet_out(unlike_facets: dict[str, Facet]) -> None:
    alone = mix_facets(unlike_facets, {"colour": 1})
    assert np.array_equal(mix_facets(unlike_facets, {"content": 0, "colour": 1, "composition": 0}), alone)
    assert alone.shape == (300, 5) and alone.dtype == np.float32


def test_a_facet_in_which_all_images_are_alike_adds_nothing() -> None:
    pixels = np.repeat(_shrink([draw_image(0, 0)]), 30, axis=0)
    vectors = np.random.default_rng(0).normal(size=(30, 12)).astype(np.float32)
    facets = fit_facets(vectors, pixels, 50, 0)
    content = mix_facets(facets, {"content": 1})
    assert _squares(content).min() > 0
    mixed = mix_facets(facets, dict.fromkeys(FACETS, 1.0))
    assert np.allclose(_squares(mixed), _squares(content) / 3, rtol=1e-4)
    assert not mix_facets(facets, {"colour": 1, "composition": 1}).any()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_smallest_sets_have_features(count: int) -> None:
    pixels = _shrink([draw_image(seed, seed) for seed in range(count)])
    facets = fit_facets(np.eye(count, 8, dtype=np.float32), pixels, 50, 0)
    mixed = mix_facets(facets, dict.fromkeys(FACETS, 1.0))
    assert len(mixed) == count and np.isfinite(mixed).all()
    assert mixed.any() == (count > 1)


def test_the_same_images_score_the_same() -> None:
    pixels = _shrink([draw_image(seed % 5, seed) for seed in range(60)])
    vectors = np.random.default_rng(0).normal(size=(60, 30)).astype(np.float32)
    facets = fit_facets(vectors, pixels, 20, 0)
    scores = score_images(facets, vectors, pixels)
    for name in FACETS:
        assert np.array_equal(scores[name], facets[name].scores)
    weights = {"content": 1, "colour": 0.3, "composition": 0.7}
    assert np.array_equal(mix_facets(facets, weights, scores), mix_facets(facets, weights))


@given(st.integers(0, 2**32 - 1), st.integers(1, 256))
def test_tones_are_shares_wherever_they_lie(seed: int, span: int) -> None:
    random = np.random.default_rng(seed)
    pixels = random.integers(0, span, (2, 16, 16, 3)).astype(np.uint8)
    pixels[1, 1:-1, 1:-1] = random.permutation(pixels[0, 1:-1, 1:-1].reshape(-1, 3)).reshape(14, 14, 3)
    rows = describe_colours(pixels)
    assert np.square(rows).sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert np.allclose(rows[0], rows[1], atol=1e-5)


@given(st.floats(0, 1), st.floats(0.5, 1), st.floats(0.4, 0.8))
def test_a_slightly_lighter_image_stays_nearer_than_one_of_another_hue(hue: float, full: float, light: float) -> None:
    tints = [(hue, full, light), (hue, full, 1.1 * light), ((hue + 0.3) % 1, full, light)]
    lighter, other = _from_first(describe_colours(_plain(*(np.multiply(colorsys.hsv_to_rgb(*t), 255) for t in tints))))
    assert lighter < 0.6 * other


@pytest.mark.parametrize("border", [(255, 255, 255), (0, 0, 0)])
def test_a_thin_border_changes_no_colours_and_composition_less_than_another_one(border: Colour) -> None:
    images = _shrink([_disc(RED), ImageOps.expand(_disc(RED), 2, border), _disc(BLUE, x=85)])
    for describe, most in ((describe_colours, 0.15), (describe_composition, 0.65)):
        framed, other = _from_first(describe(images))
        assert framed < most * other


def test_what_stands_at_the_very_edge_has_no_colour_and_no_mass() -> None:
    bare = _shrink([_disc(RED)])
    framed = bare.copy()
    framed[:, 0] = framed[:, -1] = 40
    assert np.array_equal(describe_colours(bare), describe_colours(framed))
    # two sides are less than half of the margin that the ground is taken from
    masses = slice(0, CELLS**2)
    assert np.array_equal(describe_composition(bare)[:, masses], describe_composition(framed)[:, masses])


@given(colours)
def test_a_plain_image_is_all_of_one_tone_near_its_own(colour: Colour) -> None:
    found = np.unique(find_tones(_plain(colour)))
    assert len(found) == 1
    tone = np.array(list(bytes.fromhex(list_tones()[found[0]][1:])))
    # light counts half, as tones are told apart
    apart = (to_lab(np.array(colour, np.float64)) - to_lab(tone.astype(np.float64))) * (0.5, 1, 1)
    assert np.linalg.norm(apart) < 20  # 18.6 is the most that was met


def test_nearly_every_tone_is_the_tone_of_its_own_colour() -> None:
    tones = list_tones()
    assert len(set(tones)) == len(tones) < 255
    found = find_tones(_plain(*(list(bytes.fromhex(tone[1:])) for tone in tones)))
    assert found.shape == (len(tones), 196)
    assert (found[:, 0] == np.arange(len(tones))).mean() > 0.95


def test_composition_is_of_shapes_and_not_of_colours() -> None:
    others = [_disc(LIGHT, DARK), _disc((120, 20, 30), (235, 200, 200)), _disc((190, 190, 190)), _disc((50, 50, 50))]
    darker = _disc().point(lambda value: value * 0.8)
    *recoloured, moved = _from_first(describe_composition(_shrink([_disc(), *others, darker, _disc(x=85)])))
    assert max(recoloured) < 0.05 * moved


def test_composition_follows_a_shape_from_one_side_to_the_other() -> None:
    places = [_disc(x=x) for x in (35, 37, 41, 50, 85)]
    apart = _from_first(describe_composition(_shrink(places)))
    assert apart == sorted(apart)
    assert apart[0] < 0.2 < 1.4 < apart[-1]


def test_composition_tells_directions_of_edges() -> None:
    across, down = np.zeros((2, 16, 16, 3), np.uint8)
    across[2::4] = across[3::4] = 200
    down[:, 2::4] = down[:, 3::4] = 200
    edges = describe_composition(np.stack([across, down]))[:, 36:].reshape(2, 36, 6)
    directions = np.square(edges).sum(axis=1)
    assert directions[0].argmax() == 3 and directions[1].argmax() == 0
    assert directions.max(axis=1) == pytest.approx(1, abs=1e-5)


@given(colours)
def test_a_plain_image_has_neither_masses_nor_edges(colour: Colour) -> None:
    assert not describe_composition(_plain(colour)).any()


@given(st.integers(1, 20), st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_each_point_counts_once_and_for_no_more_than_two_cells(cells: int, places: list[float]) -> None:
    fade = fade_cells(np.array(places), cells)
    assert fade.shape == (cells, len(places))
    assert fade.sum(axis=0) == pytest.approx(1, abs=1e-5)
    assert ((fade > 0).sum(axis=0) <= 2).all()


def test_what_nobody_sees_is_no_composition() -> None:
    plain = np.full((3, 16, 16, 3), 200, np.uint8)
    plain[1, 2, 3], plain[2, 12, 9] = 201, 199
    none, speck, other = describe_composition(plain)
    assert not none.any()
    assert max(np.linalg.norm(speck), np.linalg.norm(other), np.linalg.norm(speck - other)) < 0.2
