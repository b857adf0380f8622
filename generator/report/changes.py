"""Records of what changed since the earlier report: posts, clusters, shares and brands.

They carry names and pictures of their own instead of positions in a report. So a report with unchanged posts can repeat
the changes of the one before it, and posts and clusters that are gone can be shown.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from generator.maps.history import Why

FORMAT = "brandscape-changes/1"

Fate = Literal["new", "split", "gone", "merged"]


@dataclass(frozen=True, slots=True)
class Named:
    """A brand or cluster of either report."""

    key: str
    name: str
    colour: str | None


@dataclass(frozen=True, slots=True)
class ChangedPost:
    """A post that is new, gone or in another cluster. Its cluster is None if it is unclustered, or not in the report.

    `picture` is its path in this report's site; "" for a post that is gone and not shown.
    """

    id: str
    brand: Named
    picture: str
    before: Named | None
    after: Named | None


@dataclass(frozen=True, slots=True)
class ClusterChange:
    """A cluster or territory that is new or gone. `other` is the one that it split from or merged into."""

    cluster: Named
    fate: Fate
    posts: int
    other: Named | None
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShareChange:
    """A brand's share in a cluster: before, now, and among its new posts alone, with its ratio to the one before.

    The ratio, its interval and `p`, of Fisher's exact test adjusted for all brands and clusters compared, count a
    campaign once; the shares are of posts.
    """

    brand: Named
    cluster: Named
    before: float
    after: float
    of_new: float
    new_posts: int  # in the cluster
    ratio: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class BrandChange:
    """A brand's posts and distinctiveness (ratio, low, high) before and now; None if it was not measured."""

    brand: Named
    posts_before: int
    posts: int
    new: int
    gone: int
    distinct_before: tuple[float, float, float] | None
    distinct: tuple[float, float, float] | None
    pictures: tuple[str, ...]  # of new posts


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes since the report built at `since`. `why` is that of Continuity: "" if the map stayed."""

    since: datetime
    why: Why
    posts_before: int
    posts: int
    new: tuple[ChangedPost, ...]
    gone: tuple[ChangedPost, ...]
    moved: tuple[ChangedPost, ...]  # to another cluster
    clusters: tuple[ClusterChange, ...]
    shares: tuple[ShareChange, ...]  # all that can be compared, the surest first
    brands: tuple[BrandChange, ...]  # those with posts before or now
    territories: tuple[ClusterChange, ...] = ()
    relaid: bool = False  # the map stayed, but its images have other cells

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.new or self.gone or self.moved or self.clusters or self.territories or self.why or self.relaid)


def encode_changes(changes: Changes) -> str:
    """Return the changes as JSON, which has no infinite numbers: an infinite ratio is null."""
    content = {"format": FORMAT, **dataclasses.asdict(changes), "since": changes.since.isoformat()}
    return json.dumps(_finite(content), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def decode_changes(content: Mapping[str, Any]) -> Changes:
    """Return changes from JSON of `encode_changes`. Raises KeyError, TypeError or ValueError for anything else."""
    if content["format"] != FORMAT:
        raise ValueError("it is of another version")
    return Changes(
        since=datetime.fromisoformat(content["since"]),
        why=content["why"],
        relaid=bool(content.get("relaid", False)),
        posts_before=int(content["posts_before"]),
        posts=int(content["posts"]),
        new=tuple(map(_read_post, content["new"])),
        gone=tuple(map(_read_post, content["gone"])),
        moved=tuple(map(_read_post, content["moved"])),
        clusters=tuple(map(_read_fate, content["clusters"])),
        territories=tuple(map(_read_fate, content.get("territories", ()))),
        shares=tuple(
            ShareChange(
                **{
                    **row,
                    "brand": _read_named(row["brand"]),
                    "cluster": _read_named(row["cluster"]),
                    **{name: math.inf if row[name] is None else float(row[name]) for name in ("ratio", "high")},
                }
            )
            for row in content["shares"]
        ),
        brands=tuple(
            BrandChange(
                **{
                    **row,
                    "brand": _read_named(row["brand"]),
                    "pictures": tuple(row["pictures"]),
                    **{name: tuple(row[name]) if row[name] else None for name in ("distinct_before", "distinct")},
                }
            )
            for row in content["brands"]
        ),
    )


def _read_named(row: Mapping[str, Any]) -> Named:
    return Named(**row)


def _read_fate(row: Mapping[str, Any]) -> ClusterChange:
    other = _read_named(row["other"]) if row["other"] else None
    return ClusterChange(_read_named(row["cluster"]), row["fate"], int(row["posts"]), other, tuple(row["pictures"]))


def _read_post(row: Mapping[str, Any]) -> ChangedPost:
    before, after = (_read_named(row[name]) if row[name] else None for name in ("before", "after"))
    return ChangedPost(row["id"], _read_named(row["brand"]), row["picture"], before, after)
