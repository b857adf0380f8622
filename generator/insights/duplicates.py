"""Find images posted more than once: the same file, or one picture saved, scaled, lit or cropped anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.numerics import row_blocks

#: Two posts show nearly the same image if at most this many of the 64 bits of their hashes differ, and their features
#: are no further apart than this fraction of the distance of two different images (root mean square). That distance
#: hardly depends on n: from 30 images to 2,000, the distance to the tenth nearest shrinks by a third.
#:
#: Measured on 2,088 photographs, many of one garment after the other on one ground, with five copies of 250: JPEG
#: quality 50, half size, 5 % cropped, 10 % lighter and darker. With MobileNetV2's and with the built-in features 97 %
#: of copies are found, 86 % of the cropped. Of 14,000 pairs of neighbours two and one are joined, each two shots of one
#: garment a moment apart. The next pair, different shirts, is 8 bits and 0.28 away. Of all pairs none differ in 2 bits
#: or fewer, so there the limit is wider: half size at quality 50 shifts a network's features, and 95 % of such copies
#: are found instead of 39 %. 10 bits find 97 % of the cropped, but join twice as many cards of one layout.
LIMITS = ((8, 0.25), (2, 0.45))
#: A hash with fewer bits set, or fewer clear, does not identify its image: half are set in a photograph's, one in that
#: of an image of any single colour; and features put those side by side too.
FEWEST_BITS = 16
#: Of images with one hash, each is compared with this many that follow it in order of their first feature.
_COMPARED = 8
_SET_BITS = np.array([value.bit_count() for value in range(256)], np.uint8)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Two or more posts of one picture."""

    posts: tuple[int, ...]  # positions of their images, in order
    brands: tuple[int, ...]  # different ones, in order
    exact: bool  # byte for byte


def find_copies(
    images: Sequence[str], hashes: NDArray[np.uint64], near: NDArray[np.integer], features: NDArray[np.float32]
) -> NDArray[np.intp]:
    """Return a code for each of n posts, (n,), equal for posts of one picture; counted by first appearance.

    `images` are the sha256 of their files, `hashes` (n,) their perceptual hashes. Two posts are compared if one is
    among the other's nearest by `features` (n, k), whose positions are `near` (n, m), or if they have the same hash:
    files posted often fill their own lists of nearest. A copy of a copy is a copy. Time grows with n, however many
    share a hash.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = len(images)
    if not count:
        return np.zeros(0, np.intp)
    # bytes: as text, 300,000 names take 77 MB, and as much again to sort them
    _, first, file = np.unique(np.array(images, dtype=bytes), return_index=True, return_inverse=True)
    scale = float(np.sqrt(2 * features[first].var(axis=0, dtype=np.float64).sum()))
    neighbours = np.column_stack([np.repeat(np.arange(count), near.shape[1]), near.ravel()])
    pairs = np.concatenate([neighbours, _pair_hashes(hashes, features, first)])
    alike = pairs[_are_alike(hashes, features, pairs, scale)]
    # all posts of a file are joined through the first of them
    one, other = np.concatenate([alike, np.column_stack([np.arange(count), first[file.ravel()]])]).T
    joined = coo_array((np.ones(len(one), bool), (one, other)), shape=(count, count))
    component = connected_components(joined, directed=False)[1]
    _, start, group = np.unique(component, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(start))[group.ravel()])


def gather_duplicates(
    code: NDArray[np.integer], images: Sequence[str], brand: NDArray[np.integer], owner: NDArray[np.integer]
) -> tuple[Duplicates, ...]:
    """Return the pictures that two or more posts show: those with most posts first, then by first post.

    `owner` (n,) is each image's post, which counts once for a picture, by the first of its images that show it.
    """
    once = np.unique(code.astype(np.int64) * (int(owner.max(initial=-1)) + 1) + owner, return_index=True)[1]
    order = np.sort(once)
    order = order[np.argsort(code[order], kind="stable")]
    parts = np.split(order, np.flatnonzero(np.diff(code[order])) + 1)
    duplicates = [
        Duplicates(
            tuple(part.tolist()),
            tuple(sorted(set(brand[part].tolist()))),
            len({images[index] for index in part}) == 1,
        )
        for part in parts
        if len(part) > 1
    ]
    return tuple(sorted(duplicates, key=lambda group: (-len(group.posts), group.posts[0])))


def _pair_hashes(
    hashes: NDArray[np.uint64], features: NDArray[np.float32], first: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return pairs (p, 2) of different files with one hash, at most `_COMPARED` for each of the posts `first`."""
    order = first[np.lexsort((features[first, 0], hashes[first]))]
    pairs = [np.column_stack([order[:-step], order[step:]]) for step in range(1, _COMPARED + 1)]
    return np.concatenate([pair[hashes[pair[:, 0]] == hashes[pair[:, 1]]] for pair in pairs])


def _are_alike(
    hashes: NDArray[np.uint64], features: NDArray[np.float32], pairs: NDArray[np.intp], scale: float
) -> NDArray[np.bool_]:
    """Return which of `pairs` (p, 2) show nearly the same image, (p,)."""
    one, other = pairs.T
    bits = _count_bits(hashes)
    telling = (bits >= FEWEST_BITS) & (bits <= 64 - FEWEST_BITS)
    differ = _count_bits(hashes[one] ^ hashes[other])
    limit = np.full(len(pairs), -1.0)
    for most, part in LIMITS:
        limit[differ <= most] = part * scale
    candidates = np.flatnonzero((limit >= 0) & telling[one] & telling[other])
    alike = np.zeros(len(pairs), bool)
    for block in row_blocks(len(candidates), features.shape[1]):
        at = candidates[block]
        alike[at] = np.linalg.norm(features[one[at]] - features[other[at]], axis=1) <= limit[at]
    return alike


def _count_bits(values: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Count the bits set in each value, (n,)."""
    parts = np.ascontiguousarray(values, np.uint64)[:, None].view(np.uint8)
    return np.asarray(_SET_BITS[parts].sum(axis=1, dtype=np.intp))
