"""Posts of several images in a report: the post stays the unit, and each of its images is a part of it."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from generator.report.model import Report
from generator.site.data_files import write_exports
from tests.support.sample_report import BRANDS, make_post, make_report, write_site

POSTS = 60
#: Posts of the first brand that have nine more images each, all in the second cluster.
SEVERAL = range(0, 30, 3)


@cache
def _report() -> Report:
    posts = [make_post(index, BRANDS[index % 3], likes=100 + index) for index in range(POSTS)]
    owner = [*range(POSTS), *(post for post in SEVERAL for _ in range(9))]
    further = [replace(posts[post], id=f"{posts[post].id}.{place}") for place, post in enumerate(owner[POSTS:])]
    labels = [0 if index % 2 else 1 for index in range(POSTS)] + [1] * len(further)
    labels[0] = 0  # a post whose first image lies elsewhere than the others
    return make_report([*posts, *further], labels, owner=owner)


def test_all_images_are_there_and_posts_are_counted_once() -> None:
    report = _report()
    assert (len(report.posts), len(report.images), report.counts.posts) == (POSTS, POSTS + 90, POSTS)
    assert [brand.share for brand in report.brands] == [1 / 3] * 3
    assert [len(brand.posts) for brand in report.brands] == [20] * 3
    assert sorted(len(brand.members) for brand in report.brands) == [20, 20, 110]
    assert sum(image.part for image in report.images) == pytest.approx(POSTS)
    assert sum(group.share for group in report.groups) == pytest.approx(1)


def test_a_cluster_has_a_posts_images_and_the_post_once() -> None:
    cluster = _report().clusters[1]
    even = [index for index in range(POSTS) if index % 2 == 0 and index]
    assert len(cluster.members) == len(even) + 90
    # posts whose first image lies elsewhere are there by their second
    second = {post: POSTS + 9 * place for place, post in enumerate(SEVERAL) if post not in even}
    assert cluster.posts == tuple(second.get(index, index) for index in range(POSTS) if index in {*even, *second})
    [crossing] = [one for one in cluster.crossings if one.brand == _report().posts[0].brand]
    assert crossing.posts == 15
    inside = sum(1.0 if index in even else 0.9 for index in SEVERAL)
    others = sum(1.0 for index in range(30, POSTS, 3) if index in even)
    assert crossing.of_brand == pytest.approx((inside + others) / 20)
    shares = _report().insights.shares  # type: ignore[union-attr]
    assert shares.share[crossing.brand, 1] == pytest.approx(crossing.of_brand)


def test_two_brands_side_by_side_have_the_shares_that_they_have_elsewhere() -> None:
    insights = _report().insights
    assert insights is not None and any(contrast.shared for contrast in insights.contrasts)
    for contrast in insights.contrasts:
        for shared in contrast.shared:
            shares = insights.shares.share[list(contrast.brands), shared.cluster]
            assert shared.shares == pytest.approx(shares.tolist())


def test_likes_are_compared_in_the_cluster_of_most_images() -> None:
    report = _report()
    engagement = report.insights.engagement  # type: ignore[union-attr]
    assert engagement is not None
    brand = report.posts[0].brand
    assert engagement.posts[brand].tolist() == [5, 15]
    assert engagement.posts.sum() == POSTS


def test_images_of_a_group_are_shown_one_a_post() -> None:
    for group in _report().groups:
        for shown in (group.representatives, group.least_typical, group.most_engaging):
            owners = [index if (own := _report().find_image(index).owner) is None else own for index in shown]
            assert len(set(owners)) == len(owners)


def test_a_cluster_that_is_no_posts_home_is_in_every_table_and_page(tmp_path: Path) -> None:
    """Ten posts have one of their three images in the last cluster, and are at home in another."""
    posts = [make_post(index, BRANDS[index % 3], likes=100 + index) for index in range(POSTS)]
    owner = [*range(POSTS), *(post for post in range(10) for _ in range(2))]
    further = [replace(posts[post], id=f"{posts[post].id}.{place}") for place, post in enumerate(owner[POSTS:])]
    labels = [index % 2 for index in range(POSTS)] + [label for post in range(10) for label in (post % 2, 2)]
    report = make_report([*posts, *further], labels, owner=owner)
    write_exports(report, tmp_path / "data")
    write_site(report, tmp_path)
    for name in ("shares", "engagement"):
        with (tmp_path / f"data/{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            assert report.clusters[2].key in {row["cluster_key"] for row in csv.DictReader(file)}, name
