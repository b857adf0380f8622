"""The numbers that images are compared by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generator.site import features


def test_numbers_are_kept_exactly_and_left_out_of_large_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    features.write_features(numbers, tmp_path)
    assert np.array_equal(np.load(tmp_path / features.FILE_NAME), numbers)
    monkeypatch.setattr(features, "_MOST", 3)
    (tmp_path / "large").mkdir()
    features.write_features(numbers, tmp_path / "large")
    assert not any((tmp_path / "large").iterdir()) and not features.has_features(4)
