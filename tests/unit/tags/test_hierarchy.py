"""The tree of terms: that which comes along is whole, and one that is not is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.embedding import lite0
from generator.tags.hierarchy import CLASSES, load_hierarchy, read_hierarchy
from generator.tags.shots import KEYS


def test_the_tree_that_comes_along_uses_each_class_at_most_once_and_has_both_languages() -> None:
    terms = load_hierarchy().terms  # reading it refuses a class of two terms, a circle, and a name that is missing
    classes = [number for term in terms for number in term.classes]
    assert len(classes) == len(set(classes)) and set(classes) <= set(range(CLASSES))
    for lang in ("en", "fr"):
        assert len({term.name(lang) for term in terms}) == len(terms)
    assert CLASSES == lite0.CLASSES


def test_every_term_holds_a_class_itself_or_below() -> None:
    known = load_hierarchy()
    lacking = [term.key for term, found in zip(known.terms, known.membership().any(axis=0), strict=True) if not found]
    assert set(lacking) == KEYS  # these are measured


@pytest.mark.parametrize(
    ("number", "path"),
    [
        (531, ["watches", "accessories"]),  # digital watch
        (869, ["trench-coats", "coats", "clothing"]),
        (978, ["beaches", "coast", "landscapes", "places"]),  # seashore
        (774, ["sandals", "shoes"]),
        (207, ["dogs", "pets", "animals"]),  # golden retriever
    ],
)
def test_classes_stand_under_terms_of_several_levels(number: int, path: list[str]) -> None:
    hierarchy = load_hierarchy()
    (place,) = (place for place, term in enumerate(hierarchy.terms) if number in term.classes)
    assert [hierarchy.terms[other].key for other in (place, *hierarchy.above(place))] == path
    assert {hierarchy.terms[other].key for other in np.flatnonzero(hierarchy.membership()[number])} == set(path)


def _term(**entries: Any) -> dict[str, Any]:
    return {"en": "a term", "fr": "un terme", **entries}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"a": _term(classes=[1]), "b": _term(classes=[[0, 2]])}, "class 1 of b"),
        ({"a": _term(classes=[1000])}, "class 1000"),
        ({"a": _term(under="b"), "b": _term(under="a")}, "a does not stand after b"),
        ({"a": {"en": "a term"}}, "no name in English or French"),
    ],
)
def test_a_tree_that_is_not_one_is_refused(content: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_hierarchy(content)


def test_ranges_of_classes_hold_both_ends() -> None:
    assert read_hierarchy({"a": _term(classes=[3, [5, 7]])}).terms[0].classes == (3, 5, 6, 7)
