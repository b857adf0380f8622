"""Read a finished report for a deck: its report.json, its changes and its pictures, in a folder or a zip."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.errors import SettingsError
from generator.insights.inference import SIGNIFICANT
from generator.report.changes import Changes, decode_changes
from generator.site.files import SiteFiles
from generator.site.json_records import list_images
from generator.text import clean_line

REPORT = "data/report.json"
CHANGES = "data/changes.json"
MAP = "mosaics/all.jpg"
_CANONICAL = re.compile(rb'<link rel="canonical" href="([^"]+)"')
_HOLDING = re.compile("([\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}])")
_MISREAD = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Post:
    """A post as the report tells it; `brand` and `cluster` are keys. Column and line are its cell on the map."""

    id: str
    brand: str
    cluster: str | None
    territory: str | None
    picture: str
    caption: str
    column: int
    line: int


@dataclass(frozen=True, slots=True)
class Group:
    """A brand, cluster or territory."""

    key: str
    name: str
    posts: int
    share: float
    representatives: tuple[str, ...]  # ids of posts
    note: str


class ReportSource:
    """A finished report. What an earlier version did not write yet is empty."""

    def __init__(self, files: SiteFiles, content: Row) -> None:
        self.files = files
        self.content = content
        self.title = tidy(content["title"])
        self.lang = str(content["lang"])
        self.built = datetime.fromisoformat(str(content["built"]))
        #: Those of further images too, by id; each post by itself counts once in `post_count`.
        self.posts = {post.id: post for post in map(_read_post, list_images(content))}
        self.post_count = len(content["posts"])
        self.brands = [_read_group(row) for row in content["brands"]]
        self.clusters = [_read_group(row) for row in content["clusters"]]
        territories = content.get("territories") or []
        self.territories = [_read_group(row) for row in territories if "key" in row and "name" in row]
        #: Brands, clusters and territories by key.
        self.groups = {group.key: group for group in (*self.territories, *self.clusters, *self.brands)}

    @cached_property
    def terms(self) -> dict[str, str]:
        """What images show, by the keys of the terms."""
        listed = (self.content.get("tags") or {}).get("terms") or ()
        return {str(row.get("key")): tidy(row.get("name") or "") for row in listed}

    def rename(self, names: Mapping[str, str]) -> None:
        """Give clusters and territories other names, by their keys."""
        self.clusters, self.territories = (
            [replace(group, name=names.get(group.key, group.name)) for group in groups]
            for groups in (self.clusters, self.territories)
        )
        self.groups |= {group.key: group for group in (*self.territories, *self.clusters)}

    def rows(self, table: str, **wanted: str | None) -> list[Row]:
        """Return the rows of a table of report.json whose cells are `wanted`; a missing cell is None."""
        return [
            row
            for row in self.content.get(table) or ()
            if all(row.get(name) == value for name, value in wanted.items())
        ]

    @cached_property
    def address(self) -> str:
        """Where the report is published, ending in a slash; "" if its pages do not say."""
        try:
            found = _CANONICAL.search(self.files.read("index.html"))
        except (OSError, ValueError):
            return ""
        return found[1].decode("utf-8", "ignore") if found else ""

    @cached_property
    def changes(self) -> Changes | None:
        """What changed since the report before; None if there is none."""
        try:
            return decode_changes(json.loads(self.files.read(CHANGES)))
        except (OSError, *_MISREAD):
            return None

    def picture(self, path: str) -> bytes | None:
        """Return a JPEG of the site; None for one that is not there, or is something else."""
        try:
            data = self.files.read(path)
        except (OSError, ValueError):
            return None
        return data if data[:3] == b"\xff\xd8\xff" else None

    def represent(self, group: Group, brand: str | None = None) -> Iterator[Post]:
        """Yield the posts that stand for a group, of one brand alone if it is given, no picture twice."""
        seen: set[str] = set()
        for post in (self.posts.get(key) for key in group.representatives):
            if post and post.picture and post.picture not in seen and brand in (None, post.brand):
                seen.add(post.picture)
                yield post

    def gather(self, ids: Sequence[str]) -> list[Post]:
        """Return the posts with these ids that the report has."""
        return [post for key in ids if (post := self.posts.get(key)) and post.picture]


def read_source(site: Path) -> ReportSource:
    """Read the report in the folder or zip `site`. Raises SettingsError if there is none that can be read."""
    if not site.exists():
        raise SettingsError(f"There is no report in {site}.", "Build one first: brandscape build posts.xlsx")
    files = SiteFiles(site)
    try:
        return ReportSource(files, json.loads(files.read(REPORT)))
    except FileNotFoundError as error:
        raise SettingsError(
            f"There is no {REPORT} in {site}.",
            "Give the folder of a finished report, or the archive that `brandscape zip` makes of it; "
            "editions for e-mail leave it out.",
        ) from error
    except _MISREAD as error:
        raise SettingsError(
            f"{site} holds no report that can be read ({str(error)[:120] or type(error).__name__}).",
            "Build it again: brandscape build posts.xlsx",
        ) from error


def number(row: Row, name: str) -> float | None:
    """Return a figure of a row; None if it is missing or not finite."""
    value = row.get(name)
    usable = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if usable else None  # type: ignore[arg-type]  # checked above


def find_end(row: Row, name: str) -> float | None:
    """Return an end, "low" or "high", of what a row tells: the one that holds although it was picked, if it was."""
    picked = number(row, f"{name}_if_picked")
    return number(row, name) if picked is None else picked


def tidy(text: object) -> str:
    """Return a text on one line without control characters; unlike `clean_line` it keeps French spaces that hold."""
    parts = _HOLDING.split(str(text))
    return "".join(part if _HOLDING.fullmatch(part) else clean_line(part) for part in parts)


def is_clear(row: Row) -> bool:
    """Return whether a row of shares or distinctiveness is more than chance over all comparisons together."""
    p = number(row, "p_adjusted")
    return p is not None and p < SIGNIFICANT and row.get("withheld") != "yes"


def is_bound(row: Row) -> bool:
    """Return whether a row's ratio is known by its lower end alone, as rivals have next to no such posts."""
    return row.get("bound_only") == "yes" and (number(row, "low") or 0) > 1


def is_found(row: Row) -> bool:
    """Return whether the report marks a row of engagement or drift as a finding."""
    return row.get("finding") == "yes"


def read_day(text: object) -> datetime | None:
    """Return a time in ISO 8601 as written in report.json; None for anything else."""
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def _read_group(row: Row) -> Group:
    return Group(
        key=str(row["key"]),
        name=tidy(row["name"]),
        posts=int(row.get("posts") or 0),
        share=float(row.get("share") or 0),
        representatives=tuple(map(str, row.get("representatives") or ())),
        note=tidy(row.get("note") or ""),
    )


def _read_post(row: Row) -> Post:
    return Post(
        id=str(row["id"]),
        brand=str(row["brand"]),
        cluster=row.get("cluster"),
        territory=row.get("territory"),
        picture=str(row.get("picture") or ""),
        caption=tidy(row.get("caption") or ""),
        column=int(row.get("column") or 0),
        line=int(row.get("line") or 0),
    )
