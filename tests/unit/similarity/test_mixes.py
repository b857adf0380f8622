"""Which maps a report has: the main one, its fellows, their keys, and what is refused of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.commands.context import load_chosen
from generator.errors import SettingsError
from generator.settings import MapMix, Settings, SimilaritySettings
from generator.similarity.mixes import OVERALL, parse_mix, plan_maps

names = st.one_of(
    st.text(min_size=1, max_size=40), st.text("éÉe-_ '", min_size=1, max_size=4), st.sampled_from(["色", "لون", "con"])
)


def _settings(*maps: MapMix, **similarity: float | str) -> Settings:
    return Settings(maps=maps, similarity=SimilaritySettings(**similarity))  # type: ignore[arg-type]


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "brandscape.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _load(tmp_path: Path, text: str) -> Settings:
    return load_chosen(_file(tmp_path, text))


COLOUR, SHOWN = MapMix("Colour", colour=1), MapMix("What is shown", content=2)


def test_without_any_map_there_is_one_mixed_as_settings_say() -> None:
    (overall,) = plan_maps(Settings())
    assert (overall.key, overall.name) == (OVERALL, "")
    assert overall.weights == {"content": 0.5, "colour": 0.15, "composition": 0.35}


def test_maps_follow_the_main_one_in_their_order() -> None:
    planned = plan_maps(_settings(SHOWN, COLOUR))
    assert [(mix.key, mix.name) for mix in planned] == [
        (OVERALL, ""),
        ("m-what-is-shown", "What is shown"),
        ("m-colour", "Colour"),
    ]
    assert [dict(mix.weights) for mix in planned[1:]] == [{"content": 1}, {"colour": 1}]


@pytest.mark.parametrize("wanted", ["Colour", "colour", "COLOUR"])
def test_the_main_map_is_found_by_its_name_in_any_case(wanted: str) -> None:
    planned = plan_maps(_settings(SHOWN, COLOUR, main_map=wanted))
    assert [mix.name for mix in planned] == ["Colour", "What is shown"]


def test_a_map_mixed_in_the_same_proportions_is_the_main_one() -> None:
    planned = plan_maps(_settings(COLOUR, MapMix("All", 10, 3, 7)))
    assert [mix.name for mix in planned] == ["All", "Colour"]


@given(st.lists(st.integers(0, 300), min_size=3, max_size=3).filter(any), st.floats(0.1, 1))
def test_proportions_are_the_same_at_any_scale(weights: list[int], scale: float) -> None:
    similarity = dict(zip(("content", "colour", "composition"), (weight * scale for weight in weights), strict=True))
    (main,) = plan_maps(_settings(MapMix("All", *weights), **similarity))
    assert main.name == "All"
    assert sum(main.weights.values()) == pytest.approx(1)
    assert all(main.weights.values())


@pytest.mark.parametrize(
    ("settings", "said", "hint"),
    [
        (_settings(COLOUR, MapMix("COLOUR", content=1)), "one name", "its own"),
        (_settings(MapMix("Straße", 1), MapMix("STRASSE", 0, 1)), "one name", "its own"),
        (_settings(main_map="Colour"), "main_map = 'Colour'", "[[maps]]"),
        (_settings(COLOUR, main_map="Colours"), "main_map = 'Colours'", "Did you mean Colour?"),
        (_settings(COLOUR, SHOWN, main_map="zzz"), "main_map = 'zzz'", "Colour, What is shown"),
        (_settings(content=0, colour=0, composition=0), "[similarity]", "content, colour, composition"),
        (_settings(MapMix("Nothing")), '[[maps]] "Nothing"', "content, colour, composition"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(settings: Settings, said: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        plan_maps(settings)
    assert said in caught.value.message
    assert hint in caught.value.hint


def test_the_mix_of_similarity_may_be_nothing_where_another_map_is_the_main_one() -> None:
    planned = plan_maps(_settings(COLOUR, content=0, colour=0, composition=0, main_map="Colour"))
    assert [mix.name for mix in planned] == ["Colour"]


@given(st.lists(names, max_size=6, unique_by=str.casefold))
def test_keys_are_safe_for_file_names_and_unlike(called: list[str]) -> None:
    planned = plan_maps(_settings(*(MapMix(name, colour=1) for name in called)))
    keys = [mix.key for mix in planned]
    assert len(set(keys)) == len(keys) == len(called) + 1
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,61}", key) for key in keys)


def test_a_key_does_not_depend_on_other_maps() -> None:
    alone = plan_maps(_settings(COLOUR))[1]
    assert plan_maps(_settings(SHOWN, MapMix("色", 1), COLOUR))[3] == alone


def test_different_mixes_say_different_things() -> None:
    planned = plan_maps(_settings(COLOUR, SHOWN, MapMix("Both", 1, 0.5), MapMix("Both else", 1, 0.51)))
    assert len({mix.key_text for mix in planned}) == 5


def test_a_mix_is_read_as_the_command_line_gives_it() -> None:
    assert parse_mix("content=1,colour=0.3") == {"content": 1, "colour": 0.3, "composition": 0}
    assert parse_mix(" composition = 2 ") == {"content": 0, "colour": 0, "composition": 2}


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("color=1", "'color' is no facet", "Did you mean colour?"),
        ("zzz=1", "'zzz' is no facet", "content, colour, composition"),
        ("content=1,", "'' is no facet", "content, colour, composition"),
        ("", "'' is no facet", "content, colour, composition"),
        ("content", "'content' has no weight", "content=1,colour=0.3"),
        ("content=1, colour=", "'colour=' has no weight", "content=1,colour=0.3"),
        ("content=much", "'content=much' has no weight", "content=1,colour=0.3"),
    ],
)
def test_a_mix_that_cannot_be_read_is_refused_with_the_mend(text: str, said: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_mix(text)
    assert said in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("content=-1", "out of range"),
        ("colour=1001", "out of range"),
        ("content=nan", "does not fit"),
        ("content=inf", "does not fit"),
        ("content=0", "weighs no facet"),
    ],
)
def test_weights_from_the_command_line_are_held_to_their_bounds(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load_chosen(None, **parse_mix(text))


def test_maps_are_read_from_the_file_as_they_stand(tmp_path: Path) -> None:
    text = '[[maps]]\nname = " Colour\\u202e  alone"\ncolour = 1\n[[maps]]\nname = "色"\ncontent = 1.0\ncolour = 0.5\n'
    assert _load(tmp_path, text).maps == (MapMix("Colour alone", colour=1.0), MapMix("色", content=1.0, colour=0.5))
    assert _load(tmp_path, f"{text}[similarity]\nmain_map = 'colour alone'\n").similarity.main_map == "colour alone"
    assert _load(tmp_path, "maps = []\n").maps == ()
    assert len(_load(tmp_path, f"[[maps]]\nname = '{'x' * 40}'\ncolour = 1\n").maps) == 1


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("[[maps]]\nname = 'Colour'\ncolor = 1\n", '[[maps]] "Colour" has no color', "Did you mean colour?"),
        ("[[maps]]\nname = 'Colour'\nzzz = 1\n", '[[maps]] "Colour" has no zzz', "content, colour, composition"),
        ("[[maps]]\ncolour = 1\n", "has no name", "name ="),
        ("[[maps]]\nname = 3\ncolour = 1\n", "has no name", "name ="),
        ("[[maps]]\nname = ' \\u202e'\ncolour = 1\n".replace("'", '"'), "has no name", "name ="),
        (f"[[maps]]\nname = '{'x' * 41}'\ncolour = 1\n", "41 characters", "40"),
        ("[maps]\nname = 'Colour'\n", "maps is not a list of tables", "[[maps]]"),
        ("maps = 'Colour'\n", "maps is not a list of tables", "[[maps]]"),
        ("maps = ['Colour']\n", "maps is not a list of tables", "[[maps]]"),
        ("[[maps]]\nname = 'Colour'\ncolour = -1\n", "colour = -1", "at least 0"),
        ("[[maps]]\nname = 'Colour'\ncolour = 1001\n", "colour = 1001", "at most 1000"),
        ("[[maps]]\nname = 'Colour'\ncolour = 'much'\n", "colour = 'much'", "a number"),
        ("[[maps]]\nname = 'Colour'\ncolour = true\n", "colour = True", "a number"),
        ("[[maps]]\nname = 'Colour'\ncolour = nan\n", "colour = nan", "a number"),
        ("[[maps]]\nname = 'Colour'\ncolour = 0\n", '[[maps]] "Colour" weighs no facet', "colour"),
        ("[[map]]\nname = 'Colour'\n", "[map] is not a section", "map"),
    ],
)
def test_maps_that_do_not_fit_are_refused_with_the_mend(tmp_path: Path, text: str, said: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, text)
    assert said in caught.value.message
    assert hint in caught.value.hint


def test_a_facet_is_weighed_once() -> None:
    with pytest.raises(SettingsError, match="twice"):
        parse_mix("content=1,content=2")
