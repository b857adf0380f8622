"""Compare brands on one level: by cluster, or by territory."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.insights.image_parts import ImageParts
from generator.insights.inference import BUDGET
from generator.insights.likes.engagement import PARTS, Engagement, measure_engagement
from generator.insights.likes.openings import Opening, find_openings
from generator.insights.over_time.drift import Drifts, measure_drift
from generator.insights.over_time.momentum import Momentum, measure_momentum
from generator.insights.over_time.share_of_voice import ShareOfVoice, measure_share_of_voice
from generator.insights.over_time.share_seasons import ShareSeasons, compare_share_seasons
from generator.insights.posting.group_shares import GroupShares, measure_group_shares
from generator.insights.posting.held import Held
from generator.insights.posting.shares import Shares, compare_counts, count_shares
from generator.insights.posting.white_space import OwnGround, WhiteSpace, find_own_ground, find_white_space

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class LevelArrays:
    """Aligned arrays of posts that a level is computed from. `cluster` is the position of a cluster, or territory."""

    brand: Ints  # (n,)
    cluster: Ints  # (n,), -1 for none
    likes: Floats  # (n,), NaN if not shown
    comments: Floats  # (n,), NaN if not shown
    days: Floats  # (n,), since 1970, NaN for no date
    burst: NDArray[np.intp]  # (n,) codes, equal for posts of one burst
    held: Floats | None = None  # (n, 1 + k) days, and what is held equal where likes are compared
    within: Held | None = None  # categories within which shares are compared
    group: Ints | None = None  # (brands,) position of each brand's group, -1 for none; None without groups
    parts: ImageParts | None = None  # of posts of several images, which shares count by them

    @property
    def category(self) -> Ints | None:
        """The category of each post, (n,), within which what moves must move too; None if none is held equal."""
        return self.within.category if self.within is not None and len(self.within.mix) else None

    @property
    def clusters(self) -> int:
        """The number of clusters. No post need be at home in the last: it may hold further images alone."""
        return int((self.cluster if self.parts is None else self.parts.group).max(initial=-1)) + 1


@dataclass(frozen=True, slots=True, eq=False)
class LevelInsights:
    """What comparing the brands shows on one level. "Cluster" stands for a territory in those of territories."""

    shares: Shares
    white_space: tuple[WhiteSpace, ...]
    own_ground: tuple[OwnGround, ...]
    engagement: Engagement | None  # by likes; None if no post shows them
    comments: Engagement | None  # the same by comments
    openings: tuple[Opening, ...]  # what brands could try, the surest first
    drift: Drifts | None  # None if no post has a date
    momentum: Momentum | None  # None if no two brands have enough posts with a date
    voice: ShareOfVoice | None  # None if no post has a date
    share_seasons: ShareSeasons | None  # None if no brand posted in one month of two years
    group_shares: GroupShares | None  # None without groups of brands that are large enough


def measure_level(arrays: LevelArrays, overlap: Floats, part: float) -> LevelInsights:
    """Return what comparing the brands shows on one level.

    `overlap` (brands, brands) says how much brands look alike; `part` is that of each family's chance of a false
    finding that this level may use.
    """
    over_time = (arrays.brand, arrays.cluster, arrays.days, arrays.burst)
    drift = None
    if not np.isnan(arrays.days).all():
        drift = measure_drift(*over_time, part, arrays.clusters, arrays.category)
    runs = drift.runs if drift else 1.0
    counted = count_shares(arrays.brand, arrays.cluster, arrays.burst, arrays.within, arrays.parts)
    counted = replace(counted, runs=runs)
    shares = compare_counts(counted, BUDGET["shares"] * part)
    engagement = _measure(arrays, arrays.likes, BUDGET["likes"] * PARTS["clusters"] * part)
    return LevelInsights(
        shares=shares,
        white_space=find_white_space(shares),
        own_ground=find_own_ground(shares),
        engagement=engagement,
        comments=_measure(arrays, arrays.comments, BUDGET["comments"] * PARTS["clusters"] * part),
        openings=find_openings(engagement, shares.posts, overlap) if engagement else (),
        drift=drift,
        momentum=measure_momentum(*over_time, part, arrays.clusters, runs),
        voice=measure_share_of_voice(*over_time, arrays.clusters, runs),
        share_seasons=compare_share_seasons(*over_time, part, arrays.clusters, runs),
        group_shares=None if arrays.group is None else measure_group_shares(counted.by_category, arrays.group),
    )


def _measure(arrays: LevelArrays, values: Floats, budget: float) -> Engagement | None:
    if np.isnan(values).all():
        return None
    held = arrays.days if arrays.held is None else arrays.held
    return measure_engagement(arrays.brand, arrays.cluster, values, held, arrays.burst, budget, arrays.clusters)
