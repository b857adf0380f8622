"""Names that Brandscape found, and values that it knows, follow the language of the deck; people's own stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.language import open_language
from generator.slides.names import name_value, translate_names, translate_terms
from generator.slides.source import ReportSource, read_source
from tests.support.finished_report import write_finished
from tests.support.sample_report import make_report

_FRENCH = open_language("fr")
_TERMS = [
    {"key": "shoes", "name": "shoes"},
    {"key": "handbags", "name": "handbags"},
    {"key": "dresses", "name": "gowns"},  # as people renamed it
    {"key": "own-tote", "name": "tote"},
]


def _read(folder: Path, **changed: Any) -> ReportSource:
    changed.setdefault("tags", {"terms": _TERMS})
    return read_source(write_finished(make_report(), folder / "site", **changed))


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("Shoes", ["souliers", "cuir", "shoes"], "Chaussures"),  # captions say the word too
        ("Handbags, taupe", [], "Sacs à main, taupe"),
        ("Shoes, light grey and taupe", [], "Chaussures, gris clair et taupe"),
        ("Maille, shoes", ["maille"], "Maille, chaussures"),
        ("Brown", [], "Brun"),
        ("Brown 12", [], "Brun 12"),
        ("Maille, red", ["maille", "red"], "Maille, red"),  # a word of captions
        ("Robe, soirée", ["robe", "soirée"], "Robe, soirée"),
        ("Gowns", [], "Gowns"),
        ("Tote", [], "Tote"),
    ],
)
def test_terms_and_colours_of_a_name_are_translated_and_words_of_captions_stay(
    tmp_path: Path, name: str, words: list[str], told: str
) -> None:
    row = {"key": "c01", "name": name, "found_name": name, "words": words, "content": ["shoes", "handbags"]}
    assert translate_names(_read(tmp_path, clusters=[row]), _FRENCH) == {"c01": told}


def test_a_name_that_people_gave_stays(tmp_path: Path) -> None:
    row = {"key": "c01", "name": "Shoes", "found_name": "Brown", "words": [], "content": ["shoes"]}
    assert translate_names(_read(tmp_path, clusters=[row]), _FRENCH) == {"c01": "Shoes"}


def test_a_name_is_translated_back(tmp_path: Path) -> None:
    terms = [{"key": "shoes", "name": "chaussures"}]
    row = {"key": "c01", "name": "Chaussures, bordeaux et gris clair", "words": [], "content": ["chaussures"]}
    source = _read(tmp_path, clusters=[row], lang="fr", tags={"terms": terms})
    assert translate_names(source, open_language("en")) == {"c01": "Shoes, burgundy and light grey"}


def test_own_and_renamed_terms_stay(tmp_path: Path) -> None:
    told = translate_terms(_read(tmp_path), _FRENCH)
    assert [told[term["key"]] for term in _TERMS] == ["chaussures", "sacs à main", "gowns", "tote"]


@pytest.mark.parametrize(
    ("finding", "told"),
    [
        ({"field": "format", "field_name": "Format", "value": "video"}, ("format", "Format", "vidéos")),
        ({"field": "post-format", "field_name": "Format", "value": "photo"}, ("format", "Format", "photos")),
        ({"field": "paid", "field_name": "Paid", "value": "yes"}, ("yes_no", "Paid", "yes")),
        (
            {"field": "kind", "field_name": "Kind", "value": "video"},
            ("category", "Kind", "video"),
        ),  # a column of the user's own
        ({"field": "market", "field_name": "Market", "value": "Japan"}, ("category", "Market", "Japan")),
    ],
)
def test_formats_and_yes_or_no_follow_the_deck(tmp_path: Path, finding: dict[str, str], told: tuple[str, ...]) -> None:
    fields = [
        {"key": "paid", "name": "Paid", "kind": "yes_no"},
        {"key": "kind", "name": "Kind", "kind": "category"},
        {"key": "market", "name": "Market", "kind": "category"},
    ]
    assert name_value(_read(tmp_path, fields=fields), finding, _FRENCH) == told
