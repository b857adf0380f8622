"""Threads of numeric libraries: limited for a while, in the libraries that are loaded by then."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import numpy as np  # loads a library whose threads can be counted
import pytest
import threadpoolctl

from generator.numerics import limit_threads, release_pages


def _threads() -> list[int]:
    return [int(library["num_threads"]) for library in threadpoolctl.threadpool_info()]


def test_threads_are_limited_and_then_as_many_as_before() -> None:
    assert np.ones(1).sum() == 1
    with threadpoolctl.threadpool_limits(3):
        before = _threads()
        with limit_threads(2):
            with limit_threads(1):
                assert set(_threads()) == {1}
            assert set(_threads()) == {2}
        assert _threads() == before != []


def test_libraries_are_looked_for_once_until_more_modules_are_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []

    class Counted(threadpoolctl.ThreadpoolController):
        def __init__(self) -> None:
            looked.append(1)
            super().__init__()

    monkeypatch.setattr(threadpoolctl, "ThreadpoolController", Counted)
    for name in ("one more", "another"):  # so many modules as no test before had
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
        for _ in range(3):
            with limit_threads(1):
                pass
    assert len(looked) == 2


def test_rows_in_a_file_are_read_again_after_their_memory_was_given_back(tmp_path: Path) -> None:
    rows = np.memmap(tmp_path / "rows", np.float32, "w+", shape=(2_000, 1_000))
    rows[:] = np.arange(2_000)[:, None]
    release_pages(rows)
    release_pages(np.ones(3))  # held in memory alone: it stays
    assert np.array_equal(rows[:, 7], np.arange(2_000))
    if sys.platform == "linux":
        release_pages(rows)
        mapped = (Path("/proc/self/smaps")).read_text(encoding="utf-8").partition(str(tmp_path / "rows"))[2]
        held = next(line for line in mapped.splitlines() if line.startswith("Rss:"))
        assert int(held.split()[1]) == 0
