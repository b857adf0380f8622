"""Write the viewer's data as classic scripts, since a page opened from disk may load nothing else.

Columns of values are base64 of integers, each in as few bits as its column needs: about 8 bytes a post, and 2 or 3 for
tags, before the first image is shown. The rest is loaded later: pictures' names in one script, captions
and links in chunks.
"""

from __future__ import annotations

import base64
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.language import open_language
from generator.mosaics.script import encode_bytes, pack, read_call, write_call
from generator.similarity.colour import list_tones
from generator.similarity.explanation import MARKS, TONES
from generator.site.viewer_fields import encode_fields, encode_formats, encode_texts
from generator.tags.packing import pack_tags

if TYPE_CHECKING:
    from generator.report.map_facts import ShownMap
    from generator.report.model import Report, ShownPost
    from generator.similarity.explanation import Explanations

#: Posts to a chunk of captions and links.
CHUNK = 2_000
#: Posts to a chunk of explanations.
WHY_CHUNK = 200
#: Stands for "no value" among likes and days.
NONE = -1
#: What the viewer loads of an image and of its post when it is asked for; records.js hands it on by these names.
_OF_IMAGES = ("id", "near")
_OF_POSTS = ("permalink", "caption", "comments")
_EPOCH = datetime(1970, 1, 1)
_MOST_LIKES = 2**31 - 1


def encode_posts(report: Report) -> dict[str, str]:
    """Return the scripts of a report's images by file name under data/.

    `posts.js` holds the values that filters use, those of posts once: `further` counts the further images of each, in
    whose order these follow. `pictures.js` holds the first 8 bytes of each image's sha256, which name its picture, and
    the CRC-32 of each id, by which a link finds it. `details-NNN.js` holds the texts of CHUNK images, those of posts
    once, and the positions of the images nearest to each.
    """
    posts, images = report.posts, report.images
    columns = {
        "chunk": CHUNK,
        "brands": [{"key": brand.key, "name": brand.name, "median": brand.median_likes} for brand in report.brands],
        "clusters": [
            {"key": cluster.key, "name": cluster.name, "colour": cluster.colour} for cluster in report.clusters
        ],
        "territories": [
            {"key": group.key, "name": group.name, "colour": group.colour, "clusters": group.clusters}
            for group in report.territories
        ],
        "noise": {"key": report.noise.key, "name": report.noise.name} if report.noise else None,
        "brand": pack([post.brand for post in posts]),
        # the unclustered come after all clusters
        "cluster": pack([len(report.clusters) if image.cluster is None else image.cluster for image in images]),
        "day": pack([_count_days(post) for post in posts]),
        "maps": [{"key": shown.key, "name": shown.name} for shown in report.maps],
        "facets": [{"key": facet.key, "name": facet.name, "marks": facet.marks} for facet in report.similarity.facets],
        "tones": list(list_tones()),
        "tags": pack_tags(report.tags),
        "why": WHY_CHUNK,
        "fields": [*encode_formats(report), *encode_fields(report, open_language(report.lang))],
        "likes": pack([NONE if post.likes is None else min(post.likes, _MOST_LIKES) for post in posts]),
    }
    if report.further:
        counts = Counter(image.owner for image in report.further)
        columns["further"] = pack([counts[post] for post in range(len(posts))])
    columns.update(_encode_periods(report))
    columns.update(_encode_marks(report))
    names = {
        "pictures": encode_bytes(b"".join(bytes.fromhex(image.image[:16]) for image in images)),
        "ids": encode_bytes(np.array([zlib.crc32(image.id.encode()) for image in images], "<u4").tobytes()),
    }
    files = {"posts.js": write_call("posts", columns), "pictures.js": write_call("pictures", names)}
    for number, start in enumerate(range(0, len(images), CHUNK)):
        chunk = images[start : start + CHUNK]
        of_posts = range(start, min(start + len(chunk), len(posts)))
        texts: dict[str, list[Any]] = {name: [getattr(image, name) for image in chunk] for name in _OF_IMAGES}
        texts |= {name: [getattr(posts[post], name) for post in of_posts] for name in _OF_POSTS}
        texts |= encode_texts(report, of_posts)
        files[f"details-{number:03d}.js"] = write_call("details", number, texts)
    return files


def _encode_marks(report: Report) -> dict[str, object]:
    """Return users' tags and notes, each with the positions of its posts' images; {} if there are none."""
    marks: dict[str, dict[str, list[int]]] = {"tags": {}, "notes": {}}
    for place, post in enumerate(report.images):
        for kind, texts in (("tags", post.own_tags), ("notes", post.notes)):
            for text in texts:
                marks[kind].setdefault(text, []).append(place)
    if not any(marks.values()):
        return {}
    return {"own": {kind: [[text, found[text]] for text in sorted(found)] for kind, found in marks.items()}}


def _encode_periods(report: Report) -> dict[str, object]:
    """Return the weeks and months that are all that is known of some posts' dates; {} if there are none.

    `period` is the position in `periods` of each post's, or NONE, and `periods` holds (text, ISO 8601's form) of each.
    """
    coarse = [post for post in report.posts if post.is_coarse]
    if not coarse:
        return {}
    language = open_language(report.lang)
    keys = sorted({(post.published, post.precision) for post in coarse if post.published})
    places: dict[tuple[datetime | None, str], int] = {key: place for place, key in enumerate(keys)}
    return {
        "period": pack([places.get((post.published, post.precision), NONE) for post in report.posts]),
        "periods": [
            [language.day(first, precision), first.strftime("%G-W%V" if precision == "week" else "%Y-%m")]
            for first, precision in keys
        ],
    }


def encode_explanations(maps: Sequence[ShownMap], explanations: Explanations) -> Iterator[tuple[str, str]]:
    """Yield the scripts that explain nearest images, each with its name under data/: `why-<map>-NNN.js`.

    Each is of WHY_CHUNK images. A row holds the positions of an image's nearest on that map and, as one text, a record
    for each, as `Explainer.describe` writes it.
    """
    for shown, records in zip(maps, explanations.records, strict=True):
        for number, start in enumerate(range(0, len(records), WHY_CHUNK)):
            chunk = slice(start, start + WHY_CHUNK)
            pairs = zip(shown.near[chunk].tolist(), records[chunk], strict=True)
            rows = [[near, encode_bytes(record.tobytes())] for near, record in pairs]
            yield f"why-{shown.key}-{number:03d}.js", write_call("why", shown.key, number, rows)


def leave_out_marks(scripts: Mapping[str, str]) -> dict[str, str]:
    """Return the scripts of a report by name, without the marked regions of explanations."""
    (posts,) = read_call(scripts["posts"])
    kept = len(posts["facets"]) + TONES
    size = kept + 2 * MARKS * sum(facet["marks"] for facet in posts["facets"])
    facets = [{**facet, "marks": False} for facet in posts["facets"]]
    cut = {**scripts, "posts": write_call("posts", {**posts, "facets": facets})}
    for name in scripts:
        if name.startswith("why-"):
            key, number, rows = read_call(scripts[name])
            texts = (base64.b64decode(text) for _, text in rows)
            short = (b"".join(text[at : at + kept] for at in range(0, len(text), size)) for text in texts)
            cut[name] = write_call(
                "why", key, number, [[row[0], encode_bytes(text)] for row, text in zip(rows, short, strict=True)]
            )
    return cut


def _count_days(post: ShownPost) -> int:
    """Return days since 1970, or NONE, also where only the week or month is known."""
    return NONE if post.published is None or post.is_coarse else max(NONE, (post.published - _EPOCH).days)
