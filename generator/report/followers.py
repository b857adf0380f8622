"""Find how many followers a brand had when it posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from generator.insights.likes.rates import follow_counts
from generator.spreadsheet.posts import Post


def find_followers(posts: Sequence[Post], counted: Mapping[str, Mapping[str, int]]) -> list[float | None]:
    """Return the followers of each post's brand when it was posted, None if not known.

    A post's own row goes first; else what is `counted` by brand and day, on a line between two days. Nothing is said
    of days before the first and after the last. A date that is only known to the week or month counts from its start.
    """
    found: list[float | None] = [None if post.followers is None else float(post.followers) for post in posts]
    names = {name.casefold(): days for name, days in counted.items()}
    for brand in {post.brand for post in posts if post.brand.casefold() in names}:
        own = [index for index, post in enumerate(posts) if post.brand == brand and found[index] is None]
        days = names[brand.casefold()]
        known = np.array([_count_days(datetime.fromisoformat(day)) for day in days])
        when = np.array([_count_days(posts[index].published) for index in own])
        counts = follow_counts(when, known, np.array(list(days.values()), np.float64))
        for index, count in zip(own, counts.tolist(), strict=True):
            found[index] = None if count != count else count
    return found


def _count_days(moment: datetime | None) -> float:
    """Return the days since 1970, NaN for none."""
    return float("nan") if moment is None else (moment - datetime(1970, 1, 1)).total_seconds() / 86_400
