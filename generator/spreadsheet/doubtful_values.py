"""Values that are no values: counts that hide the number, and cells that cannot be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from statistics import median

from generator.spreadsheet.notices import Notice, list_examples
from generator.spreadsheet.posts import Post, Remark

#: Posts of a brand that must say the same number, and their least share of those that say one.
_LEAST_POSTS = 8
_LEAST_SHARE = 0.5
#: The brand's other numbers are this many times larger: no account jumps so between most posts and the rest.
_LEAST_JUMP = 20
#: Without other numbers to compare with, more posts are needed.
_LEAST_ALIKE, _ALIKE_SHARE = 12, 0.9


def withhold_placeholders(posts: Sequence[Post]) -> tuple[tuple[Post, ...], list[Notice]]:
    """Return the posts without counts that stand for hidden ones, and a notice for each brand that has any.

    Instagram gives 3 for likes that an account hides. Comments are often 0 in earnest, so that 0 stays there.
    """
    kept = list(posts)
    notices: list[Notice] = []
    by_brand: dict[str, list[int]] = {}
    for index, post in enumerate(posts):
        by_brand.setdefault(post.brand, []).append(index)
    for brand, members in by_brand.items():
        likes = find_placeholder([posts[index].likes for index in members])
        comments = find_placeholder([posts[index].comments for index in members])
        if likes is not None:
            notices.append(_tell_withheld(brand, "likes", likes, [posts[index].likes for index in members]))
        if comments:
            notices.append(_tell_withheld(brand, "comments", comments, [posts[index].comments for index in members]))
        for index in members:
            post = kept[index]
            if likes is not None and post.likes == likes:
                kept[index] = post = replace(post, likes=None)
            if comments and post.comments == comments:
                kept[index] = replace(post, comments=None)
    return tuple(kept), notices


def find_placeholder(counts: Iterable[int | None]) -> int | None:
    """Return the number that most of a brand's posts say although it is none; None if there is no such."""
    known = [count for count in counts if count is not None]
    if len(known) < _LEAST_POSTS:
        return None
    value, times = Counter(known).most_common(1)[0]
    others = [count for count in known if count != value]
    if times < _LEAST_POSTS or times < _LEAST_SHARE * len(known):
        return None
    if len(others) >= 2 and median(others) >= _LEAST_JUMP * max(value, 1):
        return value
    is_alike = times >= _LEAST_ALIKE and times >= _ALIKE_SHARE * len(known)
    return value if is_alike and value >= 2 else None


def _tell_withheld(brand: str, field: str, value: int, counts: Sequence[int | None]) -> Notice:
    said = sum(count == value for count in counts)
    return Notice(
        "withheld_count", {"brand": brand, "count": said, "total": len(counts), "value": value, "field": field}
    )


def tell_unread(remarks: Sequence[Remark], name_column: Callable[[Remark], tuple[str, str]]) -> list[Notice]:
    """Return a notice for each column with values that cannot be read; `name_column` gives its table and header."""
    found: dict[tuple[int, str, str], list[Remark]] = {}
    for remark in remarks:
        found.setdefault((remark.table, remark.column, remark.field), []).append(remark)
    notices = []
    for (_, _, field), group in found.items():
        where, column = name_column(group[0])
        examples = list_examples(one.value for one in group)
        values: dict[str, str | int] = {"where": where, "column": column, "field": field, "count": len(group)}
        notices.append(Notice("unread_values", {**values, "examples": examples}))
    return notices
