"""Tags of posts: terms in order, those above them, and what corrections make of them."""

from __future__ import annotations

from typing import Any

from generator.tags.calibration import Calibration, Measured
from generator.tags.corrections import TagCorrections
from generator.tags.hierarchy import load_hierarchy
from generator.tags.model import Tags, make_tags
from generator.tags.packing import ALPHABET, pack_tags
from tests.support.sample_report import make_post

TREE = load_hierarchy()
PLACE = {term.key: place for place, term in enumerate(TREE.terms)}
CALIBRATION = Calibration(0.9, 0.7, {}, {"shoes": Measured(85, 1.0, 0.86)})
SHOWN = (
    {"shoes": 0.99, "sandals": 0.9},
    {"accessories": 0.8, "watches": 0.75},
    {},
    {"shoes": 0.8, "clogs": 0.72, "accessories": 0.9, "watches": 0.71, "bags": 0.7},
)


def _tags(lang: str = "en", **corrections: Any) -> Tags:
    scored = [{PLACE[key]: score for key, score in row.items()} for row in SHOWN]
    posts = [make_post(index, "Brand") for index in range(len(SHOWN))]
    return make_tags(scored, posts, TREE, CALIBRATION, TagCorrections(**corrections), lang)


def _keys(tags: Tags) -> list[list[str]]:
    return [[tags.terms[term].key for term in row] for row in tags.posts]


def test_posts_have_their_terms_from_the_widest() -> None:
    tags = _tags()
    assert _keys(tags) == [
        ["shoes", "sandals"],
        ["accessories", "watches"],
        [],
        ["shoes", "clogs", "accessories", "watches", "bags"],
    ]
    assert tags.of(2) == ()
    by_key = {term.key: term for term in tags.terms}
    assert len(by_key) == 6 and by_key["watches"].posts == 2  # terms that no post has are left out
    assert tags.terms[by_key["sandals"].under or 0].key == "shoes" and by_key["shoes"].under is None
    assert by_key["shoes"].measured == Measured(85, 1.0, 0.86) and by_key["bags"].measured is None


def test_terms_are_called_in_the_reports_language_or_as_people_call_them() -> None:
    assert {term.key: term.name for term in _tags("fr").terms}["watches"] == "montres"
    assert {term.key: term.name for term in _tags("fr", names={"watches": "Heures"}).terms}["watches"] == "Heures"


def test_a_merged_term_counts_as_the_other_and_as_those_above_that() -> None:
    tags = _tags(into={"watches": "sandals"})
    assert _keys(tags)[1] == ["shoes", "sandals", "accessories"]
    assert {term.key for term in tags.terms} == {"shoes", "sandals", "clogs", "accessories", "bags"}


def test_a_removed_term_goes_and_those_below_it_move_up() -> None:
    tags = _tags(removed=frozenset({"shoes"}))
    assert _keys(tags)[0] == ["sandals"]
    assert all(term.under is None for term in tags.terms if term.key in ("sandals", "clogs"))


def test_an_image_taken_out_of_a_term_loses_what_is_below_and_what_only_it_stood_for() -> None:
    tags = _tags(without=(("watches", ("P00001", "P00003", "nobody")), ("shoes", ("images/0000.jpg",))))
    assert _keys(tags) == [[], [], [], ["shoes", "clogs", "accessories", "bags"]]
    assert tags.unknown == ("nobody",)


def test_images_that_were_not_tagged_have_no_terms() -> None:
    assert Tags(left_out="No reason.").of(7) == ()


def test_packed_tags_are_read_back_from_two_characters_a_post() -> None:
    tags = _tags()
    many = Tags(tags.terms, tuple((number % 5, 5 + number // 5) for number in range(70)) * 3)
    for each, width in ((tags, 1), (many, 2)):
        packed = pack_tags(each)
        assert packed["width"] == width and len(packed["posts"]) == width * len(each.posts)
        codes = [packed["posts"][start : start + width] for start in range(0, len(packed["posts"]), width)]
        numbers = [sum(ALPHABET.index(one) * 64**place for place, one in enumerate(reversed(code))) for code in codes]
        assert [tuple(packed["sets"][number]) for number in numbers] == list(each.posts)


def test_packed_terms_are_found_by_their_names_in_both_languages_and_before_they_were_renamed() -> None:
    rows = {row[0]: (row[1], row[4]) for row in pack_tags(_tags(names={"shoes": "Footwear"}))["terms"]}
    assert rows["shoes"] == ("Footwear", ["shoes", "chaussures"])
    assert rows["sandals"][0] not in rows["sandals"][1]
