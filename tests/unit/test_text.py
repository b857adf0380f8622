"""Slugs: file names that work everywhere and stay the same. Lists in sentences."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.text import MAX_LENGTH, list_names, make_file_name, make_slugs

NAMES = st.sets(st.text(min_size=1, max_size=90), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Björn/Söhne", "bjorn-sohne"),
        ("Vasseur & Fils", "vasseur-and-fils"),
        ("L'Atelier Nº 8", "latelier-no-8"),
        ("Ægir Ørsted Łódź", "aegir-orsted-lodz"),
        ("NOIR <Studio>", "noir-studio"),
        ("../../etc/passwd", "etc-passwd"),
        ("  --Kōri--  ", "kori"),
        ("İstanbul", "istanbul"),
    ],
)
def test_a_name_keeps_its_letters(name: str, slug: str) -> None:
    assert make_slugs([name]) == {name: slug}


@given(NAMES)
def test_every_name_gets_a_file_name_of_its_own_on_any_system(names: set[str]) -> None:
    slugs = make_slugs(names)
    assert slugs.keys() == names
    assert len({slug.casefold() for slug in slugs.values()}) == len(names)
    for slug in slugs.values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
        assert len(slug) <= MAX_LENGTH
        assert not re.fullmatch(r"con|prn|aux|nul|index|com\d|lpt\d", slug)


@given(NAMES, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(names: set[str], random: object) -> None:
    shuffled = sorted(names)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert make_slugs(shuffled) == make_slugs(names)


@pytest.mark.parametrize("name", ["CON", "nul", "Lpt1", "index", "🌹🌹", "日本", "!!!"])
def test_reserved_and_empty_names_end_in_a_digest_that_depends_on_the_name_alone(name: str) -> None:
    slug = make_slugs([name])[name]
    assert re.fullmatch(r"[a-z0-9]+-[0-9a-f]{8}", slug)
    assert make_slugs([name, "Another", "🌵"])[name] == slug


def test_names_with_one_slug_are_kept_apart_and_other_brands_do_not_move() -> None:
    slugs = make_slugs(["Índigo", "Indigo", "INDIGO", "Holm"])
    assert slugs["INDIGO"] == "indigo"  # the first in code point order
    assert slugs["Holm"] == "holm"
    assert slugs["Indigo"].startswith("indigo-") and slugs["Índigo"].startswith("indigo-")
    assert make_slugs(["Índigo", "INDIGO", "Saint-Cyr"])["Índigo"] == slugs["Índigo"]


def test_long_names_are_cut_and_still_differ() -> None:
    first, second = "maison " * 20 + "a", "maison " * 20 + "b"
    slugs = make_slugs([first, second])
    assert all(len(slug) <= MAX_LENGTH for slug in slugs.values())
    assert slugs[first] != slugs[second]


def test_a_list_in_a_sentence_counts_the_names_it_leaves_out() -> None:
    assert list_names([], 2) == ""
    assert list_names(["a", "b"], 2) == "a, b"
    assert list_names(["a", "b", *"c" * 1234], 2) == "a, b and 1,234 more"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("posts.csv", "posts.csv"),
        ("Été 日本.json", "Été 日本.json"),
        ("con.csv", "table-con.csv"),
        ("Aux", "table-Aux"),
        ("COM¹.tar.gz", "table-COM¹.tar.gz"),
        ("nul .csv", "table-nul .csv"),
        ("console.csv", "console.csv"),
        ("12:30?.csv", "12-30-.csv"),
        (" a. .", "a"),
        ("...", "table"),
        ("", "table"),
    ],
)
def test_a_file_gets_a_name_that_every_system_allows(name: str, safe: str) -> None:
    assert make_file_name(name, "table") == safe
