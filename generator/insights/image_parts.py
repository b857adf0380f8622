"""Divide posts of several images among groups: each image is an equal part of its post."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class ImageParts:
    """The parts of posts that lie in groups: one row for each group that a post has images in, by post and group."""

    post: NDArray[np.intp]  # (m,) positions
    group: NDArray[np.int64]  # (m,) -1 for none
    part: NDArray[np.float64]  # (m,) share of the post's images; those of a post add up to 1
    first: NDArray[np.intp]  # (m,) position of the post's first image there

    def choose(self, chosen: NDArray[np.bool_]) -> ImageParts:
        """Return the parts of the posts that are `chosen` (posts,)."""
        kept = chosen[self.post]
        return ImageParts(self.post[kept], self.group[kept], self.part[kept], self.first[kept])


def divide_posts(owner: NDArray[np.integer], group: NDArray[np.integer]) -> ImageParts:
    """Return the parts of posts, from the post and the group (-1 for none) of each image, both (n,)."""
    width = int(group.max(initial=-1)) + 2
    cells, first, count = np.unique(owner.astype(np.int64) * width + group + 1, return_index=True, return_counts=True)
    post = (cells // width).astype(np.intp)
    return ImageParts(post, cells % width - 1, count / np.bincount(owner)[post], first)


def find_homes(parts: ImageParts) -> NDArray[np.int64]:
    """Return the group of most of each post's images, (posts,); of two with as many, the one of the earlier image.

    Figures that rank or date whole posts count a post there.
    """
    order = np.lexsort((parts.first, -parts.part, parts.post))
    best = order[np.unique(parts.post[order], return_index=True)[1]]
    return parts.group[best]
