"""bfloat16 is used where it agrees with float32 on some of the report's own images, and decided once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.cache.store import Store
from generator.collection.precision_choice import PrecisionChoice, Settled
from generator.embedding import converted, engines
from generator.embedding.interface import Embedded
from generator.embedding.openvino_engine import OpenVINOEngine
from generator.embedding.recipe import Recipe
from generator.images.places import ImagePlaces
from generator.progress import SilentProgress
from tests.support.builds import quick_settings
from tests.support.drawn import draw_image
from tests.support.stand_in import builtin_recipe, stand_in_network

Settle = Callable[..., Settled]


class _Rounding(OpenVINOEngine):
    """An engine whose vectors are off by a share of themselves."""

    off = 0.0

    def embed(self, prepared: Sequence[Any]) -> Embedded:
        exact = super().embed(prepared)
        noise = np.random.default_rng(int(prepared[0].sum())).normal(scale=self.off, size=exact.vectors.shape)
        return exact._replace(vectors=(exact.vectors * (1 + noise)).astype(np.float32))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The precisions in which engines were opened."""
    found: list[str] = []

    def open_engine(recipe: Recipe, store: Store, progress: Any, images: int) -> OpenVINOEngine:
        found.append(str(recipe.precision))
        return _Rounding(stand_in_network()) if recipe.precision == "bfloat16" else OpenVINOEngine(stand_in_network())

    monkeypatch.setattr(engines, "open_engine", open_engine)
    monkeypatch.setattr(engines, "offers_bfloat16", lambda recipe: recipe.precision == "auto")
    return found


@pytest.fixture
def settle(tmp_path: Path) -> Settle:
    names = []
    for number in range(40):
        names.append(f"{number}.png")
        draw_image(number % 5, number).save(tmp_path / names[-1])

    def run(precision: str = "auto", images: Sequence[str] = tuple(names), **flags: Any) -> Settled:
        recipe = replace(builtin_recipe(), precision=precision)  # type: ignore[arg-type]
        places = ImagePlaces(tmp_path)
        choice = PrecisionChoice(
            quick_settings(**flags), Store(tmp_path / "cache"), SilentProgress(), places, lambda sha256: False
        )
        return choice.settle(recipe, images)

    return run


@pytest.mark.parametrize(("off", "precision"), [(0.0001, "bfloat16"), (0.2, "float32")])
def test_it_is_used_if_it_agrees(
    off: float, precision: str, settle: Settle, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Rounding, "off", off)
    recipe = settle().recipe
    assert recipe.precision == precision and recipe.agreement is not None
    # the first vectors that are far off decide; to agree, all must
    assert recipe.agreement.images == (40 if precision == "bfloat16" else 32)
    assert recipe.agreement.is_enough is (precision == "bfloat16")
    assert opened == ["float32", "bfloat16"]


def test_a_rebuild_decides_as_before_and_computes_nothing(settle: Settle, opened: list[str]) -> None:
    before = settle().recipe
    opened.clear()
    after = settle().recipe
    assert (after, after.agreement) == (before, before.agreement) and not opened


def test_vectors_of_each_precision_are_kept_apart(settle: Settle, opened: list[str]) -> None:
    recipe = builtin_recipe()
    keys = {recipe.computed_in(precision).key for precision in ("float32", "bfloat16", "mixed")}
    assert len(keys) == 3 and len({recipe.computed_in(p).identity for p in ("float32", "bfloat16")}) == 1


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_precision_that_was_asked_for_is_taken(precision: str, settle: Settle, opened: list[str]) -> None:
    assert settle(precision).recipe.precision == precision and not opened


def test_a_few_images_are_no_evidence(settle: Settle, opened: list[str]) -> None:
    recipe = settle(images=[f"{number}.png" for number in range(10)]).recipe
    assert recipe.precision == "float32" and recipe.agreement is None


def test_workers_compute_in_float32(settle: Settle, opened: list[str]) -> None:
    assert settle(scheduler="local:1").recipe.precision == "float32" and not opened


def test_images_that_failed_are_told_so_that_they_are_not_tried_again(settle: Settle, opened: list[str]) -> None:
    settled = settle(images=[*(f"{number}.png" for number in range(40)), "gone.png"])
    assert settled.recipe.precision == "bfloat16"
    assert settled.outcomes["gone.png"].reason == "missing_file"  # type: ignore[union-attr]


def test_images_are_derived_while_the_network_is_converted(
    settle: Settle, opened: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def convert(recipe: Recipe, store: Store, progress: Any) -> bytes:
        for _ in range(6000):
            if any((tmp_path / "cache" / "pictures").rglob("*")):
                break
            time.sleep(0.01)
        else:
            pytest.fail("nothing was derived for a minute")
        store.put("networks", converted.network_key(recipe), stand_in_network())
        return stand_in_network()

    monkeypatch.setattr(converted, "convert_once", convert)
    assert settle().recipe.precision == "bfloat16"


def test_a_network_that_cannot_be_converted_stays_in_float32(
    settle: Settle, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converted, "convert_once", lambda recipe, store, progress: None)
    recipe = settle().recipe
    assert recipe.precision == "float32" and recipe.agreement is None and not opened
