"""Whole reports of other mixes, several maps and examples: what follows which map, what stays, and what is told."""

from __future__ import annotations

import base64
import csv
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.cache.store import Store, mark_image
from generator.cli import main
from generator.errors import SettingsError
from generator.images.perturb import PERTURBATIONS
from generator.mosaics.script import decode_mosaic, read_call
from generator.pipeline import build, dry_run
from generator.pipeline.build import Baseline
from generator.pipeline.run import Run
from generator.progress import SilentProgress
from generator.settings.load import load_settings
from generator.site.verify import verify_site
from generator.spreadsheet.sources import find_inputs
from tests.support.drawn import draw_image, write_sample

BUILT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
POSTS = 60
MAPS = """
[[maps]]
name = "Content"
content = 1

[[maps]]
name = "Couleurs & tons"
colour = 1
"""


class House:
    """A spreadsheet, its report and its cache in one folder."""

    def __init__(self, folder: Path, spreadsheet: Path) -> None:
        self.folder, self.spreadsheet, self.site = folder, spreadsheet, folder / "site"
        self.beside = spreadsheet.parent
        self.warnings: list[str] = []
        self.summary: build.Summary | None = None

    def settings(self, toml: str = "", **flags: Any) -> Any:
        file = self.folder / "brandscape.toml"
        file.write_text(toml, encoding="utf-8")
        quick = {"model": "builtin", "disturbed": 0, "scatter_size": 200, "flat_size": 300, "perplexity": 5}
        return load_settings(file, environment={}, flags={**quick, **flags})

    def build(self, toml: str = "", origin: Baseline | None = None, **flags: Any) -> dict[str, Any]:
        progress = SilentProgress()
        settings, store = self.settings(toml, **flags), Store(self.folder / "cache")
        self.summary = build.build_site(
            find_inputs([self.spreadsheet]), self.site, Run(settings, store, progress, BUILT), origin or Baseline()
        )
        self.warnings = progress.warnings
        report: dict[str, Any] = json.loads((self.site / "data/report.json").read_text(encoding="utf-8"))
        return report

    def call(self, name: str) -> list[Any]:
        return read_call((self.site / "data" / name).read_text(encoding="utf-8"))

    def rows(self) -> list[list[str]]:
        with self.spreadsheet.open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))

    def write(self, rows: list[list[str]]) -> None:
        with self.spreadsheet.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample, and the cache of a report with one map and of one with three."""
    folder = tmp_path_factory.mktemp("first")
    house = House(folder, write_sample(folder / "sample", POSTS))
    house.build()
    house.build(MAPS)
    return folder


@pytest.fixture
def house(first: Path, tmp_path: Path) -> House:
    for name in ("sample", "cache"):
        shutil.copytree(first / name, tmp_path / name)
    return House(tmp_path, tmp_path / "sample/posts.csv")


def _near(house: House, key: str) -> list[list[int]]:
    chunks = sorted(house.site.glob(f"data/why-{key}-*.js"))
    return [row[0] for chunk in chunks for row in house.call(chunk.name)[2]]


def test_another_mix_makes_another_map_of_the_same_posts_and_says_so(house: House) -> None:
    usual = house.build()
    assert usual["similarity"]["weights"] == {"content": 0.5, "colour": 0.15, "composition": 0.35}
    colour = house.build(content=0, colour=2, composition=0)
    assert colour["similarity"]["weights"] == {"colour": 1.0}
    assert [post["id"] for post in colour["posts"]] == [post["id"] for post in usual["posts"]]
    assert [post["x"] for post in colour["posts"]] != [post["x"] for post in usual["posts"]]
    assert colour["map"]["basis"] != usual["map"]["basis"]
    assert json.loads((house.site / "data/changes.json").read_text(encoding="utf-8"))["why"] == "features"
    page = (house.site / "method.html").read_text(encoding="utf-8")
    assert "Images are alike in three ways" in page and "100%" in page


def test_every_map_has_its_cells_for_every_mosaic_and_its_own_neighbours(house: House) -> None:
    report = house.build(MAPS)
    posts = house.call("posts.js")[0]
    keys = [shown["key"] for shown in posts["maps"]]
    assert keys == ["overall", "m-content", "m-couleurs-and-tons"]
    assert [shown["name"] for shown in posts["maps"]] == ["Overall", "Content", "Couleurs & tons"]
    mosaics = [path.stem for path in house.site.glob("data/mosaic-*.js") if "--" not in path.stem]
    assert len(mosaics) == 1 + len(report["brands"]) + len(report["clusters"]) + any(
        post["cluster"] is None for post in report["posts"]
    )
    for mosaic in mosaics:
        _, members = decode_mosaic((house.site / f"data/{mosaic}.js").read_text(encoding="utf-8"))
        for key in keys[1:]:
            content = house.call(f"{mosaic}--{key}.js")[0]
            assert (content["name"], content["of"]) == (f"{mosaic[7:]}--{key}", mosaic[7:])
            lattice, same = decode_mosaic((house.site / f"data/{mosaic}--{key}.js").read_text(encoding="utf-8"))
            assert same == members
            assert len(set(zip(lattice.column.tolist(), lattice.line.tolist(), strict=True))) == len(members)
    main, colour = _near(house, "overall"), _near(house, "m-couleurs-and-tons")
    assert len(main) == len(colour) == len(report["posts"]) and main != colour
    assert all(len(row) == 10 and index not in row for index, row in enumerate(colour))
    assert verify_site(house.site)


def test_the_main_map_is_the_one_asked_for_and_clusters_follow_it(house: House) -> None:
    content = house.build(content=1, colour=0, composition=0)
    named = house.build(MAPS, main_map="content", origin=Baseline(fresh=True))
    assert named["similarity"]["name"] == "Content"
    places = [[post["x"], post["y"], post["cluster"]] for post in named["posts"]]
    assert places == [[post["x"], post["y"], post["cluster"]] for post in content["posts"]]
    assert [shown["name"] for shown in named["maps"]] == ["Couleurs & tons"]
    with pytest.raises(SettingsError, match="main_map"):
        house.build(MAPS, main_map="Texture")


def test_further_maps_stay_when_posts_come_and_go(house: House) -> None:
    before = house.build(MAPS)
    rows = house.rows()
    for index in range(300, 306):
        draw_image(index % 5, index).save(house.beside / f"images/{index:04d}.jpg", quality=85)
        rows.append(["House B", f"images/{index:04d}.jpg", "new", "10", "2026-12-01", ""])
    house.write([*rows[:5], *rows[8:]])  # three are gone, six new
    after = house.build(MAPS)
    ids = [post["id"] for post in after["posts"]]
    for old, new in zip(before["maps"], after["maps"], strict=True):
        assert (new["key"], new["made"], new["placed"]) == (old["key"], old["made"], 6)
        kept = dict(zip([post["id"] for post in before["posts"]], old["places"], strict=True))
        same = [new["places"][place] == kept[post] for place, post in enumerate(ids) if post in kept]
        assert len(same) == POSTS - 3 and all(same)
    # a map that was not there before is made from all posts
    added = house.build(MAPS + '[[maps]]\nname = "Form"\ncomposition = 1\n')
    assert [shown["placed"] for shown in added["maps"]] == [6, 6, 0]
    assert [shown["places"] for shown in added["maps"][:2]] == [shown["places"] for shown in after["maps"]]


def test_an_earlier_report_with_a_damaged_map_is_not_gone_on_from(house: House) -> None:
    report = house.build(MAPS)
    path = house.site / "data/report.json"
    report["maps"][0]["places"][0] = [1e9, 0, 0, 0]
    path.write_text(json.dumps(report), encoding="utf-8")
    with pytest.raises(SettingsError, match="holds no report that can be read"):
        house.build(MAPS, origin=Baseline(previous=house.site))


def test_hidden_posts_are_on_no_map_and_nobodys_neighbours(house: House) -> None:
    report = house.build(MAPS)
    hidden = [post["id"] for post in report["posts"][:4]]
    (house.beside / "clusters.toml").write_text(f"version = 1\n[hidden]\nposts = {json.dumps(hidden)}\n")
    after = house.build(MAPS)
    assert len(after["posts"]) == POSTS - 4 and all(len(shown["places"]) == POSTS - 4 for shown in after["maps"])
    for key in ("overall", "m-content"):
        near = _near(house, key)
        assert len(near) == POSTS - 4 and max(map(max, near)) < POSTS - 4
    kept = dict(zip([post["id"] for post in report["posts"]], report["maps"][0]["places"], strict=True))
    assert [kept[post["id"]] for post in after["posts"]] == after["maps"][0]["places"]


def test_what_neighbours_share_is_told_for_each_facet(house: House) -> None:
    house.build()
    posts, rows = house.call("posts.js")[0], house.call("why-overall-000.js")[2]
    facets = posts["facets"]
    # the built-in features say not where in an image they come from
    assert [facet["key"] for facet in facets if facet["marks"]] == ["colour", "composition"]
    details = house.call("details-000.js")[1]["near"]
    size = len(facets) + 3 + 16 * 2
    for (near, text), nearest in zip(rows, details, strict=True):
        assert near == nearest
        records = np.frombuffer(base64.b64decode(text), np.uint8).reshape(len(near), size)
        assert records[:, :3].max() <= 108
        assert records[:, 3:6].max() <= len(posts["tones"])
        assert np.unpackbits(records[:, 6:]).mean() < 0.6
    # what is near overall is nearer than most in each facet
    percents = np.concatenate([np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, size) for _, text in rows])
    assert (np.median(percents[:, :3], axis=0) > 70).all()


@pytest.mark.usefixtures("convert_here")
def test_a_network_says_where_content_lies_and_how_steady_it_is(house: House, own_model: Path) -> None:
    report = house.build(model=str(own_model), disturbed="auto")
    assert [facet["marks"] for facet in house.call("posts.js")[0]["facets"]] == [True, True, True]
    steady = report["similarity"]["nearest_kept"]
    assert report["similarity"]["disturbed_images"] == 24 and list(steady) == list(PERTURBATIONS)
    assert all(0 <= one["low"] <= one["share"] <= one["high"] <= 1 for one in steady.values())
    kept = set((house.folder / "cache/disturbed").rglob("*"))
    house.build(model=str(own_model), disturbed="auto", title="Other")
    assert set((house.folder / "cache/disturbed").rglob("*")) == kept
    off = house.build(model=str(own_model), disturbed=0)
    assert off["similarity"]["nearest_kept"] == {}
    assert "How robust similarity is" not in (house.site / "method.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("convert_here")
def test_a_withdrawn_image_leaves_no_disturbed_copies(house: House, own_model: Path) -> None:
    report = house.build(MAPS, model=str(own_model), disturbed="auto")
    post = min(report["posts"], key=lambda post: post["image_sha256"])
    mark = mark_image(post["image_sha256"])
    copies = house.folder / "cache/disturbed" / mark[:2]
    assert list(copies.glob(f"{mark[2:]}-*"))
    (house.beside / "similar.toml").write_text(
        f'version = 1\n[[together]]\nposts = ["{post["id"]}", "{report["posts"][0]["id"]}"]\n', encoding="utf-8"
    )
    house.build(MAPS, model=str(own_model), disturbed="auto", exclude=[post["id"]])
    assert not list(copies.glob(f"{mark[2:]}-*"))
    assert not any(post["image_sha256"][:16] in path.read_text() for path in house.site.glob("data/*.js*"))


def test_vectors_that_were_brought_have_colours_and_composition_but_are_not_disturbed(house: House) -> None:
    np.save(house.folder / "mine.npy", np.random.default_rng(0).normal(size=(POSTS, 6)).astype(np.float32))
    report = house.build(MAPS, vectors=house.folder / "mine.npy", disturbed="auto")
    assert report["similarity"]["nearest_kept"] == {} and report["similarity"]["disturbed_images"] == 0
    assert len(report["maps"]) == 2


class TestExamples:
    def _examples(self, house: House, groups: list[list[int]]) -> None:
        rows = house.rows()[1:]
        lists = "\n".join(f"[[together]]\nposts = {json.dumps([rows[at][1] for at in group])}" for group in groups)
        (house.beside / "similar.toml").write_text(f"version = 1\n{lists}\n", encoding="utf-8")

    def test_examples_beside_the_spreadsheet_teach_the_map(self, house: House) -> None:
        plain = house.build()
        assert plain["similarity"]["taught"] is None
        # posts are drawn in five themes, one after the other
        self._examples(house, [list(range(theme, POSTS, 5))[:6] for theme in range(5)])
        taught = house.build()["similarity"]["taught"]
        assert (taught["posts"], taught["groups"]) == (30, 5)
        assert taught["after"] >= taught["before"] > 0.5
        assert house.summary and house.summary.figures["examples"]["applied"] == taught["applied"]
        page = (house.site / "method.html").read_text(encoding="utf-8")
        assert "30 posts in 5 groups" in page
        if taught["applied"]:
            assert house.call("posts.js")[0]["facets"][-1]["key"] == "examples"

    def test_examples_that_mean_nothing_are_judged_so_and_change_no_place(self, house: House) -> None:
        plain = house.build()
        mixed = np.random.default_rng(1).permutation(POSTS)
        self._examples(house, [mixed[at : at + 6].tolist() for at in range(0, 30, 6)])
        report = house.build(origin=Baseline(fresh=True))
        assert not report["similarity"]["taught"]["applied"]
        assert [post["x"] for post in report["posts"]] == [post["x"] for post in plain["posts"]]
        assert "left out" in (house.site / "method.html").read_text(encoding="utf-8")

    def test_examples_that_are_no_posts_are_told_once(self, house: House) -> None:
        (house.beside / "similar.toml").write_text(
            'version = 1\n[[together]]\nposts = ["gone-1", "gone-2"]\n', encoding="utf-8"
        )
        house.build()
        assert [said for said in house.warnings if "gone-1, gone-2" in said] == [
            "The examples name gone-1, gone-2, but there is no such post."
        ]

    def test_a_file_named_that_is_not_there_is_refused(self, house: House) -> None:
        with pytest.raises(SettingsError, match=r"none\.toml"):
            house.build(examples=house.folder / "none.toml")


def test_the_same_again_changes_nothing_and_the_dry_run_knows_why_not(house: House) -> None:
    house.build(MAPS)
    house.build(MAPS)
    assert house.summary and not house.summary.changed
    store = Store(house.folder / "cache")
    steps = dry_run.plan_build(
        find_inputs([house.spreadsheet]), house.site, Run(house.settings(MAPS), store, SilentProgress(), BUILT)
    )
    assert all(step.to_do == 0 for step in steps)
    other = dry_run.plan_build(
        find_inputs([house.spreadsheet]),
        house.site,
        Run(house.settings(MAPS, colour=0.9), store, SilentProgress(), BUILT),
    )
    said = {step.name: step.said for step in other if step.to_do}
    assert {"neighbours", "map", "clusters", "cells", "site"} == said.keys()
    assert "colour was 0.3 and is 0.9" in said["neighbours"] and "other settings" in said["map"]


def test_the_flag_is_a_whole_mix_and_its_faults_are_named(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(house.folder)
    common = [str(house.spreadsheet), "--model", "builtin", "--cache-dir", str(house.folder / "cache")]
    monkeypatch.setattr("sys.argv", ["brandscape", "build", *common, "--similarity", "content=1,colour=0.5", "-q"])
    with pytest.raises(SystemExit) as done:
        main()
    assert done.value.code == 0
    report = json.loads((house.folder / "site/data/report.json").read_text(encoding="utf-8"))
    assert report["similarity"]["weights"] == pytest.approx({"content": 2 / 3, "colour": 1 / 3})
    for wrong, said in (("contents=1", "Did you mean content?"), ("content", "no weight"), ("content=0", "no facet")):
        monkeypatch.setattr("sys.argv", ["brandscape", "build", *common, "--similarity", wrong])
        with pytest.raises(SystemExit) as done:
            main()
        assert done.value.code == 2 and said in capsys.readouterr().err


@pytest.mark.usefixtures("convert_here")
def test_a_whole_network_marks_where_its_numbers_come_from(house: House, small_weights: Path) -> None:
    house.build(model="mobilenet", weights=small_weights)
    rows = house.call("why-overall-000.js")[2]
    size = 3 + 3 + 16 * 3
    records = np.concatenate([np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, size) for _, text in rows])
    marks = np.unpackbits(records[:, 6:22].reshape(-1, 8), axis=1).reshape(-1, 64).sum(axis=1)
    assert (marks > 0).mean() > 0.95 and marks.mean() < 40
