"""What the page of changes tells: posts by the clusters they left and joined, and the images of its pictures."""

from __future__ import annotations

import base64
import zlib
from collections import Counter
from typing import TYPE_CHECKING, Any

from generator.report.model import Report

if TYPE_CHECKING:
    from generator.report.changes import ChangedPost, Named

#: Most posts that an address of the viewer selects: MOST_IN_LINK in selection.js.
_MOST_SELECTED = 2_000


def list_change_values(report: Report) -> dict[str, Any]:
    """Return what the template uses."""
    return {
        "moves": gather_moves(report),
        "new_posts_link": link_new_posts(report),
        "pictured_images": find_pictured(report),
    }


def find_pictured(report: Report) -> dict[str, int]:
    """Return the position of the image that each picture is of, if it is of one alone."""
    if not report.changes:
        return {}
    shown = Counter(image.picture for image in report.images)
    return {image.picture: place for place, image in enumerate(report.images) if shown[image.picture] == 1}


def gather_moves(report: Report) -> list[tuple[Named | None, Named | None, list[ChangedPost]]]:
    """Group the posts that changed cluster by their old and new cluster, the largest group first."""
    moved: dict[tuple[str, str], list[ChangedPost]] = {}
    for post in report.changes.moved if report.changes else ():
        keys = (post.before.key if post.before else "", post.after.key if post.after else "")
        moved.setdefault(keys, []).append(post)
    ranked = sorted(moved.items(), key=lambda item: (-len(item[1]), item[0]))
    return [(posts[0].before, posts[0].after, posts) for _, posts in ranked]


def link_new_posts(report: Report) -> str:
    """Return the new posts as a selection in the viewer's address; "" for none, or more than an address holds."""
    ids = [post.id for post in report.changes.new] if report.changes else []
    if not 0 < len(ids) <= _MOST_SELECTED:
        return ""
    checksums = b"".join(zlib.crc32(post.encode()).to_bytes(4, "little") for post in ids)
    return base64.urlsafe_b64encode(checksums).decode().rstrip("=")
