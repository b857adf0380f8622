"""Arrays of weights in a file that PyTorch wrote before version 1.6, read without PyTorch.

Such a file is a row of pickles (a magic number, a version, the sizes of the writer's integers, the arrays by name,
the keys of their stores) and then the stores themselves: a count and the numbers. Pickles can call anything, so this
reader knows three names, which make dictionaries and arrays, and refuses every other.
"""

from __future__ import annotations

import io
import math
import pickle
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001
_STORES: dict[object, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
#: Numbers in one array; the largest network of ImageNet has a hundred million in all.
_MOST = 500_000_000


@dataclass(frozen=True, slots=True)
class _Store:
    key: str
    kind: np.dtype[Any]
    count: int


@dataclass(frozen=True, slots=True)
class _View:
    """An array as a view into a store; strides count numbers, not bytes."""

    store: _Store
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def _make_view(
    store: _Store, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], gradient: bool, hooks: object
) -> _View:
    return _View(store, offset, shape, strides)


class _Unpickler(pickle.Unpickler):
    """Builds dictionaries and views of arrays, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """Return what a name stands for. Raises UnpicklingError for all but a few names."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _make_view
        if module == "torch" and name in _STORES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a file of weights")

    def persistent_load(self, pid: Any) -> _Store:
        """Return the store that an array lies in."""
        kind, storage, key, _, count, view = pid
        if kind != "storage" or storage not in _STORES or view is not None or not 0 <= int(count) <= _MOST:
            raise pickle.UnpicklingError("a store of an unknown kind")
        return _Store(str(key), _STORES[storage], int(count))


def read_weights(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file by name. Raises ValueError for a file that is damaged or holds anything else."""
    data = path.read_bytes()
    file = io.BytesIO(data)
    try:
        if _Unpickler(file).load() != _MAGIC or _Unpickler(file).load() != _VERSION:
            raise ValueError("it is not in PyTorch's format from before version 1.6")
        _Unpickler(file).load()  # sizes of the writer's integers
        views, keys = _Unpickler(file).load(), _Unpickler(file).load()
        if not isinstance(views, dict) or not all(isinstance(view, _View) for view in views.values()):
            raise ValueError("it holds other things than arrays")
        stores = _read_stores(file, views, keys)
        return {str(name): _take(view, stores[view.store.key]) for name, view in views.items()}
    except ValueError:
        raise
    except Exception as error:  # pickle raises nearly anything for damaged bytes
        raise ValueError(f"it is damaged: {error}") from error


def _read_stores(file: BinaryIO, views: Mapping[str, _View], keys: list[str]) -> dict[str, NDArray[Any]]:
    known = {view.store.key: view.store for view in views.values()}
    stores = {}
    for key in keys:
        store = known[key]
        count = int.from_bytes(file.read(8), "little")
        data = file.read(store.count * store.kind.itemsize)
        if count != store.count or len(data) != store.count * store.kind.itemsize:
            raise ValueError("it is cut short")
        stores[key] = np.frombuffer(data, store.kind)
    return stores


def _take(view: _View, store: NDArray[Any]) -> NDArray[Any]:
    """Return the array that a view shows of its store, as a copy in its own order."""
    if len(view.shape) != len(view.strides) or min(view.shape, default=1) < 1 or min(view.strides, default=0) < 0:
        raise ValueError("an array has no shape")
    last = view.offset + sum((size - 1) * stride for size, stride in zip(view.shape, view.strides, strict=True))
    if view.offset < 0 or last >= len(store) or math.prod(view.shape) > _MOST:
        raise ValueError("an array reaches beyond its store")
    size = store.itemsize
    strides = [stride * size for stride in view.strides]
    return np.ascontiguousarray(np.lib.stride_tricks.as_strided(store[view.offset :], view.shape, strides))
