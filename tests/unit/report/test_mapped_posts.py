"""Posts left out of a report: the others keep their positions and clusters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generator.report.mapped_posts import keep_posts
from tests.support.sample_report import make_mapped, make_post


def test_kept_posts_keep_their_positions_and_cluster_numbers() -> None:
    labels = [0, 0, 0, 1, 1, 2, -1, 2]
    mapped = make_mapped([make_post(index, "A") for index in range(8)], labels)
    kept = np.array([True, False, False, False, False, True, True, True])
    near = np.zeros((4, 1), np.intp)
    part = keep_posts(mapped, kept, near, near)
    assert [post.id for post in part.posts] == ["P00000", "P00005", "P00006", "P00007"]
    # the third cluster is now the largest, and the second has no post left
    assert part.cluster_numbers == (3, 1)
    assert part.labels.tolist() == [1, 0, -1, 0]
    assert part.near is near
    rows = np.flatnonzero(kept)
    assert (part.points == mapped.points[rows]).all() and (part.features == mapped.features[rows]).all()
    assert (part.signatures.hashes == mapped.signatures.hashes[rows]).all()
    assert (part.lattice.column == mapped.lattice.column[rows]).all()


def test_territories_lose_what_is_left_out_and_keep_their_numbers() -> None:
    labels = [0, 0, 0, 1, 1, 2, -1, 2]
    mapped = make_mapped([make_post(index, "A") for index in range(8)], labels)
    mapped = replace(mapped, territories=(0, 1, 0), territory_numbers=(4, 9))
    assert mapped.territory is not None and mapped.territory.tolist() == [0, 0, 0, 1, 1, 0, -1, 0]
    kept = np.array([False, False, False, True, True, True, True, False])
    part = keep_posts(mapped, kept, *[np.zeros((4, 1), np.intp)] * 2)
    # the second territory is now the larger one
    assert (part.cluster_numbers, part.territories, part.territory_numbers) == ((2, 3), (0, 1), (9, 4))
    alone = keep_posts(mapped, np.array(labels) == 1, *[np.zeros((2, 1), np.intp)] * 2)
    assert (alone.territories, alone.territory_numbers) == ((0,), (9,))
    assert keep_posts(mapped, np.array(labels) == -1, *[np.zeros((1, 1), np.intp)] * 2).territory is None
