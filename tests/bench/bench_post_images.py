"""The memory of a build of posts with several images each, step by step, without the reading of the images.

    python tests/bench/bench_post_images.py [--posts 100000] [--images 3] [--draw-map] [--out FOLDER] [--cache FOLDER]

Everything runs as in a build, from the rows to the manifest, but for what is kept of images: vectors, logits,
signatures, cells and pictures are drawn in place of a cache that would take hours to fill. Prints the most that the
process held during each step, in MB: what it holds by itself, and with it the pages of files that it mapped, which the
system takes back if memory is short. Linux alone tells. `--draw-map` draws the nearest images and the points of the map
too, which take most of the time, and leaves images in their first cells. `--cache` keeps what steps compute, from
which the next run with the same folder starts: its later steps are then measured without the earlier ones.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import hashlib
import io
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from collection import BRANDS, draw_original

from generator.cache.store import Store
from generator.collection import collect
from generator.collection.image_cache import ImageCache
from generator.commands.context import now
from generator.embedding.interface import Embedded
from generator.images.fetch import FetchedImage
from generator.images.signature import Signatures
from generator.maps import cell_exchange, tsne
from generator.numerics import release_pages
from generator.pipeline import build
from generator.pipeline.run import Run
from generator.progress import SilentProgress, Step
from generator.settings.load import load_settings
from generator.similarity import neighbours
from generator.spreadsheet.sources import find_inputs

#: Kinds of images, each a group in content, and a picture for every so many of them.
_KINDS, _PICTURES = 200, 50
_WIDTH, _PEAKS, _CLASSES = 1280, 49, 1000
_BLOCK = 5_000


class DrawnImages(ImageCache):
    """An image cache that draws what it is asked for by the sha256 of images."""

    def fill(self, *_: Any) -> None:
        """Do nothing: everything is there."""

    def perturb(self, *_: Any) -> None:
        """Do nothing: there are no perturbed copies."""

    def has_perturbed(self, sha256: str) -> bool:
        return False

    def refusal(self, image: FetchedImage) -> None:
        return None

    def find_videos(self, sha256s: object) -> set[str]:
        return set()

    def find_scenes(self, sha256: str) -> list[FetchedImage]:
        return []

    def picture(self, sha256: str) -> bytes:
        return _pictures()[_number(sha256) % _PICTURES]

    def cell(self, sha256: str) -> Image.Image:
        return Image.open(io.BytesIO(_cells()[_number(sha256) % _PICTURES]), formats=("JPEG",))

    def embeddings(self, sha256s: Sequence[str]) -> Embedded:
        vectors = self.map_rows(len(sha256s), _WIDTH, np.float32)
        peaks = self.map_rows(len(sha256s), _WIDTH, np.uint8)
        for block, kinds, random in _blocks(sha256s):
            looks = _looks()[kinds] + random.normal(0, 0.3, (len(kinds), _looks().shape[1]))
            vectors[block] = np.maximum(looks @ _spread(_WIDTH), 0)
            peaks[block] = random.integers(0, _PEAKS, (len(kinds), _WIDTH))
            release_pages(vectors)
            release_pages(peaks)
        return Embedded(vectors, peaks)

    def logits(self, sha256s: Sequence[str]) -> np.ndarray:
        rows = np.empty((len(sha256s), _CLASSES), np.float16)
        for block, kinds, random in _blocks(sha256s):
            values = random.normal(0, 1, (len(kinds), _CLASSES))
            values[np.arange(len(kinds)), kinds * 5] += random.normal(9, 2, len(kinds))
            rows[block] = values
        return rows

    def signatures(self, sha256s: Sequence[str]) -> Signatures:
        hashes = np.array([int(sha256[:16], 16) for sha256 in sha256s], np.uint64)
        pixels = np.empty((len(sha256s), 16, 16, 3), np.uint8)
        for block, kinds, random in _blocks(sha256s):
            pixels[block] = np.clip(_thumbnails()[kinds] + random.integers(-25, 25, pixels[block].shape), 0, 255)
        return Signatures(hashes, pixels)

    def roughness(self, sha256s: Sequence[str]) -> np.ndarray:
        return np.array([_number(sha256) % 100 / 10 for sha256 in sha256s], np.float32)


class DrawnMap:
    """In place of the nearest images and of the map: images of one kind are near each other."""

    def __init__(self) -> None:
        self.kinds = np.zeros(0, np.int64)

    def nearest_images(self, features: np.ndarray, k: int = 10) -> np.ndarray:
        order = np.argsort(self.kinds[: len(features)], kind="stable")
        near = np.empty((len(features), k), np.int32)
        near[order] = order[(np.arange(len(order))[:, None] + np.arange(1, k + 1)) % len(order)]
        return near

    def project_map(self, features: np.ndarray, *_: Any) -> np.ndarray:
        random = np.random.default_rng(3)
        centres = np.stack(np.divmod(np.arange(_KINDS), 15), axis=1) * 12.0
        return centres[self.kinds] + random.normal(0, 2, (len(features), 2))

    @contextmanager
    def replace_all(self) -> Iterator[None]:
        """Replace what computes neighbours and map, for images in the order in which they are collected."""

        def collect_drawn(*arguments: Any, **named: Any) -> Any:
            collection = collect.Collector.collect(*arguments, **named)
            self.kinds = np.array([_number(sha256) % _KINDS for sha256 in collection.images])
            return collection

        with contextlib.ExitStack() as stack:
            for place, name, instead in (
                (neighbours, "nearest_images", self.nearest_images),
                (tsne, "project_map", self.project_map),
                (tsne, "trustworthiness", lambda *_: 1.0),
                (cell_exchange, "exchange_cells", lambda lattice, *_, **__: lattice),
                (build, "Collector", type("Drawn", (collect.Collector,), {"collect": collect_drawn})),
            ):
                stack.enter_context(mock.patch.object(place, name, instead))
            yield


def _number(sha256: str) -> int:
    return int(sha256[:8], 16)


def _blocks(sha256s: Sequence[str]) -> Iterator[tuple[slice, np.ndarray, np.random.Generator]]:
    for start in range(0, len(sha256s), _BLOCK):
        part = sha256s[start : start + _BLOCK]
        kinds = np.array([_number(sha256) % _KINDS for sha256 in part])
        yield slice(start, start + len(part)), kinds, np.random.default_rng(start)


@cache
def _looks() -> np.ndarray:
    return np.random.default_rng(1).normal(0, 1, (_KINDS, 40))


@cache
def _spread(width: int) -> np.ndarray:
    return np.random.default_rng(2).normal(0, 1, (40, width))


@cache
def _thumbnails() -> np.ndarray:
    return np.stack([np.asarray(draw_original(kind).resize((16, 16)), np.int16) for kind in range(_KINDS)])


@cache
def _pictures() -> list[bytes]:
    return [_encode(draw_original(kind).resize((90, 120))) for kind in range(_PICTURES)]


@cache
def _cells() -> list[bytes]:
    return [_encode(draw_original(kind).resize((128, 128))) for kind in range(_PICTURES)]


def _encode(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "JPEG", quality=80)
    return data.getvalue()


def find_drawn(addresses: Sequence[str], *_: Any) -> tuple[dict[str, FetchedImage], list[str]]:
    """In place of `find_images`: all images are there."""
    return {text: FetchedImage(hashlib.sha256(text.encode()).hexdigest(), None) for text in addresses}, []


class Measuring(SilentProgress):
    """Progress that tells how much memory is held during each step, and between them."""

    def __init__(self) -> None:
        super().__init__()
        self.step_names = ["Reading rows"]
        self.most: dict[str, tuple[float, float, float]] = {}  # by step: own MB, with mapped files', seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Step]:
        self.step_names.append(name)
        start = time.perf_counter()
        with super().step(name, total) as step:
            yield step
        own, all_, seconds = self.most.get(name, (0.0, 0.0, 0.0))
        self.most[name] = own, all_, seconds + time.perf_counter() - start
        print(f"{name:<44}{own:>8,.0f}{all_:>8,.0f}{self.most[name][2]:>8.1f} s", flush=True)
        self.step_names[-1] = f"after {name[0].lower()}{name[1:]}"

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            held = read_held()
            name = self.step_names[-1]
            own, all_, seconds = self.most.get(name, (0.0, 0.0, 0.0))
            self.most[name] = max(own, held[0]), max(all_, held[1]), seconds


def read_held() -> tuple[float, float]:
    """MB that this process holds by itself, and with pages of files it mapped."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    own, files, shared = (int(fields[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile", "RssShmem"))
    return own + shared, own + shared + files


def write_rows(path: Path, posts: int, images: int) -> None:
    """A spreadsheet of posts whose images have addresses in the network, which nobody asks for."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["brand", "images", "caption", "likes", "published"])
        for post in range(posts):
            addresses = [f"https://images.example/{post:06d}/{image}.jpg" for image in range(images)]
            caption = f"Look {post} of the season, in silk and linen #season{post % 7} #house{post % BRANDS}"
            day = f"2026-{post % 12 + 1:02d}-{post % 28 + 1:02d}"
            likes = 100 + post * 7919 % 900
            rows.writerow([f"House {post % BRANDS}", " ".join(addresses), caption, likes, day])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--posts", type=int, default=100_000)
    arguments.add_argument("--images", type=int, default=3, help="of each post")
    arguments.add_argument("--draw-map", action="store_true")
    arguments.add_argument("--out", type=Path, help="keeps the site here")
    arguments.add_argument("--cache", type=Path, help="keeps what steps compute here")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=asked.out) as held:
        folder = Path(held)
        write_rows(folder / "posts.csv", asked.posts, asked.images)
        settings = load_settings(None, flags={"images": "all", "model": "builtin", "precision": "float32"})
        progress = Measuring()
        run = Run(settings, Store(asked.cache or folder / "cache", progress.warn), progress, now())
        with (
            mock.patch.object(collect, "ImageCache", DrawnImages),
            mock.patch.object(collect, "find_images", find_drawn),
            DrawnMap().replace_all() if asked.draw_map else contextlib.nullcontext(),
        ):
            summary = build.build_site(find_inputs([folder / "posts.csv"], []), folder / "site", run)
        progress.stop()
        print(f"\n{summary.figures['posts']:,} posts, {summary.figures['images']:,} images, {summary.seconds:,.0f} s")
        for name, (own, all_, seconds) in progress.most.items():
            print(f"{name:<44}{own:>8,.0f}{all_:>8,.0f}{seconds:>8.1f} s")
        for warning in progress.warnings[:5]:
            print(warning)
    most = [max(values[place] for values in progress.most.values()) for place in (0, 1)]
    print(f"at most {most[0]:,.0f} MB, {most[1]:,.0f} MB with mapped files")


if __name__ == "__main__":
    main()
