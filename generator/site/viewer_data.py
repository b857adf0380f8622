"""What the viewer reads: classic scripts, since a page opened from disk may load nothing else.

Columns are base64 of little-endian integers, each in the narrowest kind that holds it: about 11 bytes a post before
the first image is shown. What is needed later comes later: the pictures' names in one script, captions and links in
chunks.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from generator.maps.lattice import Lattice
from generator.mosaics.pyramid import Pyramid
from generator.similarity.colour import list_tones
from generator.similarity.explanation import MARKS, TONES

if TYPE_CHECKING:
    from generator.pipeline.explain import Shared
    from generator.report.model import Report, ShownMap, ShownPost

#: Posts to a chunk of captions and links.
CHUNK = 2_000
#: Posts to a chunk of what they share with their nearest.
WHY_CHUNK = 200
#: Stands for "no value" among likes and days.
NONE = -1
_EPOCH = datetime(1970, 1, 1)
#: Signed and unsigned integers of so many bytes. NumPy has none of three.
_KINDS = ("i1", "u1", "i2", "u2", "i3", "u3", "i4", "u4")
_MOST_LIKES = 2**31 - 1


def encode_posts(report: Report) -> dict[str, str]:
    """The posts of a report by file name under data/.

    `posts.js` holds what is filtered by; `pictures.js` the first 8 bytes of each image's sha256, which name its
    picture, and the CRC-32 of each id, by which a link finds its post; `details-NNN.js` the texts of CHUNK posts
    and the positions of the images nearest to each.
    """
    posts = report.posts
    columns = {
        "chunk": CHUNK,
        "brands": [{"key": brand.key, "name": brand.name} for brand in report.brands],
        "clusters": [
            {"key": cluster.key, "name": cluster.name, "colour": cluster.colour} for cluster in report.clusters
        ],
        "noise": {"key": report.noise.key, "name": report.noise.name} if report.noise else None,
        "brand": _pack([post.brand for post in posts]),
        # the unclustered come after all clusters
        "cluster": _pack([len(report.clusters) if post.cluster is None else post.cluster for post in posts]),
        "day": _pack([_count_days(post) for post in posts]),
        "maps": [{"key": shown.key, "name": shown.name} for shown in report.maps],
        "facets": [{"key": facet.key, "name": facet.name, "marks": facet.marks} for facet in report.similarity.facets],
        "tones": list(list_tones()),
        "why": WHY_CHUNK,
        "likes": _pack([NONE if post.likes is None else min(post.likes, _MOST_LIKES) for post in posts]),
    }
    names = {
        "pictures": _text(b"".join(bytes.fromhex(post.image[:16]) for post in posts)),
        "ids": _text(np.array([zlib.crc32(post.id.encode()) for post in posts], "<u4").tobytes()),
    }
    files = {"posts.js": _call("posts", columns), "pictures.js": _call("pictures", names)}
    for number, start in enumerate(range(0, len(posts), CHUNK)):
        rows = [
            [post.id, post.permalink, post.caption, post.comments, list(post.near)]
            for post in posts[start : start + CHUNK]
        ]
        files[f"details-{number:03d}.js"] = _call("details", number, rows)
    return files


def encode_shared(maps: Sequence[ShownMap], shared: Shared) -> dict[str, str]:
    """What posts share with their nearest, by file name under data/: `why-<map>-NNN.js` for WHY_CHUNK posts.

    A row is the positions of a post's nearest on that map and, as one text, a record of each: `Sharing.describe`.
    """
    files = {}
    for shown, records in zip(maps, shared.records, strict=True):
        near = shown.near.tolist()
        for number, start in enumerate(range(0, len(near), WHY_CHUNK)):
            chunk = range(start, min(start + WHY_CHUNK, len(near)))
            rows = [[near[post], _text(records[post].tobytes())] for post in chunk]
            files[f"why-{shown.key}-{number:03d}.js"] = _call("why", shown.key, number, rows)
    return files


def leave_out_marks(scripts: Mapping[str, str]) -> dict[str, str]:
    """The scripts of a report by name, without the regions that are marked of what images share."""
    (posts,) = read_call(scripts["posts"])
    kept = len(posts["facets"]) + TONES
    size = kept + 2 * MARKS * sum(facet["marks"] for facet in posts["facets"])
    facets = [{**facet, "marks": False} for facet in posts["facets"]]
    cut = {**scripts, "posts": _call("posts", {**posts, "facets": facets})}
    for name in scripts:
        if name.startswith("why-"):
            key, number, rows = read_call(scripts[name])
            texts = (base64.b64decode(text) for _, text in rows)
            short = (b"".join(text[at : at + kept] for at in range(0, len(text), size)) for text in texts)
            cut[name] = _call(
                "why", key, number, [[row[0], _text(text)] for row, text in zip(rows, short, strict=True)]
            )
    return cut


def encode_mosaic(pyramid: Pyramid, lattice: Lattice, members: Sequence[int]) -> str:
    """One mosaic as a script: its measures, which tiles exist, and which post lies in which cell.

    `members[i]` is the position in the report of the lattice's i-th post. Where they are all posts in their own
    order, they are left out.
    """
    tiles = {
        str(level): {
            "rows": int(present.shape[0]),
            "columns": int(present.shape[1]),
            "bits": _text(np.packbits(present.ravel(), bitorder="little").tobytes()),
        }
        for level, present in pyramid.tiles.items()
    }
    content = {
        "name": pyramid.name,
        "tile": pyramid.tile,
        "cell": pyramid.cell,
        "first": pyramid.first_level,
        "last": pyramid.last_level,
        "tiles": tiles,
        **_encode_cells(lattice, members),
    }
    return _call("mosaic", content)


def decode_mosaic(text: str) -> tuple[Lattice, list[int]]:
    """The lattice that `encode_mosaic` wrote, and its members. Raises ValueError or KeyError for another text."""
    content = read_call(text)[0]
    if not isinstance(content, dict):
        raise ValueError("it is no mosaic")
    columns, lines = int(content["columns"]), int(content["lines"])
    cells = unpack(content["cells"])
    members = np.arange(len(cells)) if content["members"] is None else unpack(content["members"])
    if len(members) != len(cells) or cells.min(initial=0) < 0 or cells.max(initial=-1) >= columns * lines:
        raise ValueError("its cells do not fit")
    line, column = np.divmod(cells, max(columns, 1))
    return Lattice(columns, lines, column.astype(np.int32), line.astype(np.int32)), members.tolist()


def encode_order(name: str, of: str, lattice: Lattice, members: Sequence[int]) -> str:
    """Other cells for the images of the mosaic `of`, as a script; members as in `encode_mosaic`."""
    return encode_share(name, of, _encode_cells(lattice, members))


def _encode_cells(lattice: Lattice, members: Sequence[int]) -> dict[str, Any]:
    return {
        "columns": lattice.columns,
        "lines": lattice.lines,
        "members": None if list(members) == list(range(len(members))) else _pack(members),
        "cells": _pack(lattice.line.astype(np.int64) * lattice.columns + lattice.column),
    }


def encode_share(name: str, of: str, mosaic: Mapping[str, Any]) -> str:
    """A mosaic without tiles of its own as a script: other cells for some of the images of the mosaic `of`.

    `mosaic` is what `encode_mosaic` wrote of it.
    """
    kept = {key: mosaic[key] for key in ("columns", "lines", "members", "cells")}
    return _call("mosaic", {"name": name, "of": of, **kept})


def _count_days(post: ShownPost) -> int:
    """Days since 1970, or NONE."""
    return NONE if post.published is None else max(NONE, (post.published - _EPOCH).days)


def _pack(values: Sequence[int] | NDArray[Any]) -> dict[str, str]:
    """Integers in the narrowest kind that holds them all."""
    numbers = np.asarray(values, dtype=np.int64)
    low, high = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
    kind = next(kind for kind in _KINDS if _span(kind)[0] <= low and high <= _span(kind)[1])
    size = int(kind[1])
    # two's complement: the lowest bytes of a wide integer are the narrow one
    data = numbers.astype("<i8").view(np.uint8).reshape(-1, 8)[:, :size].tobytes()
    return {"kind": kind, "values": _text(data)}


def unpack(packed: Mapping[str, str]) -> NDArray[np.int64]:
    """The integers of a column that a script of this module holds, (n,). Raises ValueError for another kind."""
    kind = packed["kind"]
    if kind not in _KINDS:
        raise ValueError(f"{kind} is no kind of number")
    size = int(kind[1])
    low = np.frombuffer(base64.b64decode(packed["values"], validate=True), np.uint8).reshape(-1, size)
    wide = np.zeros((len(low), 8), np.uint8)
    wide[:, :size] = low
    if kind[0] == "i":
        wide[low[:, -1] >= 128, size:] = 255
    return wide.view("<i8").ravel().astype(np.int64)


def read_call(script: str) -> list[Any]:
    """The values that a script of this module hands to the viewer. Raises ValueError for another script."""
    values: list[Any] = json.loads(f"[{script[script.index('(') + 1 : script.rindex(')')]}]")
    return values


def _span(kind: str) -> tuple[int, int]:
    """The least and the greatest integer of a kind."""
    bits = 8 * int(kind[1])
    return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if kind[0] == "i" else (0, (1 << bits) - 1)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _call(name: str, *values: Any) -> str:
    """A script that hands `values` to the viewer."""
    return f"Brandscape.data.{name}({','.join(map(dump_json, values))});\n"


def dump_json(value: Any) -> str:
    """A value as JSON, with nothing in it that could end a script or a line early."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
