"""Settings: which layer wins, what is refused, and a settings file that explains itself."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import SettingsError
from generator.settings import Settings
from generator.settings.load import describe_settings, help_for, load_settings


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "brandscape.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_plain_defaults_without_any_layer() -> None:
    assert load_settings(environment={}) == Settings()


def test_flag_beats_environment_beats_file(tmp_path: Path) -> None:
    file = _file(tmp_path, "[map]\nperplexity = 5\npca = 10\nseed = 1\n")
    environment = {"BRANDSCAPE_PERPLEXITY": "6", "BRANDSCAPE_PCA": "11", "HOME": "/nowhere"}
    settings = load_settings(file, environment, {"perplexity": 7.0, "seed": None})
    assert (settings.map.perplexity, settings.map.pca, settings.map.seed) == (7.0, 11, 1)


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("[map]\nperplexty = 5\n", "perplexty", "perplexity"),
        ("[mapp]\npca = 5\n", "[mapp]", "map"),
        ("title = 'x'\n", "[title]", ""),
        ("[map]\npca = 'many'\n", "pca", "whole number"),
        ("[fetch]\noffline = 3\n", "offline", "true or false"),
        ("[map\n", "TOML", ""),
    ],
)
def test_faults_in_a_file_name_the_place_and_the_fix(tmp_path: Path, text: str, said: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(_file(tmp_path, text), environment={})
    assert said in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path, ends: str) -> None:
    path = tmp_path / "brandscape.toml"
    path.write_bytes(f"\ufeff[site]{ends}title = 'Été'{ends}".encode())
    assert load_settings(path, environment={}).site.title == "Été"


def test_a_file_in_another_encoding_says_which_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "brandscape.toml"
    path.write_bytes("[site]\ntitle = 'Été'".encode("utf-16"))
    with pytest.raises(SettingsError, match=r"brandscape\.toml is not text in UTF-8") as caught:
        load_settings(path, environment={})
    assert "UTF-8" in caught.value.hint


@pytest.mark.parametrize("written", [r"C:\Users\Anna\images", r"posts\images", r"..\images"])
def test_a_path_with_backslashes_in_quotation_marks_gets_a_hint(tmp_path: Path, written: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(_file(tmp_path, f'[fetch]\nimages_root = "{written}"\n'), environment={})
    assert "C:/Users/Anna/images" in caught.value.hint


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml"):
        load_settings(tmp_path / "none.toml", environment={})


def test_an_unknown_variable_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(environment={"BRANDSCAPE_PERPLEXTY": "3"})
    assert "BRANDSCAPE_PERPLEXITY" in caught.value.hint


def test_where_things_lie_is_no_setting() -> None:
    assert load_settings(environment={"BRANDSCAPE_CACHE_DIR": "x", "BRANDSCAPE_CONFIG": "y"}) == Settings()


def test_paths_in_a_file_start_from_the_file(tmp_path: Path) -> None:
    file = _file(tmp_path, "[embedding]\nweights = 'w.h5'\n[fetch]\nimages_root = '/pictures'\n")
    settings = load_settings(file, environment={})
    assert settings.embedding.weights == tmp_path / "w.h5"
    assert settings.fetch.images_root == Path("/pictures")


@pytest.mark.parametrize(
    ("name", "value", "section", "wanted"),
    [
        ("eps", "auto", "clusters", "auto"),
        ("eps", "3", "clusters", 3.0),
        ("min_samples", "90", "clusters", 90),
        ("offline", "yes", "fetch", True),
        ("lang", "fr", "site", "fr"),
    ],
)
def test_text_becomes_the_settings_own_type(name: str, value: str, section: str, wanted: Any) -> None:
    settings = load_settings(environment={f"BRANDSCAPE_{name.upper()}": value})
    found = getattr(getattr(settings, section), name)
    assert found == wanted and type(found) is type(wanted)


@pytest.mark.parametrize(("name", "value"), [("eps", "wide"), ("lang", "de"), ("perplexity", "nan"), ("pca", "2.5")])
def test_values_that_do_not_fit_are_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings(environment={}, flags={name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("eps", 0.0), ("min_samples", 0), ("pca", 1), ("fill", 1.5), ("workers", 0), ("quality", 100)]
)
def test_numbers_out_of_range_are_refused_with_the_bounds(name: str, value: float) -> None:
    with pytest.raises(SettingsError, match="out of range") as caught:
        load_settings(environment={}, flags={name: value})
    assert "at least" in caught.value.hint


def test_lists_grow_from_layer_to_layer(tmp_path: Path) -> None:
    file = _file(tmp_path, '[posts]\nexclude = ["a b.jpg", "https://example.com/p/1"]\n')
    settings = load_settings(file, {"BRANDSCAPE_EXCLUDE": "c, d ,"}, {"exclude": ["e,f"]})
    assert settings.posts.exclude == ("a b.jpg", "https://example.com/p/1", "c", "d", "e,f")


@pytest.mark.parametrize("text", ["exclude = 3", "exclude = [3]", "exclude = {a = 'b'}", "exclude = true"])
def test_what_is_no_list_of_texts_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="exclude") as caught:
        load_settings(_file(tmp_path, f"[posts]\n{text}\n"), environment={})
    assert "a list of texts" in caught.value.hint


@given(st.integers(min_value=2, max_value=10_000), st.floats(min_value=1, max_value=500))
def test_numbers_survive_the_environment(pca: int, perplexity: float) -> None:
    settings = load_settings(environment={"BRANDSCAPE_PCA": str(pca), "BRANDSCAPE_PERPLEXITY": repr(perplexity)})
    assert (settings.map.pca, settings.map.perplexity) == (pca, perplexity)


def test_the_written_file_holds_every_setting_and_changes_nothing(tmp_path: Path) -> None:
    text = describe_settings()
    assert load_settings(_file(tmp_path, text), environment={}) == Settings()
    stages = [getattr(Settings(), section.name) for section in dataclasses.fields(Settings)]
    for stage in filter(dataclasses.is_dataclass, stages):
        for item in dataclasses.fields(stage):
            assert f"#{item.name} = " in text
            assert help_for(item.name) in text


def test_the_written_defaults_can_be_uncommented(tmp_path: Path) -> None:
    text = "\n".join(
        line[1:] if line.startswith("#") and not line.startswith("# ") and not line.endswith('= ""') else line
        for line in describe_settings().splitlines()
    )
    assert tomllib.loads(text)["map"]["perplexity"] == 10.0
    assert load_settings(_file(tmp_path, text), environment={}) == Settings()


def test_aliases_of_brands_may_be_names_with_dots(tmp_path: Path) -> None:
    file = _file(tmp_path, '[brands.aliases]\n"Hôtel Doré Paris" = "Hôtel Doré"\ncote.vermeil = "Côté Vermeil"\n')
    assert load_settings(file, {}).brands.aliases == {"Hôtel Doré Paris": "Hôtel Doré", "cote.vermeil": "Côté Vermeil"}
    with pytest.raises(SettingsError, match="aliases"):
        load_settings(_file(tmp_path, "[brands.aliases]\ncote = { vermeil = 1 }\n"), {})
