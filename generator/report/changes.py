"""What changed since the report before: posts, clusters, shares and brands; each record holds all a page shows of it.

The records carry names and pictures of their own, not positions in a report: a report whose posts stayed the same says
again what the one before it said, and what is gone can still be shown.
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

pass


Fate = Literal["new", "split", "gone", "merged"]


@dataclass(frozen=True, slots=True)
class Named:
    """A brand or cluster of either report."""

    key: str
    name: str
    colour: str | None


@dataclass(frozen=True, slots=True)
class ChangedPost:
    """A post that is new, gone or in another cluster. No cluster: unclustered, or not there.

    `picture` is its place in this report's site; "" for one that is gone and not shown.
    """

    id: str
    brand: Named
    picture: str
    before: Named | None
    after: Named | None


@dataclass(frozen=True, slots=True)
class ClusterChange:
    """A cluster born or gone: `origin` is what it split from, or what it went into."""

    cluster: Named
    fate: Fate
    posts: int
    other: Named | None
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShareChange:
    """A brand's share in a cluster, before and now, and that among its new posts alone, set against the one before.

    `p` is Fisher's, adjusted for all brands and clusters compared.
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
    """A brand's posts and distinctiveness (ratio, low, high) before and now; None where it was not measured."""

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
    """Everything that is other than in the report built at `since`. `why` as in Continuity: "" where the map stayed."""

    since: datetime
    why: Why
    posts_before: int
    posts: int
    new: tuple[ChangedPost, ...]
    gone: tuple[ChangedPost, ...]
    moved: tuple[ChangedPost, ...]  # to another cluster
    clusters: tuple[ClusterChange, ...]
    shares: tuple[ShareChange, ...]  # every one that can be compared, the surest first
    brands: tuple[BrandChange, ...]  # those with posts before or now

    @property
    def is_empty(self) -> bool:
        """Whether nothing is other than before."""
        return not (self.new or self.gone or self.moved or self.clusters or self.why)


FORMAT = "brandscape-changes/1"


def encode_changes(changes: Changes) -> str:
    """The changes as JSON; an endless ratio is null, as it has no number there."""
    content = {"format": FORMAT, **dataclasses.asdict(changes), "since": changes.since.isoformat()}
    return json.dumps(_finite(content), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def decode_changes(content: Mapping[str, Any]) -> Changes:
    """What `encode_changes` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    if content["format"] != FORMAT:
        raise ValueError("it is of another version")
    return Changes(
        since=datetime.fromisoformat(content["since"]),
        why=content["why"],
        posts_before=int(content["posts_before"]),
        posts=int(content["posts"]),
        new=tuple(map(_read_post, content["new"])),
        gone=tuple(map(_read_post, content["gone"])),
        moved=tuple(map(_read_post, content["moved"])),
        clusters=tuple(
            ClusterChange(
                _read_named(row["cluster"]),
                row["fate"],
                int(row["posts"]),
                _read_named(row["other"]) if row["other"] else None,
                tuple(row["pictures"]),
            )
            for row in content["clusters"]
        ),
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


def _read_post(row: Mapping[str, Any]) -> ChangedPost:
    before, after = (_read_named(row[name]) if row[name] else None for name in ("before", "after"))
    return ChangedPost(row["id"], _read_named(row["brand"]), row["picture"], before, after)
