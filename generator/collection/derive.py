"""Decode an image in a child process; derive its picture, cell, signature, roughness and network input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from generator.cache.store import Store, image_key
from generator.digests import digest_of
from generator.embedding.interface import Preparation, Prepared
from generator.errors import DamagedCacheError
from generator.images.decode import ImageRefused, make_cell, make_picture, shrink_image
from generator.images.fetch import FetchedImage, FetchFailure, open_image
from generator.images.perturb import perturb_image
from generator.images.signature import make_signature
from generator.images.video import UNREAD, decode_file
from generator.settings import ImageSettings
from generator.tags.shots import pack_roughness

#: Side of the square cells kept for the mosaics, in pixels.
CELL_SIDE = 128
#: What the network gives of each image, all at once.
EMBEDDED_KINDS = frozenset({"embeddings", "logits"})
_PICTURE_QUALITY = 82
#: Of the frames of a video's other scenes, which are kept as images of their own.
_FRAME_QUALITY = 92
#: Part of the key under which an image is marked as a frame of a video, with the sha256 of those of its other scenes.
VIDEO = digest_of("video")


class PreparedImage(NamedTuple):
    """An image that is ready for the network."""

    sha256: str
    network_input: Prepared


@dataclass(frozen=True, slots=True)
class PerturbedImage:
    """The perturbed copies of one image, one for each of PERTURBATIONS, in their order."""

    sha256: str
    signatures: tuple[bytes, ...]
    network_inputs: tuple[Prepared, ...]


@dataclass(slots=True)
class Derived:
    """The results for some images that are not in the cache: network inputs, failures and warnings."""

    prepared: list[PreparedImage] = field(default_factory=list)
    perturbed: list[PerturbedImage] = field(default_factory=list)
    failures: dict[str, FetchFailure] = field(default_factory=dict)  # by sha256; may not happen again
    warnings: list[str] = field(default_factory=list)

    def add(self, other: Derived) -> None:
        """Take over the results for other images."""
        self.prepared += other.prepared
        self.perturbed += other.perturbed
        self.failures |= other.failures
        self.warnings += other.warnings


@dataclass(frozen=True, slots=True)
class PendingImage:
    """An image, and the kinds that are missing of it."""

    image: FetchedImage
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Deriver:
    """The work of a decoder process: derive what is missing of images and write it to the cache.

    `cache` is the store's place. `methods` maps each kind to a digest of how it is derived, which is part of its key.
    Images are decoded reduced if their shorter and longer side stay at least `sides` pixels.
    """

    cache: Path | str
    methods: Mapping[str, str]
    settings: ImageSettings
    sides: tuple[int, int]
    prepare: Preparation | None

    def __call__(self, images: Sequence[PendingImage]) -> Derived:
        """Derive what is missing of these images. Raises DamagedCacheError, and MemoryError."""
        result = Derived()
        store = Store(self.cache, result.warnings.append)
        for pending in images:
            self._derive(pending.image, pending.kinds, store, result)
        return result

    def _derive(self, image: FetchedImage, missing: frozenset[str], store: Store, result: Derived) -> None:
        keys = {kind: image_key(image.sha256, method) for kind, method in self.methods.items()}
        pixels = self._decode(image, store, result)
        if pixels is None:
            return
        for kind, value in self._reduce(pixels, missing):
            store.put(kind, keys[kind], value)
        if missing & EMBEDDED_KINDS and self.prepare is not None:
            result.prepared.append(PreparedImage(image.sha256, self.prepare(pixels)))
        if "disturbed" in missing and self.prepare is not None:
            copies = list(perturb_image(pixels, int(image.sha256[:8], 16)))
            result.perturbed.append(
                PerturbedImage(image.sha256, tuple(map(make_signature, copies)), tuple(map(self.prepare, copies)))
            )

    def _reduce(self, pixels: Image.Image, missing: frozenset[str]) -> Iterator[tuple[str, bytes]]:
        """Yield what is missing of an image that needs no network, by kind."""
        size = self.settings.picture_size
        shown = shrink_image(pixels, size) if missing & {"pictures", "shots"} else pixels
        if "pictures" in missing:
            yield "pictures", make_picture(shown, size, _PICTURE_QUALITY)
        if "shots" in missing:
            yield "shots", pack_roughness(shown)
        if "cells" in missing:
            yield "cells", make_cell(pixels, CELL_SIDE)
        if "traits" in missing:
            yield "traits", make_signature(pixels)

    def _decode(self, image: FetchedImage, store: Store, result: Derived) -> Image.Image | None:
        """Return the image's pixels, or None where it is gone or refused, of which the reason is kept."""
        source = open_image(image, store)
        if source is None and image.local is None:
            raise DamagedCacheError
        if source is None:
            result.failures[image.sha256] = FetchFailure("missing_file", "it went or changed while it was read")
            return None
        try:
            with source:
                pixels, scenes = decode_file(source, self.settings.max_pixels, at_least=self.sides)
        except ImageRefused as refusal:
            if refusal.reason == UNREAD:
                result.failures[image.sha256] = FetchFailure(refusal.reason, refusal.detail)
            else:
                key = image_key(image.sha256, self.methods["refused"])
                store.put("refused", key, f"{refusal.reason}\n{refusal.detail}".encode())
            return None
        if scenes is not None:
            frames = [store.put_image(make_picture(frame, max(frame.size), _FRAME_QUALITY)) for frame in scenes]
            store.put("videos", image_key(image.sha256, VIDEO), "\n".join(frames).encode())
        return pixels


def missing_kinds(store: Store, methods: Mapping[str, str], sha256: str) -> frozenset[str]:
    """Return the kinds in `methods` that are missing of an image; none if it was refused.

    Perturbed copies do not count, since few images have them.
    """
    wanted = [(kind, image_key(sha256, method)) for kind, method in methods.items() if kind != "disturbed"]
    missing = {kind for kind, _ in store.lacks(wanted)}
    return frozenset(missing - {"refused"}) if "refused" in missing else frozenset()
