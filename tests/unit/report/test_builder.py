"""The view models: what a page may say of a group, and which images stand for it."""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.insights.representatives import choose_medoids, rank_least_typical
from generator.report.post_arrays import make_arrays
from tests.support.sample_report import make_mapped, make_post, make_report


def test_every_post_has_one_brand_and_at_most_one_cluster() -> None:
    report = make_report()
    everyone = list(range(60))
    assert sorted(member for brand in report.brands for member in brand.members) == everyone
    assert report.noise is not None
    groups = [*report.clusters, report.noise]
    assert sorted(member for group in groups for member in group.members) == everyone
    assert [group.key for group in groups] == ["c01", "c02", "noise"]
    assert sum(group.share for group in groups) == pytest.approx(1)
    assert {brand.key for brand in report.brands} == {"maison-ambre", "bjorn-sohne", "noir-studio"}
    for position, brand in enumerate(report.brands):
        assert all(report.posts[member].brand == position for member in brand.members)
    for position, cluster in enumerate(report.clusters):
        assert all(report.posts[member].cluster == position for member in cluster.members)


def test_nearest_posts_are_positions_nearest_first() -> None:
    posts = [make_post(index, "A") for index in range(30)]
    mapped = make_mapped(posts, [0] * 30)
    for index, post in enumerate(make_report(posts, [0] * 30).posts):
        distances = np.linalg.norm(mapped.features - mapped.features[index], axis=1)
        assert list(post.near) == np.argsort(distances).tolist()[1:11]


def test_brands_are_in_the_readers_alphabetical_order() -> None:
    names = ["Zéphyr", "Édith", "abbot", "Émile", "Holm"]
    report = make_report([make_post(index, names[index % 5]) for index in range(10)], [0] * 10)
    assert [brand.name for brand in report.brands] == ["abbot", "Édith", "Émile", "Holm", "Zéphyr"]


def test_crossings_are_counts_and_shares_of_both_sides() -> None:
    report = make_report()
    pairs = Counter((post.brand, post.cluster) for post in report.posts)
    for brand in report.brands:
        assert sum(crossing.posts for crossing in brand.crossings) == len(brand.members)
        assert sum(crossing.of_brand for crossing in brand.crossings) == pytest.approx(1)
        shares = [crossing.of_brand for crossing in brand.crossings]
        assert shares == sorted(shares, reverse=True)
        for crossing in brand.crossings:
            assert crossing.posts == pairs[crossing.brand, crossing.cluster]
    for cluster in report.clusters:
        assert sum(crossing.of_cluster for crossing in cluster.crossings) == pytest.approx(1)


def test_likes_are_compared_with_the_brands_own_median() -> None:
    posts = [make_post(index, "Big", likes=1000 + index) for index in range(10)]
    posts += [make_post(10 + index, "Small", likes=10) for index in range(9)]
    posts += [make_post(19, "Small", likes=50)]
    report = make_report(posts, [0] * 20)
    assert [brand.median_likes for brand in report.brands] == [1004.5, 10.0]
    assert report.posts[19].engagement == 5.0
    assert report.clusters[0].most_engaging[0] == 19  # though every post of the other brand has more likes
    assert report.brands[0].most_engaging[0] == 9


def test_no_likes_and_no_dates() -> None:
    posts = [make_post(index, "House", likes=None, published=None) for index in range(12)]
    report = make_report(posts, [0] * 12)
    assert report.span is None
    assert report.brands[0].median_likes is None
    assert report.brands[0].most_engaging == ()
    assert report.clusters[0].most_engaging == ()


def test_few_likes_give_no_median_and_zeros_no_ratio() -> None:
    few = [make_post(index, "Few", likes=7 if index < 4 else None) for index in range(10)]
    zeros = [make_post(10 + index, "Zeros", likes=0) for index in range(10)]
    report = make_report(few + zeros, [0] * 20)
    assert [brand.median_likes for brand in report.brands] == [None, 0.0]
    assert all(post.engagement is None for post in report.posts)
    assert [brand.most_engaging for brand in report.brands] == [(), ()]


def test_posts_below_the_median_are_not_most_engaging() -> None:
    report = make_report(
        [make_post(index, "House", likes=[10, 20, 30, 40, 50][index % 5]) for index in range(20)], [0] * 20
    )
    assert [report.posts[member].engagement for member in report.clusters[0].most_engaging] == pytest.approx(
        [50 / 30] * 4 + [40 / 30] * 2
    )


def test_no_clusters_no_groups() -> None:
    report = make_report([make_post(index, "AB"[index % 2]) for index in range(8)], [-1] * 8)
    assert report.clusters == () and report.noise is None
    assert report.insights is None and report.findings == ()
    assert {crossing.cluster for brand in report.brands for crossing in brand.crossings} == {None}


def test_repeated_image_is_shown_once() -> None:
    posts = [make_post(index, "House") for index in range(20)]
    report = make_report(posts, [0] * 20, images=["aa" * 32] * 10 + [f"{index:064x}" for index in range(10)])
    assert report.counts.images == 11
    for shown in (report.brands[0].representatives, report.brands[0].most_engaging, report.clusters[0].least_typical):
        images = [report.posts[member].image for member in shown]
        assert len(set(images)) == len(images)


def test_the_title_comes_from_the_settings_or_the_file() -> None:
    assert make_report(title=" Maisons ").title == "Maisons"
    assert make_report(title="").title == "Posts"


def test_a_report_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_report().title = "other"  # type: ignore[misc]


@pytest.mark.parametrize("size", [1, 2, 7, 3000])
def test_medoids_of_groups_of_any_size(size: int) -> None:
    features = np.random.default_rng(0).normal(size=(size, 6)).astype(np.float32)
    chosen = choose_medoids(features, 5)
    assert len(chosen) == len(set(chosen)) == min(5, size)
    assert all(0 <= index < size for index in chosen)


def test_medoids_cover_every_kind_but_no_outlier() -> None:
    random = np.random.default_rng(1)
    kinds = np.concatenate([random.normal(centre, 0.1, (30, 4)) for centre in (0.0, 5.0, 10.0)])
    features = np.concatenate([kinds, [[500.0] * 4]])
    assert {index // 30 for index in choose_medoids(features, 3)} == {0, 1, 2}
    assert rank_least_typical(features, 1) == [90]


def test_first_medoid_is_nearest_to_all_others() -> None:
    features = np.random.default_rng(2).normal(size=(50, 3))
    distances = np.linalg.norm(features[:, None] - features[None], axis=2).sum(axis=0)
    assert choose_medoids(features, 3)[0] == int(np.argmin(distances))


@given(st.integers(1, 40), st.integers(1, 8))
def test_equal_rows_are_chosen_once(copies: int, kinds: int) -> None:
    features = np.repeat(np.eye(8)[:kinds] * 3, copies, axis=0)
    chosen = choose_medoids(features, 12)
    assert len({index // copies for index in chosen}) == len(chosen) == kinds


def test_weeks_and_months_are_left_out_of_days() -> None:
    facts = [{"precision": "month"}, {"precision": "week"}, {"precision": "day"}, {}, {"published": None}]
    posts = [make_post(index, "AB"[index % 2], **facts[index % 5]) for index in range(20)]
    report = make_report(posts, [0] * 20)
    days = make_arrays(report.posts, make_mapped(posts, [0] * 20)).days
    assert np.isnan(days).tolist() == [index % 5 in (0, 1, 4) for index in range(20)]
    assert [post.is_coarse for post in report.posts] == [index % 5 in (0, 1) for index in range(20)]
    assert report.span_precision == "month"
    assert make_report().span_precision == "day"
