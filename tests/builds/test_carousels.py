"""Posts of several images: all lie on the map, each as its share of the post, and all go with a withdrawn one."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generator.cache.store import Store, mark_image
from generator.pipeline.build import build_site
from generator.pipeline.run import Run
from generator.progress import SilentProgress
from generator.settings.load import load_settings
from generator.site.edition.source import read_source
from generator.site.json_records import list_images
from generator.spreadsheet.sources import find_inputs
from tests.support.drawn import draw_image
from tests.support.site_bytes import read_files
from tests.support.videos import draw_tinted, encode_video, needs_av

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


def _read(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "site/data/report.json").read_text(encoding="utf-8"))
    return report


def _read_places(folder: Path) -> dict[str, list[float]]:
    images = list_images(_read(folder))
    return {image["id"]: [image[name] for name in ("x", "y", "column", "line")] for image in images}


def _list_further(folder: Path) -> dict[str, list[str]]:
    """Return the names of the further pictures of each post that has some."""
    found: dict[str, list[str]] = {}
    for image in _read(folder).get("images", ()):
        found.setdefault(image["post"], []).append(image["image_sha256"][:16])
    return found


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
    first = _read_places(tmp_path)
    assert len(first) == POSTS and "images" not in _read(tmp_path)
    assert _find_vivid(tmp_path / "site") == []

    warnings = _build(tmp_path, images="all")
    ids = [post["id"] for post in _read(tmp_path)["posts"]]
    shown = {ids[VIVID]: [names[VIVID, 1], names[VIVID, 2]], ids[LACKING]: [names[LACKING, 2]]}
    assert _list_further(tmp_path) == shown
    places = _read_places(tmp_path)
    assert {name: places[name] for name in first} == first  # the map stays, and the others have found their places
    assert set(places) - set(first) == {f"{post}.{name}" for post, own in shown.items() for name in own}
    assert len({tuple(place[2:]) for place in places.values()}) == POSTS + 3
    assert set(names.values()) <= set(read_source(tmp_path / "site").pictures)
    [said] = [text for text in warnings if "Further images" in text]
    assert f"row {LACKING + 2}, image 2 of 3: missing_file" in said
    vivid = _find_vivid(tmp_path / "site")
    assert f"images/{names[VIVID, 2]}.jpg" in vivid and any(name.startswith("mosaics/all_files/") for name in vivid)
    shares = [brand["share"] for brand in _read(tmp_path)["brands"]]
    assert shares == [0.5, 0.5]  # whichever has the carousels

    # an entry that names one image takes out its post with all images, also from the cache
    _build(tmp_path, images="all", exclude=[f"images/{VIVID}_2.jpg"])
    assert _list_further(tmp_path) == {ids[LACKING]: shown[ids[LACKING]]}
    assert _read_places(tmp_path).keys() == {name for name in places if not name.startswith(ids[VIVID])}
    assert _find_vivid(tmp_path / "site") == [] and _find_vivid(tmp_path / "cache") == []
    kept = [name for name in _names(tmp_path) if names[VIVID, 1] in name or names[VIVID, 2] in name]
    assert kept == []


def _names(folder: Path) -> list[str]:
    return [path.name for part in ("site", "cache") for path in (folder / part).rglob("*")]


def test_a_rebuild_keeps_the_places_of_images_though_a_carousel_is_ordered_anew(tmp_path: Path) -> None:
    sample = _write_sample(tmp_path / "sample")
    _build(tmp_path, images="all")
    before = _read_places(tmp_path)
    [vivid, *_] = [post["id"] for post in _read(tmp_path)["posts"] if post["thumbnail"] == f"images/{VIVID}_0.jpg"]

    # its last two images change places, another has one more, and one of its images is gone
    draw_image(1, 99).save(sample.parent / "images/new.jpg")
    names = [f"images/{VIVID}_{place}.jpg" for place in range(3)]
    text = sample.read_text(encoding="utf-8")
    text = text.replace(",".join(names), ",".join([names[0], names[2], names[1]]))
    text = text.replace(f"images/{LACKING}_2.jpg", "images/new.jpg")
    sample.write_text(text, encoding="utf-8")
    _build(tmp_path, images="all")
    after = _read_places(tmp_path)
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    assert len(gone) == len(new) == 1
    assert {name: after[name] for name in before.keys() & after.keys()} == {
        name: place for name, place in before.items() if name not in gone
    }
    assert len([name for name in after if name.startswith(f"{vivid}.")]) == 2
    # neither is a post that came or went
    changes = tmp_path / "site/data/changes.json"
    assert not changes.is_file() or not any(json.loads(changes.read_text())[kind] for kind in ("new", "gone"))

    # with first images alone, the others leave, and the posts stay
    _build(tmp_path)
    assert _read_places(tmp_path) == {name: place for name, place in after.items() if "." not in name}
    assert not changes.is_file() or not any(json.loads(changes.read_text())[kind] for kind in ("new", "gone"))


@needs_av
def test_scenes_of_a_video_are_its_further_images_and_go_with_it(tmp_path: Path) -> None:
    sample = _write_sample(tmp_path / "sample")
    scenes = [draw_tinted(tint) for tint in (1, 2, 4)]
    frames = [frame for scene, count in zip(scenes, (20, 10, 10), strict=True) for frame in [scene] * count]
    (sample.parent / "images/reel.mp4").write_bytes(encode_video(frames))
    with sample.open("a", encoding="utf-8") as file:
        file.write("House A,images/reel.mp4,,,A reel,https://example.com/p/REEL/\n")
    _build(tmp_path)
    assert "images" not in _read(tmp_path)
    _build(tmp_path, images="all")
    told = _read(tmp_path)
    [reel] = [post for post in told["posts"] if post["thumbnail"].endswith(".mp4")]
    shown = [image for image in told["images"] if image["post"] == reel["id"]]
    assert reel["format"] == "video"
    assert [image["thumbnail"] for image in shown] == [f"images/reel.mp4#scene={number}" for number in (2, 3)]
    digests = [image["image_sha256"] for image in shown]
    store = Store(tmp_path / "cache")
    assert all(store.has("images", sha256) for sha256 in digests)
    assert all((tmp_path / f"site/images/{sha256[:16]}.jpg").is_file() for sha256 in digests)

    _build(tmp_path, images="all", exclude=("https://example.com/p/REEL/",))
    assert reel["id"] not in {post["id"] for post in _read(tmp_path)["posts"]}
    store = Store(tmp_path / "cache")
    for sha256 in digests:
        assert not store.has("images", sha256) and not store.keys("pictures", mark_image(sha256))
        assert not (tmp_path / f"site/images/{sha256[:16]}.jpg").exists()
