"""Hints for names that nobody knows."""

from __future__ import annotations

from generator.errors import suggest_name


def test_the_nearest_name_is_suggested() -> None:
    assert suggest_name("perplexty", {"seed", "perplexity"}, "The settings are") == "Did you mean perplexity?"


def test_without_a_near_name_all_are_listed_in_a_stable_order() -> None:
    assert suggest_name("x", {"seed", "pca"}, "The settings are") == "The settings are: pca, seed."
    assert suggest_name("x", ("seed", "pca"), "The settings are") == "The settings are: seed, pca."
    assert suggest_name("x", ("seed", "pca")) == ""


def test_names_are_compared_by_their_key() -> None:
    assert suggest_name("RESNET", ("resnet50",), key=str.lower) == "Did you mean resnet50?"
    assert suggest_name("RESNET", ("resnet50",), key=str.lower, cutoff=0.95) == ""
