"""A report built with a user's own terms: they are found, filtered by, read and corrected as those of every report."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from generator.cache.store import Store
from generator.embedding.vector_files import save_vectors
from generator.pipeline.build import build_site
from generator.pipeline.run import Run
from generator.progress import SilentProgress
from generator.spreadsheet.sources import find_inputs
from generator.tags.corrections import read_corrections
from generator.tags.hierarchy import load_hierarchy
from generator.tags.vocabulary import read_vocabulary
from tests.support.builds import quick_settings
from tests.support.drawn import write_sample
from tests.support.once import make_once
from tests.support.viewer_page import OpenPage, ViewerPage

pytestmark = pytest.mark.browser

#: A term above another, one with markup, and one of everything else; posts show them in turn.
TERMS = ["golden light", "sunset", "<b>tote</b> & bag", "other"]
FILE = "golden light\ngolden light > sunset: a sunset over the sea\n<b>tote</b> & bag\nother\n"
POSTS = 40


def _build(folder: Path) -> None:
    posts = write_sample(folder / "sample", POSTS)
    (folder / "terms.txt").write_text(FILE, encoding="utf-8")
    save_vectors(folder / "terms.h5", TERMS, np.eye(len(TERMS), 12, dtype=np.float32))
    vectors = np.random.default_rng(0).normal(0, 0.05, (POSTS, 12)).astype(np.float32)
    vectors[np.arange(POSTS), np.arange(POSTS) % len(TERMS)] += 1
    with posts.open(encoding="utf-8") as rows:
        images = [row["thumbnail"] for row in csv.DictReader(rows)]
    save_vectors(folder / "posts.h5", images, vectors)
    settings = quick_settings(
        model="auto", vectors=folder / "posts.h5", tags=folder / "terms.txt", tag_vectors=folder / "terms.h5"
    )
    run = Run(settings, Store(folder / "cache"), SilentProgress(), datetime(2026, 1, 2, tzinfo=UTC))
    build_site(find_inputs([posts]), folder / "site", run)


@pytest.fixture
def viewer(open_page: OpenPage, tmp_path_factory: pytest.TempPathFactory) -> ViewerPage:
    site = make_once(tmp_path_factory, "own-terms", _build) / "site"
    return open_page(site / "index.html", reduced_motion="reduce")


def test_the_search_offers_them_with_their_counts_and_the_address_keeps_them(viewer: ViewerPage) -> None:
    page = viewer.page
    field, options = page.locator("[data-search]"), page.locator("[data-offers] li")
    field.press_sequentially("tote")
    options.first.wait_for()
    assert options.first.inner_text().split("\n")[0] == TERMS[2] and "10" in options.first.inner_text()
    field.press("ArrowDown")
    field.press("Enter")
    viewer.wait_for("viewer.filterPanel.shown === 10")
    viewer.wait_for("location.hash.includes('t=own-')")
    page.reload()
    viewer.settle()
    assert viewer.run("viewer.filterPanel.shown") == 10
    assert viewer.faults == []


def test_a_term_above_holds_those_of_the_term_below(viewer: ViewerPage) -> None:
    page = viewer.page
    page.get_by_role("button", name="Shows", exact=True).click()
    labels = page.locator("[data-list=tag] label")
    names = [text.split("\n")[0] for text in labels.all_inner_texts()]
    assert names[names.index("golden light") + 1] == "sunset"
    labels.nth(names.index("golden light")).locator("input").check()
    viewer.wait_for("viewer.filterPanel.shown === 20")
    labels.nth(names.index("golden light")).locator("input").uncheck()
    labels.nth(names.index("sunset")).locator("input").check()
    viewer.wait_for("viewer.filterPanel.shown === 10")
    assert viewer.faults == []


def test_the_card_names_them_and_a_wrong_one_is_taken_out_by_the_file_that_it_saves(
    viewer: ViewerPage, tmp_path: Path
) -> None:
    page = viewer.page
    viewer.run("viewer.filterPanel.choose({tags: ['own-sunset']})")
    page.locator("[data-lists]").click()
    page.locator("[data-rows] button").first.click()
    post = viewer.opened
    # the classifier of every report finds terms of its own in the drawn images
    assert "golden light › sunset" in page.locator("[data-tags=paths] li span").all_inner_texts()
    page.get_by_role("button", name="Not this: sunset").click()
    with page.expect_download() as waiting:
        page.locator("[data-tags=save]").click()
    waiting.value.save_as(tmp_path / "tags.toml")
    terms = read_vocabulary(viewer.path.parent.parent / "terms.txt").extend(load_hierarchy())
    identity = viewer.run("viewer.records.detailsNow(values[0]).id", post)
    assert read_corrections(tmp_path / "tags.toml", terms).without == (("own-sunset", (identity,)),)
    assert viewer.faults == []
