"""Read the earlier report that brands are compared with, from its site or a zip of it, without trusting either."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import numpy as np

from generator.digests import digest_of
from generator.errors import SettingsError
from generator.history.previous import MISREAD, REPORT
from generator.report.benchmark import Benchmark
from generator.site.files import SiteFiles
from generator.site.manifest import MANIFEST
from generator.text import clean_line

_HINT = "Name the folder or the zip of a finished report, or a spreadsheet of posts."
#: Files at whose names a report is known, finished or damaged.
_SIGNS = (REPORT, MANIFEST.as_posix(), "method.html")
#: What every page of a report has among so many of its first bytes.
_PAGE, _HEAD = b'<meta name="generator" content="Brandscape ', 4096
#: Characters of its title at most.
_LONGEST = 120


def holds_report(path: Path) -> bool:
    """Return whether `path` is a report, in whatever edition, and no posts. Raises SettingsError if it is not there."""
    if not path.exists():
        raise SettingsError(f"--benchmark: there is no {path}.", _HINT)
    if path.is_dir():
        return any((path / name).is_file() for name in _SIGNS)
    if not is_zipfile(path):
        with path.open("rb") as file:
            return _PAGE in file.read(_HEAD)
    try:
        with closing(SiteFiles(path)) as files:
            # in an edition they lie in a folder of its own
            return any(f"/{name}".endswith(tuple(f"/{sign}" for sign in _SIGNS)) for name in files.sizes)
    except SettingsError:  # one that no report would be: the reader of spreadsheets says what is wrong
        return False


def open_benchmark(path: Path) -> Benchmark:
    """Read the report in the folder or zip `path`. Raises SettingsError if it cannot be read."""
    try:
        with closing(SiteFiles(path)) as files:
            data = files.read(REPORT)
        return _read(json.loads(data), digest_of(data))
    except (*MISREAD, SettingsError) as error:
        raise SettingsError(
            f"--benchmark: {path} holds no report that can be read ({str(error)[:120] or type(error).__name__}).", _HINT
        ) from error


def _read(content: dict[str, Any], digest: str) -> Benchmark:
    keys = {str(group["key"]): place for place, group in enumerate(content["brands"])}
    posts = content["posts"]
    if not posts or not keys:
        raise ValueError("it has no posts")
    burst = {str(post["id"]): place for place, post in enumerate(posts)}
    for campaign in content.get("campaigns", ()):
        ids = str(campaign["ids"]).split()
        burst.update({one: burst[ids[0]] for one in ids if one in burst and ids[0] in burst})
    tagged = content.get("tags") or {}
    return Benchmark(
        title=clean_line(str(content["title"]))[:_LONGEST],
        built=datetime.fromisoformat(content["built"]),
        digest=digest,
        brands=tuple(clean_line(str(group["name"])) for group in content["brands"]),
        brand=np.array([keys[str(post["brand"])] for post in posts], np.int64),
        burst=np.array([burst[str(post["id"])] for post in posts], np.int64),
        tags=tuple(frozenset(map(str, post.get("tags", ()))) for post in posts),
        is_tagged=bool(tagged.get("terms")),
        terms=frozenset(str(term["key"]) for term in tagged.get("terms") or ()),
        reactions=np.array([_count(post, "likes") + _count(post, "comments") for post in posts]),
        followers=np.array([_count(post, "followers") for post in posts]),
    )


def _count(post: dict[str, Any], name: str) -> float:
    """Return a count of a post; NaN if it is not known."""
    value = post.get(name)
    return np.nan if value is None else float(value)
