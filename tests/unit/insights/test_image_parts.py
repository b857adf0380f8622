"""Posts of several images: each image is an equal part, and no post weighs more than one."""

from __future__ import annotations

import numpy as np

from generator.insights.image_parts import divide_posts, find_homes
from generator.insights.posting.shares import measure_shares
from generator.insights.posting.tag_shares import measure_tag_shares


def test_an_image_is_an_equal_part_of_its_post() -> None:
    owner = np.array([0, 1, 2, 1, 1, 2])
    parts = divide_posts(owner, np.array([0, 1, -1, 1, 0, -1]))
    assert parts.post.tolist() == [0, 1, 1, 2]
    assert parts.group.tolist() == [0, 0, 1, -1]
    assert parts.part.tolist() == [1, 1 / 3, 2 / 3, 1]
    assert parts.first.tolist() == [0, 4, 1, 2]


def test_a_post_is_at_home_where_most_of_its_images_are_and_of_two_where_the_earlier_is() -> None:
    owner = np.array([0, 1, 2, 0, 0, 1, 2, 2])
    #                 a  b  c  a  a  b  c  c
    group = np.array([0, 2, -1, 1, 1, 0, -1, 3])
    assert find_homes(divide_posts(owner, group)).tolist() == [1, 2, -1]


def _draw(seed: int, posts: int = 600, brands: int = 4, clusters: int = 5) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.integers(brands, size=posts), random.integers(-1, clusters, size=posts)


def test_copies_within_a_post_change_no_figure() -> None:
    brand, cluster = _draw(0)
    sizes = np.random.default_rng(1).integers(1, 11, len(brand))
    owner = np.concatenate([np.arange(len(brand)), np.repeat(np.arange(len(brand)), sizes - 1)])
    parts = divide_posts(owner, cluster[owner])
    assert (find_homes(parts) == cluster).all()
    burst = np.arange(len(brand)) // 2  # two posts each, in whichever clusters
    brand = brand[burst]
    for one in (None, burst):
        whole, divided = measure_shares(brand, cluster, one), measure_shares(brand, cluster, one, parts=parts)
        for name in ("posts", "share", "occasions", "rate", "over_index", "low", "high", "p", "marked", "rank"):
            np.testing.assert_array_equal(getattr(whole, name), getattr(divided, name), name)


def test_a_brand_whose_carousels_end_in_one_cluster_is_counted_by_posts() -> None:
    """Each of its posts has one image elsewhere and nine in the cluster, which is nine tenths of a post there."""
    brand, cluster = _draw(2, posts=400)
    cluster = np.where(cluster == 4, 3, cluster)
    own = np.flatnonzero(brand == 0)
    owner = np.concatenate([np.arange(400), np.repeat(own, 9)])
    group = np.concatenate([cluster, np.full(9 * len(own), 4)])
    shares = measure_shares(brand, cluster, parts=divide_posts(owner, group))
    assert shares.posts.sum(axis=1).round(9).tolist() == np.bincount(brand).tolist()
    assert round(float(shares.share[0, 4]), 9) == 0.9 and round(float(shares.posts[0, 4]), 9) == 0.9 * len(own)
    assert shares.occasions.sum(axis=1).round(9).tolist() == np.bincount(brand).tolist()


def test_a_brand_is_not_marked_for_having_carousels() -> None:
    """Brands that post alike, one of them as carousels of images drawn alike: marks are as rare as they should be."""
    marked = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        brand = random.integers(4, size=400)
        sizes = np.where(brand == 0, 8, 1)
        owner = np.concatenate([np.arange(400), np.repeat(np.arange(400), sizes - 1)])
        parts = divide_posts(owner, random.integers(4, size=len(owner)))
        marked += bool(measure_shares(brand, find_homes(parts), parts=parts).marked.any())
    assert marked <= 2  # 1 % of reports are expected


def test_what_a_posts_images_show_counts_by_their_share() -> None:
    random = np.random.default_rng(5)
    brand, shown = random.integers(3, size=300), random.random((300, 2)) < 0.4
    under, burst = np.array([-1, -1]), np.arange(300)
    whole, same = (measure_tag_shares(brand, one, under, burst) for one in (shown, shown.astype(float)))
    assert whole is not None and same is not None and whole.terms == same.terms
    for name in ("posts", "share", "over_index", "low", "high", "p"):
        np.testing.assert_array_equal(getattr(whole.shares, name), getattr(same.shares, name), name)
    halves = measure_tag_shares(brand, np.where(brand[:, None] == 0, 0.5, shown), under, burst)
    assert halves is not None and halves.shares.share[0].tolist() == [0.5, 0.5]
