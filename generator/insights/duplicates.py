"""Images that were posted more than once: the same file, or the same picture saved, scaled or cropped anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Both limits were measured on 250 copies each of five kinds among 2,088 photographs, many of them near-identical shots
# of one ground (MobileNetV2): all copies saved at quality 50, halved, lightened and darkened by a tenth are found, and
# 97 % of those cropped by 5 %; of some 15,000 pairs of different photographs, four are taken for copies.
#: Bits of 64 in which the hashes of two copies differ at most.
MOST_BITS = 10
#: Copies lie nearer to each other than this part of the usual distance of an image to its tenth nearest.
NEAR = 0.5
_SET_BITS = np.array([value.bit_count() for value in range(256)], np.uint8)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Two or more posts of one picture."""

    posts: tuple[int, ...]  # positions, in order
    brands: tuple[int, ...]  # different ones, in order
    exact: bool  # byte for byte


def find_copies(
    images: Sequence[str], hashes: NDArray[np.uint64], near: NDArray[np.integer], features: NDArray[np.float32]
) -> NDArray[np.intp]:
    """A code for each of n posts, (n,), equal for posts of one picture; counted by first appearance.

    `images` are the sha256 of their files, `hashes` (n,) their perceptual hashes, `near` (n, m) positions of the
    nearest others by `features` (n, k). Near duplicates have nearly the same hash and nearly the same features, and one
    is among the nearest of the other: two photographs of one thing differ in the first, two pictures of one outline in
    the second. Groups are connected: a copy of a copy is a copy.
    """
    from scipy.sparse import coo_array  # type: ignore[import-untyped, unused-ignore]
    from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped, unused-ignore]

    count = len(images)
    _, first, file = np.unique(np.array(images, dtype=str), return_index=True, return_inverse=True)
    row, place = np.nonzero(_is_alike(hashes, near, features))
    # the same file: each with the first of them; alike: neighbours
    one = np.concatenate([np.arange(count), row])
    other = np.concatenate([first[file.ravel()], near[row, place]])
    joined = coo_array((np.ones(len(one), bool), (one, other)), shape=(count, count))
    component = connected_components(joined, directed=False)[1]
    _, start, code = np.unique(component, return_index=True, return_inverse=True)
    rank = np.empty(len(start), np.intp)
    rank[np.argsort(start)] = np.arange(len(start))
    return np.asarray(rank[code.ravel()])


def gather_duplicates(
    code: NDArray[np.integer], images: Sequence[str], brand: NDArray[np.integer]
) -> tuple[Duplicates, ...]:
    """The codes that two or more posts have: the most posts first, then by first post."""
    order = np.argsort(code, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(code[order])) + 1)
    found = [
        Duplicates(
            tuple(part.tolist()),
            tuple(sorted(set(brand[part].tolist()))),
            len({images[index] for index in part}) == 1,
        )
        for part in parts
        if len(part) > 1
    ]
    return tuple(sorted(found, key=lambda group: (-len(group.posts), group.posts[0])))


def keep_first(code: NDArray[np.integer], brand: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which posts count where a brand's repeats of one picture count once, (n,): the first of each."""
    kept = np.zeros(len(brand), bool)
    kept[np.unique(code * (int(brand.max(initial=0)) + 1) + brand, return_index=True)[1]] = True
    return kept


def _is_alike(
    hashes: NDArray[np.uint64], near: NDArray[np.integer], features: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Whether each neighbour shows the same picture, (n, m)."""
    differ = (hashes[:, None] ^ hashes[near])[..., None].view(np.uint8)
    alike = _SET_BITS[differ].sum(axis=-1) <= MOST_BITS
    usual = float(np.median(np.linalg.norm(features - features[near[:, -1]], axis=1)))
    row, place = np.nonzero(alike)
    apart = np.linalg.norm(features[row] - features[near[row, place]], axis=1)
    alike[row, place] = apart <= NEAR * usual
    return np.asarray(alike)
