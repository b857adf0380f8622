"""Find the words that many captions say, so that what they go with can be measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.words.caption_words import read_words

#: A word counts if so many posts say it, of at least two brands,
LEAST_SAID = 20
#: and no more than this share of all: what most posts say sets none apart.
_MOST_SHARE = 0.5
#: At most so many words, the most frequent: each comparison more costs all others some power.
_MOST_WORDS = 60
#: Words that are said together in this share of the posts that say either say the same.
_SAME = 0.95

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class CommonWords:
    """Words of captions; column k of `said` (n, k) is of `words[k]`: one word, or several that are said together."""

    words: tuple[tuple[str, ...], ...]
    said: Bools


def find_common_words(captions: Sequence[str], brand: NDArray[np.integer], brand_names: Sequence[str]) -> CommonWords:
    """Return the words that many of `captions` (n,) say, the most frequent first.

    `brand` (n,) are positions of `brand_names`, whose own words do not count. Which words count depends on all posts
    together and on no figure.
    """
    found = read_words(captions, brand_names)
    size = len(found.shown)
    amount = np.bincount(found.word, minlength=size)
    brands = np.bincount(np.unique(np.stack([found.word, brand[found.post]]), axis=1)[0], minlength=size)
    usual = (amount >= LEAST_SAID) & (amount <= _MOST_SHARE * len(captions)) & (brands > 1)
    chosen = np.flatnonzero(usual)
    chosen = chosen[np.argsort(-amount[chosen], kind="stable")][:_MOST_WORDS]
    column = np.full(size, -1)
    column[chosen] = np.arange(len(chosen))
    kept = column[found.word] >= 0
    said = np.zeros((len(captions), len(chosen)), bool)
    said[found.post[kept], column[found.word[kept]]] = True
    shared = said.T.astype(np.float32) @ said.astype(np.float32)
    either = amount[chosen][:, None] + amount[chosen] - shared
    first: list[int] = []
    together: dict[int, list[str]] = {}
    for place in range(len(chosen)):
        same = next((other for other in first if shared[place, other] >= _SAME * either[place, other]), place)
        first += [place] if same == place else []
        together.setdefault(same, []).append(found.shown[chosen[place]])
    return CommonWords(tuple(tuple(together[place]) for place in first), said[:, first])
