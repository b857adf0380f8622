"""Tables of what images look like, and of images posted more than once."""

from __future__ import annotations

from collections.abc import Iterator

from generator.report.model import Group, Report
from generator.site.tables.table import Table
from generator.site.tables.values import Row, mark, shorten, write_time


def _tabulate_looks(report: Report) -> Iterator[Row]:
    """List the look of every brand, territory and cluster, then of all posts."""
    groups: list[tuple[str, Group]] = [("brand", group) for group in report.brands] + [
        ("territory", group) for group in report.territories
    ]
    groups += [("cluster", group) for group in report.groups]
    looks = [(kind, group.name, group.key, group.look) for kind, group in groups]
    for kind, name, key, look in (*looks, ("all", None, None, report.look)):
        spreads = (look.brightness, look.contrast, look.colourfulness)
        figures = [shorten(value) for spread in spreads for value in (spread.median, spread.low, spread.high)]
        palette = " ".join(f"{tone.colour} {tone.share:.4f}" for tone in look.palette)
        yield kind, name, key, *figures, palette


def _tabulate_duplicates(report: Report) -> Iterator[Row]:
    """List every post of an image that was posted more than once."""
    for group in report.duplicates:
        for index in group.posts:
            post = report.find_image(index)
            brand = report.brands[post.brand]
            yield (
                post.copy,
                len(group.posts),
                mark(group.exact),
                brand.name,
                brand.key,
                post.id,
                write_time(post.published),
            )


LOOKS = (
    Table(
        "looks",
        (
            "kind", "name", "name_key",
            "brightness", "brightness_low", "brightness_high", "contrast", "contrast_low", "contrast_high",
            "colourfulness", "colourfulness_low", "colourfulness_high",
            "palette",
        ),
        _tabulate_looks,
        (10, 22, 18),
    ),
    Table(
        "duplicates",
        ("picture_code", "posts", "same_file", "brand", "brand_key", "id", "published"),
        _tabulate_duplicates,
        (12, 8, 10, 22, 18, 18, 20),
    ),
)  # fmt: skip
