"""Every point gets a cell of its own, near its place, and neighbours stay neighbours."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from generator.maps import lattice
from generator.maps.lattice import ASPECT, Lattice, assign_cells, extend_cells
from generator.maps.turning import turn_points

Floats = NDArray[np.float64]
Cells = NDArray[np.int64]

coordinates = st.floats(-1e6, 1e6, allow_nan=False, width=32)
point_sets = st.integers(1, 120).flatmap(lambda n: arrays(np.float64, (n, 2), elements=coordinates))
fills = st.floats(0.1, 1.0)


def draw_map(n: int, seed: int = 0) -> NDArray[np.float64]:
    """Blobs of different sizes and densities, as t-SNE leaves them."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(-60, 60, (24, 2))
    spread = rng.uniform(2, 8, 24)
    blob = rng.integers(0, 24, n)
    return np.asarray(centres[blob] + rng.normal(size=(n, 2)) * spread[blob, None])


def cells_of(points: NDArray[np.float64], fill: float) -> NDArray[np.int64]:
    lattice = assign_cells(points, fill)
    return np.stack([lattice.column, lattice.line], axis=1).astype(np.int64)


@given(points=point_sets, fill=fills)
@settings(max_examples=60, deadline=None)
def test_no_two_points_share_a_cell_and_all_lie_on_the_lattice(points: NDArray[np.float64], fill: float) -> None:
    lattice = assign_cells(points, fill)
    cells = set(zip(lattice.column.tolist(), lattice.line.tolist(), strict=True))
    assert len(cells) == len(points)
    assert {column for column, _ in cells} <= set(range(lattice.columns))
    assert {line for _, line in cells} <= set(range(lattice.lines))


@given(points=point_sets, fill=fills)
@settings(max_examples=30, deadline=None)
def test_outer_lines_and_columns_are_in_use(points: NDArray[np.float64], fill: float) -> None:
    lattice = assign_cells(points, fill)
    assert (lattice.column.min(), lattice.line.min()) == (0, 0)
    assert (lattice.column.max() + 1, lattice.line.max() + 1) == (lattice.columns, lattice.lines)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_handful_of_points(n: int) -> None:
    lattice = assign_cells(draw_map(n), 0.35)
    assert lattice.column.shape == lattice.line.shape == (n,)
    assert lattice.column.dtype == lattice.line.dtype == np.int32
    assert lattice.columns * lattice.lines >= n


def test_one_point_is_one_cell() -> None:
    lattice = assign_cells(np.array([[3.0, 4.0]]), 0.35)
    assert (lattice.columns, lattice.lines) == (1, 1)


def test_no_points_is_an_empty_lattice() -> None:
    lattice = assign_cells(np.zeros((0, 2)), 0.35)
    assert (lattice.columns, lattice.lines, len(lattice.column)) == (0, 0, 0)


def test_identical_points_make_a_compact_patch() -> None:
    lattice = assign_cells(np.ones((500, 2)), 0.35)
    assert lattice.columns <= 30
    assert lattice.lines <= 30


def test_points_on_a_line_keep_their_order() -> None:
    x = np.linspace(0, 1, 300)
    lattice = assign_cells(np.stack([x, np.zeros(300)], axis=1), 0.35)
    assert np.corrcoef(x, lattice.column)[0, 1] > 0.99


def test_x_runs_right_and_y_runs_down() -> None:
    corners = np.array([[0.0, 0.0], [1.7, 0.0], [0.0, 1.0], [1.7, 1.0]])
    lattice = assign_cells(corners, 1.0, aspect=1.0)
    assert (lattice.columns, lattice.lines) == (2, 2)
    assert lattice.column.tolist() == [0, 1, 0, 1]
    assert lattice.line.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("stretch", [0.01, 0.5, 1.0, 1.4, 100.0])
def test_every_map_lies_along_a_wide_screen(stretch: float) -> None:
    points = np.random.default_rng(1).uniform(size=(2_000, 2)) * [stretch, 1.0]
    lattice = assign_cells(points, 0.5)
    assert lattice.columns / lattice.lines == pytest.approx(ASPECT, rel=0.05)


def test_a_high_map_is_turned_by_a_quarter() -> None:
    points = np.random.default_rng(1).uniform(size=(500, 2)) * [1.0, 4.0]
    lattice = assign_cells(points, 0.5)
    assert abs(np.corrcoef(points[:, 1], lattice.column)[0, 1]) > 0.98


def test_gaps_still_part_clusters_on_a_lattice_two_thirds_full() -> None:
    random = np.random.default_rng(4)
    angle, far = random.uniform(0, 2 * np.pi, 900), 3 * np.sqrt(random.random(900))
    cluster = np.repeat([0, 1], 450)
    points = np.stack([far * np.cos(angle) + 8 * cluster, far * np.sin(angle)], axis=1)
    cells = cells_of(points, 0.68)
    assert cells[cluster == 1, 0].min() - cells[cluster == 0, 0].max() > 1


@pytest.mark.parametrize("fill", [0.2, 0.35, 0.75, 1.0])
def test_the_share_of_filled_cells_is_about_the_one_asked_for(fill: float) -> None:
    lattice = assign_cells(draw_map(2_000), fill)
    # trimming may take away empty edges, so a little denser is fine
    assert fill * 0.97 <= 2_000 / (lattice.columns * lattice.lines) <= fill * 1.15


def test_the_same_points_always_give_the_same_cells() -> None:
    points = draw_map(3_000)
    assert np.array_equal(cells_of(points, 0.35), cells_of(points.copy(), 0.35))


def test_cells_lie_near_their_points() -> None:
    points = draw_map(3_000)
    turned, cells = turn_points(points), cells_of(points, 0.35)
    side = np.ptp(cells, axis=0).max()
    moved = np.linalg.norm(
        (turned - turned.min(axis=0)) / np.ptp(turned, axis=0) - cells / np.ptp(cells, axis=0), axis=1
    )
    assert moved.mean() * side < 6  # of 121 columns


def test_neighbours_stay_neighbours() -> None:
    from generator.maps.tsne import trustworthiness

    rng = np.random.default_rng(3)
    kinds = rng.integers(0, 20, 1_500)
    features = rng.normal(size=(20, 16))[kinds] * 3 + rng.normal(size=(1_500, 16))
    # a plane that keeps what a plane can keep, without the cost of t-SNE in a test
    angle = kinds * 2.399963
    plane = np.stack([np.cos(angle), np.sin(angle)], axis=1) * np.sqrt(kinds + 1)[:, None] * 8 + features[:, :2]
    raw = trustworthiness(features, plane)
    assert trustworthiness(features, cells_of(plane, 0.35).astype(float)) >= 0.95 * raw
    assert trustworthiness(features, cells_of(plane, 0.75).astype(float)) >= 0.90 * raw


def test_no_single_swap_within_a_small_lattice_would_help() -> None:
    # with a point in each corner nothing is trimmed, and the test knows the scale
    points = np.concatenate([draw_map(26), [[-90, -90], [-90, 90], [90, -90], [90, 90]]])
    cells = cells_of(points, 0.35)
    # small enough for one window: the placing is optimal, so exchanging any two cells cannot lower the sum
    points = turn_points(points)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    targets = (points - low) / extent * cells.max(axis=0)
    cost = ((targets - cells) ** 2).sum()
    for first in range(30):
        for second in range(first):
            swapped = cells.copy()
            swapped[[first, second]] = cells[[second, first]]
            assert ((targets - swapped) ** 2).sum() >= cost - 1e-9


def test_the_work_grows_with_the_number_of_points(monkeypatch: pytest.MonkeyPatch) -> None:
    solve, sizes = lattice._solve_block, []

    def count(targets: Floats, low: Cells, sides: Cells) -> Cells:
        sizes.append(len(targets))
        return solve(targets, low, sides)

    monkeypatch.setattr(lattice, "_solve_block", count)
    placed = []
    for points in (1_000, 4_000):
        sizes.clear()
        cells_of(draw_map(points), 0.35)
        assert max(sizes) <= lattice._WINDOW**2
        placed.append(sum(sizes))
    assert placed[1] < 8 * placed[0]  # n² would be 16


@pytest.mark.parametrize(
    ("points", "fill"),
    [
        (np.array([[0.0, np.nan]]), 0.35),
        (np.array([[0.0, np.inf]]), 0.35),
        (np.zeros((3, 3)), 0.35),
        (np.zeros(4), 0.35),
        (np.zeros((3, 2)), 0.0),
        (np.zeros((3, 2)), 1.2),
    ],
)
def test_what_cannot_be_placed_is_refused(points: NDArray[np.float64], fill: float) -> None:
    with pytest.raises(ValueError, match=r"points must be|fill must be"):
        assign_cells(points, fill)


def _without(lattice: Lattice, new: NDArray[np.bool_]) -> Lattice:
    """The lattice as it stood before the points `new` came."""
    column, line = (np.where(new, -1, cells).astype(np.int32) for cells in (lattice.column, lattice.line))
    return Lattice(lattice.columns, lattice.lines, column, line)


@given(points=point_sets, fill=fills, seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_new_points_get_free_cells_and_old_ones_stay(points: NDArray[np.float64], fill: float, seed: int) -> None:
    new = np.random.default_rng(seed).random(len(points)) < 0.4
    before = assign_cells(points[~new], fill)
    kept = Lattice(before.columns, before.lines, *(np.full(len(points), -1, np.int32) for _ in range(2)))
    kept.column[~new], kept.line[~new] = before.column, before.line
    after = extend_cells(points, kept, fill)
    assert (after.column[~new] == before.column).all() and (after.line[~new] == before.line).all()
    cells = set(zip(after.column.tolist(), after.line.tolist(), strict=True))
    assert len(cells) == len(points)
    assert min(after.column) >= 0 and max(after.column) < after.columns
    assert min(after.line) >= 0 and max(after.line) < after.lines


@pytest.mark.parametrize("fill", [0.5, 0.75])
def test_new_points_lie_where_the_map_has_them(fill: float) -> None:
    points = draw_map(1_500)
    new = np.random.default_rng(2).random(1_500) < 0.05
    before = assign_cells(points[~new], fill)
    kept = _without(Lattice(before.columns, before.lines, np.zeros(1_500, np.int32), np.zeros(1_500, np.int32)), new)
    kept.column[~new], kept.line[~new] = before.column, before.line
    after = extend_cells(points, kept, fill)
    cells = np.stack([after.column, after.line], axis=1)
    old = np.flatnonzero(~new)
    nearest = old[np.linalg.norm(points[new][:, None] - points[None, old], axis=2).argmin(axis=1)]
    assert np.median(np.linalg.norm(cells[new] - cells[nearest], axis=1)) <= 4


def test_a_lattice_without_new_points_is_the_same_and_a_full_one_grows_downwards() -> None:
    full = assign_cells(draw_map(40), 1.0)
    assert extend_cells(draw_map(40), full, 1.0) is full
    points = np.concatenate([draw_map(40), draw_map(40, seed=1)])
    kept = Lattice(full.columns, full.lines, *(np.full(80, -1, np.int32) for _ in range(2)))
    kept.column[:40], kept.line[:40] = full.column, full.line
    after = extend_cells(points, kept, 1.0)
    assert after.columns >= full.columns and after.lines > full.lines


def test_without_old_points_a_lattice_is_made_anew() -> None:
    points = draw_map(60)
    none = Lattice(9, 9, np.full(60, -1, np.int32), np.full(60, -1, np.int32))
    made, anew = extend_cells(points, none, 0.5), assign_cells(points, 0.5)
    assert (made.column == anew.column).all() and (made.line == anew.line).all()
