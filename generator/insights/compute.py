"""Compute all insights of one report."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from generator.insights.bursts import Bursts, find_bursts, list_bursts
from generator.insights.image_parts import ImageParts
from generator.insights.inference import BUDGET, LEVELS
from generator.insights.levels import LevelArrays, LevelInsights, measure_level
from generator.insights.likeness.brand_map import BrandMap, map_brands
from generator.insights.likeness.contrast import Contrast, contrast_brands
from generator.insights.likeness.distinctiveness import Distinctiveness, measure_distinctiveness
from generator.insights.likeness.image_graph import ImageGraph, build_graph
from generator.insights.likeness.image_units import gather_units
from generator.insights.likeness.looks_over_time import LooksOverTime, follow_looks
from generator.insights.likes.engagement import PARTS
from generator.insights.likes.held import hold_equal
from generator.insights.likes.rates import BesideRates, Rates, measure_rates, rank_in_groups
from generator.insights.likes.seasons import Season, measure_seasons
from generator.insights.likes.timing import Timing, measure_timing
from generator.insights.posting.field_shares import FORMAT, FieldShares, measure_field_shares
from generator.insights.posting.group_shares import LEAST_MEMBERS
from generator.insights.posting.held import Held, hold_category
from generator.insights.posting.tag_shares import TagShares, measure_tag_shares
from generator.insights.subjects import SubjectArrays, SubjectInsights, measure_subjects

#: With up to 15 brands, every pair is compared; with more, each brand and the 5 rivals that look most like it.
_PAIRED = 15
_RIVALS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """A field within whose categories brands are compared, market by market."""

    field: int  # position in the report
    category: NDArray[np.int64]  # (n,) position of each post's, -1 for none


@dataclass(frozen=True, slots=True, eq=False)
class PostArrays:
    """Aligned arrays that insights are computed from, one entry a post. Brands and clusters are positions.

    A post of several images looks like its first, and is in the cluster and territory of most of them. What counts
    posts takes its `parts` instead.
    """

    brand: NDArray[np.int64]  # (n,)
    cluster: NDArray[np.int64]  # (n,), -1 for none
    likes: NDArray[np.float64]  # (n,), NaN if not shown
    comments: NDArray[np.float64]  # (n,), NaN if not shown
    days: NDArray[np.float64]  # (n,), since 1970, NaN for no date
    features: NDArray[np.float32]  # (n, k)
    near: NDArray[np.integer]  # (n, m) positions of the nearest others by features
    image: NDArray[np.integer]  # (n,) codes, equal where two posts show the same image
    territory: NDArray[np.int64] | None = None  # (n,), -1 for none; None without territories
    shown: NDArray[np.bool_] | None = None  # (n, terms) what images show; None if they were not tagged
    under: NDArray[np.int64] | None = None  # (terms,) position of the term above each, -1 for none
    said: NDArray[np.bool_] | None = None  # (n, words) words that captions say
    followers: NDArray[np.float64] | None = None  # (n,) of the brand at that time, NaN if not known
    form: NDArray[np.int64] | None = None  # (n,) codes of formats, -1 if not known; None if no post's is known
    values: NDArray[np.int64] | None = None  # (n, fields) positions of values, the most frequent first, -1 for none
    group: NDArray[np.int64] | None = None  # (brands,) position of each brand's group, -1 for none; None without any
    within: Within | None = None  # the field within which brands are compared
    parts: ImageParts | None = None  # among clusters; None if each post has one image
    shown_parts: NDArray[np.float64] | None = None  # (n, terms) share of the images that show each; None likewise
    territory_parts: ImageParts | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Insights(LevelInsights):
    """Everything that comparing the brands shows. What the level has is by cluster, and in `territories` by territory.

    Brands, clusters and territories are positions in the report.
    """

    territories: LevelInsights | None  # None without territories
    tag_shares: TagShares | None  # what brands' images show; None if no term is frequent
    subjects: SubjectInsights | None  # what goes with what images show and captions say; None without any
    burst: NDArray[np.intp]  # (n,) codes, equal for posts of one burst
    bursts: Bursts
    timing: Timing  # likes by weekday and time of day
    seasons: tuple[Season, ...]  # likes against the year before, of brands whose posts span more than one
    distinctiveness: Distinctiveness
    looks_over_time: LooksOverTime | None  # None with too few posts that have a date
    brand_map: BrandMap
    contrasts: tuple[Contrast, ...]  # pairs in the brands' order, the first of a pair before the second
    field_shares: tuple[FieldShares, ...] = ()  # formats of brands' posts, and what these have in other columns
    rates: Rates | None = None  # likes and comments for each follower; None if no post's followers are known
    group_rates: BesideRates | None = None  # the rates beside those of groups of brands; None without either
    held: Held | None = None  # the categories within which brands are compared; None if all posts are taken together


def find_insights(arrays: PostArrays) -> Insights | None:
    """Return all insights; None with fewer than two brands or without clusters."""
    brand, cluster = arrays.brand, arrays.cluster
    if brand.max(initial=0) < 1 or cluster.max(initial=-1) < 0:
        return None
    burst = find_bursts(brand, cluster, arrays.days, arrays.features, arrays.near, arrays.image)
    graph = build_graph(arrays.near, brand, arrays.image)
    held = hold_category(brand, arrays.within.category, burst) if arrays.within else None
    units = gather_units(arrays.features, brand, arrays.image, burst, arrays.days, held)
    distinctiveness = measure_distinctiveness(units)
    times, rates = _hold(arrays, held), _rate(arrays, burst)

    def measure(groups: NDArray[np.int64], parts: ImageParts | None, part: float) -> LevelInsights:
        of_level = LevelArrays(
            brand, groups, arrays.likes, arrays.comments, arrays.days, burst, times, held, arrays.group, parts
        )
        return measure_level(of_level, distinctiveness.overlap, part)

    # without territories, clusters may use the whole chance of a false finding
    level = measure(cluster, arrays.parts, 1.0 if arrays.territory is None else LEVELS["clusters"])
    return Insights(
        **{field.name: getattr(level, field.name) for field in fields(level)},
        territories=None
        if arrays.territory is None
        else measure(arrays.territory, arrays.territory_parts, LEVELS["territories"]),
        tag_shares=_compare_tags(arrays, burst, held),
        subjects=_measure_subjects(arrays, burst, times, held),
        burst=burst,
        bursts=list_bursts(burst, brand, cluster, arrays.days, arrays.features),
        timing=measure_timing(brand, arrays.likes, times, burst, BUDGET["likes"] * PARTS["timing"]),
        seasons=measure_seasons(brand, arrays.likes, arrays.days, burst),
        distinctiveness=distinctiveness,
        looks_over_time=follow_looks(units),
        brand_map=map_brands(distinctiveness),
        contrasts=_contrast(arrays.features, level.shares.posts.astype(np.float64), graph, distinctiveness),
        field_shares=_compare_fields(arrays, burst, held),
        rates=rates,
        group_rates=rank_in_groups(rates, arrays.group, LEAST_MEMBERS) if rates and arrays.group is not None else None,
        held=held,
    )


def _hold(arrays: PostArrays, held: Held | None) -> NDArray[np.float64]:
    """Return the days, and beside them what is held equal where likes are compared."""
    times = arrays.days if arrays.form is None else hold_equal(arrays.days, arrays.brand, arrays.form)
    if held is None or not len(held.mix):
        return times
    # categories of which a brand has too few posts are one, so that no post stands for a whole category
    is_compared = (held.category >= 0) & held.compared[held.category, arrays.brand]
    return hold_equal(times, arrays.brand, np.where(is_compared, held.category, -1))


def _rate(arrays: PostArrays, burst: NDArray[np.intp]) -> Rates | None:
    if arrays.followers is None:
        return None
    return measure_rates(arrays.brand, arrays.likes + arrays.comments, arrays.followers, burst)


def _compare_tags(arrays: PostArrays, burst: NDArray[np.intp], held: Held | None) -> TagShares | None:
    if arrays.shown is None or arrays.under is None:
        return None
    shown = arrays.shown if arrays.shown_parts is None else arrays.shown_parts
    return measure_tag_shares(arrays.brand, shown, arrays.under, burst, _share_budget(arrays), held, arrays.days)


def _compare_fields(arrays: PostArrays, burst: NDArray[np.intp], held: Held | None) -> tuple[FieldShares, ...]:
    """Compare brands by formats, which are a field like others and the first of them, and by the values of fields."""
    form = arrays.form if _has_formats(arrays) else None
    columns = [*([] if form is None else [form]), *([] if arrays.values is None else arrays.values.T)]
    if not columns:
        return ()
    first = 0 if form is None else 1
    within = (arrays.within.field + first, held) if arrays.within and held else None
    found = measure_field_shares(
        arrays.brand, np.column_stack(columns), burst, _share_budget(arrays), within, arrays.days
    )
    return tuple(replace(one, field=one.field - first if one.field >= first else FORMAT) for one in found)


def _has_formats(arrays: PostArrays) -> bool:
    """Return whether any brand has posts of two formats."""
    if arrays.form is None:
        return False
    known = arrays.form >= 0
    pairs = np.unique(np.stack([arrays.brand[known], arrays.form[known]]), axis=1)
    return bool(pairs.shape[1] > len(np.unique(arrays.brand[known])))


def _share_budget(arrays: PostArrays) -> float:
    """Return the part of tags, and of fields, in the report's chance of a false mark: where there are both, half."""
    return BUDGET["tags"] * (1.0 if arrays.values is None and not _has_formats(arrays) else 0.5)


def _measure_subjects(
    arrays: PostArrays, burst: NDArray[np.intp], times: NDArray[np.float64], held: Held | None
) -> SubjectInsights | None:
    none = np.zeros((len(arrays.brand), 0), bool)
    shown = none if arrays.shown is None or arrays.under is None else arrays.shown
    under = np.zeros(0, np.int64) if arrays.shown is None or arrays.under is None else arrays.under
    said = none if arrays.said is None else arrays.said
    over_time = (arrays.brand, arrays.likes, arrays.comments, times, burst)
    category = held.category if held is not None and len(held.mix) else None
    return measure_subjects(SubjectArrays(*over_time, shown, under, said, category))


def _contrast(
    features: NDArray[np.float32], posts: NDArray[np.float64], graph: ImageGraph, distinctiveness: Distinctiveness
) -> tuple[Contrast, ...]:
    shown = np.flatnonzero(~distinctiveness.withheld).tolist()
    pairs = set(combinations(shown, 2))
    if len(shown) > _PAIRED:
        closest = {
            brand: sorted(shown, key=lambda rival: -distinctiveness.overlap[brand, rival])[: _RIVALS + 1]
            for brand in shown
        }
        pairs = {pair for pair in pairs if pair[1] in closest[pair[0]] or pair[0] in closest[pair[1]]}
    return tuple(contrast_brands(one, two, features, posts, graph) for one, two in sorted(pairs))
