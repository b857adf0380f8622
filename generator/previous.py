"""The report that came before: read from its site, or from an archive of it, without trusting either."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from generator.errors import SettingsError
from generator.lattice import Lattice
from generator.report import MapHistory
from generator.site_files import SiteFiles
from generator.staging import read_manifest
from generator.store import digest_of
from generator.viewer_data import decode_mosaic

REPORT = "data/report.json"


@dataclass(frozen=True, slots=True)
class PreviousPost:
    """A post as the earlier report showed it. `brand` and `cluster` are keys; no cluster is None."""

    id: str
    image: str  # sha256
    hash: int  # perceptual, 64 bits
    picture: str  # its place in the earlier site
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
    """A brand or cluster of the earlier report."""

    key: str
    name: str
    found_name: str
    colour: str | None
    posts: int
    representatives: tuple[str, ...]  # ids


@dataclass(frozen=True, slots=True, eq=False)
class PreviousReport:
    """What the next report needs of the one before it."""

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
    distinctiveness: Mapping[str, tuple[float, float, float]]  # by brand key: ratio, low, high
    changes: Mapping[str, Any] | None  # what that report said had changed before it

    def read_sheet(self, name: str) -> tuple[Lattice, list[int]] | None:
        """The cells of the mosaic `name` and the posts in them, positions in `posts`; None for no such mosaic."""
        try:
            return decode_mosaic(self.files.read(f"data/mosaic-{name}.js").decode("utf-8"))
        except (OSError, LookupError, ValueError):
            return None


def withhold_posts(previous: PreviousReport, gone: Collection[int]) -> PreviousReport:
    """The report as if it had not known its posts at the positions `gone`, which were withdrawn since.

    They keep their positions and places on the map, but say nothing: id, image and texts are empty. Nor do the posts
    that were gone by then: nothing is left that could show whether they are among the withdrawn.
    """
    posts = previous.posts
    ids = {posts[index].id for index in gone}

    def withhold(group: PreviousGroup) -> PreviousGroup:
        return replace(group, representatives=tuple(post for post in group.representatives if post not in ids))

    return replace(
        previous,
        posts=tuple(
            replace(post, id="", image="", hash=0, picture="", thumbnail="", permalink=None) if index in gone else post
            for index, post in enumerate(posts)
        ),
        brands=tuple(map(withhold, previous.brands)),
        clusters=tuple(map(withhold, previous.clusters)),
        changes=_withhold_gone(previous.changes),
    )


def _withhold_gone(changes: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    gone = changes.get("gone") if isinstance(changes, dict) else None
    if changes is None or not isinstance(gone, list) or not all(isinstance(row, dict) for row in gone):
        return None
    return {**changes, "gone": [{**row, "id": "", "picture": ""} for row in gone]}


def open_previous(place: Path) -> PreviousReport:
    """The report in the folder or zip `place`. Raises SettingsError where there is none that can be read."""
    if not place.exists():
        raise SettingsError(f"--previous: there is no {place}.", "Name the folder or the zip of an earlier report.")
    try:
        return _read_report(SiteFiles(place))
    except (OSError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise SettingsError(
            f"--previous: {place} holds no report that can be read ({str(error)[:120] or type(error).__name__}).",
            "Name the folder or the zip of an earlier report, with its data/report.json.",
        ) from error


def find_previous(out: Path) -> PreviousReport | None:
    """The whole report that lies in the output folder; None where there is none, or one from before maps were kept."""
    if read_manifest(out) is None:
        return None
    try:
        return _read_report(SiteFiles(out))
    except (OSError, LookupError, ValueError, TypeError, AttributeError):
        return None


def _read_report(files: SiteFiles) -> PreviousReport:
    data = files.read(REPORT)
    content = json.loads(data)
    map_ = content["map"]
    history = MapHistory(
        basis=str(map_["basis"]),
        made=datetime.fromisoformat(map_["made"]),
        posts=int(map_["posts"]),
        trustworthiness=float(map_["trustworthiness"]),
        placed=int(map_["placed"]),
        columns=int(map_["columns"]),
        lines=int(map_["lines"]),
        fill=float(map_["fill"]),
        numbers=int(map_["numbers"]),
    )
    posts = tuple(
        PreviousPost(
            id=str(post["id"]),
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
        for post in content["posts"]
    )
    if not np.isfinite([(post.x, post.y) for post in posts]).all():
        raise ValueError("a place on its map is no number")
    try:
        changes = json.loads(files.read("data/changes.json"))
    except (OSError, LookupError, ValueError):
        changes = None
    return PreviousReport(
        files=files,
        digest=digest_of(data),
        built=datetime.fromisoformat(content["built"]),
        lang=str(content["lang"]),
        history=history,
        eps=content["method"]["eps"],
        min_samples=content["method"]["min_samples"],
        posts=posts,
        brands=tuple(_read_group(group) for group in content["brands"]),
        clusters=tuple(_read_group(group) for group in content["clusters"]),
        distinctiveness={
            row["brand_key"]: (float(row["ratio"]), float(row["low"]), float(row["high"]))
            for row in content["distinctiveness"]
            if "ratio" in row and "low" in row and "high" in row
        },
        changes=changes,
    )


def _read_group(group: Mapping[str, Any]) -> PreviousGroup:
    return PreviousGroup(
        key=str(group["key"]),
        name=str(group["name"]),
        found_name=str(group["found_name"]),
        colour=group["colour"],
        posts=int(group["posts"]),
        representatives=tuple(str(post) for post in group["representatives"]),
    )
