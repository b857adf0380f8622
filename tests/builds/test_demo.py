"""The sample: the same for one seed, read without surprises, and different from house to house."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generator.cache.store import Store
from generator.demo import TITLE, write_sample
from generator.demo.houses import APPEAL, HOUSES, MARKETS, THEMES, count_themes
from generator.demo.plants import count_followers
from generator.demo.rhythm import FIRST_DAY, choose_moment
from generator.demo.sample import _describe, _plan
from generator.demo.scenes import SCENES, draw_theme
from generator.demo.studio import make_look
from generator.images.fetch import FetchFailure, find_images
from generator.images.places import ImagePlaces
from generator.settings import FetchSettings, ReadSettings
from generator.spreadsheet.posts import PostTable
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.sources import find_inputs

PER_HOUSE = 4


@pytest.fixture(scope="module")
def spreadsheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("sample"), seed=3, posts_per_house=PER_HOUSE)


@pytest.fixture(scope="module")
def table(spreadsheet: Path) -> PostTable:
    return read_posts(find_inputs([spreadsheet]), ReadSettings())


def _bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_one_seed_gives_the_same_bytes_whatever_the_workers(
    spreadsheet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0}, raising=False)
    again = write_sample(tmp_path, seed=3, posts_per_house=PER_HOUSE)
    assert _bytes_of(again.parent) == _bytes_of(spreadsheet.parent)


def test_another_seed_gives_other_images(spreadsheet: Path, tmp_path: Path) -> None:
    other = write_sample(tmp_path, seed=4, posts_per_house=1)
    assert (other.parent / "images/ost-001.jpg").read_bytes() != (
        spreadsheet.parent / "images/ost-001.jpg"
    ).read_bytes()


def test_all_images_decode_and_are_of_one_size(spreadsheet: Path) -> None:
    paths = sorted((spreadsheet.parent / "images").iterdir())
    further = [path for path in paths if path.stem.count("-") == 2]
    assert further and len(paths) - len(further) == PER_HOUSE * len(HOUSES)
    for path in paths:
        with Image.open(path) as image:
            image.load()
            assert (image.format, image.size, image.mode) == ("JPEG", (480, 600), "RGB")


def test_rows_are_read_with_the_intended_faults_and_no_other(table: PostTable) -> None:
    drawn = PER_HOUSE * len(HOUSES)
    assert table.rows == drawn + 3
    assert len(table.posts) == drawn + 1  # the one whose image is lost is a post until it is fetched
    assert [refusal.reason for refusal in table.refusals] == ["no_brand", "duplicate"]
    assert [(remark.field, remark.value, remark.column) for remark in table.remarks] == [("likes", "a lot", "D")]
    known = ("brand", "thumbnail", "caption", "likes", "comments", "published", "permalink", "format", "followers")
    assert set(table.tables[0].columns) == set(known)
    assert [(field.name, field.kind) for field in table.fields] == [("Market", "category")]
    assert Counter(post.brand for post in table.posts if post.thumbnail != "images/lost.jpg") == {
        house.name: PER_HOUSE for house in HOUSES
    }


def test_values_are_complete_and_plausible(table: PostTable) -> None:
    assert len({post.id for post in table.posts}) == len(table.posts)
    for post in table.posts:
        assert post.caption.count("#") >= 2
        assert f"#{post.brand.lower()}" in post.caption
        assert post.comments is not None and post.published is not None
        assert post.permalink is not None and post.permalink.startswith("https://example.com/p/")
        assert post.likes is None or 0 <= post.comments < post.likes
    days = [post.published for post in table.posts if post.published]
    assert 150 < (max(days) - min(days)).days < 366


def test_formats_fit_the_images_and_followers_grow_over_the_year(spreadsheet: Path, table: PostTable) -> None:
    drawn = {f"images/{path.name}" for path in (spreadsheet.parent / "images").iterdir()}
    assert {post.format for post in table.posts} == {"photo", "carousel", "video"}
    for post in table.posts:
        assert (post.format == "carousel") == bool(post.more_images)
        assert set(post.more_images) <= drawn
    for house in HOUSES:
        posts = [post for post in table.posts if post.brand == house.name and post.published]
        posts.sort(key=lambda post: post.published or FIRST_DAY)
        followers = [post.followers or 0 for post in posts]
        assert followers == sorted(followers)
        assert house.followers <= followers[0] and followers[-1] <= count_followers(house, datetime(2026, 1, 1))


def test_planted_effects_are_in_the_rows_of_the_whole_demo() -> None:
    posts = [(job, _describe(job)) for job in _plan(seed=0, posts_per_house=120)]
    for house in HOUSES:
        own = [(job, row) for job, row in posts if job.house is house]
        japan = sum(row.market == "Japan" for _, row in own) / len(own)
        assert 0.45 < japan < 0.55 if house.name == "Noctaire" else 0.15 < japan < 0.3
        assert {row.market for _, row in own} == set(MARKETS)
        # likes against what the house's themes get
        usual = {
            form: np.median([int(row.likes) / APPEAL[job.theme] for job, row in own if row.form == form])
            for form in ("Photo", "Video")
        }
        assert 1.5 < usual["Video"] / usual["Photo"] < 2.7


def test_houses_keep_their_seasons_and_change_over_the_year() -> None:
    rng = np.random.default_rng(0)
    for house in HOUSES:
        days = {
            theme: np.array([(choose_moment(house, theme, rng) - FIRST_DAY).days for _ in range(400)])
            for theme in (house.rising, house.fading)
        }
        assert days[house.rising].mean() > days[house.fading].mean() + 60
        posted = np.concatenate(list(days.values()))
        apart = np.abs(posted - house.season)
        assert (np.minimum(apart, 365 - apart) < 46).mean() > 0.3  # a quarter of the year


def test_only_the_lost_image_cannot_be_fetched(spreadsheet: Path, table: PostTable, tmp_path: Path) -> None:
    names = [post.thumbnail for post in table.posts]
    found, _ = find_images(names, ImagePlaces(spreadsheet.parent), FetchSettings(offline=True), Store(tmp_path))
    failed = {name: result.reason for name, result in found.items() if isinstance(result, FetchFailure)}
    assert failed == {"images/lost.jpg": "missing_file"}


@pytest.mark.parametrize("posts", [1, 7, 120])
def test_themes_are_shared_out_to_the_last_post(posts: int) -> None:
    for house in HOUSES:
        counts = count_themes(house, posts)
        assert sum(counts.values()) == posts
        for theme, share in zip(THEMES, house.shares, strict=True):
            assert abs(counts[theme] - posts * share / sum(house.shares)) < 1


def test_houses_have_shares_of_their_own() -> None:
    for one in HOUSES:
        for other in HOUSES:
            if one is not other:
                ours, theirs = count_themes(one, 120), count_themes(other, 120)
                assert sum(abs(ours[theme] - theirs[theme]) for theme in THEMES) >= 48  # a fifth of the posts at least


def test_every_theme_has_a_scene_captions_and_an_appeal() -> None:
    from generator.demo.captions import SENTENCES, TAGS

    assert set(SCENES) == set(THEMES) == set(SENTENCES) == set(TAGS) == set(APPEAL)


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_draws_a_picture_with_depth_in_every_house(theme: str) -> None:
    means = []
    for number, house in enumerate(HOUSES):
        pixels = np.asarray(draw_theme(theme, np.random.default_rng((5, number)), make_look(house)), dtype=float)
        grey = pixels.mean(axis=2)
        assert grey.std() > 4, "flat"
        assert (grey > 250).mean() < 0.2, "burnt out"
        assert np.isfinite(pixels).all()
        means.append(pixels.mean(axis=(0, 1)))
    assert np.ptp(np.array(means), axis=0).max() > 8  # the houses' colours differ


def test_importing_the_sample_is_light() -> None:
    code = "import sys, generator.demo; print([m for m in ('numpy', 'PIL', 'openpyxl') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
    assert TITLE
