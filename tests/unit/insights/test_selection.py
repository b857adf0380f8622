"""Intervals of findings that were picked because they are clear."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from generator.insights.inference import SIGNIFICANT, adjust
from generator.insights.selection import Selected, adjust_for_selection

Floats = NDArray[np.float64]


def _adjust(
    z: Floats, error: float = 1.0, budget: float = 1.0, weight: Floats | None = None
) -> tuple[NDArray[np.bool_], Selected]:
    p = 2 * norm.sf(np.abs(z))
    shown = adjust(p.ravel(), budget, weight).reshape(p.shape) < SIGNIFICANT
    interval = (z * error, (z - 1.96) * error, (z + 1.96) * error)
    return shown, adjust_for_selection(interval, p, shown, budget, weight)


@pytest.mark.parametrize("effect", [2.0, 3.0, 4.0, 6.0])
def test_shown_intervals_hold_the_truth_19_times_in_20(effect: float) -> None:
    truth = np.zeros((600, 40))
    truth[:, :3] = effect
    z = np.random.default_rng(0).normal(truth)
    inside, usual, ratio = [], [], []
    for row in range(len(z)):
        shown, found = _adjust(z[row], budget=0.25)
        inside += ((found.low <= truth[row]) & (truth[row] <= found.high))[shown].tolist()
        usual += (np.abs(z[row] - truth[row]) < 1.96)[shown].tolist()
        ratio += found.estimate[shown & (truth[row] > 0)].tolist()
    assert np.mean(inside) == pytest.approx(0.95, abs=0.06 if effect == 2 else 0.03)
    if effect < 4:
        assert np.mean(usual) < np.mean(inside) - 0.03 and np.median(ratio) < effect * 1.4
    else:
        assert np.median(ratio) == pytest.approx(effect, abs=0.3)


def test_what_has_less_of_the_budget_has_to_be_clearer_and_is_adjusted_so() -> None:
    weight = np.repeat([20.0, 1.0], 20)
    truth = np.zeros((1500, 40))
    truth[:, [0, 20]] = 3.4
    z = np.random.default_rng(1).normal(truth)
    inside: dict[int, list[bool]] = {0: [], 20: []}
    for row in range(len(z)):
        shown, found = _adjust(z[row], weight=weight)
        for place in np.flatnonzero(shown[[0, 20]]) * 20:
            inside[place].append(bool(found.low[place] <= truth[row, place] <= found.high[place]))
    assert len(inside[0]) > 1.3 * len(inside[20]) > 200
    assert all(np.mean(held) == pytest.approx(0.95, abs=0.03) for held in inside.values())


def test_clear_findings_stay_as_they_are_and_narrow_ones_come_nearer() -> None:
    shown, found = _adjust(np.array([9.0, 3.2, -3.2, 1.0, 0.0, -0.5]), error=0.5)
    assert shown.tolist() == [True, True, True, False, False, False]
    assert (found.low[0], found.estimate[0], found.high[0]) == pytest.approx((3.52, 4.5, 5.48), abs=0.01)
    assert 0 < found.low[1] < (3.2 - 1.96) * 0.5 and found.low[1] <= found.estimate[1] < 1.6 <= found.high[1]
    assert (found.low[2], found.estimate[2], found.high[2]) == pytest.approx(
        (-found.high[1], -found.estimate[1], -found.low[1])
    )
    assert np.isnan(found.low[3:]).all()


def test_infinite_ratios_keep_a_lower_end() -> None:
    p = np.array([[1e-8, 1e-5], [0.5, np.nan]])
    inf = np.inf
    interval = (np.array([[inf, -inf], [0, 0]]), np.array([[1.2, -inf], [-1, -1]]), np.array([[inf, -0.9], [1, 1]]))
    found = adjust_for_selection(interval, p, p < 1e-4)
    assert 0 < found.low[0, 0] <= 1.2 and found.high[0, 0] == inf and found.estimate[0, 0] > 0
    assert -0.9 <= found.high[0, 1] < 0 and found.low[0, 1] == -inf and found.estimate[0, 1] < 0


def test_nothing_shown() -> None:
    shown, found = _adjust(np.zeros((2, 3)))
    assert not shown.any() and np.isnan(found.estimate).all() and found.low.shape == (2, 3)
    assert adjust_for_selection((np.zeros(0),) * 3, np.zeros(0), np.zeros(0, bool)).low.shape == (0,)
