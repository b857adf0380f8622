"""Tags and notes of a reader: gathered in the viewer, saved for the next build, and shown by a report that has them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.mosaics.script import read_call, write_call
from generator.report.post_marks import read_post_marks
from tests.support.viewer_page import HASTE, OpenPage

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror="window.hurt = 1"></script> "quoted"'


def test_what_is_written_on_a_card_and_for_a_selection_is_saved_as_the_build_reads_it(
    open_page: OpenPage, built_site: Path, tmp_path: Path
) -> None:
    viewer = open_page(built_site / "index.html", reduced_motion="reduce", before=HASTE)
    page = viewer.page
    viewer.run("viewer.pick([5, 7], true)")
    page.locator("[data-lists]").click()
    page.get_by_text("Your tags and notes").click()
    drawer = page.locator("[data-own=list]")
    drawer.get_by_label("Your own tag or note").fill("  hero ")
    drawer.get_by_role("button", name="Add as tag").click()
    assert "2" in (page.locator("[data-said]").text_content() or "")
    page.locator("[data-rows] button").first.click()
    post = viewer.opened
    card = page.locator("[data-own=card]")
    assert card.locator("li bdi").all_inner_texts() == ["hero"]
    field = card.get_by_label("Your own tag or note")
    field.fill(HOSTILE)
    field.press("Enter")
    field.fill("to go")
    card.get_by_role("button", name="Add as note").click()
    card.get_by_role("button", name="Remove: to go").click()
    assert card.locator("li bdi").all_inner_texts() == ["hero", HOSTILE]
    with page.expect_download() as waiting:
        card.get_by_role("button", name="Save notes.toml").click()
    assert waiting.value.suggested_filename == "notes.toml"
    waiting.value.save_as(tmp_path / "notes.toml")
    marks = read_post_marks(tmp_path / "notes.toml")
    ids = {at: viewer.run("viewer.records.detailsNow(values[0]).id", at) for at in (5, 7, post)}
    assert marks.tags == (("hero", (ids[5], ids[7])),)
    assert marks.notes == ((HOSTILE, (ids[post],)),)
    assert page.evaluate("window.hurt") is None and viewer.faults == []


def test_a_report_with_tags_and_notes_filters_and_finds_them(
    open_page: OpenPage, built_site: Path, tmp_path: Path
) -> None:
    site = shutil.copytree(built_site, tmp_path / "site")
    (posts,) = read_call((site / "data/posts.js").read_text(encoding="utf-8"))
    own = {"tags": [[HOSTILE, [3, 9]], ["season", [9]]], "notes": [["Look again", [4]]]}
    (site / "data/posts.js").write_text(write_call("posts", {**posts, "own": own}), encoding="utf-8")
    viewer = open_page(site / "index.html", "#o=season", reduced_motion="reduce", before=HASTE)
    masked = "[...viewer.filterPanel.mask.keys()].filter((post) => viewer.filterPanel.mask[post])"
    assert viewer.run(masked) == [9]
    viewer.page.get_by_role("button", name="Your tags").click()
    viewer.page.get_by_label("With a note").check()
    assert viewer.run(masked) == [4, 9]
    viewer.page.get_by_role("button", name="Show all").click()
    viewer.run("viewer.filterPanel.seek('note:again')")
    viewer.wait_for("!viewer.filterPanel.isReading")
    assert viewer.run(masked) == [4]
    viewer.page.locator("[data-lists]").click()
    assert viewer.page.locator("[data-rows] .drawer__own").all_inner_texts() == ["Look again"]
    assert viewer.page.evaluate("window.hurt") is None and viewer.faults == []


def test_without_tags_and_notes_there_is_no_filter_of_them(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html", reduced_motion="reduce", before=HASTE)
    assert viewer.page.get_by_role("button", name="Your tags").is_hidden()
