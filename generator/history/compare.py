"""`data/changes.json`: what changed, for programs, and for the next report where nothing has changed since."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.report.changes import BrandChange, ChangedPost, Changes, ClusterChange, Named, ShareChange, find_changes

if TYPE_CHECKING:
    from generator.history.continuity import Continuity
    from generator.history.previous import PreviousReport
    from generator.report.model import Report

FORMAT = "brandscape-changes/1"
_PICTURE = re.compile(r"images/[0-9a-f]{16}\.jpg")


def encode_changes(changes: Changes) -> str:
    """The changes as JSON; an endless ratio is null, as it has no number there."""
    content = {"format": FORMAT, **dataclasses.asdict(changes), "since": changes.since.isoformat()}
    return json.dumps(_finite(content), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def tell_changes(before: Continuity | None, report: Report, hidden: Collection[str]) -> Changes | None:
    """What is other than in the report before; where nothing is, what that one had to say. None without either.

    Of posts that are `hidden`, by id, nothing is said.
    """
    if before is None:
        return None
    changes = find_changes(before, report)
    if not changes.is_empty:
        return changes
    try:
        return _say_again(before.previous.changes, report, hidden) if before.previous.changes else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _say_again(told: Mapping[str, Any], report: Report, hidden: Collection[str]) -> Changes:
    """What the report before said, without posts and pictures that this one does not show."""
    changes = decode_changes(told)
    ids, pictures = {post.id for post in report.posts}, {post.picture for post in report.posts}

    def shown(found: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(picture for picture in found if picture in pictures)

    return dataclasses.replace(
        changes,
        new=tuple(post for post in changes.new if post.id in ids),
        moved=tuple(post for post in changes.moved if post.id in ids),
        gone=tuple(post for post in changes.gone if post.id not in hidden),
        clusters=tuple(dataclasses.replace(row, pictures=shown(row.pictures)) for row in changes.clusters),
        brands=tuple(dataclasses.replace(row, pictures=shown(row.pictures)) for row in changes.brands),
    )


def keep_pictures(changes: Changes, previous: PreviousReport, folder: Path) -> Changes:
    """Copy the pictures of posts that are gone into the site in `folder`; one that cannot be had is not shown."""

    def keep(post: ChangedPost) -> ChangedPost:
        path = folder / post.picture
        if not post.picture or path.is_file():
            return post
        try:
            if not _PICTURE.fullmatch(post.picture):
                raise ValueError("it is no picture of ours")
            path.write_bytes(previous.files.read(post.picture))
        except (OSError, LookupError, ValueError):
            return dataclasses.replace(post, picture="")
        return post

    return dataclasses.replace(changes, gone=tuple(keep(post) for post in changes.gone))


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
