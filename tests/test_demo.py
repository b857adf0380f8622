"""The sample that `brandscape demo` draws: the same every time, whole, and different from house to house."""

import hashlib
import os
from collections import Counter
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from PIL import Image

from generator.demo import write_sample
from generator.demo.captions import SENTENCES, TAGS, write_caption
from generator.demo.houses import APPEAL, HOUSES, THEMES, House, count_themes
from generator.demo.sample import HEADERS
from generator.demo.scenes import SCENES, draw_theme
from generator.demo.studio import make_look
from generator.posts import read_posts
from generator.settings import ReadSettings

FEW = 3


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("sample"), posts_per_house=FEW)


def test_same_seed_gives_the_same_bytes_whatever_the_workers(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    again = write_sample(tmp_path / "again", posts_per_house=FEW)
    assert digest(again.parent) == digest(sample.parent)
    other = digest(write_sample(tmp_path / "other", seed=1, posts_per_house=1).parent)
    assert not set(other.values()) & set(digest(sample.parent).values())


def test_every_image_decodes_and_none_equals_another(sample: Path) -> None:
    images = sorted((sample.parent / "images").iterdir())
    assert len(images) == FEW * len(HOUSES)
    for path in images:
        with Image.open(path) as image:
            image.load()
            assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (480, 600))
    assert len({path.read_bytes() for path in images}) == len(images)


def test_spreadsheet_reads_as_any_other_would(sample: Path) -> None:
    sheet = load_workbook(sample, read_only=True).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    assert tuple(header) == HEADERS
    assert len(rows) == FEW * len(HOUSES) + 3
    assert all(isinstance(row[5], datetime) for row in rows)
    assert all(str(row[6]).startswith("https://example.com/p/") for row in rows)


def test_bad_rows_reach_the_ledger_and_nothing_else_does(sample: Path) -> None:
    table = read_posts(sample, ReadSettings())
    assert sorted(refusal.reason for refusal in table.refusals) == ["duplicate", "no_brand"]
    assert [remark.field for remark in table.remarks] == ["likes"]
    lost = [post.thumbnail for post in table.posts if not (sample.parent / post.thumbnail).exists()]
    assert lost == ["images/lost.jpg"]
    assert Counter(post.brand for post in table.posts if post.thumbnail not in lost) == {
        house.name: FEW for house in HOUSES
    }
    assert sum(post.likes is None for post in table.posts) == 1
    assert all(post.published for post in table.posts)


def test_houses_are_many_and_each_has_shares_of_its_own() -> None:
    assert len({house.name for house in HOUSES}) == len({house.code for house in HOUSES}) == len(HOUSES) >= 5
    assert len(THEMES) >= 10
    shares = [np.array([count_themes(house, 120)[theme] for theme in THEMES]) / 120 for house in HOUSES]
    for place, mine in enumerate(shares):
        for other in shares[place + 1 :]:
            assert np.abs(mine - other).sum() / 2 > 0.25
    favourites = [THEMES[int(share.argmax())] for share in shares]
    assert len(set(favourites)) == len(HOUSES)


@given(st.integers(0, 500), st.sampled_from(HOUSES))
def test_theme_counts_add_up_and_keep_to_the_shares(posts: int, house: House) -> None:
    counts = count_themes(house, posts)
    assert sum(counts.values()) == posts
    for share, count in zip(house.shares, counts.values(), strict=True):
        assert abs(count - posts * share / sum(house.shares)) < 1


def test_every_theme_is_drawn_captioned_and_liked() -> None:
    assert tuple(SCENES) == THEMES
    assert set(SENTENCES) == set(TAGS) == set(APPEAL) == set(THEMES)
    assert all(len(house.shares) == len(THEMES) for house in HOUSES)


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_varies_and_follows_the_house(theme: str) -> None:
    first, second = (
        np.asarray(draw_theme(theme, np.random.default_rng((5, k)), make_look(HOUSES[0])), np.float32) for k in (0, 1)
    )
    assert first.std() > 8
    assert np.abs(first - second).mean() > 4
    elsewhere = np.asarray(draw_theme(theme, np.random.default_rng((5, 0)), make_look(HOUSES[3])), np.float32)
    assert np.abs(first - elsewhere).mean() > 4


def test_captions_name_the_house_and_fit_the_theme() -> None:
    rng = np.random.default_rng(0)
    for house in HOUSES:
        for theme in THEMES:
            caption = write_caption(house, theme, rng)
            assert f"#{house.name.lower()}" in caption
            assert any(caption.startswith(sentence) for sentence in SENTENCES[theme])
            assert any(f"#{tag}" in caption for tag in TAGS[theme])
