"""Counts that hide the number, and cells that cannot be read."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime

import pytest

from generator.spreadsheet.doubtful_values import find_placeholder, tell_coarse, tell_unread, withhold_placeholders
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


def test_hidden_counts_go_and_are_told_where_most_posts_have_them() -> None:
    posts = [_post("Hidden", row, -1 if row < 9 else 500 + row) for row in range(12)]
    posts += [_post("Open", 100 + row, -1 if row == 3 else 900 + 13 * row, -1) for row in range(6)]
    kept, notices = withhold_placeholders(posts)
    assert [post.likes for post in kept[:12]] == [None] * 9 + [509, 510, 511]
    assert kept[15].likes is None and kept[14].likes == 926
    assert all(post.comments is None for post in kept)
    assert [tuple(notice.values.values()) for notice in notices] == [("Hidden", 9, 12, -1, "likes")]


def test_numbers_of_a_carousel_with_a_row_an_image_count_once() -> None:
    row = replace(_post("House", 1, 1234), permalink="https://a.example/p/1/")
    other = replace(_post("House", 1, 1234), published=datetime(2025, 3, 1, 9, 30), caption="Spring")
    for same in (row, other):
        posts = [replace(same, row=number, thumbnail=f"{number}.jpg") for number in range(10)]
        posts += [_post("House", 20 + number, 900 + 13 * number) for number in range(5)]
        assert withhold_placeholders(posts) == (tuple(posts), [])


def test_a_large_number_in_most_posts_is_none_unless_it_may_be_rounded() -> None:
    others = [900 + 13 * number for number in range(8)]
    assert find_placeholder([1234] * 10 + others) == 1234
    assert find_placeholder([99] * 10 + others) == 99
    assert find_placeholder([1200] * 10 + others) is None
    assert find_placeholder([1_000_000] * 20) is None


def test_a_small_number_needs_a_gap_above_it() -> None:
    assert find_placeholder([3] * 20 + [5, 4, 2, 7, 400, 500, 600]) is None
    assert find_placeholder([0] * 20 + [1, 400, 500, 600]) is None
    assert find_placeholder([1] * 20 + [400, 500, 600]) == 1
    assert find_placeholder([1] * 20) is None


def test_a_column_that_says_one_number_for_several_brands_was_never_filled() -> None:
    posts = [_post(brand, number, 0, 0) for brand in "AB" for number in range(8)]
    kept, notices = withhold_placeholders(posts)
    assert all(post.likes is None and post.comments == 0 for post in kept)
    assert [notice.values["brand"] for notice in notices] == ["A", "B"]
    assert withhold_placeholders(posts[:8]) == (tuple(posts[:8]), [])


def test_weeks_and_months_are_told_by_table() -> None:
    month = replace(_post("A", 2, 1), published=datetime(2025, 3, 1), precision="month")
    week = replace(month, published=datetime(2024, 12, 30), precision="week")
    posts = [month, week, replace(month, precision="day"), replace(month, published=None), replace(week, table=1)]
    notices = tell_coarse(posts, lambda table: f"table {table}")
    assert [tuple(notice.values.values()) for notice in notices] == [
        ("table 0", 2, "2025-03, 2025-W01"),
        ("table 1", 1, "2025-W01"),
    ]
