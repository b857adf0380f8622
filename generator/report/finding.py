"""What is told first: a figure with its interval, and what it is about."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

LevelName = Literal["territory", "cluster"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure with both ends of its interval, which are NaN for a plain count.

    `brand`, `other` (a second brand), `cluster` and `posts`, which show the finding, are positions; without a brand it
    holds for brands in general. `figure` is a ratio, with these exceptions: a share for own_ground and
    largest_cluster; for drift the share in the last third of the brand's time (`expected`: in the first; the interval
    is that of the change); for white_space the posts that the brand has there (`expected`: those it would have). For
    the engagement of one brand, `expected` is what the cluster gets for its rivals, if that surely differs.
    """

    kind: Literal[
        "over_index",
        "shows",
        "field",
        "engagement",
        "subject",
        "drift",
        "distinct",
        "overlap",
        "own_ground",
        "white_space",
        "largest_cluster",
    ]
    brand: int | None
    cluster: int | None
    figure: float
    low: float
    high: float
    expected: float = math.nan
    other: int | None = None
    is_bound: bool = False  # so few posts that only the lower end tells anything: "at least 3 times"
    counts: tuple[int, int] = (0, 0)  # the posts that it rests on, and the same with a campaign counted once
    posts: tuple[int, ...] = ()
    level: LevelName = "cluster"  # what `cluster` is a position of
    term: int | None = None  # of a finding on what images show: position in Tags.terms
    value: tuple[int, str] | None = None  # of a finding on a field: its position as in FieldShares, and the value
    subject: int | None = None  # of a finding on likes of what images show or captions say: position
