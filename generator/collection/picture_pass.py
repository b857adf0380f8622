"""Run a network over the pictures that the cache keeps, which needs no decoding of the originals."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from PIL import Image

from generator.collection.image_cache import ImageCache
from generator.processes import count_cores
from generator.progress import Progress

_CHUNK = 16


def find_lacking(image_cache: ImageCache, kind: str, keys: Mapping[str, str]) -> dict[str, str]:
    """Return those of `keys`, by the sha256 of images, that the store has no entry of `kind` for."""
    lacking = {key for _, key in image_cache.store.lacks([(kind, key) for key in keys.values()])}
    return {sha256: key for sha256, key in keys.items() if key in lacking}


def pass_pictures(
    image_cache: ImageCache,
    kind: str,
    keys: Mapping[str, str],
    compute: Callable[[Sequence[Image.Image]], Sequence[bytes]],
    progress: Progress,
    stop: Event | None = None,
) -> None:
    """Keep what `compute` makes of the pictures of images, RGB, as entries of `kind`.

    `keys` are by the images' sha256. `compute` is called by several threads at once. Once `stop` is set, no further
    image is begun.
    """
    names = list(keys)

    def run(start: int) -> int:
        chunk = [] if stop and stop.is_set() else names[start : start + _CHUNK]
        if not chunk:
            return 0
        pictures = [Image.open(io.BytesIO(image_cache.picture(name)), formats=("JPEG",)) for name in chunk]
        for name, value in zip(chunk, compute([picture.convert("RGB") for picture in pictures]), strict=True):
            image_cache.store.put(kind, keys[name], value)
        return len(chunk)

    with progress.step("Finding what images show", len(names)) as step, ThreadPoolExecutor(count_cores()) as threads:
        for done in threads.map(run, range(0, len(names), _CHUNK)):
            step.advance(done)
