"""Numeric work in bounded memory, with the same bits on any number of cores."""

from __future__ import annotations

import mmap
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    import numpy as np

#: Values that one block of a computation holds: 32 MB of float64.
BLOCK_VALUES = 4_000_000

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def one_thread(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Let the libraries that `function` calls use one thread: several would add up sums in an order left to chance.

    Heeded by the libraries that are loaded when it is called, so `function` gets models of scikit-learn ready-made.
    """

    @wraps(function)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        with limit_threads(1):
            return function(*args, **kwargs)

    return run


def limit_threads(threads: int) -> AbstractContextManager[Any]:
    """Return a context in which each numeric library that is loaded now uses at most so many threads."""
    limited: AbstractContextManager[Any] = _find_libraries(len(sys.modules)).limit(limits=threads)
    return limited


@lru_cache(maxsize=1)
def _find_libraries(modules: int) -> Any:
    """Return what limits the loaded libraries; they are looked for anew when more modules have been imported.

    To look for them takes 10 ms, and a small report asks two hundred times.
    """
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def row_blocks(count: int, width: int, values: int = BLOCK_VALUES) -> Iterator[slice]:
    """Yield slices that together cover `count` rows, of at most `values` values each where a row takes `width`."""
    step = max(1, values // max(1, width))
    return (slice(start, min(start + step, count)) for start in range(0, count, step))


def release_pages(rows: np.ndarray) -> None:
    """Give back the memory of an array that is mapped from a file, which is read again where it is needed.

    Nothing happens to other arrays, or under Windows, which takes such memory back by itself.
    """
    mapped = getattr(rows, "_mmap", None)  # of numpy.memmap alone
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)
