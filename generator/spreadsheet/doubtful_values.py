"""Values that are no values: counts that hide the number, and cells that cannot be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from generator.spreadsheet.notices import Notice, list_examples
from generator.spreadsheet.phrases import Value, Where
from generator.spreadsheet.posts import Post, Remark

Field = Literal["likes", "comments"]

#: How exports write a hidden count.
HIDDEN = -1
#: Posts of a brand that must say the same number, and their least share of those that say one.
_LEAST_POSTS = 8
_LEAST_SHARE = 0.5
#: A number is far from a small one if it is this many times larger. Small accounts have many numbers in between.
_FAR = 20
_LEAST_FAR = 3
_MOST_NEAR = 0.1  # of the posts that say the small number; none if that is 0, which is the commonest in earnest
#: From here on, chance makes no number stand in half of the posts: of counts that vary least, Poisson's, one in eleven
#: says the commonest. Numbers such as 1,200 may be rounded, and stand in many posts.
_LARGE = 20
_ROUNDED = 100
#: Without other numbers to compare with, more posts are needed.
_LEAST_ALIKE, _ALIKE_SHARE = 12, 0.9


def withhold_placeholders(posts: Sequence[Post]) -> tuple[tuple[Post, ...], list[Notice]]:
    """Return the posts without counts that stand for hidden ones, and a notice for each brand that has any.

    HIDDEN counts go too, and are told where most posts of a brand have them. Instagram gives 3 for likes that an
    account hides (https://github.com/digitalmethodsinitiative/zeeschuimer/issues/45). Comments are often 0 in earnest,
    so that 0 stays there.
    """
    brands: dict[str, list[int]] = {}
    for index, post in enumerate(posts):
        brands.setdefault(post.brand, []).append(index)
    kept = list(posts)
    notices: list[Notice] = []
    for field in ("likes", "comments"):
        counts = {brand: _list_counts((posts[index] for index in members), field) for brand, members in brands.items()}
        unfilled = _find_unfilled(counts) if field == "likes" else None
        for brand, members in brands.items():
            value = find_placeholder(counts[brand]) if unfilled is None else unfilled
            if value == 0 and field == "comments":
                value = None
            for index in members:
                if getattr(posts[index], field) in (HIDDEN, value):
                    kept[index] = _without(kept[index], field)
            said = sum(getattr(posts[index], field) == value for index in members)
            if value is not None and said:
                of = {"brand": brand, "count": said, "total": len(members), "value": value, "field": field}
                notices.append(Notice("withheld_count", of))
    return tuple(kept), notices


def _without(post: Post, field: Field) -> Post:
    return replace(post, likes=None) if field == "likes" else replace(post, comments=None)


def _list_counts(posts: Iterable[Post], field: Field) -> list[int]:
    """Return the counts of posts, one for each post that has several rows, as carousels with a row an image have."""
    found: dict[object, int] = {}
    for post in posts:
        count = post.likes if field == "likes" else post.comments
        if count is not None:
            found.setdefault(post.permalink or (post.published, post.caption) if _is_known(post) else post.id, count)
    return list(found.values())


def _is_known(post: Post) -> bool:
    """Return whether something tells a post from others of its brand."""
    return bool(post.permalink or (post.published and post.precision == "second" and post.caption))


def find_placeholder(counts: Sequence[int]) -> int | None:
    """Return the number that most of a brand's posts say although it is none; None if there is no such.

    It is certain where it hides the count by its sign, is too large to come so often by chance, or is small and far
    from all others; and where nearly all of many posts say the same, if that is 2 or more.
    """
    if len(counts) < _LEAST_POSTS:
        return None
    value, times = Counter(counts).most_common(1)[0]
    if times < _LEAST_POSTS or times < _LEAST_SHARE * len(counts):
        return None
    if value == HIDDEN or (value >= _LARGE and not _may_be_rounded(value)):
        return value
    far = sum(count >= _FAR * max(value, 1) for count in counts)
    near = len(counts) - times - far
    if far >= _LEAST_FAR and near <= (_MOST_NEAR * times if value else 0):
        return value
    is_alike = times >= _LEAST_ALIKE and times >= _ALIKE_SHARE * len(counts)
    return value if is_alike and value >= 2 and not _may_be_rounded(value) else None


def _may_be_rounded(value: int) -> bool:
    """Return whether a number has at most two digits before zeros, as "1.2K" has."""
    return value >= _ROUNDED and len(str(value).rstrip("0")) <= 2


def _find_unfilled(counts: Mapping[str, Sequence[int]]) -> int | None:
    """Return the one number that all posts of several brands say: the column was never filled."""
    said = {count for numbers in counts.values() for count in numbers}
    if len(said) != 1 or sum(len(numbers) >= _LEAST_POSTS for numbers in counts.values()) < 2:
        return None
    return said.pop()


def tell_coarse(posts: Sequence[Post], name_table: Callable[[int], Where]) -> list[Notice]:
    """Return a notice for each table with dates that are known only to the week or month."""
    tables: dict[int, list[str]] = {}
    for post in posts:
        if post.published is not None and post.precision in ("week", "month"):
            form = "%G-W%V" if post.precision == "week" else "%Y-%m"
            tables.setdefault(post.table, []).append(post.published.strftime(form))
    return [
        Notice("coarse_dates", {"where": name_table(table), "count": len(dates), "examples": list_examples(dates)})
        for table, dates in tables.items()
    ]


def tell_unread(remarks: Sequence[Remark], name_column: Callable[[Remark], tuple[Where, str]]) -> list[Notice]:
    """Return a notice for each column with values that cannot be read; `name_column` gives its table and header."""
    found: dict[tuple[int, str, str], list[Remark]] = {}
    for remark in remarks:
        found.setdefault((remark.table, remark.column, remark.field), []).append(remark)
    notices = []
    for (_, _, field), group in found.items():
        where, column = name_column(group[0])
        examples = list_examples(one.value for one in group)
        values: dict[str, Value] = {"where": where, "column": column, "field": field, "count": len(group)}
        notices.append(Notice("unread_values", {**values, "examples": examples}))
    return notices
