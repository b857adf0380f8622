"""Words that many captions say."""

from __future__ import annotations

import numpy as np

from generator.insights.words.common_words import LEAST_SAID, find_common_words

_NAMES = ["Ambre", "Noir"]


def _find(counts: dict[str, tuple[int, int]], rest: int = 200) -> tuple[tuple[str, ...], ...]:
    """Find words that so many posts of either brand say, each in posts of its own."""
    said = [(text, brand) for text, amounts in counts.items() for brand, n in enumerate(amounts) for _ in range(n)]
    said += [("", place % 2) for place in range(rest)]
    found = find_common_words([text for text, _ in said], np.array([brand for _, brand in said]), _NAMES)
    assert found.said.shape == (len(said), len(found.words))
    for column, words in enumerate(found.words):
        assert found.said[:, column].tolist() == [words[0] in text for text, _ in said]
    return found.words


def test_words_need_posts_of_two_brands_and_not_most_of_all() -> None:
    enough = LEAST_SAID // 2
    assert _find({"coats": (enough, enough), "bags": (enough, enough - 1), "gloves": (3 * enough, 0)}) == (("coats",),)
    assert _find({"coats": (enough, enough)}, rest=10) == ()


def test_words_that_are_said_together_are_one() -> None:
    assert _find({"dress satin": (20, 20), "coat": (12, 12)}) == (("dress", "satin"), ("coat",))


def test_brands_names_and_stop_words_do_not_count() -> None:
    assert _find({"new collection Ambre link": (20, 20)}) == ()
