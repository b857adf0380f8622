"""Counts that hide the number, and cells that cannot be read."""

from __future__ import annotations

import random

import pytest

from generator.spreadsheet.doubtful_values import find_placeholder, tell_unread, withhold_placeholders
from generator.spreadsheet.posts import Post, Remark


def _post(brand: str, row: int, likes: int | None, comments: int | None = None) -> Post:
    return Post(f"p{row}", row, brand, "a.jpg", "", likes, comments, None, None)


def test_a_number_that_most_posts_say_and_the_rest_exceed_by_far_is_none() -> None:
    posts = [_post("Hidden", row, 3 if row < 20 else 4000 + row) for row in range(24)]
    posts += [_post("Open", 100 + row, 900 + 13 * row) for row in range(24)]
    kept, notices = withhold_placeholders(posts)
    assert [post.likes for post in kept[:20]] == [None] * 20
    assert kept[20:] == tuple(posts[20:])
    assert [notice.code for notice in notices] == ["withheld_count"]
    assert notices[0].values == {"brand": "Hidden", "count": 20, "total": 24, "value": 3, "field": "likes"}


def test_comments_are_often_none_in_earnest() -> None:
    posts = [_post("House", row, 500 + row, 0 if row < 15 else 90) for row in range(20)]
    assert withhold_placeholders(posts) == (tuple(posts), [])


@pytest.mark.parametrize("most", [1, 2, 3, 5, 8])
def test_small_accounts_keep_their_small_numbers(most: int) -> None:
    random_counts = random.Random(most)
    for _ in range(300):
        counts = [min(int(random_counts.expovariate(1 / most)), 5 * most) for _ in range(30)]
        assert find_placeholder(counts) is None


def test_few_posts_say_nothing() -> None:
    assert find_placeholder([3] * 7 + [4000]) is None
    assert find_placeholder([3] * 12) == 3
    assert find_placeholder([0] * 40) is None
    assert find_placeholder([0] * 20 + [900, 1200, 1500]) == 0


def test_unread_values_are_told_by_column() -> None:
    remarks = [Remark(2, "likes", "abc", "D"), Remark(3, "likes", "def", "D"), Remark(3, "published", "soon", "E")]
    notices = tell_unread(remarks, lambda remark: ("posts.csv", f"{remark.column} (Header)"))
    assert [notice.values["count"] for notice in notices] == [2, 1]
    assert "abc, def" in notices[0].text and "D (Header)" in notices[0].text
