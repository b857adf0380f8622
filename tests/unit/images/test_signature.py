"""What is kept of each image to speak of its look."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from generator.images.signature import SIDE, SIZE, Signatures, make_signature, read_signatures


def _draw(seed: int, size: tuple[int, int] = (400, 500)) -> Image.Image:
    """A smooth picture of its own: a few random waves."""
    chance = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    waves = [
        np.sin(2 * np.pi * (chance.uniform(0.5, 4) * x + chance.uniform(0.5, 4) * y) + chance.uniform(0, 7))
        for _ in range(9)
    ]
    channels = np.tensordot(chance.normal(0, 1, (3, 9)), np.array(waves), axes=1)
    return Image.fromarray((127 + 40 * np.clip(channels, -3, 3)).transpose(1, 2, 0).astype(np.uint8))


def _save_again(image: Image.Image, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


def _traits(*images: Image.Image) -> Signatures:
    return read_signatures(map(make_signature, images), len(images))


def _differing(one: Image.Image, other: Image.Image) -> int:
    first, second = _traits(one, other).hashes.tolist()
    return int(first ^ second).bit_count()


@pytest.mark.parametrize("seed", range(8))
def test_a_copy_has_nearly_the_same_hash_and_another_picture_has_not(seed: int) -> None:
    image = _draw(seed)
    for copy in (
        _save_again(image, 50),
        image.resize((200, 250)),
        ImageEnhance.Brightness(image).enhance(1.1),
        image.convert("L").convert("RGB"),
    ):
        assert _differing(image, copy) <= 6
    assert _differing(image, _draw(seed + 100)) >= 12


def test_images_of_one_colour_have_one_hash() -> None:
    plain = [Image.new("RGB", (90, 70), colour) for colour in ("black", "white", "#7a1133", "#808080")]
    assert len(set(_traits(*plain).hashes.tolist()) - {_traits(plain[0]).hashes[0]}) <= 1
    assert _differing(plain[2], plain[3]) == 0


def test_the_small_image_averages_areas() -> None:
    halves = Image.new("RGB", (320, 160), "red")
    halves.paste("blue", (160, 0, 320, 160))
    pixels = _traits(halves).pixels[0]
    assert pixels.shape == (SIDE, SIDE, 3)
    assert (pixels[:, : SIDE // 2] == (255, 0, 0)).all() and (pixels[:, SIDE // 2 :] == (0, 0, 255)).all()
    checks = Image.fromarray((np.indices((320, 320)).sum(axis=0) % 2 * 255).astype(np.uint8)).convert("RGB")
    assert np.abs(_traits(checks).pixels.astype(int) - 127).max() <= 1


@pytest.mark.parametrize("size", [(1, 1), (10_000, 1), (3, 700), (4000, 3000)])
def test_any_size_will_do(size: tuple[int, int]) -> None:
    kept = make_signature(Image.new("RGB", size, (10, 200, 30)))
    assert len(kept) == SIZE
    assert (read_signatures([kept], 1).pixels == (10, 200, 30)).all()


def test_traits_of_many_are_in_their_order() -> None:
    images = [_draw(seed, (60, 60)) for seed in range(5)]
    together = _traits(*images)
    for index, image in enumerate(images):
        alone = _traits(image)
        assert together.hashes[index] == alone.hashes[0]
        assert (together.pixels[index] == alone.pixels[0]).all()
    assert read_signatures([], 0).pixels.shape == (0, SIDE, SIDE, 3)
