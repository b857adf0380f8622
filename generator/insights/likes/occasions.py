"""Gather posts with likes into occasions that are independent of one another: single posts, and bursts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.insights.likes.typical_likes import LEAST_LIKES, Bools, Floats, Ints, fit_robustly, support_times


@dataclass(frozen=True, slots=True, eq=False)
class Occasions:
    """One entry an occasion: a post by itself, or the posts of a burst in one cluster. Only posts with likes count.

    Of terms, of which a post may show several, a burst is one occasion and shows those that half of its posts do.

    Taking one value a burst, whatever its size, is what drawing one post of each burst again and again comes to
    (Hoffman, Sen & Weinberg 2001, Biometrika 88, 1121-1134; for ranks Datta & Satten 2005, J. Amer. Statist. Assoc.
    100, 908-915), but with less noise: a burst's median stands for it.
    """

    brand: Ints  # (o,)
    member: Ints  # (m,) the occasions that are in a group, ascending, each once for each of its groups
    group: Ints  # (m,) the group, a cluster or term
    posts: Ints  # (o,)
    level: Floats  # (o,) logarithm of the median likes; -inf for none
    counted: Floats  # (o,) the same, with no likes counted as half a like
    support: Floats  # (o, p) of the brand's curve in time and its formats; columns that a brand lacks are 0
    brand_posts: Ints  # (n,) of each post, with likes or without
    support_posts: Floats  # (n, p)


def gather_occasions(brand: Ints, groups: Ints | Bools, likes: Floats, days: Floats, burst: Ints) -> Occasions:
    """Return the occasions of aligned arrays (n,): likes and days may be NaN.

    `days` may be (n, 1 + k), days and what else is held equal (see `hold_equal`). `groups` are each post's
    cluster (n,), -1 for none, or which terms it shows (n, terms).
    """
    days, held = (days, np.zeros((len(days), 0))) if days.ndim == 1 else (days[:, 0], days[:, 1:])
    cluster = groups if groups.ndim == 1 else np.zeros(len(brand), np.int64)
    with np.errstate(invalid="ignore", divide="ignore"):
        shown = np.flatnonzero(np.isfinite(likes) & (likes >= 0))
        logs = np.log(likes[shown])
    keys = np.stack([brand[shown], burst[shown], cluster[shown]])
    found, place = np.unique(keys, axis=1, return_inverse=True)
    place = place.ravel()
    count = np.bincount(place, minlength=found.shape[1]).astype(np.int64)
    ordered = logs[np.lexsort((logs, place))]
    first = np.cumsum(count) - count
    level = (ordered[first + (count - 1) // 2] + ordered[first + count // 2]) / 2
    dated = np.isfinite(days[shown])
    with np.errstate(invalid="ignore"):
        when = np.bincount(place, np.where(dated, days[shown], 0), len(count)) / np.bincount(place, dated, len(count))
    parts = []
    for index in range(int(brand.max(initial=-1)) + 1):
        mine = np.flatnonzero(brand == index)
        # of what is held equal, a brand has the columns that vary in it
        own = held[mine][:, held[mine].any(axis=0)]
        parts.append((mine, np.hstack([support_times(days[mine], when[found[0] == index]), own])))
    support_posts = np.zeros((len(brand), max((rows.shape[1] for _, rows in parts), default=1)))
    for mine, rows in parts:
        support_posts[mine, : rows.shape[1]] = rows
    sums = [np.bincount(place, weights=column, minlength=len(count)) for column in support_posts[shown].T]
    support = np.stack(sums, axis=1) / count[:, None]
    counted = np.maximum(level, np.log(LEAST_LIKES))
    if groups.ndim == 1:
        member = np.flatnonzero(found[2] >= 0)
        group = found[2][member]
    else:
        member, group = _find_shown(np.asarray(groups[shown], bool), place, count)
    return Occasions(found[0], member, group, count, level, counted, support, brand, support_posts)


def _find_shown(shows: Bools, place: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Return pairs of occasions and the terms that half of their posts show, given each post's occasion."""
    row, term = np.nonzero(shows)
    number = np.bincount(place[row] * shows.shape[1] + term, minlength=len(count) * shows.shape[1])
    member, group = np.nonzero(2 * number.reshape(len(count), -1) >= np.maximum(count, 1)[:, None])
    return member.astype(np.int64), group.astype(np.int64)


def align(occasions: Occasions, rows: Ints) -> Floats:
    """Return the logarithms (len(rows),) of likes over what was typical at the time, for the occasions of one brand."""
    coefficients, _, _ = fit_robustly(occasions.support[rows], occasions.counted[rows])
    return np.asarray(occasions.level[rows] - occasions.support[rows] @ coefficients, np.float64)
