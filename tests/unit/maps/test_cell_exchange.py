"""Images exchange cells so that neighbours look alike; cells in use, and images that may not move, stay."""

import numpy as np
import pytest

from generator.maps import cell_exchange
from generator.maps.cell_exchange import exchange_cells
from generator.maps.lattice import Lattice, assign_cells
from tests.support.grid_quality import distance_preservation


def _draw(count: int = 500, seed: int = 0) -> tuple[np.ndarray, Lattice]:
    """Features of six dimensions, and cells by the first two of them."""
    random = np.random.default_rng(seed)
    features = random.normal(size=(12, 6))[random.integers(0, 12, count)] + 0.3 * random.normal(size=(count, 6))
    return features.astype(np.float32), assign_cells(features[:, :2], 0.7)


def _cells(lattice: Lattice) -> np.ndarray:
    return np.stack([lattice.column, lattice.line], axis=1)


def _roughness(features: np.ndarray, lattice: Lattice) -> float:
    """Mean distance of the features of images beside each other."""
    held = np.full((lattice.lines, lattice.columns), -1)
    held[lattice.line, lattice.column] = np.arange(len(features))
    lengths = []
    for one, other in ((held[1:], held[:-1]), (held[:, 1:], held[:, :-1])):
        both = (one >= 0) & (other >= 0)
        lengths.append(np.linalg.norm(features[one[both]] - features[other[both]], axis=1))
    return float(np.concatenate(lengths).mean())


def test_neighbours_are_more_alike_and_the_same_cells_are_in_use() -> None:
    features, before = _draw()
    after = exchange_cells(before, features)
    assert (after.columns, after.lines) == (before.columns, before.lines)
    assert {*map(tuple, _cells(after).tolist())} == {*map(tuple, _cells(before).tolist())}
    assert _roughness(features, after) < 0.8 * _roughness(features, before)
    assert distance_preservation(features, _cells(after)) > distance_preservation(features, _cells(before)) + 0.02


def test_the_same_input_gives_the_same_cells_and_leaves_it_as_it_was() -> None:
    features, before = _draw()
    kept = _cells(before).copy()
    assert np.array_equal(_cells(exchange_cells(before, features)), _cells(exchange_cells(before, features.copy())))
    assert np.array_equal(_cells(before), kept)


def test_images_that_may_not_move_keep_their_cells() -> None:
    features, before = _draw()
    movable = np.random.default_rng(1).random(len(features)) < 0.3
    after = exchange_cells(before, features, movable)
    assert np.array_equal(_cells(after)[~movable], _cells(before)[~movable])
    assert (_cells(after)[movable] != _cells(before)[movable]).any()
    for few in (np.zeros(len(features), bool), np.arange(len(features)) == 3):
        assert np.array_equal(_cells(exchange_cells(before, features, few)), _cells(before))


def test_no_two_images_beside_each_other_would_gain_by_an_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell_exchange, "_SWEEPS", 50)
    monkeypatch.setattr(cell_exchange, "_WORTHWHILE", 1e-9)
    features, before = _draw(60)
    after = exchange_cells(before, features)
    lines, columns = after.lines + 2, after.columns + 2
    held = np.full((lines, columns), -1)
    held[after.line + 1, after.column + 1] = np.arange(60)

    def cost(board: np.ndarray) -> float:
        total = 0.0
        for one, other in ((board[1:], board[:-1]), (board[:, 1:], board[:, :-1])):
            both = (one >= 0) & (other >= 0)
            total += float(np.linalg.norm(features[one[both]] - features[other[both]], axis=1).sum())
        return total

    least = cost(held)
    for line, column in np.argwhere(held >= 0):
        for beside in ((line + 1, column), (line, column + 1), (line + 2, column)):
            if beside[0] < lines and held[beside] >= 0:
                board = held.copy()
                board[line, column], board[beside] = held[beside], held[line, column]
                assert cost(board) >= least - 1e-3


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_handful_of_images(count: int) -> None:
    lattice = Lattice(count, 1, np.arange(count, dtype=np.int32), np.zeros(count, np.int32))
    after = exchange_cells(lattice, np.ones((count, 4), np.float32))
    assert sorted(after.column.tolist()) == list(range(count))


def test_distance_preservation_is_one_for_a_line_in_order() -> None:
    values = np.arange(9.0)[:, None]
    assert distance_preservation(values, np.stack([np.arange(9), np.zeros(9, int)], axis=1)) == pytest.approx(1)
    shuffled = np.stack([np.random.default_rng(0).permutation(9), np.zeros(9, int)], axis=1)
    assert distance_preservation(values, shuffled) < 0.9
