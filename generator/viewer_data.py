"""What the viewer reads: classic scripts, since a page opened from disk may load nothing else.

Columns are base64 of little-endian typed arrays; captions and links lie in chunks that are loaded when needed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from generator.lattice import Lattice
from generator.mosaic import Pyramid

if TYPE_CHECKING:
    from generator.report import Report, ShownPost

#: Posts to a chunk of captions and links.
CHUNK = 2_000
_EPOCH = datetime(1970, 1, 1)
#: Stands for "no value" among likes, comments and days.
NONE = -1


def encode_posts(report: Report) -> dict[str, str]:
    """The posts of a report by file name: `posts.js` with what is filtered by, `details-NNN.js` with the texts."""
    posts = report.posts
    columns = {
        "count": len(posts),
        "chunk": CHUNK,
        "brands": [{"key": brand.key, "name": brand.name} for brand in report.brands],
        "clusters": [
            {"key": cluster.key, "name": cluster.name, "colour": cluster.colour} for cluster in report.clusters
        ],
        "noise": {"key": report.noise.key, "name": report.noise.name} if report.noise else None,
        "brand": _pack([post.brand for post in posts], "<u2"),
        # the unclustered come after all clusters
        "cluster": _pack([len(report.clusters) if post.cluster is None else post.cluster for post in posts], "<u2"),
        "day": _pack([_day(post) for post in posts], "<i4"),
        "likes": _pack([NONE if post.likes is None else min(post.likes, 2**31 - 1) for post in posts], "<i4"),
    }
    files = {"posts.js": _call("posts", columns)}
    for number, start in enumerate(range(0, len(posts), CHUNK)):
        rows = [_details(post) for post in posts[start : start + CHUNK]]
        files[f"details-{number:03d}.js"] = _call("details", number, rows)
    return files


def encode_mosaic(pyramid: Pyramid, lattice: Lattice, members: Sequence[int]) -> str:
    """One mosaic as a script: its measures, which tiles exist, and which post lies in which cell.

    `members[i]` is the position in the report of the post in the lattice's i-th cell.
    """
    tiles = {
        str(level): {
            "rows": int(present.shape[0]),
            "columns": int(present.shape[1]),
            "bits": base64.b64encode(np.packbits(present.ravel(), bitorder="little").tobytes()).decode(),
        }
        for level, present in pyramid.tiles.items()
    }
    content = {
        "name": pyramid.name,
        "tile": pyramid.tile,
        "cell": pyramid.cell,
        "columns": pyramid.columns,
        "lines": pyramid.lines,
        "first": pyramid.first_level,
        "last": pyramid.last_level,
        "tiles": tiles,
        "members": _pack(members, "<u4"),
        "cells": _pack(lattice.line.astype(np.int64) * pyramid.columns + lattice.column, "<u4"),
    }
    return _call("mosaic", content)


def _details(post: ShownPost) -> list[Any]:
    return [post.id, post.picture, post.permalink, post.caption, post.comments]


def _day(post: ShownPost) -> int:
    """Days since 1970, or NONE."""
    return NONE if post.published is None else (post.published - _EPOCH).days


def _pack(values: Sequence[int] | NDArray[Any], kind: str) -> str:
    return base64.b64encode(np.asarray(values, dtype=kind).tobytes()).decode()


def _call(name: str, *values: Any) -> str:
    """A script that hands `values` to the viewer, with nothing in it that could end a script or a line early."""
    texts = (json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in values)
    safe = ",".join(texts).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"Brandscape.data.{name}({safe});\n"
