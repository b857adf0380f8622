"""Further images of posts: none is left out without a word."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from generator.collection.further_images import tell_vectorless
from generator.embedding.recipe import Recipe
from generator.settings import Settings
from tests.support.sample_report import make_post

POSTS = [replace(make_post(0, "A"), more_images=("b.jpg", "c.jpg")), make_post(1, "A")]


@pytest.mark.parametrize(
    ("model", "images", "told"), [("vectors", "all", [2]), ("vectors", "first", []), ("builtin", "all", [])]
)
def test_those_without_vectors_are_counted_if_all_were_asked_for(
    model: str, images: Literal["first", "all"], told: list[int]
) -> None:
    settings = Settings()
    settings = replace(settings, posts=replace(settings.posts, images=images))
    notices = tell_vectorless(POSTS, settings, Recipe(model, None, None, None))
    assert [notice.values["count"] for notice in notices] == told
    assert tell_vectorless(POSTS[1:], settings, Recipe(model, None, None, None)) == []
