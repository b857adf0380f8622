"""A map is turned along its longest axis, never mirrored, and spreads evenly over a lattice."""

import numpy as np
import pytest

from generator.maps.turning import spread_points, turn_points


@pytest.mark.parametrize("degrees", [0, 30, 80, 90, 135, 170])
def test_the_longest_axis_becomes_x_and_nothing_is_mirrored(degrees: int) -> None:
    flat = np.random.default_rng(0).normal(size=(400, 2)) * [5.0, 1.0]
    flat -= flat.mean(axis=0)
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    found = turn_points(flat @ turn)
    assert np.ptp(found[:, 0]) > 3 * np.ptp(found[:, 1])
    one_way, other_way = found[1] - found[0], found[2] - found[0]
    before = np.cross([*(flat[1] - flat[0]), 0], [*(flat[2] - flat[0]), 0])[2]
    assert np.cross([*one_way, 0], [*other_way, 0])[2] == pytest.approx(before)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.linalg.norm(flat, axis=1))


def test_a_map_without_a_longest_axis_is_not_turned() -> None:
    corners = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
    assert np.array_equal(turn_points(corners), corners)
    assert np.array_equal(turn_points(np.ones((3, 2))), np.zeros((3, 2)))


def test_points_spread_evenly_in_their_order() -> None:
    crowded = np.random.default_rng(1).normal(size=(512, 2)) ** 3
    places = spread_points(crowded, 32, 16)
    counts = np.histogram2d(places[:, 0], places[:, 1], bins=(8, 4), range=[[-0.5, 31.5], [-0.5, 15.5]])[0]
    assert counts.min() >= 14 and counts.max() <= 18
    assert np.corrcoef(np.argsort(np.argsort(crowded[:, 0])), places[:, 0])[0, 1] > 0.9
