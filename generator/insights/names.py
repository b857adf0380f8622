"""Name clusters by the words that set their captions apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.insights.caption_words import fold, read_words, strip_unseen
from generator.insights.inference import SIGNIFICANT

#: A word must be in this share of a cluster's posts, and in this many, to name it.
_LEAST_SHARE = 0.1
_LEAST_POSTS = 3
#: Its share there must be this many times its share elsewhere.
_LEAST_RATIO = 1.5
#: A cluster is shared if at least this share of its posts, and this many, are not of its commonest brand.
_SHARED_SHARE = 0.1
_SHARED_POSTS = 2
#: Further words of a name score at least this fraction of the first one.
_NEXT_SCORE = 0.5
_WORDS_KEPT = 5
_WORDS_IN_NAME = 3
#: Longest name, in characters.
MAX_LENGTH = 40


@dataclass(frozen=True, slots=True)
class ClusterName:
    """A cluster's name, and up to five words that set its captions apart, the most telling first.

    `name` is None if neither words nor a look give a name of its own. `words` is empty if no word qualifies; the name,
    if any, is then the cluster's look. `scores` rank the words.
    """

    name: str | None
    words: tuple[str, ...]
    scores: tuple[float, ...]


def name_clusters(
    captions: Sequence[str],
    cluster: NDArray[np.integer],
    brand: NDArray[np.integer],
    brand_names: Sequence[str],
    looks: Sequence[str] | None = None,
    kept: Mapping[int, str] | None = None,
) -> tuple[ClusterName, ...]:
    """Return a unique name for each cluster 0, 1, ... from `captions` (n), `cluster` (n,) (-1: none) and `brand` (n,).

    A word t scores in a cluster c by class-based TF-IDF, tf(t, c) * log(1 + A / f(t)): tf is the share of c's posts
    that say t, f the number of all posts that do, A the mean number of words per class. A post's different words count
    once; posts without a cluster are one class more. Grootendorst, M. (2022), BERTopic: Neural topic modeling with a
    class-based TF-IDF procedure, arXiv:2203.05794. A name is to fit the whole of c, so the score is weighted by tf once
    more and by how evenly c's brands say t: the effective number of brands (Simpson's) among the posts that say it,
    over that among all posts of c, at most 1.

    A word qualifies if enough of c's posts say it, clearly more than elsewhere (also by Fisher's exact test, at 5 %
    over all words that c's posts say), and, if brands share c, at least two of them say it. Clusters are named in
    order; one whose words are taken adds its next word, or takes another. `looks` names clusters without words. Equal
    scores keep the order in which words first appear. Clusters in `kept` get the names given there, and no others do.
    """
    kept = kept or {}
    looks = [_write(look) for look in looks or ()]
    count = max(int(cluster.max(initial=-1)) + 1, len(looks))
    looks += [""] * (count - len(looks))
    ranking = _rank_words(captions, cluster.astype(np.int64), brand.astype(np.int64), brand_names, count)
    taken = {key for name in kept.values() for key in (_key_words(name), frozenset([name.casefold()]))}
    named = []
    for index, (ranked, look) in enumerate(zip(ranking, looks, strict=True)):
        if index in kept:
            named.append(replace(ranked, name=kept[index]))
            continue
        name = None
        for parts in _propose(ranked.words, ranked.scores, look):
            # "Satin, robe" is the same name as "Robe, satin"
            key = frozenset(fold(part) for part in parts)
            text = _write(", ".join(parts))
            spelt = frozenset([text.casefold()])
            if text and not taken & {key, spelt}:
                name = text
                taken |= {key, spelt}
                break
        named.append(replace(ranked, name=name))
    return tuple(named)


def _key_words(name: str) -> frozenset[str]:
    """Return the words of a name, without their order."""
    return frozenset(fold(part.strip()) for part in name.split(","))


def _rank_words(
    captions: Sequence[str],
    cluster: NDArray[np.int64],
    brand: NDArray[np.int64],
    brand_names: Sequence[str],
    count: int,
) -> list[ClusterName]:
    """Return the words of each of `count` clusters, best first, without names."""
    from scipy.sparse import csr_array
    from scipy.stats import hypergeom

    words = read_words(captions, brand_names)
    ones = np.ones(len(words.post), np.int64)
    says = csr_array((ones, (words.post, words.word)), (len(captions), len(words.shown)))
    uses = np.bincount(words.word, minlength=len(words.shown))
    mean_words = len(ones) / max(len(np.unique(cluster)), 1)
    order = np.argsort(cluster, kind="stable")
    bounds = np.searchsorted(cluster[order], np.arange(count + 1))
    ranked = []
    for index in range(count):
        members = order[bounds[index] : bounds[index + 1]]
        inside = says[members]
        within = np.bincount(inside.indices, minlength=len(words.shown))
        share = within / max(len(members), 1)
        outside = (uses - within) / max(len(captions) - len(members), 1)
        able = (within >= _LEAST_POSTS) & (share >= _LEAST_SHARE)
        candidates = np.flatnonzero(able & (share >= _LEAST_RATIO * outside))
        if len(members) < len(captions):
            drawn = hypergeom.sf(within[candidates] - 1, len(captions), uses[candidates], len(members))
            candidates = candidates[drawn * (within > 0).sum() < SIGNIFICANT]
        by_brand = _count_by_brand(inside[:, candidates].tocoo(), brand[members])
        scores = share[candidates] ** 2 * np.log1p(mean_words / uses[candidates])
        scores *= _weigh_by_brands(by_brand, np.bincount(brand[members], minlength=by_brand.shape[0]))
        best = np.argsort(-scores, kind="stable")
        best = best[scores[best] > 0][:_WORDS_KEPT]
        ranked.append(
            ClusterName(
                None,
                tuple(words.shown[word] for word in candidates[best]),
                tuple(scores[best].tolist()),
            )
        )
    return ranked


def _count_by_brand(inside: Any, brand: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the posts of each brand that say each word, (brands, words), from a sparse (posts, words) of 1."""
    rows, columns = inside.coords
    words: int = inside.shape[1]
    brands = int(brand.max(initial=0)) + 1
    return np.bincount(brand[rows] * words + columns, minlength=brands * words).reshape(brands, words)


def _weigh_by_brands(by_brand: NDArray[np.int64], all_posts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how evenly a cluster's brands say each word, 0 to 1: 0 for one brand's word in a shared cluster."""
    total = int(all_posts.sum())
    weights = np.minimum(_effective(by_brand) / _effective(all_posts), 1.0)
    if total - all_posts.max(initial=0) >= max(_SHARED_POSTS, _SHARED_SHARE * total):
        weights[(by_brand > 0).sum(axis=0) < 2] = 0.0
    return np.asarray(weights)


def _effective(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the effective number along the first axis, 1 / sum of squared shares (inverse Simpson index)."""
    squares = np.maximum((counts.astype(np.float64) ** 2).sum(axis=0), 1.0)
    return np.asarray(counts.sum(axis=0) ** 2 / squares)


def _propose(words: tuple[str, ...], scores: tuple[float, ...], look: str) -> Iterator[tuple[str, ...]]:
    """Yield parts of a name in order of preference: the best words, then others, then the cluster's look."""
    if words:
        size = min(sum(score >= _NEXT_SCORE * scores[0] for score in scores), _WORDS_IN_NAME)
        yield words[:size]
        for more in (*range(size, _WORDS_IN_NAME + 1), *range(size - 1, 0, -1)):
            for others in combinations(words[1:], more - 1):
                yield (words[0], *others)
        if look and len(words[0]) + len(look) + 2 <= MAX_LENGTH:
            yield words[0], look[:1].lower() + look[1:]
        for more in range(1, _WORDS_IN_NAME + 1):
            yield from combinations(words[1:], more)
    if look:
        yield (look,)


def _write(text: str) -> str:
    """Return `text` as a name: one visible line, a capital first, cut to MAX_LENGTH, at a comma if there is one."""
    line = " ".join(strip_unseen(text).split())
    line = line[:1].title() + line[1:]
    if len(line) <= MAX_LENGTH:
        return line
    whole = line[: MAX_LENGTH + 1].rpartition(",")[0]
    return whole or line[: MAX_LENGTH - 1].rstrip() + "…"
