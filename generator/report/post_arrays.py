"""Turn a report's posts into the arrays that insights are computed from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from generator.insights.compute import PostArrays
from generator.insights.image_parts import divide_posts, find_homes
from generator.report.post_fields import ShownField, find_values
from generator.spreadsheet.post_formats import FORMATS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from generator.report.mapped_posts import MappedPosts
    from generator.report.model import ShownPost
    from generator.settings.brand_groups import BrandGroups
    from generator.tags.model import Tags


def make_arrays(
    posts: Sequence[ShownPost], mapped: MappedPosts, tags: Tags | None = None, fields: Sequence[ShownField] = ()
) -> PostArrays:
    """Return the posts as the arrays that insights are computed from. They look like their first images."""
    terms = tags.terms if tags else ()
    shown = np.zeros((len(posts), len(terms)), bool)
    for row, post in enumerate(posts if terms else ()):
        shown[row, list(post.tags)] = True
    parts = divide_posts(mapped.owner, mapped.labels)
    of_territory = None if mapped.territory is None else divide_posts(mapped.owner, mapped.territory)
    has_several = len(mapped.owner) > len(posts)
    return PostArrays(
        brand=np.array([post.brand for post in posts]),
        cluster=find_homes(parts),
        likes=_make_floats([post.likes for post in posts]),
        comments=_make_floats([post.comments for post in posts]),
        # a week or month is no day
        days=_make_floats([None if post.is_coarse else _count_days(post.published) for post in posts]),
        features=mapped.features[: len(posts)],
        near=mapped.near_posts,
        image=mapped.copies[: len(posts)],
        territory=find_homes(of_territory) if of_territory else None,
        shown=shown if terms else None,
        followers=_make_floats([post.followers for post in posts]) if any(post.followers for post in posts) else None,
        form=_code_formats(posts),
        values=find_values([post.fields for post in posts], fields, [post.brand for post in posts]),
        parts=parts if has_several else None,
        shown_parts=_divide_tags(tags, mapped.owner) if tags and terms and has_several else None,
        territory_parts=of_territory if has_several else None,
        under=np.array([-1 if term.under is None else term.under for term in terms], np.int64) if terms else None,
    )


def _divide_tags(tags: Tags, owner: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the share of each post's images that show each term, (posts, terms); `owner` (n,) is each image's post."""
    sizes = np.bincount(owner)
    shown = np.zeros((len(sizes), len(tags.terms)))
    for image, post in enumerate(owner.tolist()):
        shown[post, list(tags.of(image))] += 1
    return shown / sizes[:, None]


def number_groups(brands: Sequence[str], groups: BrandGroups) -> NDArray[np.int64] | None:
    """Return the position of each brand's group in the settings, -1 for none; None without groups."""
    places = {name: place for place, name in enumerate(groups)}
    return np.array([places.get(groups.find(brand) or "", -1) for brand in brands], np.int64) if groups else None


def _code_formats(posts: Sequence[ShownPost]) -> NDArray[np.int64] | None:
    if all(post.format is None for post in posts):
        return None
    return np.array([-1 if post.format is None else FORMATS.index(post.format) for post in posts], np.int64)


def _make_floats(values: Sequence[float | None]) -> NDArray[np.float64]:
    """Return `values` as an array, NaN for None."""
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _count_days(moment: datetime | None) -> float | None:
    """Return the days since 1970."""
    return None if moment is None else (moment - datetime(1970, 1, 1)).total_seconds() / 86_400
