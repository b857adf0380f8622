"""The tables of all posts and of their further images."""

from __future__ import annotations

from collections.abc import Iterator

from generator.report.model import Report, ShownPost
from generator.site.tables.table import Table
from generator.site.tables.values import Row, shorten, write_field, write_time


def _tabulate_posts(report: Report) -> Iterator[Row]:
    """List every post, in the order of the report; posts of one burst have one code."""
    burst = report.insights.burst if report.insights else None
    rates = report.insights.rates if report.insights else None
    for place, post in enumerate(report.posts):
        brand = report.brands[post.brand]
        yield (
            post.id,
            post.table,
            post.row,
            brand.name,
            brand.key,
            *_name_groups(report, post),
            post.likes,
            post.comments,
            None if post.engagement is None else round(post.engagement, 4),
            None if post.followers is None else round(post.followers),
            None if rates is None else shorten(rates.rate[place]),
            None
            if rates is None or not rates.middle[post.brand] > 0
            else shorten(rates.rate[place] / rates.middle[post.brand]),
            write_time(post.published),
            post.precision if post.published else None,
            post.format,
            post.permalink,
            post.thumbnail,
            *_describe_picture(post),
            None if burst is None else int(burst[place]),
            " ".join(report.find_image(near).id for near in post.near),
            "; ".join(report.tags.terms[term].name for term in post.tags),
            "; ".join(post.own_tags),
            " | ".join(post.notes),
            post.caption,
            *map(write_field, post.fields),
        )


def _name_groups(report: Report, image: ShownPost) -> tuple[str | None, ...]:
    """Return name and key of an image's cluster, then of its territory; None for none."""
    cluster = None if image.cluster is None else report.clusters[image.cluster]
    territory = None if image.territory is None else report.territories[image.territory]
    return tuple(
        value for group in (cluster, territory) for value in ((group.name, group.key) if group else (None, None))
    )


def _describe_picture(image: ShownPost) -> Row:
    """Return an image's file, its place on the map and in the mosaic, and how it looks."""
    place = (round(image.x, 6), round(image.y, 6), image.column, image.line)
    return image.picture, image.image, *place, round(image.brightness, 3), round(image.contrast, 3), image.copy


POSTS = Table(
    "posts",
    (
        "id", "table", "row", "brand", "brand_key", "cluster", "cluster_key", "territory", "territory_key",
        "likes", "comments", "likes_to_brand_median", "followers", "engagement_rate", "rate_to_brand_median",
        "published", "published_precision",
        "format", "permalink", "thumbnail", "picture", "image_sha256", "x", "y", "column", "line",
        "brightness", "contrast", "picture_code", "burst", "nearest", "tags", "own_tags", "notes",
        "caption",
    ),
    _tabulate_posts,
    (14, 14, 7, 22, 18, 14, 12),
    lambda report: tuple(f"field_{field.key}" for field in report.fields),
)  # fmt: skip


def _tabulate_images(report: Report) -> Iterator[Row]:
    """List every further image of a post."""
    for image in report.further:
        yield (
            image.id,
            report.posts[image.owner or 0].id,
            report.brands[image.brand].name,
            report.brands[image.brand].key,
            *_name_groups(report, image),
            image.thumbnail,
            *_describe_picture(image),
            " ".join(report.find_image(near).id for near in image.near),
            "; ".join(report.tags.terms[term].name for term in image.tags),
        )


#: Posts of several images have the others here, where all are shown.
IMAGES = Table(
    "images",
    (
        "id", "post", "brand", "brand_key", "cluster", "cluster_key", "territory", "territory_key",
        "thumbnail", "picture", "image_sha256", "x", "y", "column", "line", "brightness", "contrast", "picture_code",
        "nearest", "tags",
    ),
    _tabulate_images,
    (30, 14, 22, 18, 14, 12),
)  # fmt: skip
