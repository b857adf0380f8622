"""Find what the cache holds of single images by their addresses, and remove it by their marks."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path

from generator.cache.store import IMAGE_KINDS, PRECIOUS_KINDS, Store, mark_image
from generator.images.fetch import is_link, link_key
from generator.images.file_finder import spell_path
from generator.images.local_files import LocalFiles, forget_files

#: Kinds that hold nothing about posts, or are cleared entry by entry. Others are removed whole: tables hold captions
#: and permalinks, stages the results for all images at once.
_CLEARED_KINDS = frozenset({*IMAGE_KINDS, *PRECIOUS_KINDS, "files", "networks"})
_MARK = len(mark_image(""))


def known_digests(thumbnail: str, files: LocalFiles, store: Store) -> set[str]:
    """Return the sha256 of every image that this address is known to have shown."""
    if not is_link(thumbnail):
        return files.trace(thumbnail)
    sha256 = store.get("links", link_key(thumbnail))
    return {sha256.decode()} if sha256 else set()


def read_hashes(marks: Iterable[str], store: Store) -> set[int]:
    """Return the perceptual hashes in the cache of the images with these marks."""
    signatures = (store.get("traits", key) for mark in marks for key in store.keys("traits", mark))
    return {int.from_bytes(signature[:8], "big") for signature in signatures if signature}


def purge_images(marks: Collection[str], thumbnails: Iterable[str], root: Path, store: Store) -> None:
    """Remove everything in the cache about the images with these marks and about these addresses.

    Goes through the whole cache, since one image may have several addresses and appear in several reports. Frames of
    videos go with them. Results for all posts at once are removed too, and computed again later.
    """
    videos = (store.get("videos", key) for mark in marks for key in store.keys("videos", mark))
    marks = {*marks, *(mark_image(frame) for kept in videos if kept for frame in kept.decode().split())}
    for kind in IMAGE_KINDS:
        for key in store.keys(kind):
            # keys of earlier versions do not tell whose image they belong to
            if key[:_MARK] in marks or key[_MARK : _MARK + 1] != "-":
                store.remove(kind, key)
    for key in store.keys("images"):
        if mark_image(key[:64]) in marks:
            store.remove("images", key)
    texts = set(thumbnails)
    addresses = {link_key(text) for text in texts if is_link(text)}
    for key in store.keys("links"):
        if key[:64] in addresses or mark_image((store.get("links", key) or b"").decode()) in marks:
            store.remove("links", key)
    places = {os.path.realpath(root / form) for text in texts if not is_link(text) for form in spell_path(text)}
    forget_files(lambda place, sha256: place in places or mark_image(sha256) in marks, store)
    store.prune(kind for kind in store.kinds() if kind not in _CLEARED_KINDS)
