"""Curves over time are drawn to scale, with gaps where nothing is known."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.site.curves import HEIGHT, WIDTH, draw_curve

NAN = float("nan")


def test_the_line_runs_from_edge_to_edge_and_to_scale() -> None:
    curve = draw_curve([0.0, 0.25, 0.5], [0.0] * 3, [0.5] * 3, top=0.5)
    assert curve.line == f"M0.0 {HEIGHT}.0L{WIDTH / 2} {HEIGHT / 2}L{WIDTH}.0 0.0"


def test_the_band_is_closed_between_its_ends() -> None:
    curve = draw_curve([0.2, 0.2], [0.1, 0.1], [0.4, 0.4], top=0.4)
    assert curve.band == f"M0.0 0.0L{WIDTH}.0 0.0L{WIDTH}.0 72.0L0.0 72.0Z"


def test_what_is_not_known_is_a_gap_and_a_point_by_itself_shows() -> None:
    curve = draw_curve([0.1, 0.1, NAN, 0.2], [0.0] * 4, [NAN, NAN, NAN, 0.3], top=0.4)
    assert curve.line.count("M") == 2 and curve.band == ""


@pytest.mark.parametrize("values", [[], [NAN, NAN]])
def test_without_values_nothing_is_drawn(values: list[float]) -> None:
    assert draw_curve(values, values, values, top=1).line == ""
    assert draw_curve([0.0], [0.0], [0.0], top=0).line == ""


@given(st.lists(st.floats(-1, 2) | st.just(NAN) | st.just(float("inf")), max_size=30), st.floats(0.01, 2))
def test_nothing_is_drawn_outside_the_box(values: list[float], top: float) -> None:
    curve = draw_curve(values, [value - 0.2 for value in values], [value + 0.2 for value in values], top)
    for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", curve.line + curve.band):
        assert 0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT
