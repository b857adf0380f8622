"""Posts of several images: all are fetched and shown, the map follows the first, and all go with a withdrawn post."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generator.cache.store import Store
from generator.mosaics.script import read_call
from generator.pipeline.build import build_site
from generator.pipeline.run import Run
from generator.progress import SilentProgress
from generator.settings.load import load_settings
from generator.site.edition.source import read_source
from generator.spreadsheet.sources import find_inputs
from tests.support.drawn import draw_image
from tests.support.site_bytes import read_files

POSTS = 12
#: The post with a vivid third image, and the one with an image that is not there.
VIVID, LACKING = 3, 5


def _write_sample(folder: Path) -> Path:
    (folder / "images").mkdir(parents=True)
    lines = ["brand,image_1,image_2,image_3,caption,permalink"]
    for post in range(POSTS):
        names = [f"images/{post}_{place}.jpg" for place in range(3)] if post in (VIVID, LACKING) else []
        for place, name in enumerate(names or [f"images/{post}_0.jpg"]):
            vivid = post == VIVID and place == 2
            image = Image.new("RGB", (90, 120), (255, 0, 255)) if vivid else draw_image(post % 4, 10 * post + place)
            if (post, place) != (LACKING, 1):
                image.save(folder / name, quality=85)
        cells = [*(names or [f"images/{post}_0.jpg"]), "", ""][:3]
        lines.append(f"House {'AB'[post % 2]},{','.join(cells)},Look {post},https://example.com/p/P{post:05d}/")
    sample = folder / "posts.csv"
    sample.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sample


def _build(folder: Path, **flags: Any) -> list[str]:
    warnings: list[str] = []
    chosen = {"model": "builtin", "scatter_size": 400, "flat_size": 600, "disturbed": 0, "tagged": False, **flags}
    run = Run(
        load_settings(environment={}, flags=chosen),
        Store(folder / "cache"),
        SilentProgress(warnings),
        datetime(2026, 1, 2, tzinfo=UTC),
    )
    build_site(find_inputs([folder / "sample/posts.csv"]), folder / "site", run)
    return warnings


def _read_places(folder: Path) -> list[Any]:
    posts = json.loads((folder / "site/data/report.json").read_text(encoding="utf-8"))["posts"]
    return [[post[name] for name in ("id", "x", "y", "column", "line")] for post in posts]


def _read_further(folder: Path) -> list[list[str]] | None:
    script = (folder / "site/data/details-000.js").read_text(encoding="utf-8")
    further: list[list[str]] | None = read_call(script)[1].get("further")
    return further


def _find_vivid(folder: Path) -> list[str]:
    found = []
    for name, data in read_files(folder).items():
        if data[:3] == b"\xff\xd8\xff":
            pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.int16)
            if ((pixels[..., 0] - pixels[..., 1] > 200) & (pixels[..., 2] - pixels[..., 1] > 200)).sum() > 4:
                found.append(name)
    return found


def test_all_images_of_a_post_are_shown_and_go_with_it(tmp_path: Path) -> None:
    sample = _write_sample(tmp_path / "sample")
    names = {
        (post, place): hashlib.sha256((sample.parent / f"images/{post}_{place}.jpg").read_bytes()).hexdigest()[:16]
        for post, place in [(VIVID, 1), (VIVID, 2), (LACKING, 2)]
    }
    _build(tmp_path)
    places, files = _read_places(tmp_path), read_files(tmp_path / "site")
    assert len([name for name in files if name.startswith("images/")]) == POSTS
    assert _read_further(tmp_path) is None and _find_vivid(tmp_path / "site") == []

    warnings = _build(tmp_path, images="all")
    assert _read_places(tmp_path) == places  # the map follows the first image
    shown = [[names[VIVID, 1], names[VIVID, 2]], [names[LACKING, 2]]]
    assert [more for more in _read_further(tmp_path) or [] if more] == shown
    assert all((tmp_path / f"site/images/{name}.jpg").is_file() for name in names.values())
    assert read_source(tmp_path / "site").further == set(names.values())
    [said] = [text for text in warnings if "Further images" in text]
    assert f"row {LACKING + 2}, image 2 of 3: missing_file" in said
    assert not [name for name in _find_vivid(tmp_path / "site") if not name.startswith("images/")]

    # an entry that names one image takes out its post with all images, also from the cache
    _build(tmp_path, images="all", exclude=[f"images/{VIVID}_2.jpg"])
    assert len(_read_places(tmp_path)) == POSTS - 1
    assert [more for more in _read_further(tmp_path) or [] if more] == shown[1:]
    assert _find_vivid(tmp_path / "site") == [] and _find_vivid(tmp_path / "cache") == []
    kept = [name for name in _names(tmp_path) if names[VIVID, 1] in name or names[VIVID, 2] in name]
    assert kept == []


def _names(folder: Path) -> list[str]:
    return [path.name for part in ("site", "cache") for path in (folder / part).rglob("*")]
