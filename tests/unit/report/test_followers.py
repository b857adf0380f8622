"""Followers come from a post's row, else from the settings."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from generator.errors import SettingsError
from generator.report.followers import find_followers
from generator.settings.load import load_settings
from tests.support.sample_report import make_post


def test_a_row_goes_before_the_settings_and_nothing_is_guessed() -> None:
    counted = {"maison ambre": {"2025-01-01": 100, "2025-01-11": 200}}
    posts = [
        make_post(0, "Maison Ambre", published=datetime(2025, 1, 6)),
        make_post(1, "Maison Ambre", published=datetime(2025, 1, 6), followers=7),
        make_post(2, "Maison Ambre", published=datetime(2024, 12, 31)),
        make_post(3, "Maison Ambre", published=None),
        make_post(4, "Other", published=datetime(2025, 1, 6)),
    ]
    assert find_followers(posts, counted) == [150, 7, None, None, None]


def test_followers_in_the_settings_are_counts_by_day(tmp_path: Path) -> None:
    file = tmp_path / "brandscape.toml"
    file.write_text('[brands.followers."Hôtel Doré"]\n2025-01-01 = 120000\n', encoding="utf-8")
    assert load_settings(file, {}).brands.followers == {"Hôtel Doré": {"2025-01-01": 120000}}
    for wrong in ("2025-13-01 = 1", '2025-01-01 = "many"', "2025-01-01 = 0", "yesterday = 5"):
        file.write_text(f"[brands.followers.Dior]\n{wrong}\n", encoding="utf-8")
        with pytest.raises(SettingsError, match="followers"):
            load_settings(file, {})
