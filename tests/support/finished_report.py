"""A small finished report as a folder, without a build, for tests of what is made from one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from generator.report.model import Report
from generator.site.data_files import write_exports
from generator.site.manifest import write_manifest

#: A finding about the sample's first brand, as report.json tells it.
FINDING = {
    "kind": "over_index",
    "brand": "maison-ambre",
    "other": None,
    "cluster": "c01",
    "figure": 3.14,
    "low": 2.4,
    "high": 4.0,
    "expected": None,
    "figure_text": "3.1×",
    "sentence": "Maison Ambre posts “Coats” 3.1 times as often as its rivals (95% interval 2.4 to 4.0).",
    "note": "This is how often, not how well.",
    "page": "compare.html#shares",
    "posts": ["P00000", "P00003", "P00006"],
}


def write_finished(
    report: Report, folder: Path, findings: Sequence[Mapping[str, Any]] = (FINDING,), **changed: Any
) -> Path:
    """Write `report` with its data, a picture of each post and a map; `changed` replaces parts of report.json."""
    write_exports(report, folder / "data")
    path = folder / "data" / "report.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, "findings": list(findings), **changed}), encoding="utf-8")
    for number, post in enumerate(content["posts"]):
        picture = folder / post["picture"]
        picture.parent.mkdir(exist_ok=True)
        Image.new("RGB", (64, 80), (number * 4 % 256, 90, 120)).save(picture)
    grown = content["map"]
    (folder / "mosaics").mkdir()
    Image.new("RGB", (grown["columns"] * 16, grown["lines"] * 16), "#edebe6").save(folder / "mosaics" / "all.jpg")
    (folder / "index.html").write_text("<!doctype html>", encoding="utf-8")
    write_manifest(folder, {})
    return folder
