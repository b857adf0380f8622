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

from generator.numerics import one_thread
from generator.similarity.examples import ExampleGroups
from generator.similarity.facets import measure_say

#: Raised whenever the same input would give another result.
VERSION = 1

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
class LearnedMetric:
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

    @one_thread
    def learn(self, features: np.ndarray) -> np.ndarray:
        """What was learnt of `features` (m, k): (m, r), float32."""
        return _learn(features, self.directions)

    @one_thread
    def extend(self, features: np.ndarray, among: np.ndarray) -> np.ndarray:
        """`features` (m, k) with what was learnt beside them, (m, k + r); scaled by `among` (n, k), all images."""
        sample = _sample(among)
        return _set_beside(features, self.directions, _find_scale(sample, measure_say(sample), self.directions))


@dataclass(frozen=True, slots=True)
class _Groups:
    """Rows of features by group; the first `named` groups were named, one after them stands for everything else."""

    rows: list[np.ndarray]
    named: int
    apart: frozenset[tuple[int, int]]

    def without(self, gone: set[int]) -> _Groups:
        """The groups without the rows `gone`; they keep their positions, be it that nothing is left of one."""
        left = [np.array([row for row in group if row not in gone], np.intp) for group in self.rows]
        return _Groups(left, self.named, self.apart)

    def strangers_of(self, group: int) -> np.ndarray:
        """The rows of all groups that are apart from `group`."""
        others = [two if one == group else one for one, two in sorted(self.apart) if group in (one, two)]
        return np.concatenate([*(self.rows[other] for other in others), np.zeros(0, np.intp)])


@one_thread
def learn_metric(features: np.ndarray, examples: ExampleGroups, seed: int) -> LearnedMetric:
    """Learn from examples among `features` (n, k), and judge it by examples held out in turn."""
    rows = [np.array(group, np.intp) for group in examples.groups]
    groups = _Groups(rows, len(rows), examples.apart)
    strangers = _draw_strangers(rows, len(features), seed)
    if len(rows) == 1 and len(strangers):
        groups = _Groups([*rows, strangers], 1, frozenset({(0, 1)}))
    judged, directions = _hold_out(features, groups), _find_directions(features, groups)
    before, after = judged.mean(axis=0) if len(judged) else (np.nan, np.nan)
    gain, error = 0.0, np.inf
    if len(judged) >= _LEAST_JUDGED:
        gain = float(after - before)
        error = float((judged[:, 1] - judged[:, 0]).std(ddof=1) / np.sqrt(len(judged)))
    return LearnedMetric(sum(map(len, rows)), len(rows), float(before), float(after), gain, error, directions)


def _draw_strangers(groups: list[np.ndarray], count: int, seed: int) -> np.ndarray:
    others = np.setdiff1d(np.arange(count), np.concatenate([*groups, np.zeros(0, np.intp)]))
    drawn = np.random.default_rng(seed).permutation(others)[:_STRANGERS]
    return np.sort(drawn)


def _find_directions(features: np.ndarray, groups: _Groups) -> np.ndarray:
    """Discriminants (k, r), those that set groups apart the most first; none where no groups are apart.

    Only named groups of two or more say how far like posts lie apart.
    """
    from scipy.linalg import eigh

    width = features.shape[1]
    rows = [features[group].astype(np.float64) for group in groups.rows]
    means = [group.mean(axis=0) if len(group) else None for group in rows]
    pairs = [(means[one], means[other]) for one, other in sorted(groups.apart)]
    steps = [one - other for one, other in pairs if one is not None and other is not None]
    alike = [group - group.mean(axis=0) for group in rows[: groups.named] if len(group) > 1]
    if not steps or not alike:
        return np.zeros((width, 0))
    spread = np.concatenate(alike)
    within = spread.T @ spread / max(1, len(spread) - len(alike))
    ball = np.trace(within) / width * np.eye(width)
    between = np.stack(steps).T @ np.stack(steps) / len(steps)
    strength, found = eigh(between, (1 - _SHRINKAGE) * within + (_SHRINKAGE * ball + 1e-9 * np.eye(width)))
    present = sum(mean is not None for mean in means)
    kept = min(present - 1, int((strength > 1e-9 * strength[-1]).sum()))
    directions = found[:, ::-1][:, :kept]
    # an eigenvector's sign is chance
    return np.asarray(directions * np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(kept)]))


def _sample(features: np.ndarray) -> np.ndarray:
    return features[:: max(1, len(features) // _MEASURED)]


def _find_scale(among: np.ndarray, say: float, directions: np.ndarray) -> float:
    """What makes what was learnt have _STRENGTH times the `say` of the features; 0 where it sets nothing apart."""
    learnt = measure_say(_learn(among, directions)) if directions.shape[1] else 0.0
    return say * float(np.sqrt(_STRENGTH)) / learnt if learnt > 1e-9 else 0.0


def _set_beside(features: np.ndarray, directions: np.ndarray, scale: float) -> np.ndarray:
    return np.concatenate([features, _learn(features, directions) * np.float32(scale)], axis=1)


def _learn(features: np.ndarray, directions: np.ndarray) -> np.ndarray:
    return np.asarray(features @ directions.astype(np.float32))


def _hold_out(features: np.ndarray, groups: _Groups) -> np.ndarray:
    """For each post that could be held out, the share of right triples before and after learning: (posts, 2)."""
    among = _sample(features)
    say = measure_say(among)
    held = [(place, row) for place, group in enumerate(groups.rows[: groups.named]) for row in group if len(group) > 1]
    folds = min(len(held), _FOLDS)
    found = []
    for fold in range(folds):
        out = held[fold::folds]
        left = groups.without({row for _, row in out})
        directions = _find_directions(features, left)
        scale = _find_scale(among, say, directions)
        for group, row in out:
            mates, strangers = left.rows[group], left.strangers_of(group)
            if len(mates) and len(strangers):
                rows = features[np.concatenate([[row], mates, strangers])]
                both = rows, _set_beside(rows, directions, scale)
                found.append([_count_right(kind, len(mates)) for kind in both])
    return np.array(found).reshape(-1, 2)


def _count_right(rows: np.ndarray, mates: int) -> float:
    """Share of triples in which the first of `rows` is nearer to one of the next `mates` than to one of the rest."""
    squares = np.square(rows[1:].astype(np.float64) - rows[0]).sum(axis=1)
    return float((squares[:mates, None] < squares[None, mates:]).mean())
