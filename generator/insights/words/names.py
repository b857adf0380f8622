"""Name clusters by what their images show, the words of their captions, and their colours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import SIGNIFICANT
from generator.insights.words.caption_words import CaptionWords, fold, read_words, strip_unseen

#: A word must be in this share of a cluster's posts, and in this many, to name it.
_LEAST_SHARE = 0.1
_LEAST_POSTS = 3
#: Its share there must be this many times its share elsewhere.
_LEAST_RATIO = 1.5
#: A cluster is shared if at least this share of its posts, and this many, are not of its commonest brand.
_SHARED_SHARE = 0.1
_SHARED_POSTS = 2
#: A second word of captions joins the first if it scores at least this fraction of it.
_NEXT_SCORE = 0.5
_WORDS_KEPT = 5
#: A closer term says as much as the one above it if so large a part of that one's posts show it.
_CLOSER = 0.5
#: A name begins with what images show only if so large a share of the cluster's do. About half can be told of any.
_CLEAR = 0.25
#: Letters that an ending may have: "robe" and "robes" are one word.
_ENDING = 2
_WORD = re.compile(r"[^\W_]+")
#: Longest name, in characters.
MAX_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Content:
    """What images show: pairs (m,) of a post and a term, each once, and the terms, some of which lie under others."""

    post: NDArray[np.int64]
    term: NDArray[np.int64]
    shown: tuple[str, ...]
    under: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class ClusterName:
    """A cluster's name, and what sets it apart: up to five terms of its images and words of its captions, best first.

    `name` is None if nothing gives the cluster a name of its own. `scores` rank the words.
    """

    name: str | None
    words: tuple[str, ...]
    scores: tuple[float, ...]
    content: tuple[str, ...] = ()
    share: float = 1.0  # of its posts that show the first term of `content`


def name_clusters(
    captions: Sequence[str],
    cluster: NDArray[np.integer],
    brand: NDArray[np.integer],
    brand_names: Sequence[str],
    looks: Sequence[str] | None = None,
    kept: Mapping[int, str] | None = None,
    content: Content | None = None,
) -> tuple[ClusterName, ...]:
    """Return a unique name for each cluster 0, 1, ... from `captions` (n), `cluster` (n,) (-1: none) and `brand` (n,).

    A cluster is called by what most sets its images apart (`content`), else by words of its captions, else by its look
    (`looks`). Clusters whose names would begin alike are told apart by what sets each of them apart among these. So
    clusters that only one word describes share it, and differ in the next. Clusters in `kept` get the names given
    there, and no others do.

    A word t scores in a cluster c by class-based TF-IDF, tf(t, c) * log(1 + A / f(t)): tf is the share of c's posts
    that say t, f the number of all posts that do, A the mean number of words per class. A post's different words count
    once; posts without a cluster are one class more. Grootendorst, M. (2022), BERTopic: Neural topic modeling with a
    class-based TF-IDF procedure, arXiv:2203.05794. A name is to fit the whole of c, so the score is weighted by tf once
    more and by how evenly c's brands say t: the effective number of brands (Simpson's) among the posts that say it,
    over that among all posts of c, at most 1. Terms of images score in the same way.

    A word qualifies if enough of c's posts say it, clearly more than elsewhere (also by Fisher's exact test, at 5 %
    over all words that c's posts say), and, if brands share c, at least two of them say it. Equal scores keep the order
    in which words first appear.
    """
    kept = kept or {}
    count = max(int(cluster.max(initial=-1)) + 1, len(looks or ()))
    naming = _Naming(
        read_words(captions, brand_names),
        content or Content(np.zeros(0, np.int64), np.zeros(0, np.int64), (), ()),
        cluster.astype(np.int64),
        brand.astype(np.int64),
        [_write(look) for look in looks or ()] + [""] * (count - len(looks or ())),
    )
    ranked = naming.rank(np.arange(count))
    heads = [naming.find_head(words, index) for index, words in enumerate(ranked)]
    named: dict[int, str | None] = dict(kept)
    taken = {_find_key(name) for name in kept.values()}
    for alike in _gather_heads(heads, kept):
        among = naming.rank(np.array(alike)) if len(alike) > 1 else [ranked[alike[0]]]
        for index, words in zip(alike, among, strict=True):
            named[index] = None
            for parts in naming.propose(index, heads, words, ranked[index]):
                text = _write(", ".join(parts))
                if text and _find_key(text) not in taken:
                    named[index] = text
                    taken.add(_find_key(text))
                    break
    return tuple(replace(words, name=named[index]) for index, words in enumerate(ranked))


def _find_key(name: str) -> frozenset[str]:
    """Return the words of a name, in whatever order: "Satin, robe" is the same name as "Robe, satin"."""
    return frozenset(fold(word) for word in _WORD.findall(name)) or frozenset([name.casefold()])


def _gather_heads(heads: Sequence[str], kept: Mapping[int, str]) -> list[list[int]]:
    """Return the clusters to be named, those whose names begin alike together, in order."""
    alike: dict[str, list[int]] = {}
    for index, head in enumerate(heads):
        if index not in kept:
            alike.setdefault(fold(head), []).append(index)
    return list(alike.values())


@dataclass(frozen=True, slots=True, eq=False)
class _Naming:
    """What clusters are named by."""

    words: CaptionWords
    content: Content
    cluster: NDArray[np.int64]
    brand: NDArray[np.int64]
    looks: Sequence[str]

    def rank(self, clusters: NDArray[np.intp]) -> list[ClusterName]:
        """Return what sets each of these clusters apart among them, and from the unclustered if they are all."""
        place = np.full(len(self.looks) + 1, -2)
        place[clusters] = np.arange(len(clusters))
        place[-1] = -1 if len(clusters) == len(self.looks) else -2
        label = place[self.cluster]
        inside = np.flatnonzero(label > -2)
        row = np.full(len(label), -1)
        row[inside] = np.arange(len(inside))
        found = []
        for post, word, size in (
            (self.content.post, self.content.term, len(self.content.shown)),
            (self.words.post, self.words.word, len(self.words.shown)),
        ):
            kept = row[post] >= 0
            found.append(_rank(row[post[kept]], word[kept], size, label[inside], self.brand[inside], len(clusters)))
        names = []
        for (terms, _, shares), (words, scores, _) in zip(*found, strict=True):
            share_of = dict(zip(terms, shares, strict=True))
            content = self._narrow(share_of)
            shown = tuple(self.content.shown[term] for term in content)
            said = tuple(self.words.shown[word] for word in words)
            names.append(ClusterName(None, said, scores, shown, share_of[content[0]] if content else 1.0))
        return names

    def _narrow(self, shares: Mapping[int, float]) -> list[int]:
        """Return terms, best first, without those above or under a better one.

        In the place of a term stands a closer one that says nearly as much of the cluster.
        """
        chosen: list[int] = []
        for term in shares:
            closer = [
                other for other in shares if term in self._lineage(other) and shares[other] >= _CLOSER * shares[term]
            ]
            closest = max(closer, key=lambda other: len(self._lineage(other)))
            if not any(closest in self._lineage(other) or other in self._lineage(closest) for other in chosen):
                chosen.append(closest)
        return chosen

    def _lineage(self, term: int) -> set[int]:
        above = {term}
        under = self.content.under[term]
        while under is not None:
            above.add(under)
            under = self.content.under[under]
        return above

    def find_head(self, words: ClusterName, index: int) -> str:
        """Return what the name of a cluster begins with."""
        order = (words.content, words.words) if words.share >= _CLEAR else (words.words, words.content)
        return next(iter((*order[0], *order[1], self.looks[index])))

    def propose(
        self, index: int, heads: Sequence[str], among: ClusterName, overall: ClusterName
    ) -> Iterator[tuple[str, ...]]:
        """Yield parts of a name in order of preference.

        A name that no other begins like is the head, with the best word of captions if it is nearly as telling. Others
        go on with what sets the cluster apart `among` these, its colours, and what sets it apart `overall`; no name
        goes on with what another begins with.
        """
        head, look = heads[index], self.looks[index]
        is_alone = sum(fold(other) == fold(head) for other in heads) == 1
        if is_alone:
            is_said = len(overall.scores) > 1 and head == overall.words[0]
            if is_said and overall.scores[1] >= _NEXT_SCORE * overall.scores[0]:
                yield overall.words[:2]
            yield (head,)
        has_room = look and look != head and len(head) + len(look) + 2 <= MAX_LENGTH
        colours = (look[:1].lower() + look[1:],) if has_room else ()
        further = dict.fromkeys((*among.content, *among.words, *colours, *overall.content, *overall.words))
        others = [part for part in further if not any(_repeats(part, other) for other in heads)]
        for part in others:
            yield head, part
        for pair in combinations(others, 2):
            yield head, *pair
        if not is_alone:
            yield (head,)
        yield from ((part,) for part in (*others, look) if part)


def _repeats(part: str, head: str) -> bool:
    """Return whether a word says again what the head says: "robes" beside "Robe"."""
    one, other = sorted((fold(part), fold(head)), key=len)
    return other.startswith(one) and len(other) - len(one) <= _ENDING


def _rank(
    post: NDArray[np.int64],
    word: NDArray[np.int64],
    size: int,
    cluster: NDArray[np.int64],
    brand: NDArray[np.int64],
    count: int,
) -> list[tuple[list[int], tuple[float, ...], list[float]]]:
    """Return the best of `size` words for each of `count` clusters, from pairs (m,) of posts and words.

    With them come their scores, and the shares of the cluster's posts that say them.
    """
    from scipy.sparse import csr_array
    from scipy.stats import hypergeom

    posts = len(cluster)
    says = csr_array((np.ones(len(post), np.int64), (post, word)), (posts, size))
    uses = np.bincount(word, minlength=size)
    mean_words = len(post) / max(len(np.unique(cluster)), 1)
    order = np.argsort(cluster, kind="stable")
    bounds = np.searchsorted(cluster[order], np.arange(count + 1))
    ranked = []
    for index in range(count):
        members = order[bounds[index] : bounds[index + 1]]
        inside = says[members]
        within = np.bincount(inside.indices, minlength=size)
        share = within / max(len(members), 1)
        outside = (uses - within) / max(posts - len(members), 1)
        able = (within >= _LEAST_POSTS) & (share >= _LEAST_SHARE)
        candidates = np.flatnonzero(able & (share >= _LEAST_RATIO * outside))
        if len(members) < posts:
            drawn = hypergeom.sf(within[candidates] - 1, posts, uses[candidates], len(members))
            candidates = candidates[drawn * (within > 0).sum() < SIGNIFICANT]
        by_brand = _count_by_brand(inside[:, candidates].tocoo(), brand[members])
        scores = share[candidates] ** 2 * np.log1p(mean_words / uses[candidates])
        scores *= _weigh_by_brands(by_brand, np.bincount(brand[members], minlength=by_brand.shape[0]))
        best = np.argsort(-scores, kind="stable")
        best = best[scores[best] > 0][:_WORDS_KEPT]
        ranked.append((candidates[best].tolist(), tuple(scores[best].tolist()), share[candidates[best]].tolist()))
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


def _write(text: str) -> str:
    """Return `text` as a name: one visible line, a capital first, cut to MAX_LENGTH, at a comma if there is one."""
    line = " ".join(strip_unseen(text).split())
    line = line[:1].title() + line[1:]
    if len(line) <= MAX_LENGTH:
        return line
    whole = line[: MAX_LENGTH + 1].rpartition(",")[0]
    return whole or line[: MAX_LENGTH - 1].rstrip() + "…"
