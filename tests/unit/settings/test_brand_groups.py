"""Groups of brands in the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import SettingsError
from generator.settings.brand_groups import BrandGroups
from generator.settings.load import load_settings


def test_they_are_lists_of_brands_by_name(tmp_path: Path) -> None:
    file = tmp_path / "brandscape.toml"
    file.write_text('[brands.groups]\nown = ["Hôtel Doré", "Ambre"]\nothers = ["Noir"]\n', encoding="utf-8")
    groups = load_settings(file, {}).brands.groups
    assert groups == {"own": ("Hôtel Doré", "Ambre"), "others": ("Noir",)}
    assert [groups.find(name) for name in ("hôtel doré ", "Noir", "Else")] == ["own", "others", None]
    for wrong in ('own = "Ambre"', "own = [1]", "own = 3"):
        file.write_text(f"[brands.groups]\n{wrong}\n", encoding="utf-8")
        with pytest.raises(SettingsError, match="groups"):
            load_settings(file, {})


def test_names_of_no_brand_and_brands_in_two_groups_are_told() -> None:
    groups = BrandGroups({"own": ("Ambre", "Noirr"), "others": ("ambre",)})
    assert groups.find("Ambre") == "own"
    assert groups.list_faults({"Ambre", "Noir"}, 1) == [
        "[brands.groups] own: there is no brand Noirr. Did you mean Noir?",
        "[brands.groups] names ambre in own and others: it is in own.",
        "[brands.groups] others has 0 brands with posts. No brand is set beside it: that takes 1.",
    ]
    assert BrandGroups({"own": ("Ambre",)}).list_faults({"Ambre", "Noir"}, 1) == []


def test_groups_too_small_for_figures_are_told() -> None:
    groups = BrandGroups({"own": ("Ambre", "ambre"), "others": ("Noir", "Doré"), "all": ("A", "B", "C")})
    assert groups.list_faults({"Ambre", "Noir", "Doré", "A", "B", "C"}, 3) == [
        "[brands.groups] own has 1 brand with posts. No brand is set beside it: that takes 3.",
        "[brands.groups] others has 2 brands with posts. No brand is set beside it: that takes 3.",
    ]
