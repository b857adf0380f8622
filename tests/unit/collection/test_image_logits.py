"""Logits in bfloat16 where the processor has it, and in float32 again where they leave a term in doubt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generator.cache.store import Store, image_key
from generator.collection import image_logits
from generator.collection.image_cache import ImageCache
from generator.embedding import engines
from generator.embedding.interface import Embedded
from generator.embedding.lite0 import CLASSES
from generator.embedding.recipe import Recipe
from generator.progress import SilentProgress
from generator.settings import ImageSettings, Precision
from generator.tags.calibration import load_calibration
from generator.tags.hierarchy import load_hierarchy

_WATCH, _OTHER = 531, 0


class _Engine:
    """An engine that gives the odds of a watch, raised by `off`, for images whose brightness stands for them."""

    batch, apart, size = 16, False, (224, 224)

    def __init__(self, off: float) -> None:
        self.off = off
        self.seen = 0

    def prepare(self, image: Image.Image) -> Any:
        return np.asarray(image)

    def embed(self, prepared: Sequence[Any]) -> Embedded:
        self.seen += len(prepared)
        logits = np.full((len(prepared), CLASSES), -100, np.float16)
        logits[:, _OTHER] = 0
        logits[:, _WATCH] = [float(pixels[0, 0, 0]) / 10 + self.off for pixels in prepared]
        none = np.zeros((len(prepared), 1))
        return Embedded(none.astype(np.float32), none.astype(np.uint8), logits)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> dict[str, _Engine]:
    """The engines that were opened, by precision, on a processor that has bfloat16."""
    found: dict[str, _Engine] = {}

    def open_engine(recipe: Recipe, store: Store, progress: Any, images: int) -> _Engine:
        found[str(recipe.precision)] = _Engine(0.1 if recipe.precision == "bfloat16" else 0.0)
        return found[str(recipe.precision)]

    monkeypatch.setattr(engines, "open_engine", open_engine)
    monkeypatch.setattr(engines, "offers_bfloat16", lambda recipe: recipe.precision == "auto")
    return found


@pytest.fixture
def image_cache(tmp_path: Path) -> ImageCache:
    """A cache with pictures whose odds of a watch are low, just short of its threshold, and high."""
    image_cache = ImageCache(Recipe("vectors", None, None, None), ImageSettings(), Store(tmp_path / "cache"))
    hierarchy, calibration = load_hierarchy(), load_calibration()
    position = next(place for place, term in enumerate(hierarchy.terms) if term.key == "watches")
    least = float(calibration.thresholds(hierarchy)[position])
    beside = round(10 * calibration.temperature * math.log(least / (1 - least)))
    for name, grey in (("low", 0), ("beside", beside), ("high", 250)):
        path = tmp_path / "picture.jpg"
        Image.new("RGB", (32, 32), (grey,) * 3).save(path, quality=100)
        image_cache.store.put("pictures", image_key(name, image_cache.methods["pictures"]), path.read_bytes())
    return image_cache


def _find(image_cache: ImageCache, wanted: Precision) -> list[float]:
    names = ["low", "beside", "high"]
    return image_logits.find_logits(image_cache, names, SilentProgress(), wanted)[:, _WATCH].astype(float).tolist()


def test_what_rounding_leaves_in_doubt_is_computed_again(image_cache: ImageCache, opened: dict[str, _Engine]) -> None:
    exact = _find(image_cache, "float32")
    assert list(opened) == ["float32"] and opened["float32"].seen == 3
    rounded = _find(image_cache, "auto")
    assert opened["bfloat16"].seen == 3 and opened["float32"].seen == 1
    assert rounded[1] == exact[1] and rounded[0] == pytest.approx(exact[0] + 0.1, abs=0.01)
    assert rounded[2] == pytest.approx(exact[2] + 0.1, abs=0.02)


def test_logits_of_each_precision_are_kept_apart(
    image_cache: ImageCache, opened: dict[str, _Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    methods = {wanted: image_logits.describe_method(image_cache, wanted) for wanted in ("float32", "auto", "mixed")}
    assert methods["auto"] != methods["float32"] == methods["mixed"]
    monkeypatch.setattr(engines, "offers_bfloat16", lambda recipe: False)
    assert image_logits.describe_method(image_cache, "auto") == methods["float32"]
