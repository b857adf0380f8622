"""A metric learned from examples: directions of features in which like posts lie close and unlike ones far apart.

Linear discriminant analysis (Fisher 1936) with the scatter within groups shrunk towards that of a ball (Friedman 1989),
since there are fewer examples than features. The learned directions stand beside the features and do not replace them:
ten groups of five posts say little about all other posts. On 2,088 photographs with five examples of each of ten
garments, the discriminants alone lose a tenth of the right neighbours among all other posts. Beside the features they
lose none, and tell the garments of other posts by their nearest examples as well as alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.numerics import one_thread
from generator.similarity.examples import ExampleGroups
from generator.similarity.facets import measure_influence

#: Raised whenever the same input would give another result.
VERSION = 1

#: Part of the scatter within groups that is taken to be the same in every direction.
_SHRINKAGE = 0.5
#: Influence of what was learned, where that of all facets together is 1.
_STRENGTH = 2.0
#: Posts that stand for all others where only one group was named, and rows that scales are measured on.
_STRANGERS, _MEASURED = 200, 5_000
#: Most folds; up to this many examples each is held out alone.
_FOLDS = 60
#: A gain is clear from this many standard errors on.
_CLEAR = 2.0
#: With fewer held-out posts nothing can be judged.
_LEAST_JUDGED = 4


@dataclass(frozen=True, slots=True, eq=False)
class LearnedMetric:
    """Directions learned from examples, and how well they hold for examples that were held out.

    A triple is a held-out post, one that belongs with it and one that does not. `before` and `after` are the share of
    triples in which the right two are nearer to each other; NaN where too few posts could be held out. `gain` is the
    mean difference over held-out posts, `error` its standard error.
    """

    posts: int
    groups: int
    before: float
    after: float
    gain: float
    error: float
    directions: np.ndarray  # (k, r) of features; r is 0 where nothing was learned

    @property
    def helps(self) -> bool:
        """Whether it is worth using: the gain is clearly more than chance would bring."""
        return self.directions.shape[1] > 0 and self.gain > _CLEAR * self.error

    @one_thread
    def learn(self, features: np.ndarray) -> np.ndarray:
        """Return `features` (m, k) along the learned directions: (m, r), float32."""
        return _learn(features, self.directions)

    @one_thread
    def extend(self, features: np.ndarray, among: np.ndarray) -> np.ndarray:
        """Return `features` (m, k) with learned ones beside them, (m, k + r), scaled by all images, `among` (n, k)."""
        sample = _sample(among)
        return _append(features, self.directions, _find_scale(sample, measure_influence(sample), self.directions))


@dataclass(frozen=True, slots=True)
class _Groups:
    """Rows of features by group. The first `named` groups were named; one after them stands for all other posts."""

    rows: list[np.ndarray]
    named: int
    apart: frozenset[tuple[int, int]]

    def without(self, held_out: set[int]) -> _Groups:
        """Return the groups without the rows `held_out`. They keep their positions, even one that is then empty."""
        rest = [np.array([row for row in group if row not in held_out], np.intp) for group in self.rows]
        return _Groups(rest, self.named, self.apart)

    def strangers_of(self, group: int) -> np.ndarray:
        """Return the rows of all groups that are apart from `group`."""
        others = [high if low == group else low for low, high in sorted(self.apart) if group in (low, high)]
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
    """Return discriminants (k, r), the strongest first; none where no groups are apart.

    Only named groups of two or more posts say how far like posts lie apart.
    """
    from scipy.linalg import eigh

    width = features.shape[1]
    rows = [features[group].astype(np.float64) for group in groups.rows]
    means = [group.mean(axis=0) if len(group) else None for group in rows]
    pairs = [(means[low], means[high]) for low, high in sorted(groups.apart)]
    steps = [low - high for low, high in pairs if low is not None and high is not None]
    alike = [group - group.mean(axis=0) for group in rows[: groups.named] if len(group) > 1]
    if not steps or not alike:
        return np.zeros((width, 0))
    spread = np.concatenate(alike)
    within = spread.T @ spread / max(1, len(spread) - len(alike))
    ball = np.trace(within) / width * np.eye(width)
    between = np.stack(steps).T @ np.stack(steps) / len(steps)
    strength, vectors = eigh(between, (1 - _SHRINKAGE) * within + (_SHRINKAGE * ball + 1e-9 * np.eye(width)))
    present = sum(mean is not None for mean in means)
    count = min(present - 1, int((strength > 1e-9 * strength[-1]).sum()))
    directions = vectors[:, ::-1][:, :count]
    # an eigenvector's sign is chance
    return np.asarray(directions * np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(count)]))


def _sample(features: np.ndarray) -> np.ndarray:
    return features[:: max(1, len(features) // _MEASURED)]


def _find_scale(among: np.ndarray, influence: float, directions: np.ndarray) -> float:
    """Return the factor that gives learned features _STRENGTH times `influence`; 0 where they are all alike."""
    learned = measure_influence(_learn(among, directions)) if directions.shape[1] else 0.0
    return influence * float(np.sqrt(_STRENGTH)) / learned if learned > 1e-9 else 0.0


def _append(features: np.ndarray, directions: np.ndarray, scale: float) -> np.ndarray:
    return np.concatenate([features, _learn(features, directions) * np.float32(scale)], axis=1)


def _learn(features: np.ndarray, directions: np.ndarray) -> np.ndarray:
    return np.asarray(features @ directions.astype(np.float32))


def _hold_out(features: np.ndarray, groups: _Groups) -> np.ndarray:
    """Return the share of right triples before and after learning of each post that can be held out: (posts, 2)."""
    among = _sample(features)
    influence = measure_influence(among)
    members = [(group, row) for group, rows in enumerate(groups.rows[: groups.named]) for row in rows if len(rows) > 1]
    folds = min(len(members), _FOLDS)
    shares = []
    for fold in range(folds):
        held_out = members[fold::folds]
        rest = groups.without({row for _, row in held_out})
        directions = _find_directions(features, rest)
        scale = _find_scale(among, influence, directions)
        for group, row in held_out:
            mates, strangers = rest.rows[group], rest.strangers_of(group)
            if len(mates) and len(strangers):
                before = features[np.concatenate([[row], mates, strangers])]
                after = _append(before, directions, scale)
                shares.append([_count_right(rows, len(mates)) for rows in (before, after)])
    return np.array(shares).reshape(-1, 2)


def _count_right(rows: np.ndarray, mates: int) -> float:
    """Return the share of triples in which the first row is nearer to one of the next `mates` than to a later one."""
    squares = np.square(rows[1:].astype(np.float64) - rows[0]).sum(axis=1)
    return float((squares[:mates, None] < squares[None, mates:]).mean())
