"""Gather the images that brands are compared by: each burst and each repeated image once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.insights.posting.held import Held

#: Units compared, all brands together, and of one brand at least. Of a brand with more than its part, a part is taken.
_MOST, _MOST_OF_BRAND = 3_000, 100

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class ImageUnits:
    """The images that brands are compared by, u in all, each shown by its first post.

    Posts of one burst are one unit, and so are a brand's posts of one image. So a brand that repeats itself or posts
    campaigns does not look more distinct.
    """

    posts: Ints  # (u,) the first post of each
    brand: Ints  # (u,)
    image: Ints  # (u,) codes, equal if two brands posted the same image
    days: Floats  # (u,) NaN for no date
    features: NDArray[np.float32]  # (u, k)
    sizes: Ints  # (brands,) units of each brand, also of those of which only a part is taken
    category: Ints  # (u,) the one within which each is compared; 0 for all if none is held equal
    mix: Floats  # (categories,) how much each counts; they add up to 1

    def take(self, rows: Ints) -> ImageUnits:
        """Return the units at the positions `rows`; the brands keep their numbers."""
        brand = self.brand[rows]
        return replace(
            self,
            posts=self.posts[rows],
            brand=brand,
            image=self.image[rows],
            days=self.days[rows],
            features=self.features[rows],
            sizes=np.bincount(brand, minlength=len(self.sizes)),
            category=self.category[rows],
        )


def gather_units(
    features: NDArray[np.float32],
    brand: NDArray[np.integer],
    image: NDArray[np.integer],
    burst: NDArray[np.integer],
    days: Floats,
    held: Held | None = None,
) -> ImageUnits:
    """Return the units of aligned arrays, one entry a post; `image` and `burst` are codes.

    Of a brand that has more than its part of the units that can be compared, this part is taken, evenly over its posts.
    If a category is `held` equal, only units in categories in which their brand is compared are taken.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count, brands = len(brand), int(brand.max(initial=-1)) + 1
    of_brand = brand.astype(np.intp)
    one = np.tile(np.arange(count), 2)
    other = np.concatenate([_find_first(of_brand * (int(code.max(initial=-1)) + 1) + code) for code in (image, burst)])
    joined = coo_array((np.ones(len(one), bool), (one, other)), shape=(count, count))
    component = connected_components(joined, directed=False)[1] if count else np.zeros(0, np.intp)
    firsts = np.sort(np.unique(component, return_index=True)[1])
    category, mix = np.zeros(count, np.intp), np.ones(1)
    if held is not None and len(held.mix):
        category, mix = held.category.astype(np.intp), held.mix
        firsts = firsts[(category[firsts] >= 0) & held.compared[category[firsts], of_brand[firsts]]]
    most = max(_MOST // max(brands, 1), _MOST_OF_BRAND)
    kept = [_sample(firsts[of_brand[firsts] == position], most) for position in range(brands)]
    posts = np.sort(np.concatenate([*kept, np.zeros(0, np.intp)]).astype(np.intp))
    sizes = np.bincount(of_brand[firsts], minlength=brands)
    return ImageUnits(
        posts, of_brand[posts], image[posts].astype(np.intp), days[posts], features[posts], sizes, category[posts], mix
    )


def _find_first(codes: Ints) -> Ints:
    """Return for each post the first with its code, (n,)."""
    _, first, code = np.unique(codes, return_index=True, return_inverse=True)
    return np.asarray(first[code.ravel()], np.intp)


def _sample(rows: Ints, most: int) -> Ints:
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).round().astype(np.intp)]
