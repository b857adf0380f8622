"""Hints for names that nobody knows, and for files that are open elsewhere."""

from __future__ import annotations

from generator.errors import explain_system, is_held, suggest_name
from tests.support.held import held_error


def test_the_nearest_name_is_suggested() -> None:
    assert suggest_name("perplexty", {"seed", "perplexity"}, "The settings are") == "Did you mean perplexity?"


def test_without_a_near_name_all_are_listed_in_a_stable_order() -> None:
    assert suggest_name("x", {"seed", "pca"}, "The settings are") == "The settings are: pca, seed."
    assert suggest_name("x", ("seed", "pca"), "The settings are") == "The settings are: seed, pca."
    assert suggest_name("x", ("seed", "pca")) == ""


def test_names_are_compared_by_their_key() -> None:
    assert suggest_name("RESNET", ("resnet50",), key=str.lower) == "Did you mean resnet50?"
    assert suggest_name("RESNET", ("resnet50",), key=str.lower, cutoff=0.95) == ""


def test_a_file_that_is_open_elsewhere_is_said_to_be() -> None:
    assert not is_held(PermissionError(13, "Permission denied"))
    for winerror in (5, 32, 33):
        error = held_error("site.zip", winerror)
        assert is_held(error)
        explained = explain_system(error)
        assert explained is not None
        assert "site.zip" in explained.message and "another program has it open" in explained.message
        assert "Close what has it open" in explained.hint
