"""Adjusting p-values for many comparisons."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.insights.inference import adjust


def test_holm_adjustment_by_hand() -> None:
    assert adjust(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), max_size=30))
def test_adjusted_values_keep_their_order_and_never_shrink(values: list[float]) -> None:
    p = np.array(values)
    adjusted = adjust(p)
    known = ~np.isnan(p)
    assert (np.isnan(adjusted) == ~known).all()
    assert (adjusted[known] >= p[known]).all() and (adjusted[known] <= 1).all()
    order = np.argsort(p[known], kind="stable")
    assert (np.diff(adjusted[known][order]) >= 0).all()
    if known.sum() == 1:
        assert adjusted[known] == p[known]


def test_no_p_values() -> None:
    assert adjust(np.array([])).shape == (0,)
