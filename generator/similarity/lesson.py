"""What examples teach: directions among the features in which like posts lie close and unlike ones far apart.

Linear discriminant analysis (Fisher 1936) with the scatter within groups shrunk towards that of a ball (Friedman 1989),
since there are fewer examples than features. What is learnt stands beside the features and does not replace them: ten
groups of five say little of everything else there is to see. On 2,088 photographs with five examples of each of ten
garments, the discriminants alone lose a tenth of the right neighbours among all others; beside the features they lose
none, and tell the garments of other posts by their nearest examples as well as alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.similarity.examples import ExampleGroups
from generator.similarity.facets import divide, measure_say

#: Part of the scatter within groups that is taken to be the same in every direction.
_SHRINKAGE = 0.5
#: Say of what was learnt, where that of all facets together is 1.
_STRENGTH = 2.0
#: Posts that stand for all others where only one group was named, and rows that scales are measured on.
_STRANGERS, _MEASURED = 200, 5_000
#: Times that examples are held out at most: singly up to so many posts.
_FOLDS = 60
#: Standard errors that a gain has to be, to be a clear one.
_CLEAR = 2.0
#: Held-out posts below which nothing can be judged.
_LEAST_JUDGED = 4


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What was learnt from examples, and how well it holds for examples that took no part.

    `before` and `after` are the share of triples, a held-out post, one that belongs with it and one that does not, in
    which the right two are the nearer; NaN where too few could be held out. `gain` is their mean difference over
    held-out posts, with its standard error.
    """

    posts: int
    groups: int
    before: float
    after: float
    gain: float
    error: float
    directions: np.ndarray  # (k, r) of features; r is 0 where nothing was learnt

    @property
    def helps(self) -> bool:
        """Whether it is to be used: the gain is clearly more than chance would bring."""
        return self.directions.shape[1] > 0 and self.gain > _CLEAR * self.error

    def extend(self, features: np.ndarray, among: np.ndarray) -> np.ndarray:
        """`features` (m, k) with what was learnt beside them, (m, k + r); scaled by `among` (n, k), all images."""
        return _extend(features, among, self.directions)


def learn_lesson(features: np.ndarray, examples: ExampleGroups, seed: int) -> Lesson:
    """Learn from examples among `features` (n, k), and judge it by examples held out in turn."""
    groups = [np.array(group, np.intp) for group in examples.groups]
    apart = set(examples.apart)
    named = sum(map(len, groups))
    strangers = _draw_strangers(groups, len(features), seed)
    if len(groups) == 1 and len(strangers):
        groups.append(strangers)
        apart.add((0, 1))
    judged = _hold_out(features, groups, apart, len(groups) - (len(examples.groups) == 1))
    before, after = judged.mean(axis=0) if len(judged) else (np.nan, np.nan)
    gain, error = (
        (float(after - before), float((judged[:, 1] - judged[:, 0]).std(ddof=1) / np.sqrt(len(judged))))
        if len(judged) >= _LEAST_JUDGED
        else (0.0, np.inf)
    )
    directions = _find_directions(features, groups, apart)
    return Lesson(named, len(examples.groups), float(before), float(after), gain, error, directions)


def _draw_strangers(groups: list[np.ndarray], count: int, seed: int) -> np.ndarray:
    others = np.setdiff1d(np.arange(count), np.concatenate([*groups, np.zeros(0, np.intp)]))
    drawn = np.random.default_rng(seed).permutation(others)[:_STRANGERS]
    return np.sort(drawn)


def _find_directions(features: np.ndarray, groups: list[np.ndarray], apart: set[tuple[int, int]]) -> np.ndarray:
    """Discriminants (k, r), those that set groups apart the most first; none where no groups are apart.

    A group of strangers would spread far; only named groups of two or more say how far like posts lie apart.
    """
    from scipy.linalg import eigh  # type: ignore[import-untyped, unused-ignore]
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

    width = features.shape[1]
    rows = features.astype(np.float64)
    means = [rows[group].mean(axis=0) for group in groups]
    alike = [rows[group] - mean for group, mean in zip(groups, means, strict=True) if 1 < len(group) < _STRANGERS]
    if not apart or not alike:
        return np.zeros((width, 0))
    with threadpool_limits(1):
        spread = np.concatenate(alike)
        within = spread.T @ spread / max(1, len(spread) - len(alike))
        ball = np.trace(within) / width * np.eye(width)
        steps = np.stack([means[one] - means[other] for one, other in sorted(apart)])
        between = steps.T @ steps / len(steps)
        strength, found = eigh(between, (1 - _SHRINKAGE) * within + (_SHRINKAGE * ball + 1e-9 * np.eye(width)))
    kept = min(len(groups) - 1, int((strength > 1e-9 * strength[-1]).sum()))
    directions = found[:, ::-1][:, :kept]
    # an eigenvector's sign is chance
    return np.asarray(directions * np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(kept)]))


def _extend(features: np.ndarray, among: np.ndarray, directions: np.ndarray) -> np.ndarray:
    sample = among[:: max(1, len(among) // _MEASURED)]
    say, learnt = measure_say(sample), measure_say(sample @ directions.astype(np.float32))
    beside = divide(features @ directions.astype(np.float32), learnt) * np.float32(say * np.sqrt(_STRENGTH))
    return np.concatenate([features, beside], axis=1)


def _hold_out(
    features: np.ndarray, groups: list[np.ndarray], apart: set[tuple[int, int]], judged_groups: int
) -> np.ndarray:
    """For each post that could be held out, the share of right triples before and after learning: (posts, 2)."""
    among = features[:: max(1, len(features) // _MEASURED)]
    held = [(group, post) for group in range(judged_groups) if len(groups[group]) > 1 for post in groups[group]]
    folds = min(len(held), _FOLDS)
    found = []
    for fold in range(folds):
        out = held[fold::folds]
        gone = {post for _, post in out}
        left = [np.array([post for post in group if post not in gone], np.intp) for group in groups]
        present = [at for at, group in enumerate(left) if len(group)]
        pairs = {(present.index(one), present.index(two)) for one, two in apart if one in present and two in present}
        directions = _find_directions(features, [left[at] for at in present], pairs)
        for group, post in out:
            mates = left[group]
            strangers = [left[two if one == group else one] for one, two in apart if group in (one, two)]
            others = np.concatenate([*strangers, np.zeros(0, np.intp)])
            if len(mates) and len(others):
                rows = features[np.concatenate([[post], mates, others])]
                both = (rows, _extend(rows, among, directions) if directions.shape[1] else rows)
                found.append([_count_right(kind, len(mates)) for kind in both])
    return np.array(found).reshape(-1, 2)


def _count_right(rows: np.ndarray, mates: int) -> float:
    """Share of triples in which the first of `rows` is nearer to one of the next `mates` than to one of the rest."""
    squares = np.square(rows[1:].astype(np.float64) - rows[0]).sum(axis=1)
    return float((squares[:mates, None] < squares[None, mates:]).mean())
