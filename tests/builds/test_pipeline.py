"""The whole job on a drawn spreadsheet: what is built, what is kept, and what a fault leaves behind."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generator.cache.store import Store
from generator.errors import MissingImagesError, SettingsError, SpreadsheetError
from generator.maps import structure
from generator.pipeline import build, dry_run
from generator.pipeline.run import Run
from generator.processes import ProcessPool
from generator.progress import SilentProgress
from generator.similarity import neighbours
from generator.spreadsheet.sources import find_inputs
from tests.support.builds import BUILT, quick_settings
from tests.support.drawn import SampleMaker
from tests.support.misbehaving_server import run_server
from tests.support.quick_command import quick_environment


def _build(spreadsheet: Path, tmp_path: Path, **flags: Any) -> build.Summary:
    store = Store(tmp_path / "cache")
    return build.build_site(
        find_inputs([spreadsheet]), tmp_path / "site", Run(quick_settings(**flags), store, SilentProgress(), BUILT)
    )


def _report(tmp_path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((tmp_path / "site/data/report.json").read_text(encoding="utf-8"))
    return content


def _bytes(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def test_a_report_holds_every_post_once_in_a_cell_of_its_own(make_sample: SampleMaker, tmp_path: Path) -> None:
    summary = _build(make_sample(60), tmp_path)
    report = _report(tmp_path)
    assert summary.changed
    assert report["counts"] == {"rows": 60, "posts": 60, "images": 60, "refused": {}}
    assert len({post["id"] for post in report["posts"]}) == 60
    assert len({(post["column"], post["line"]) for post in report["posts"]}) == 60
    assert [brand["posts"] for brand in report["brands"]] == [20, 20, 20]
    assert sum(cluster["posts"] for cluster in report["clusters"]) == sum(
        post["cluster"] is not None for post in report["posts"]
    )
    assert report["method"]["model"] == "efficientnetlite0"
    for name in ("index.html", "method.html", "data.html", "data/posts.csv", "data/report.xlsx", "data/manifest.json"):
        assert (tmp_path / "site" / name).stat().st_size > 0
    assert len(list((tmp_path / "site/brands").glob("*.html"))) == 3
    assert Image.open(tmp_path / "site/mosaics/scatter.jpg").size == (400, 400)
    assert (tmp_path / "site/mosaics/scatter-clusters.jpg").exists()
    assert (tmp_path / "site/mosaics/all-names.jpg").exists()


def test_wrong_rows_end_in_the_ledger_and_the_rest_in_the_report(make_sample: SampleMaker, tmp_path: Path) -> None:
    spreadsheet = make_sample(
        30,
        extra=[
            ["House A", "images/none.jpg", "", "1", "", ""],
            ["House A", "../secret.jpg", "", "1", "", ""],
            ["", "images/0001.jpg", "", "1", "", ""],
            ["House A", "", "", "1", "", ""],
            ["House A", "images/text.jpg", "", "1", "", ""],
            ["House A", "images/cut.jpg", "", "1", "", ""],
            ["House A", "images/empty.jpg", "", "1", "", ""],
            ["House A", "ftp://example.com/x.jpg", "", "1", "", ""],
            ["House A", "images/0000.jpg", "Look 0 #theme0", "100", "2026-01-03", "https://example.com/p/P00000/"],
        ],
    )
    images = spreadsheet.parent / "images"
    (images / "text.jpg").write_text("<html>not found</html>")
    (images / "cut.jpg").write_bytes((images / "0001.jpg").read_bytes()[:700])
    (images / "empty.jpg").write_bytes(b"")
    _build(spreadsheet, tmp_path)
    report = _report(tmp_path)
    assert report["counts"]["refused"] == {
        "missing_file": 1,
        "outside_folder": 1,
        "no_brand": 1,
        "no_thumbnail": 1,
        "not_an_image": 1,
        "damaged_image": 1,
        "empty_file": 1,
        "bad_address": 1,
        "duplicate": 1,
    }
    assert (report["counts"]["rows"], report["counts"]["posts"]) == (39, 30)


def test_a_second_build_touches_nothing_and_computes_nothing(
    make_sample: SampleMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spreadsheet = make_sample(50)
    _build(spreadsheet, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "site").rglob("*")}
    monkeypatch.setattr("generator.collection.image_pool.open_decoders", lambda *a, **k: pytest.fail("decoded again"))
    monkeypatch.setattr("generator.maps.tsne.project_map", lambda *a, **k: pytest.fail("mapped again"))
    monkeypatch.setattr("generator.pipeline.table_stage.read_apart", lambda *a, **k: pytest.fail("parsed again"))
    summary = _build(spreadsheet, tmp_path)
    assert not summary.changed
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "site").rglob("*")} == before


def test_a_second_build_imports_neither_tensorflow_nor_scikit_learn(
    make_sample: SampleMaker, tmp_path: Path, compiled_templates: Path
) -> None:
    spreadsheet = make_sample(20)
    code = f"""
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from tests.support.quick_command import main
sys.argv = ["brandscape", "build", {str(spreadsheet)!r}, "-q",
            "--out", {str(tmp_path / "site")!r}, "--cache-dir", {str(tmp_path / "cache")!r}]
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
print(" ".join(name for name in ("tensorflow", "keras", "sklearn", "pandas") if name in sys.modules))
"""
    environment = {**os.environ, **quick_environment(compiled_templates)}
    first, second = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
        for _ in range(2)
    )
    assert "sklearn" in first.stdout and "tensorflow" not in first.stdout
    assert second.stdout.strip() == ""


def test_a_new_setting_reruns_only_what_depends_on_it(
    make_sample: SampleMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spreadsheet = make_sample(60)
    _build(spreadsheet, tmp_path)
    monkeypatch.setattr("generator.collection.image_pool.open_decoders", lambda *a, **k: pytest.fail("decoded again"))
    monkeypatch.setattr("generator.maps.tsne.project_map", lambda *a, **k: pytest.fail("mapped again"))
    # other clusters are judged anew, beside data without groups
    judge = neighbours.nearest_images
    monkeypatch.setattr("generator.maps.structure._find_nearest", lambda features: judge(features, structure._NEAREST))
    monkeypatch.setattr("generator.similarity.neighbours.nearest_images", lambda *a, **k: pytest.fail("compared again"))
    assert _build(spreadsheet, tmp_path, eps="2.5", min_samples="4").changed
    assert _report(tmp_path)["method"]["eps"] == 2.5


def test_the_same_input_gives_the_same_bytes_in_another_place(
    make_sample: SampleMaker, tmp_path: Path, compiled_templates: Path
) -> None:
    """In another folder, under another locale and time zone, with other numbers of workers and cores."""
    code = """
import os, sys
cores = int(sys.argv.pop())
os.sched_getaffinity = lambda process: set(range(cores))
from tests.support.quick_command import main
main()
"""
    for name, workers, cores, locale, zone in (
        ("one", "1", "1", "C", "UTC"),
        ("two", "9", "5", "tr_TR.UTF-8", "Asia/Tokyo"),
    ):
        spreadsheet = make_sample(50, folder=tmp_path / name / "sample")
        arguments = ["build", str(spreadsheet), "--model", "builtin", "--workers", workers, "-q"]
        arguments += ["--out", str(tmp_path / name / "site"), "--cache-dir", str(tmp_path / name / "cache"), cores]
        settings = {"LC_ALL": locale, "TZ": zone, "SOURCE_DATE_EPOCH": "1700000000", "PYTHONHASHSEED": workers}
        settings |= {**quick_environment(compiled_templates), "BRANDSCAPE_DISTURBED": "8"}
        subprocess.run([sys.executable, "-c", code, *arguments], check=True, env={**os.environ, **settings})
    one, two = _bytes(tmp_path / "one/site"), _bytes(tmp_path / "two/site")
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
    assert json.loads(one["data/report.json"])["built"] == "2023-11-14T22:13:20+00:00"


def test_a_mosaic_taken_from_the_old_site_equals_one_drawn(make_sample: SampleMaker, tmp_path: Path) -> None:
    spreadsheet = make_sample(40)
    _build(spreadsheet, tmp_path)
    drawn = {name: data for name, data in _bytes(tmp_path / "site").items() if name.startswith("mosaics/")}
    assert _build(spreadsheet, tmp_path, title="Another title").changed
    kept = {name: data for name, data in _bytes(tmp_path / "site").items() if name.startswith("mosaics/")}
    assert kept == drawn


def test_a_failed_build_leaves_the_old_site(
    make_sample: SampleMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spreadsheet = make_sample(40)
    _build(spreadsheet, tmp_path)
    before = _bytes(tmp_path / "site")

    def fail(*arguments: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("generator.site.data_files.write_exports", fail)
    with pytest.raises(OSError, match="No space"):
        _build(spreadsheet, tmp_path, title="Another title")
    assert _bytes(tmp_path / "site") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "sample", "site"]


def test_an_interrupted_run_goes_on_where_it_stopped(
    make_sample: SampleMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spreadsheet = make_sample(96)
    real, decoded = ProcessPool.run, []

    def count(self: ProcessPool[Any, Any], images: Any) -> Any:
        decoded.extend(images if isinstance(images, list) else [])  # the spreadsheet is read apart too
        if len(decoded) > 80 and interrupts:
            raise KeyboardInterrupt
        return real(self, images)

    monkeypatch.setattr(ProcessPool, "run", count)
    interrupts = True
    with pytest.raises(KeyboardInterrupt):
        _build(spreadsheet, tmp_path)
    assert not (tmp_path / "site").exists()
    interrupts = False
    decoded.clear()
    _build(spreadsheet, tmp_path)
    assert 0 < len(decoded) <= 96 - 32  # what was under way may be lost, what was done is kept
    assert _report(tmp_path)["counts"]["posts"] == 96


@pytest.mark.parametrize(("posts", "clusters"), [(5, 0), (12, 0), (49, 0)])
def test_few_images_give_a_report_without_clusters(
    make_sample: SampleMaker, tmp_path: Path, posts: int, clusters: int
) -> None:
    _build(make_sample(posts), tmp_path)
    assert len(_report(tmp_path)["clusters"]) == clusters
    assert (tmp_path / "site/index.html").exists()


def test_fewer_than_five_images_are_a_clear_error(make_sample: SampleMaker, tmp_path: Path) -> None:
    with pytest.raises(SpreadsheetError, match="4 usable posts"):
        _build(make_sample(4), tmp_path)
    spreadsheet = make_sample(8, folder=tmp_path / "other")
    for image in list((spreadsheet.parent / "images").iterdir())[:5]:
        image.unlink()
    with pytest.raises(MissingImagesError, match="Only 3 of 8 images"):
        _build(spreadsheet, tmp_path)
    assert not (tmp_path / "site").exists()


def test_vectors_brought_and_saved_give_the_same_map(make_sample: SampleMaker, tmp_path: Path) -> None:
    spreadsheet = make_sample(40)
    vectors = np.random.default_rng(0).normal(size=(40, 12)).astype(np.float32)
    np.save(tmp_path / "mine.npy", vectors)
    saved = tmp_path / "saved.h5"
    _build(spreadsheet, tmp_path, vectors=tmp_path / "mine.npy", save_vectors=saved)
    first = _report(tmp_path)
    assert first["method"]["model"] == "vectors"
    _build(spreadsheet, tmp_path, vectors=saved)
    second = _report(tmp_path)
    places = [[(post["x"], post["y"]) for post in report["posts"]] for report in (first, second)]
    assert places[0] == places[1]


def test_posts_without_a_vector_are_in_the_ledger(make_sample: SampleMaker, tmp_path: Path) -> None:
    from generator.embedding.vector_files import save_vectors

    spreadsheet = make_sample(20)
    names = [f"images/{index:04d}.jpg" for index in range(15)]
    save_vectors(tmp_path / "v.npy", names, np.random.default_rng(0).normal(size=(15, 6)).astype(np.float32))
    _build(spreadsheet, tmp_path, vectors=tmp_path / "v.npy")
    assert _report(tmp_path)["counts"]["refused"] == {"no_vector": 5}


def test_nearest_images_are_those_of_the_features(make_sample: SampleMaker, tmp_path: Path) -> None:
    spreadsheet = make_sample(20)
    vectors = np.zeros((20, 2), np.float32)
    angles = np.random.default_rng(0).permutation(20) * 0.1
    vectors[:, 0], vectors[:, 1] = np.cos(angles), np.sin(angles)
    np.save(tmp_path / "mine.npy", vectors)
    _build(spreadsheet, tmp_path, vectors=tmp_path / "mine.npy", colour=0, composition=0)
    script = (tmp_path / "site/data/details-000.js").read_text(encoding="utf-8")
    texts = json.loads(script[script.index("{") : script.rindex("}") + 1])
    assert texts["id"] == [post["id"] for post in _report(tmp_path)["posts"]]
    for index, near in enumerate(texts["near"]):
        steps = np.round(10 * np.abs(angles[near] - angles[index])).astype(int).tolist()
        assert steps == sorted(np.round(10 * np.abs(np.delete(angles, index) - angles[index])).astype(int))[:10]


def test_a_dry_run_says_what_is_kept_and_writes_nothing(make_sample: SampleMaker, tmp_path: Path) -> None:
    spreadsheet = make_sample(40)
    store = Store(tmp_path / "cache")
    steps = {
        step.name: step
        for step in dry_run.plan_build(
            find_inputs([spreadsheet]), tmp_path / "site", Run(quick_settings(), store, SilentProgress(), BUILT)
        )
    }
    assert (steps["images"].kept, steps["images"].to_do) == (0, 40)
    assert not (tmp_path / "site").exists()
    _build(spreadsheet, tmp_path)
    again = dry_run.plan_build(
        find_inputs([spreadsheet]), tmp_path / "site", Run(quick_settings(), store, SilentProgress(), BUILT)
    )
    assert all(step.to_do == 0 for step in again)
    other = dry_run.plan_build(
        find_inputs([spreadsheet]),
        tmp_path / "site",
        Run(quick_settings(eps="2.0", min_samples="5"), store, SilentProgress(), BUILT),
    )
    assert [step.name for step in other if step.to_do] == ["clusters", "site"]


def test_another_folder_is_never_replaced(make_sample: SampleMaker, tmp_path: Path) -> None:
    spreadsheet = make_sample(10)
    (tmp_path / "site").mkdir()
    (tmp_path / "site/thesis.doc").write_text("years of work")
    with pytest.raises(SettingsError, match="not be replaced"):
        _build(spreadsheet, tmp_path)


def test_the_summary_is_plain_data(make_sample: SampleMaker, tmp_path: Path) -> None:
    summary = _build(make_sample(10), tmp_path)
    assert json.loads(json.dumps(dataclasses.asdict(summary), default=str))["figures"]["posts"] == 10


def test_images_are_decoded_and_embedded_while_others_are_downloaded(tmp_path: Path) -> None:
    with run_server() as server:
        rows = [f"House {n % 3},{server.url('a' * n + '.jpg')}" for n in range(1, 53)] + [
            f"House 0,{server.url('wait.jpg')}"
        ]
        spreadsheet = tmp_path / "posts.csv"
        spreadsheet.write_text("brand,thumbnail\n" + "\n".join(rows))
        with ThreadPoolExecutor(1) as pool:
            build = pool.submit(_build, spreadsheet, tmp_path, allow_private=True)
            store = Store(tmp_path / "cache")
            deadline = time.monotonic() + 600  # bounds a hang alone
            while len(store.keys("embeddings")) < 32 and time.monotonic() < deadline:
                time.sleep(0.05)
            done_before = len(store.keys("embeddings"))
            server.gate.set()
            assert build.result().figures["posts"] == 53
    assert done_before >= 32
