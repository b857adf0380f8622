"""Count posts and occasions: a post by itself is one, and so are all posts of a burst in one cluster."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.insights.image_parts import ImageParts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Whole numbers, or parts of posts that have several images.
Counts = Ints | Floats


def count_occasions(
    brand: NDArray[np.integer],
    cluster: NDArray[np.integer],
    burst: NDArray[np.integer],
    shape: tuple[int, int],
) -> tuple[Ints, Ints]:
    """Return counts of posts and of occasions, (brands, clusters + 1), the unclustered last.

    A burst in two clusters is an occasion in each. `shape` is that of the counts.
    """
    brands, cells = shape
    clusters = cells - 1
    place = np.where(cluster < 0, clusters, cluster).astype(np.int64)
    code = brand.astype(np.int64) * cells + place
    size = brands * cells
    first = np.unique(code * (int(burst.max(initial=-1)) + 1) + burst, return_index=True)[1]
    posts, occasions = (
        np.bincount(values, minlength=size).reshape(brands, cells).astype(np.int64) for values in (code, code[first])
    )
    return posts, occasions


def count_parts(
    brand: NDArray[np.integer], burst: NDArray[np.integer], parts: ImageParts, shape: tuple[int, int]
) -> tuple[Floats, Floats]:
    """Return what `count_occasions` does, of posts in `parts`: those of a post add up to one.

    A burst is so much of an occasion in a cluster as the post of it that has the largest part there.
    """
    place = np.where(parts.group < 0, shape[1] - 1, parts.group)
    posts, occasions = np.zeros(shape), np.zeros(shape)
    np.add.at(posts, (brand[parts.post], place), parts.part)
    cells, cell = np.unique(burst[parts.post].astype(np.int64) * shape[1] + place, return_inverse=True)
    largest = np.zeros(len(cells))
    np.maximum.at(largest, cell.ravel(), parts.part)
    of_burst = np.zeros(int(burst.max(initial=-1)) + 1, np.int64)
    of_burst[burst] = brand
    np.add.at(occasions, (of_burst[cells // shape[1]], cells % shape[1]), largest)
    return posts, occasions
