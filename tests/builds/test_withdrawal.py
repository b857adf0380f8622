"""A withdrawn post: no byte of it and no pixel of its image is left in the site, its archive or the cache."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from generator.cache.store import Store, mark_image
from generator.collection.withdrawal import Withdrawal
from generator.digests import digest_of
from generator.history.previous import find_previous
from generator.images.places import ImagePlaces
from generator.pipeline.build import Summary, build_site
from generator.pipeline.dry_run import plan_build
from generator.pipeline.run import Run
from generator.progress import SilentProgress
from generator.settings import Settings
from generator.settings.load import load_settings
from generator.site.archive import zip_site
from generator.spreadsheet.sources import find_inputs
from tests.support.drawn import draw_image
from tests.support.site_bytes import read_files

BUILT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
#: The row that is withdrawn, and what only it says.
INDEX, ROW = 7, 9
CAPTION = "Zanzibarwithdrawn caption"
LINK = "https://example.com/p/P00007"
NAME = "0007.jpg"


def _draw_vivid() -> Image.Image:
    """A picture of a colour that no other has, with enough in it to be told by its perceptual hash."""
    image = Image.new("RGB", (90, 120), (255, 0, 255))
    pen = ImageDraw.Draw(image)
    pen.ellipse((5, 15, 50, 60), fill=(200, 0, 200))
    pen.rectangle((40, 70, 85, 95), fill=(255, 40, 230))
    return image


def _settings(**flags: Any) -> Settings:
    return load_settings(
        environment={},
        flags={
            "model": "builtin",
            "allow_private": True,
            "scatter_size": 400,
            "flat_size": 600,
            "disturbed": 4,
            **flags,
        },
    )


def _build(sample: Path, folder: Path, warnings: list[str] | None = None, **flags: Any) -> Summary:
    store = Store(folder / "cache")
    return build_site(
        find_inputs([sample]), folder / "site", Run(_settings(**flags), store, SilentProgress(warnings), BUILT)
    )


def _report(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "site/data/report.json").read_text(encoding="utf-8"))
    return content


def _paths(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*")]


def _traces(folder: Path, post: dict[str, Any], original: bytes) -> dict[str, bytes]:
    """All by which the post or its image could be known, by what it is; from the site and cache that still have it."""
    sha256 = hashlib.sha256(original).hexdigest()
    store = Store(folder / "cache")
    kept = {
        kind: store.get(kind, key)
        for kind in ("pictures", "cells", "traits", "embeddings")
        for key in store.keys(kind, mark_image(sha256))
    }
    assert len(kept) == 4 and all(kept.values())
    assert kept["pictures"] == (folder / "site/images" / f"{sha256[:16]}.jpg").read_bytes()
    return {
        "id": post["id"].encode(),
        "crc of the id": zlib.crc32(post["id"].encode()).to_bytes(4, "little"),
        "permalink": LINK.encode(),
        "code": b"P00007",
        "name": NAME.encode(),
        "caption": CAPTION.encode(),
        "first word": b"Zanzibarwithdrawn",
        "sha256": sha256[:16].encode(),
        "sha256 as bytes": bytes.fromhex(sha256[:16]),
        "image": original,
        "a part of the image": original[len(original) // 2 :][:200],
        **{kind: data for kind, data in kept.items() if data},
    }


def _find(traces: dict[str, bytes], files: dict[str, bytes], names: list[str]) -> dict[str, list[str]]:
    """What of `traces` is in which files, or in the names of which."""
    found = {}
    for what, trace in traces.items():
        if what == "crc of the id":  # four bytes are found anywhere by chance
            places = [name for name in files if "pictures.js" in name and "#" in name and trace in files[name]]
        else:
            places = [name for name, data in files.items() if trace in data]
            places += [name for name in names if trace.decode("latin-1") in name]
        if places:
            found[what] = places
    return found


def _shows_vivid(data: bytes) -> bool:
    """Whether an image has more than a few pixels that are red and blue but not green."""
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.int16)
    return int(((pixels[..., 0] - pixels[..., 1] > 60) & (pixels[..., 2] - pixels[..., 1] > 60)).sum()) > 4


def _vivid_files(files: dict[str, bytes]) -> list[str]:
    images = {name: data for name, data in files.items() if data[:3] == b"\xff\xd8\xff" or data[:4] == b"\x89PNG"}
    return [name for name, data in images.items() if _shows_vivid(data)]


def _check_nothing_left(folder: Path, traces: dict[str, bytes], posts: int) -> None:
    zip_site(folder / "site", folder / "out/report.zip")
    for part in ("site", "out", "cache"):
        files = read_files(folder / part)
        assert _find(traces, files, _paths(folder / part)) == {}, part
        assert _vivid_files(files) == [], part
    store = Store(folder / "cache")
    counts = {"maps": "points", "clusters": "labels", "lattices": "column", "neighbours": "near"}
    for kind, array in counts.items():
        for key in store.keys(kind):
            with np.load(io.BytesIO(store.get(kind, key) or b"")) as arrays:
                assert len(arrays[array]) == posts, kind
    assert [path.name for path in folder.iterdir() if path.name.startswith(".site")] == []


def _write_sample(folder: Path, posts: int, address: str = "images/", extra: tuple[str, ...] = ()) -> Path:
    """A sample of drawn posts, one of them vivid, whose images lie at `address`; `extra` are more lines."""
    images = folder / "sample/images"
    images.mkdir(parents=True, exist_ok=True)
    lines = ["brand,thumbnail,caption,likes,published,permalink"]
    for index in range(posts):
        name = f"{index:04d}.jpg"
        image = _draw_vivid() if index == INDEX else draw_image(index % 5, index)
        image.save(images / name, quality=85)
        caption = CAPTION if index == INDEX else f"Look {index} #theme{index % 5}"
        link = f"https://example.com/p/P{index:05d}/"
        brand = f"House {'ABC'[index % 3]}"
        lines.append(f"{brand},{address}{name},{caption},{100 + index},2026-{index % 12 + 1:02d}-03,{link}")
    sample = folder / "sample/posts.csv"
    sample.write_text("\n".join([*lines, *extra]) + "\n", encoding="utf-8")
    return sample


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sample of 40 posts, its site and its cache, made before anything was withdrawn."""
    folder = tmp_path_factory.mktemp("before")
    _build(_write_sample(folder, 40), folder)
    return folder


def _named(folder: Path, kind: str) -> str:
    post = next(post for post in _report(folder)["posts"] if post["row"] == ROW)
    return {"id": post["id"], "permalink": LINK.upper().replace("/P/P", "/p/P") + "?utm=1", "file": NAME}[kind]


@pytest.mark.parametrize("kind", ["id", "permalink", "file"])
def test_nothing_is_left_of_a_withdrawn_post(before: Path, tmp_path: Path, kind: str) -> None:
    sample = _copy(before, tmp_path)
    original = (sample.parent / "images" / NAME).read_bytes()
    post = next(post for post in _report(tmp_path)["posts"] if post["row"] == ROW)
    traces = _traces(tmp_path, post, original)
    site = read_files(tmp_path / "site")
    # the search finds what is there
    assert _find(traces, site, _paths(tmp_path / "site")).keys() >= traces.keys() - {
        "cells", "traits", "embeddings", "image", "a part of the image",
    }  # fmt: skip
    cached = _find(traces, read_files(tmp_path / "cache"), _paths(tmp_path / "cache"))
    assert cached.keys() >= {"permalink", "caption", "name", "sha256", "pictures", "cells", "traits", "embeddings"}
    shown = _vivid_files(site)
    assert {name.partition("/")[0].partition("#")[0] for name in shown} >= {"images", "mosaics", "index.html"}
    assert {"mosaics/scatter.jpg", "mosaics/all.jpg"} <= set(shown)
    untouched = read_files(sample.parent)

    summary = _build(sample, tmp_path, exclude=[_named(tmp_path, kind)])
    assert summary.figures["refused"] == {"withdrawn": 1}
    assert (summary.figures["rows"], summary.figures["posts"]) == (40, 39)
    _check_nothing_left(tmp_path, traces, 39)
    assert _report(tmp_path)["refused"] == [
        {"table": "", "row": ROW, "reason": "withdrawn", "detail": "", "brand": "", "thumbnail": ""}
    ]
    assert "The post was withdrawn." in (tmp_path / "site/data.html").read_text(encoding="utf-8")
    assert read_files(sample.parent) == untouched


def _copy(before: Path, folder: Path) -> Path:
    """The site and cache of `before` in a folder of their own. The sample stays: the cache knows files by path."""
    for name in ("site", "cache"):
        shutil.copytree(before / name, folder / name)
    return before / "sample/posts.csv"


def test_a_withdrawn_post_stays_away_and_comes_back_when_its_entry_goes(before: Path, tmp_path: Path) -> None:
    sample = _copy(before, tmp_path)
    original = (sample.parent / "images" / NAME).read_bytes()
    post = next(post for post in _report(tmp_path)["posts"] if post["row"] == ROW)
    traces = _traces(tmp_path, post, original)
    assert _build(sample, tmp_path, exclude=[NAME]).changed
    assert not _build(sample, tmp_path, exclude=[NAME]).changed
    assert _build(sample, tmp_path).figures["refused"] == {}
    assert _find(traces, read_files(tmp_path / "cache"), []).keys() >= {"caption", "pictures"}
    assert _build(sample, tmp_path, exclude=[NAME]).figures["posts"] == 39
    _check_nothing_left(tmp_path, traces, 39)


def test_a_dry_run_takes_nothing_out(before: Path, tmp_path: Path) -> None:
    sample = _copy(before, tmp_path)
    cached = read_files(tmp_path / "cache")
    settings, store = _settings(exclude=[NAME]), Store(tmp_path / "cache")
    steps = {
        step.name: step
        for step in plan_build(find_inputs([sample]), tmp_path / "site", Run(settings, store, SilentProgress(), BUILT))
    }
    assert (steps["posts"].kept, steps["features"].to_do) == (39, 1)
    assert read_files(tmp_path / "cache") == cached


def test_work_that_earlier_versions_kept_of_images_goes_too(before: Path, tmp_path: Path) -> None:
    sample = _copy(before, tmp_path)
    store = Store(tmp_path / "cache")
    store.put("pictures", digest_of("1", "sha256", "400"), b"made by an earlier version")
    kept = len(store.keys("pictures"))
    _build(sample, tmp_path, exclude=[NAME])
    assert len(store.keys("pictures")) == kept - 2
    assert not any(b"earlier version" in data for data in read_files(tmp_path / "cache").values())


def test_an_entry_that_fits_no_row_is_said_and_costs_nothing(before: Path, tmp_path: Path) -> None:
    sample = _copy(before, tmp_path)
    kept = Store(tmp_path / "cache").keys("neighbours")
    for _ in range(2):  # as the table is read, and as it is taken from the cache
        warnings: list[str] = []
        assert _build(sample, tmp_path, warnings, exclude=["nowhere.jpg"]).figures["posts"] == 40
        assert len(warnings) == 1 and "nowhere.jpg" in warnings[0] and "no row" in warnings[0]
    assert Store(tmp_path / "cache").keys("neighbours") == kept
    assert not any(b"nowhere" in data for data in read_files(tmp_path / "cache").values())


@pytest.mark.parametrize("entry", ["permalink", "file"])
def test_a_row_that_was_removed_before_is_still_found_in_the_cache(before: Path, tmp_path: Path, entry: str) -> None:
    sample = _copy(before, tmp_path)
    original = (sample.parent / "images" / NAME).read_bytes()
    post = next(post for post in _report(tmp_path)["posts"] if post["row"] == ROW)
    traces = _traces(tmp_path, post, original)
    shorter = sample.with_name("shorter.csv")
    lines = sample.read_text(encoding="utf-8").splitlines()
    shorter.write_text("\n".join(lines[: ROW - 1] + lines[ROW:]), encoding="utf-8")
    warnings: list[str] = []
    _build(shorter, tmp_path, warnings, exclude=[{"permalink": LINK, "file": f"images/{NAME}"}[entry]])
    shorter.unlink()
    assert any("no row" in warning for warning in warnings)
    _check_nothing_left(tmp_path, traces, 39)


def test_what_changed_since_the_report_before_says_nothing_of_it(before: Path, tmp_path: Path) -> None:
    sample = _copy(before, tmp_path)
    original = (sample.parent / "images" / NAME).read_bytes()
    posts = {post["row"]: post for post in _report(tmp_path)["posts"]}
    traces = _traces(tmp_path, posts[ROW], original)
    shorter = sample.with_name("shorter.csv")
    lines = sample.read_text(encoding="utf-8").splitlines()
    shorter.write_text("\n".join(lines[:2] + lines[3:]), encoding="utf-8")
    _build(shorter, tmp_path, exclude=[LINK])
    shorter.unlink()
    told = json.loads((tmp_path / "site/data/changes.json").read_text(encoding="utf-8"))
    assert [post["id"] for post in told["gone"]] == [posts[3]["id"]]
    _check_nothing_left(tmp_path, traces, 38)


def test_other_posts_of_the_image_go_with_it_and_near_copies_are_named(tmp_path: Path) -> None:
    extra = (
        "House B,images/twin.jpg,twin caption,1,2026-01-01,https://example.com/p/TWIN",
        "House C,images/near.jpg,near caption,1,2026-01-01,https://example.com/p/NEAR",
    )
    sample = _write_sample(tmp_path, 12, extra=extra)
    images = sample.parent / "images"
    shutil.copy(images / NAME, images / "twin.jpg")
    _draw_vivid().resize((72, 96)).save(images / "near.jpg", quality=60)
    _build(sample, tmp_path)
    (tmp_path / "site.zip").write_bytes(b"an earlier archive")
    warnings: list[str] = []
    assert _build(sample, tmp_path, warnings, exclude=[NAME]).figures["refused"] == {"withdrawn": 2}
    assert len(warnings) == 3
    assert "1 row (14)" in warnings[0] and "withdrawn image" in warnings[0]
    assert "1 row (15)" in warnings[1] and "Nearly like" in warnings[1]
    assert "site.zip" in warnings[2]
    for part in ("site", "cache"):
        files = read_files(tmp_path / part)
        assert not any(b"twin" in data or b"TWIN" in data for data in files.values())
    assert b"near caption" in (tmp_path / "site/data/report.json").read_bytes()
    # the copy is told from the file that takes its place
    draw_image(1, 99).save(images / "twin.jpg")
    warnings.clear()
    assert _build(sample, tmp_path, warnings, exclude=[NAME]).figures["refused"] == {"withdrawn": 1}
    assert warnings == []


class _Server(ThreadingHTTPServer):
    asked: Counter[str]


class _Handler(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        self.server.asked[self.path.rpartition("/")[2]] += 1
        super().do_GET()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextmanager
def _serve(folder: Path) -> Iterator[_Server]:
    """The files of a folder over HTTP, counting what is asked for."""
    server = _Server(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    server.asked = Counter()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_nothing_is_left_of_an_image_that_was_downloaded(tmp_path: Path) -> None:
    (tmp_path / "sample/images").mkdir(parents=True)
    with _serve(tmp_path / "sample/images") as server:
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        twin = f"House B,{address}twin.jpg,twin caption,1,2026-01-01,https://example.com/p/TWIN"
        sample = _write_sample(tmp_path, 20, address, (twin,))
        original = (sample.parent / "images" / NAME).read_bytes()
        (sample.parent / "images/twin.jpg").write_bytes(original)
        (sample.parent / "images/again.jpg").write_bytes(original)
        _build(sample, tmp_path)
        post = next(post for post in _report(tmp_path)["posts"] if post["row"] == ROW)
        traces = {**_traces(tmp_path, post, original), "twin": b"twin", "address": f"{address}{NAME}".encode()}
        assert "image" in _find(traces, read_files(tmp_path / "cache"), [])
        server.asked.clear()

        warnings: list[str] = []
        assert _build(sample, tmp_path, warnings, exclude=[LINK]).figures["refused"] == {"withdrawn": 2}
        assert len(warnings) == 1 and "1 row (22)" in warnings[0]
        _check_nothing_left(tmp_path, traces, 19)
        assert _build(sample, tmp_path, exclude=[LINK]).figures["refused"] == {"withdrawn": 2}
        assert not server.asked

        # the image at an address not seen before is known again, though its bytes are gone
        again = twin.replace("twin.jpg", "again.jpg").replace("twin", "again").replace("TWIN", "AGAIN")
        sample.write_text(sample.read_text(encoding="utf-8") + again + "\n", encoding="utf-8")
        for _ in range(2):
            assert _build(sample, tmp_path, exclude=[LINK]).figures["refused"] == {"withdrawn": 3}
            _check_nothing_left(tmp_path, {**traces, "again": b"again.jpg", "its caption": b"again caption"}, 19)
        assert server.asked == {"again.jpg": 1}

        assert _build(sample, tmp_path).figures["posts"] == 22
        assert server.asked == {"again.jpg": 2, "twin.jpg": 1, NAME: 1}


def test_an_image_is_known_from_the_report_where_the_cache_never_had_it(tmp_path: Path) -> None:
    (tmp_path / "sample/images").mkdir(parents=True)
    with _serve(tmp_path / "sample/images") as server:
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        sample = _write_sample(tmp_path, 12, address, (f"House B,{address}twin.jpg,twin caption,1,2026-01-01,",))
        shutil.copy(sample.parent / "images" / NAME, sample.parent / "images/twin.jpg")
        _build(sample, tmp_path)
        shutil.rmtree(tmp_path / "cache")
        for _ in range(2):
            assert _build(sample, tmp_path, exclude=[LINK]).figures["refused"] == {"withdrawn": 2}
        assert server.asked["twin.jpg"] == 2  # once to be known by its bytes


def test_an_earlier_report_says_nothing_more_of_a_withdrawn_post(before: Path, tmp_path: Path) -> None:
    sample = _copy(before, tmp_path)
    previous = find_previous(tmp_path / "site")
    assert previous is not None
    place = next(index for index, post in enumerate(previous.posts) if post.thumbnail.endswith(NAME))
    gone = previous.posts[place]
    settings = _settings(exclude=[gone.id])
    withdrawal = Withdrawal(ImagePlaces(sample.parent), settings, Store(tmp_path / "cache"), SilentProgress())
    told = replace(previous, changes={"gone": [{"brand": "A", "id": "secret", "picture": "images/x.jpg"}]})
    withheld = withdrawal.withhold(told)
    assert withheld.changes == {"gone": [{"brand": "A", "id": "", "picture": ""}]}
    assert [post for index, post in enumerate(withheld.posts) if index != place] == [
        post for index, post in enumerate(previous.posts) if index != place
    ]
    assert (withheld.posts[place].x, withheld.posts[place].column) == (gone.x, gone.column)
    words = (gone.id, gone.image, gone.thumbnail, gone.permalink or "")
    said = str([withheld.posts, withheld.brands, withheld.clusters])
    assert [word for word in words if word in said] == []
    assert withdrawal.covers(gone.image)


def test_an_address_that_was_never_fetched_is_not_asked_for(tmp_path: Path) -> None:
    (tmp_path / "sample/images").mkdir(parents=True)
    with _serve(tmp_path / "sample/images") as server:
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        sample = _write_sample(tmp_path, 8, address)
        _build(sample, tmp_path, exclude=[f"{address}{NAME}"])
        assert sorted(server.asked) == [f"{index:04d}.jpg" for index in range(8) if index != INDEX]


def test_an_image_is_withdrawn_by_its_sha256_where_nothing_else_is_known_of_it(tmp_path: Path) -> None:
    sample = _write_sample(tmp_path, 8)
    sha256 = hashlib.sha256((sample.parent / "images" / NAME).read_bytes()).hexdigest()
    assert _build(sample, tmp_path, exclude=[sha256]).figures["refused"] == {"withdrawn": 1}
    assert not any(sha256[:16] in name for name in _paths(tmp_path / "site"))


@pytest.mark.parametrize("entry", [rf"C:\veille\images\{NAME}", f"images/{NAME}", NAME, LINK])
def test_a_post_whose_file_was_found_by_its_name_is_withdrawn_like_any_other(tmp_path: Path, entry: str) -> None:
    (tmp_path / "sample/images").mkdir(parents=True)
    sample = _write_sample(tmp_path, 8, "C:\\veille\\images\\")
    digest = hashlib.sha256((sample.parent / "images" / NAME).read_bytes()).hexdigest()
    assert _build(sample, tmp_path).figures["posts"] == 8
    for _ in range(2):
        assert _build(sample, tmp_path, exclude=[entry]).figures["refused"] == {"withdrawn": 1}
    assert digest[:16].encode() not in b"".join(read_files(tmp_path / "site").values())
    assert digest.encode() not in b"".join(read_files(tmp_path / "cache").values())
