"""Read the previous report from its site or a zip of it, without trusting either."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from generator.digests import digest_of
from generator.errors import SettingsError
from generator.maps.history import MapHistory
from generator.maps.lattice import Lattice
from generator.mosaics.script import decode_mosaic
from generator.site.files import SiteFiles
from generator.site.json_records import list_images
from generator.site.manifest import read_manifest

REPORT = "data/report.json"

_BRAND_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CLUSTER_KEY = re.compile(r"c\d{2,7}", re.ASCII)
_TERRITORY_KEY = re.compile(r"t\d{2,7}", re.ASCII)
_MAP_KEY = re.compile(r"overall|m-[a-z0-9]+(-[a-z0-9]+)*")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
#: Limits of a credible map: of coordinates, cells and cluster numbers.
_FARTHEST, _MOST_CELLS, _MOST_NUMBERS = 1e6, 100_000_000, 1_000_000
#: Errors that reading a forged or damaged report may raise.
MISREAD = (OSError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True)
class PreviousPost:
    """An image of a post as the earlier report showed it. `brand` and `cluster` are keys; `cluster` may be None."""

    id: str
    is_further: bool  # whether it stands for an image behind the post's first
    image: str  # sha256
    hash: int  # perceptual, 64 bits
    picture: str  # path in the earlier site
    thumbnail: str
    permalink: str | None
    brand: str
    cluster: str | None
    x: float
    y: float
    column: int
    line: int


@dataclass(frozen=True, slots=True)
class PreviousGroup:
    """A brand, cluster or territory of the earlier report."""

    key: str
    name: str
    found_name: str
    colour: str | None
    posts: int
    representatives: tuple[str, ...]  # ids


@dataclass(frozen=True, slots=True)
class PreviousMap:
    """A further map of the earlier report, with the point and cell of each of its posts."""

    history: MapHistory
    positions: tuple[tuple[float, float, int, int], ...]  # x, y, column, line


@dataclass(frozen=True, slots=True, eq=False)
class PreviousReport:
    """Everything of an earlier report that the next one needs."""

    files: SiteFiles
    digest: str
    built: datetime
    lang: str
    history: MapHistory
    eps: float | None
    min_samples: int | None
    posts: tuple[PreviousPost, ...]
    brands: tuple[PreviousGroup, ...]
    clusters: tuple[PreviousGroup, ...]
    territories: tuple[PreviousGroup, ...]  # none in reports without them
    territory_of: Mapping[str, str]  # of each cluster in one, by keys
    distinctiveness: Mapping[str, tuple[float, float, float]]  # by brand key: ratio, low, high
    changes: Mapping[str, Any] | None  # the changes that it showed
    maps: Mapping[str, PreviousMap]  # its further maps, by key

    def on_map(self, key: str) -> PreviousReport | None:
        """Return the report with its posts as on its further map `key`; None if it has no such map."""
        further = self.maps.get(key)
        if further is None:
            return None
        posts = tuple(
            replace(post, x=x, y=y, column=column, line=line)
            for post, (x, y, column, line) in zip(self.posts, further.positions, strict=True)
        )
        return replace(self, posts=posts, history=further.history)

    def read_mosaic(self, name: str) -> tuple[Lattice, list[int]] | None:
        """Return the cells of the mosaic `name` and their posts, positions in `posts`; None if there is none."""
        try:
            return decode_mosaic(self.files.read(f"data/mosaic-{name}.js").decode("utf-8"))
        except (OSError, LookupError, ValueError):
            return None


def redact_posts(previous: PreviousReport, gone: Collection[int]) -> PreviousReport:
    """Return the report without the content of its posts at the positions `gone`, which were withdrawn since.

    They keep their positions, points and cells, but id, image and texts are empty. So are those of posts that were gone
    by then, since nothing shows whether they are among the withdrawn.
    """
    posts = previous.posts
    ids = {posts[index].id for index in gone}

    def redact_group(group: PreviousGroup) -> PreviousGroup:
        return replace(group, representatives=tuple(post for post in group.representatives if post not in ids))

    return replace(
        previous,
        posts=tuple(
            replace(post, id="", image="", hash=0, picture="", thumbnail="", permalink=None) if index in gone else post
            for index, post in enumerate(posts)
        ),
        brands=tuple(map(redact_group, previous.brands)),
        clusters=tuple(map(redact_group, previous.clusters)),
        territories=tuple(map(redact_group, previous.territories)),
        changes=_redact_gone(previous.changes),
    )


def _redact_gone(changes: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    gone = changes.get("gone") if isinstance(changes, dict) else None
    if changes is None or not isinstance(gone, list) or not all(isinstance(row, dict) for row in gone):
        return None
    return {**changes, "gone": [{**row, "id": "", "picture": ""} for row in gone]}


def open_previous(path: Path) -> PreviousReport:
    """Read the report in the folder or zip `path`. Raises SettingsError if it cannot be read."""
    if not path.exists():
        raise SettingsError(f"--previous: there is no {path}.", "Name the folder or the zip of an earlier report.")
    try:
        return _read_report(SiteFiles(path))
    except MISREAD as error:
        raise SettingsError(
            f"--previous: {path} holds no report that can be read ({str(error)[:120] or type(error).__name__}).",
            "Name the folder or the zip of an earlier report, with its data/report.json.",
        ) from error


def find_previous(out: Path) -> PreviousReport | None:
    """Read the report in the output folder; None if there is no complete one, or one from before maps were kept."""
    if read_manifest(out) is None:
        return None
    try:
        return _read_report(SiteFiles(out))
    except MISREAD:
        return None


def _read_report(files: SiteFiles) -> PreviousReport:
    data = files.read(REPORT)
    content = json.loads(data)
    history = _read_history(content["map"])
    posts = tuple(
        PreviousPost(
            id=str(post["id"]),
            is_further="post" in post,
            image=str(post["image_sha256"]),
            hash=int(post["image_hash"], 16),
            picture=str(post["picture"]),
            thumbnail=str(post["thumbnail"]),
            permalink=post["permalink"],
            brand=str(post["brand"]),
            cluster=post["cluster"],
            x=float(post["x"]),
            y=float(post["y"]),
            column=int(post["column"]),
            line=int(post["line"]),
        )
        for post in list_images(content)
    )
    brands = tuple(_read_group(group, _BRAND_KEY) for group in content["brands"])
    clusters = tuple(_read_group(group, _CLUSTER_KEY) for group in content["clusters"])
    territories = tuple(_read_group(group, _TERRITORY_KEY) for group in content.get("territories", ()))
    _check_map(history, posts, {cluster.key for cluster in clusters})
    maps = _read_maps(content)
    try:
        changes = json.loads(files.read("data/changes.json"))
    except MISREAD:
        changes = None
    return PreviousReport(
        files=files,
        digest=digest_of(data),
        built=datetime.fromisoformat(content["built"]),
        lang=str(content["lang"]),
        history=history,
        eps=_read_eps(content["method"]["eps"]),
        min_samples=None if content["method"]["min_samples"] is None else int(content["method"]["min_samples"]),
        posts=posts,
        brands=brands,
        clusters=clusters,
        territories=territories,
        territory_of=_read_territories(content["clusters"], {territory.key for territory in territories}),
        distinctiveness={
            row["brand_key"]: (float(row["ratio"]), float(row["low"]), float(row["high"]))
            for row in content["distinctiveness"]
            # reports without it measured something else, which depended on how many posts a brand had
            if "most" in row and "ratio" in row and "low" in row and "high" in row
        },
        changes=changes,
        maps=maps,
    )


def _read_history(content: Mapping[str, Any]) -> MapHistory:
    return MapHistory(
        basis=str(content["basis"]),
        made=datetime.fromisoformat(content["made"]),
        posts=int(content["posts"]),
        trustworthiness=float(content["trustworthiness"]),
        placed=int(content["placed"]),
        columns=int(content["columns"]),
        lines=int(content["lines"]),
        fill=float(content["fill"]),
        numbers=int(content["numbers"]),
        territories=int(content.get("territories", 0)),
    )


def _read_territories(clusters: Sequence[Mapping[str, Any]], known: set[str]) -> dict[str, str]:
    """Return the territory of each cluster that is in one, by keys."""
    found = {str(group["key"]): str(group["territory"]) for group in clusters if group.get("territory") is not None}
    if not known >= set(found.values()):
        raise ValueError("a cluster's territory is not among its territories")
    return found


def _read_maps(content: Mapping[str, Any]) -> dict[str, PreviousMap]:
    """Return the further maps by key."""
    maps = {}
    for entry in content.get("maps", ()):
        if not _MAP_KEY.fullmatch(entry["key"]):
            raise ValueError("a map has an invalid key")
        history = _read_history(entry)
        positions = tuple((float(x), float(y), int(column), int(line)) for x, y, column, line in entry["places"])
        if len(positions) != len(content["posts"]) + len(content.get("images", ())):
            raise ValueError("a map does not hold all images")
        _check_positions(history, positions)
        maps[entry["key"]] = PreviousMap(history, positions)
    return maps


def _check_map(history: MapHistory, posts: Sequence[PreviousPost], clusters: Collection[str]) -> None:
    """Raise ValueError for an invalid map, since the next one is laid out by it."""
    _check_positions(history, [(post.x, post.y, post.column, post.line) for post in posts])
    if any(post.cluster is not None and post.cluster not in clusters for post in posts):
        raise ValueError("a post's cluster is not among its clusters")


def _check_positions(history: MapHistory, positions: Sequence[tuple[float, float, int, int]]) -> None:
    points = np.array([position[:2] for position in positions]).reshape(-1, 2)
    if not np.isfinite(points).all() or (np.abs(points) > _FARTHEST).any():
        raise ValueError("a point on its map is not a number, or too far away")
    cells = {position[2:] for position in positions}
    within = all(0 <= column < history.columns and 0 <= line < history.lines for column, line in cells)
    if not within or len(cells) < len(positions) or history.columns * history.lines > _MOST_CELLS:
        raise ValueError("the cells of its map are invalid")
    numbers = (history.numbers, history.territories)
    if not all(0 <= number < _MOST_NUMBERS for number in numbers) or not 0 < history.fill <= 1:
        raise ValueError("the figures of its map are invalid")


def _read_eps(value: float | None) -> float | None:
    if value is not None and not 0 < float(value) < _FARTHEST:
        raise ValueError("the eps of its clusters is invalid")
    return None if value is None else float(value)


def _read_group(group: Mapping[str, Any], kind: re.Pattern[str]) -> PreviousGroup:
    """Return a brand or cluster. Its key must match `kind`, since it becomes part of a file name."""
    if not kind.fullmatch(group["key"]) or not (group["colour"] is None or _COLOUR.fullmatch(group["colour"])):
        raise ValueError("a brand or cluster has an invalid key or colour")
    return PreviousGroup(
        key=group["key"],
        name=str(group["name"]),
        found_name=str(group["found_name"]),
        colour=group["colour"],
        posts=int(group["posts"]),
        representatives=tuple(str(post) for post in group["representatives"]),
    )
