"""Perturbed copies of images, and how many of an image's nearest stay when it is perturbed."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from generator.images.perturb import PERTURBATIONS, choose_perturbed, count_perturbed, perturb_image
from generator.numerics import row_blocks
from generator.settings import Auto
from generator.similarity import robustness
from generator.similarity.neighbours import nearest_images
from generator.similarity.robustness import measure_robustness
from tests.support.drawn import draw_image

Floats = NDArray[np.float32]
keys = st.text("0123456789abcdef", min_size=6, max_size=6)


def _copies(features: Floats) -> Floats:
    """Every image's copies, one a disturbance, undisturbed."""
    return np.repeat(features[:, None], len(PERTURBATIONS), axis=1)


def _random(count: int, width: int = 8, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)


def test_a_disturbed_image_is_another_and_much_the_same() -> None:
    image = draw_image(2, 0)
    copies = dict(zip(PERTURBATIONS, perturb_image(image, 7), strict=True))
    sizes = {"half": (45, 60), "crop": (86, 114), "border": (94, 124)}
    for name, copy in copies.items():
        assert (copy.mode, copy.size) == ("RGB", sizes.get(name, (90, 120)))
        assert copy.size != image.size or copy.tobytes() != image.tobytes()
        shrunk = [np.asarray(one.resize((8, 8), Image.Resampling.BOX), np.float64) for one in (image, copy)]
        assert np.abs(shrunk[0] - shrunk[1]).mean() < 25


def test_light_changes_by_a_tenth_and_borders_are_white() -> None:
    image = Image.new("RGB", (200, 100), (100, 240, 0))
    assert PERTURBATIONS["brighter"](image, 0).getpixel((5, 5)) == (110, 255, 0)
    assert PERTURBATIONS["darker"](image, 0).getpixel((5, 5)) == (90, 216, 0)
    framed = PERTURBATIONS["border"](image, 0)
    assert framed.getpixel((1, 50)) == (255, 255, 255) and framed.getpixel((2, 50)) == (100, 240, 0)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (1, 3_000), (3_000, 2)])
def test_images_of_any_shape_can_be_disturbed(size: tuple[int, int]) -> None:
    copies = dict(zip(PERTURBATIONS, perturb_image(Image.new("RGB", size, (200, 30, 90)), 2**32 - 1), strict=True))
    assert copies["border"].size == (size[0] + 2, size[1] + 2)
    for copy in copies.values():
        assert copy.mode == "RGB"
        assert all(side // 2 <= now <= side + 2 and now >= 1 for side, now in zip(size, copy.size, strict=True))


def test_copies_are_the_same_every_time_and_noise_follows_the_seed() -> None:
    image = draw_image(1, 1)
    first, again, other = ([copy.tobytes() for copy in perturb_image(image, seed)] for seed in (3, 3, 4))
    assert first == again
    assert [one == two for one, two in zip(first, other, strict=True)] == [name != "noise" for name in PERTURBATIONS]


@pytest.mark.parametrize(
    ("images", "wanted", "count"),
    [
        (0, "auto", 0),
        (10, "auto", 10),
        (24, "auto", 24),
        (1_440, "auto", 24),
        (3_000, "auto", 50),
        (6_000, "auto", 100),
        (1_000_000, "auto", 100),
        (10, 0, 0),
        (10, 7, 7),
        (10, 500, 10),
        (1_000_000, 500, 500),
    ],
)
def test_so_many_images_are_disturbed(images: int, wanted: int | Auto, count: int) -> None:
    assert count_perturbed(images, wanted) == count


@given(st.sets(keys, max_size=60), st.sets(keys, max_size=60), st.one_of(st.just("auto"), st.integers(0, 40)))
def test_new_images_change_the_choice_only_where_they_come_first(
    old: set[str], new: set[str], wanted: int | Auto
) -> None:
    before = choose_perturbed({key: key for key in old}, wanted)
    after = choose_perturbed({key: key for key in sorted(new | old, reverse=True)}, wanted)
    assert before == sorted(before) and after == sorted(after)
    earlier = {key for key in new - old if before and key < before[-1]}
    assert len(set(before) - set(after)) <= len(earlier)


def test_undisturbed_copies_keep_all_their_nearest() -> None:
    features = _random(150)
    asked = np.arange(0, 150, 3)
    found = measure_robustness(_copies(features[asked]), features, nearest_images(features, 10), asked)
    assert [one.name for one in found] == list(PERTURBATIONS)
    assert {(one.kept, one.low, one.high) for one in found} == {(1, 0.94, 1)}


def test_undisturbed_copies_of_images_posted_many_times_keep_their_nearest_too() -> None:
    features = _random(1_000)
    asked = np.sort(np.random.default_rng(1).permutation(1_000)[:40])
    features[asked] = features[0]
    found = measure_robustness(_copies(features[asked]), features, nearest_images(features, 10), asked)
    assert {one.kept for one in found} == {1}


def test_copies_that_resemble_nothing_keep_what_chance_leaves() -> None:
    features, asked = _random(201), np.arange(201)
    disturbed = _random(201 * len(PERTURBATIONS), seed=1).reshape(201, len(PERTURBATIONS), 8)
    for one in measure_robustness(disturbed, features, nearest_images(features, 10), asked):
        assert 0.03 < one.low < one.kept < one.high < 0.11


def test_shares_are_counted_for_each_disturbance_on_its_own() -> None:
    line = np.array([[0], [1], [2.1], [10], [11], [12.1]], np.float32)
    near = nearest_images(line, 2)
    asked = np.array([0, 4])
    disturbed = _copies(line[asked])
    disturbed[0, 1] = 11  # of 1 and 2, neither stays
    disturbed[1, 2] = 6.4  # of 3 and 5, the one stays
    found = measure_robustness(disturbed, line, near, asked)
    assert [one.kept for one in found] == [1, 0.5, 0.75, 1, 1, 1, 1]
    assert found[2].low == pytest.approx(0.75 - 1.96 * 0.25) and found[2].high == 1
    assert (found[1].low, found[1].high) == (0, 1)


def test_one_image_alone_says_nothing_sure() -> None:
    features = _random(20)
    (first, *_) = measure_robustness(_copies(features[3:4]), features, nearest_images(features, 5), np.array([3]))
    assert (first.kept, first.low, first.high) == (1, 0, 1)


def test_the_size_of_blocks_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    features, asked = _random(90), np.arange(40)
    disturbed = _copies(features[asked]) + 0.4 * _random(40 * len(PERTURBATIONS), seed=2).reshape(40, -1, 8)
    near = nearest_images(features, 10)
    whole = measure_robustness(disturbed, features, near, asked)
    monkeypatch.setattr(robustness, "row_blocks", partial(row_blocks, values=90 * 7))
    assert measure_robustness(disturbed, features, near, asked) == whole
    assert 0.2 < whole[0].kept < 0.9
