"""Threads of numeric libraries: limited for a while, in the libraries that are loaded by then."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np  # loads a library whose threads can be counted
import pytest
import threadpoolctl

from generator.numerics import limit_threads


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
