"""Write the viewer's data as scripts, and read them back: mosaics, packed integers, calls with JSON.

They are scripts and not JSON files, since browsers let a page opened from disk load nothing else.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.maps.lattice import Lattice
from generator.mosaics.pyramid import Pyramid

#: How reports of 0.1.0 name what they packed: signed or unsigned, and the bytes of each integer.
_EARLIER_KINDS = ("i1", "u1", "i2", "u2", "i3", "u3", "i4", "u4")


def encode_mosaic(
    pyramid: Pyramid, lattice: Lattice, members: Sequence[int], names: Sequence[Sequence[Any]] = ()
) -> str:
    """Return a mosaic as a script: its measures, the tiles that exist, the post in each cell, and names over them.

    `members[i]` is the position in the report of the lattice's i-th post. Where they are all posts in their own
    order, they are left out. `names` are as `NamePlace.encode` writes them.
    """
    tiles = {
        str(level): {
            "rows": int(present.shape[0]),
            "columns": int(present.shape[1]),
            "bits": encode_bytes(np.packbits(present.ravel(), bitorder="little").tobytes()),
        }
        for level, present in pyramid.tiles.items()
    }
    content = {
        "name": pyramid.name,
        "tile": pyramid.tile,
        "cell": pyramid.cell,
        "first": pyramid.first_level,
        "last": pyramid.last_level,
        "tiles": tiles,
        "names": names,
        **_encode_cells(lattice, members),
    }
    return write_call("mosaic", content)


def decode_mosaic(text: str) -> tuple[Lattice, list[int]]:
    """Return the lattice and the members that `encode_mosaic` wrote. Raises ValueError or KeyError for another text."""
    content = read_call(text)[0]
    if not isinstance(content, dict):
        raise ValueError("it is no mosaic")
    columns, lines = int(content["columns"]), int(content["lines"])
    cells = unpack(content["cells"])
    members = np.arange(len(cells)) if content["members"] is None else unpack(content["members"])
    if len(members) != len(cells) or cells.min(initial=0) < 0 or cells.max(initial=-1) >= columns * lines:
        raise ValueError("its cells do not fit")
    line, column = np.divmod(cells, max(columns, 1))
    return Lattice(columns, lines, column.astype(np.int32), line.astype(np.int32)), members.tolist()


def encode_order(name: str, of: str, lattice: Lattice, members: Sequence[int]) -> str:
    """Return other cells for the images of the mosaic `of`, as a script; members are as in `encode_mosaic`."""
    return encode_share(name, of, _encode_cells(lattice, members))


def _encode_cells(lattice: Lattice, members: Sequence[int]) -> dict[str, Any]:
    return {
        "columns": lattice.columns,
        "lines": lattice.lines,
        "members": None if list(members) == list(range(len(members))) else pack(members),
        "cells": pack(lattice.line.astype(np.int64) * lattice.columns + lattice.column),
    }


def encode_share(name: str, of: str, mosaic: Mapping[str, Any]) -> str:
    """Return a mosaic without tiles of its own, as a script: other cells for some images of the mosaic `of`.

    `mosaic` is the content that `encode_mosaic` wrote. A map of its own, without names, has none.
    """
    cells = {key: mosaic[key] for key in ("columns", "lines", "members", "cells")}
    return write_call("mosaic", {"name": name, "of": of, "names": mosaic.get("names", ()), **cells})


def pack(values: Sequence[int] | NDArray[Any]) -> dict[str, Any]:
    """Pack integers: how far each is above the least, in as few bits as hold them all, the lowest bit first.

    Numbers that none has between the least, which often stands for no value, and the next are the `gap`, and left out.
    The viewer reads integers of up to 32 bits, one of them a sign.
    """
    numbers = np.asarray(values, dtype=np.int64)
    least = int(numbers.min()) if len(numbers) else 0
    above = numbers - least
    gap = int(above[above > 0].min()) - 1 if above.any() else 0
    above[above > 0] -= gap
    bits = int(above.max(initial=0)).bit_length()
    each = np.unpackbits(above.view(np.uint8).reshape(-1, 8), axis=1, count=bits, bitorder="little")
    data = np.packbits(each, bitorder="little").tobytes()
    return {"count": len(numbers), "least": least, "gap": gap, "bits": bits, "values": encode_bytes(data)}


def unpack(packed: Mapping[str, Any]) -> NDArray[np.int64]:
    """Return the integers (n,) that `pack` packed. Raises ValueError or KeyError for anything else."""
    data = np.frombuffer(base64.b64decode(packed["values"], validate=True), np.uint8)
    if "kind" in packed:
        return _unpack_earlier(packed["kind"], data)
    count, bits = int(packed["count"]), int(packed["bits"])
    if not 0 <= bits <= 32 or len(data) != -(-count * bits // 8):
        raise ValueError("its values are not whole")
    each = np.unpackbits(data, count=count * bits, bitorder="little").reshape(count, bits)
    wide = np.packbits(np.pad(each, ((0, 0), (0, 64 - bits))), axis=1, bitorder="little")
    above = wide.view("<i8").ravel().astype(np.int64)
    above[above > 0] += int(packed["gap"])
    return above + int(packed["least"])


def _unpack_earlier(kind: str, data: NDArray[np.uint8]) -> NDArray[np.int64]:
    if kind not in _EARLIER_KINDS:
        raise ValueError(f"{kind} is no kind of number")
    size = int(kind[1])
    low = data.reshape(-1, size)
    wide = np.zeros((len(low), 8), np.uint8)
    wide[:, :size] = low
    if kind[0] == "i":
        wide[low[:, -1] >= 128, size:] = 255
    return wide.view("<i8").ravel().astype(np.int64)


def read_call(script: str) -> list[Any]:
    """Return the values that a script of `write_call` passes to the viewer. Raises ValueError for another script."""
    values: list[Any] = json.loads(f"[{script[script.index('(') + 1 : script.rindex(')')]}]")
    return values


def encode_bytes(data: bytes) -> str:
    """Return bytes as Base64."""
    return base64.b64encode(data).decode()


def write_call(name: str, *values: Any) -> str:
    """Return a script that passes `values` to the viewer's function `name`."""
    return f"Brandscape.data.{name}({','.join(map(dump_json, values))});\n"


def dump_json(value: Any) -> str:
    """Return a value as JSON, with nothing in it that could end a script or a line early."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
