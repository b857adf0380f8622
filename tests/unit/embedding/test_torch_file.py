"""Weights in PyTorch's older format are read, and nothing else that a pickle can do is done."""

from __future__ import annotations

import contextlib
import io
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.embedding.torch_file import read_weights

MAGIC = 0x1950A86A20F9469CFC6C


class _Global:
    """A name that a pickle refers to, called with arguments."""

    def __init__(self, module: str, name: str, *arguments: Any) -> None:
        self.module, self.name, self.arguments = module, name, arguments


class _Storage:
    def __init__(self, key: str, count: int, kind: str = "FloatStorage") -> None:
        self.key, self.count, self.kind = key, count, kind


def _rebuild(*arguments: Any) -> Any:
    raise AssertionError


class _Pickler(pickle._Pickler):  # type: ignore[name-defined]
    """Writes names of modules that are not installed here."""

    def persistent_id(self, value: Any) -> Any:
        if isinstance(value, _Storage):
            return ("storage", _Global("torch", value.kind), value.key, "cpu", value.count, None)
        return None

    def save(self, value: Any, save_persistent_id: bool = True) -> None:
        if isinstance(value, _Global):
            self.write(f"c{value.module}\n{value.name}\n".encode())
            if value.arguments:
                self.save(value.arguments)
                self.write(pickle.REDUCE)
            return
        super().save(value, save_persistent_id)


def _dump(value: Any) -> bytes:
    file = io.BytesIO()
    _Pickler(file, 2).dump(value)
    return file.getvalue()


def _tensor(key: str, count: int, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> _Global:
    storage = _Storage(key, count)
    return _Global("torch._utils", "_rebuild_tensor_v2", storage, offset, shape, strides, False, OrderedDict())


def _file(views: Any, stores: dict[str, np.ndarray], magic: int = MAGIC) -> bytes:
    parts = [_dump(magic), _dump(1001), _dump({"little_endian": True}), _dump(views), _dump(list(stores))]
    for store in stores.values():
        parts += [len(store).to_bytes(8, "little"), store.astype("<f4").tobytes()]
    return b"".join(parts)


def _read(path: Path, data: bytes) -> dict[str, Any]:
    path.write_bytes(data)
    return read_weights(path)


NUMBERS = np.arange(24, dtype=np.float32)


def test_arrays_are_read_by_name_in_any_order_of_their_axes(tmp_path: Path) -> None:
    views = OrderedDict(
        a=_tensor("1", 24, (2, 3, 4), (12, 4, 1)),
        b=_tensor("1", 24, (4, 3, 2), (1, 4, 12)),
        c=_tensor("2", 3, (), (), 2),
    )
    found = _read(tmp_path / "w.pth", _file(views, {"1": NUMBERS, "2": NUMBERS[:3]}))
    assert np.array_equal(found["a"], NUMBERS.reshape(2, 3, 4))
    assert np.array_equal(found["b"], NUMBERS.reshape(2, 3, 4).transpose())
    assert found["c"] == 2


@pytest.mark.parametrize(
    "name", [("os", "system"), ("builtins", "eval"), ("torch", "load"), ("numpy", "load"), ("subprocess", "Popen")]
)
def test_a_pickle_that_calls_anything_is_refused(tmp_path: Path, name: tuple[str, str]) -> None:
    mark = tmp_path / "mark"
    harm = OrderedDict(a=_Global(*name, f"touch {mark}"))
    with pytest.raises(ValueError, match="no part of a file of weights"):
        _read(tmp_path / "w.pth", _file(harm, {}))
    assert not mark.exists()


@pytest.mark.parametrize(
    "view",
    [
        _tensor("1", 24, (25,), (1,)),
        _tensor("1", 24, (2, 3), (24, 1)),
        _tensor("1", 24, (4,), (1,), 22),
        _tensor("1", 24, (4,), (1,), -1),
        _tensor("1", 24, (4,), (-1,), 20),
        _tensor("1", 24, (4, 2), (1,)),
        _tensor("1", 10**12, (4,), (1,)),
    ],
)
def test_an_array_that_reaches_beyond_its_numbers_is_refused(tmp_path: Path, view: _Global) -> None:
    with pytest.raises(ValueError, match=r"array|damaged|short"):
        _read(tmp_path / "w.pth", _file(OrderedDict(a=view), {"1": NUMBERS}))


@pytest.mark.parametrize("views", [[1, 2], OrderedDict(a=3)])
def test_other_things_than_arrays_are_refused(tmp_path: Path, views: Any) -> None:
    with pytest.raises(ValueError, match="other things than arrays"):
        _read(tmp_path / "w.pth", _file(views, {}))


@given(cut=st.integers(0, 400), value=st.integers(0, 255))
def test_damaged_files_end_as_an_error(tmp_path_factory: pytest.TempPathFactory, cut: int, value: int) -> None:
    whole = bytearray(_file(OrderedDict(a=_tensor("1", 24, (24,), (1,))), {"1": NUMBERS}))
    path = tmp_path_factory.getbasetemp() / "damaged.pth"
    place = cut % len(whole)
    for data in (bytes(whole[:place]), bytes(whole[:place] + bytes([value]) + whole[place + 1 :])):
        path.write_bytes(data)
        with contextlib.suppress(ValueError, KeyError):
            assert read_weights(path)["a"].size <= 24
