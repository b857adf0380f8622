"""Perturbations that leave an image's content unchanged."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import numpy as np
from PIL import Image, ImageOps

from generator.settings import Auto

#: Raised whenever an image would be perturbed in another way.
VERSION = "1"
#: Sample one image in 60, at least 24, at most 100.
_ONE_IN, _LEAST, _MOST = 60, 24, 100
_NOISE = 8.0  # standard deviation, of 255
_BORDER = 0.02  # of the shorter side
_CROP = 0.05  # of width and height, half at either end

_Kind = TypeVar("_Kind")
Perturb = Callable[[Image.Image, int], Image.Image]


def count_perturbed(images: int, wanted: int | Auto) -> int:
    """Return how many of `images` are sampled: as many as `wanted`, unless that is automatic."""
    return min(images, max(_LEAST, min(_MOST, images // _ONE_IN)) if wanted == "auto" else wanted)


def choose_perturbed(images: Mapping[str, _Kind], wanted: int | Auto) -> list[_Kind]:
    """Return a sample of `images`, by sha256: those with the lowest sha256, so that new images hardly change it."""
    return [images[sha256] for sha256 in sorted(images)[: count_perturbed(len(images), wanted)]]


def perturb_image(image: Image.Image, seed: int) -> Iterable[Image.Image]:
    """Yield a copy of an image in RGB for each of PERTURBATIONS, in their order."""
    return (perturb(image, seed) for perturb in PERTURBATIONS.values())


def _compress(image: Image.Image, seed: int) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=50)
    return Image.open(buffer, formats=("JPEG",)).convert("RGB")


def _halve(image: Image.Image, seed: int) -> Image.Image:
    half = (max(1, image.width // 2), max(1, image.height // 2))
    return image.resize(half, Image.Resampling.LANCZOS)


def _crop(image: Image.Image, seed: int) -> Image.Image:
    left, top = (round(side * _CROP / 2) for side in image.size)
    return image.crop((left, top, max(left + 1, image.width - left), max(top + 1, image.height - top)))


def _brighten(image: Image.Image, seed: int) -> Image.Image:
    return _scale(image, 1.1)


def _darken(image: Image.Image, seed: int) -> Image.Image:
    return _scale(image, 0.9)


def _scale(image: Image.Image, by: float) -> Image.Image:
    return image.point([min(255, round(value * by)) for value in range(256)] * 3)


def _frame(image: Image.Image, seed: int) -> Image.Image:
    return ImageOps.expand(image, max(1, round(_BORDER * min(image.size))), (255, 255, 255))


def _add_noise(image: Image.Image, seed: int) -> Image.Image:
    pixels = np.asarray(image, np.float32)
    noise = np.random.default_rng(seed).normal(0, _NOISE, pixels.shape)
    return Image.fromarray(np.clip(pixels + noise + 0.5, 0, 255).astype(np.uint8))


#: By name, in the order in which a report lists them.
PERTURBATIONS: Mapping[str, Perturb] = {
    "jpeg": _compress,
    "half": _halve,
    "crop": _crop,
    "brighter": _brighten,
    "darker": _darken,
    "border": _frame,
    "noise": _add_noise,
}
