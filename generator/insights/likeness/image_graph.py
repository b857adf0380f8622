"""Build the graph of nearest images, in which each brand's image counts once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ImageGraph:
    """Every brand's u different images, and the images nearest to each.

    A brand's image counts once, however often it was posted, and no image is its own neighbour, not even if another
    brand posted it. So a brand that repeats itself does not look more distinct.
    """

    posts: NDArray[np.intp]  # (u,) the first post of each
    brand: NDArray[np.intp]  # (u,)
    image: NDArray[np.intp]  # (u,) codes, equal if two brands posted the same image
    sizes: NDArray[np.intp]  # (brands,) number of images
    near: NDArray[np.intp]  # (u, m) positions among these
    counted: NDArray[np.bool_]  # (u, m) False if the neighbour is the same image or a repeat in its row


def build_graph(near: NDArray[np.integer], brand: NDArray[np.integer], image: NDArray[np.integer]) -> ImageGraph:
    """Build the graph of aligned arrays.

    `near` (n, m) are positions of the nearest, nearest first; `image` (n,) are codes, equal for identical images.
    """
    pairs = brand.astype(np.intp) * (int(image.max(initial=-1)) + 1) + image
    _, posts, unit = np.unique(pairs, return_index=True, return_inverse=True)
    unit = unit.ravel()
    # order by post, not by code
    order = np.argsort(posts)
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    posts, unit = posts[order], rank[unit]
    of_brand, of_image = brand[posts].astype(np.intp), image[posts].astype(np.intp)
    close = unit[near[posts]]
    counted = of_image[close] != of_image[:, None]
    for place in range(1, close.shape[1]):
        counted[:, place] &= (close[:, :place] != close[:, place, None]).all(axis=1)
    sizes = np.bincount(of_brand, minlength=int(brand.max(initial=-1)) + 1)
    return ImageGraph(posts, of_brand, of_image, sizes, close, counted)
