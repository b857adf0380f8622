"""Write the numbers that images are compared by, so that figures on likeness can be computed again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE_NAME = "features.npy"
#: Larger reports do without: these take 21 MB.
_MOST = 50_000


def has_features(posts: int) -> bool:
    """Return whether a report of so many posts holds the numbers."""
    return posts <= _MOST


def write_features(features: NDArray[np.float32], folder: Path) -> None:
    """Write the numbers of images (n, k) into `folder`, a row a post in the order of posts.csv, if not too many."""
    if has_features(len(features)):
        np.save(folder / FILE_NAME, np.ascontiguousarray(features, "<f4"), allow_pickle=False)
