"""What is made of an image, by a process that its decoder may bring down: its picture, cell, traits, network input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator.cache.store import Store, image_key
from generator.embedding.engines import Preparation, Prepared
from generator.errors import DamagedCacheError
from generator.images.decode import ImageRefused, decode_image, make_cell, make_picture
from generator.images.fetch import FetchedImage, FetchFailure, read_image
from generator.images.perturb import perturb_image
from generator.images.signature import make_signature
from generator.settings import ImageSettings

#: Side of the square cells kept for the mosaics, in pixels.
CELL_SIDE = 128
_PICTURE_QUALITY = 82

#: The key of an embedding, and what the network takes to make it.
PreparedImage = tuple[str, Prepared]


@dataclass(frozen=True, slots=True)
class PerturbedImage:
    """An image's copies, one a disturbance: their traits, and what the network takes of them."""

    sha256: str
    signatures: tuple[bytes, ...]
    prepared: tuple[Prepared, ...]


@dataclass(slots=True)
class Derived:
    """What came of some images besides what the cache now keeps of them."""

    waiting: list[PreparedImage] = field(default_factory=list)
    disturbed: list[PerturbedImage] = field(default_factory=list)
    failures: dict[str, FetchFailure] = field(default_factory=dict)  # by sha256; may not happen again
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PendingImage:
    """An image, and the kinds that are yet to be made of it."""

    image: FetchedImage
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Deriver:
    """Makes what is missing of images and keeps it; called in another process than the one it was made in.

    `made` says by kind how each piece is made, as its key does; `cache` is the store's place. Images may be
    decoded reduced, their shorter and longer side to no less than `sides` pixels.
    """

    cache: Path | str
    made: Mapping[str, str]
    settings: ImageSettings
    sides: tuple[int, int]
    prepare: Preparation | None

    def __call__(self, images: Sequence[PendingImage]) -> Derived:
        result = Derived()
        store = Store(self.cache, result.warnings.append)
        for unmade in images:
            self._make(unmade.image, unmade.kinds, store, result)
        return result

    def _make(self, image: FetchedImage, missing: frozenset[str], store: Store, result: Derived) -> None:
        keys = {kind: image_key(image.sha256, made) for kind, made in self.made.items()}
        data = read_image(image, store)
        if data is None and image.local is None:
            raise DamagedCacheError
        if data is None:
            result.failures[image.sha256] = FetchFailure("missing_file", "it went or changed while it was read")
            return
        try:
            pixels = decode_image(data, self.settings.max_pixels, at_least=self.sides)
        except ImageRefused as refusal:
            store.put("refused", keys["refused"], f"{refusal.reason}\n{refusal.detail}".encode())
            return
        if "pictures" in missing:
            store.put("pictures", keys["pictures"], make_picture(pixels, self.settings.picture_size, _PICTURE_QUALITY))
        if "cells" in missing:
            store.put("cells", keys["cells"], make_cell(pixels, CELL_SIDE))
        if "traits" in missing:
            store.put("traits", keys["traits"], make_signature(pixels))
        if "embeddings" in missing and self.prepare is not None:
            result.waiting.append((keys["embeddings"], self.prepare(pixels)))
        if "disturbed" in missing and self.prepare is not None:
            copies = list(perturb_image(pixels, int(image.sha256[:8], 16)))
            result.disturbed.append(
                PerturbedImage(image.sha256, tuple(map(make_signature, copies)), tuple(map(self.prepare, copies)))
            )


def missing_kinds(store: Store, made: Mapping[str, str], sha256: str) -> frozenset[str]:
    """The kinds in `made` that are yet to be made of an image; none where it was refused. Few are to be disturbed."""
    wanted = [(kind, image_key(sha256, how)) for kind, how in made.items() if kind != "disturbed"]
    lacking = {kind for kind, _ in store.lacks(wanted)}
    return frozenset(lacking - {"refused"}) if "refused" in lacking else frozenset()
