"""Tests of the viewer's data scripts: they hold the report's values, and no text ends a script early."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from generator.maps.lattice import Lattice, assign_cells
from generator.mosaics.pyramid import plan_pyramid
from generator.mosaics.script import decode_mosaic, encode_mosaic, pack, unpack
from generator.mosaics.writer import write_pyramid
from generator.report.model import Report
from generator.settings import MosaicSettings
from generator.site import viewer_data
from generator.site.viewer_data import encode_posts
from tests.support.sample_report import BRANDS, make_post, make_report


def _values(script: str) -> list[Any]:
    """What a data script hands over."""
    assert script.startswith("Brandscape.data.") and script.endswith(");\n")
    content = script[script.index("(") + 1 : -3]
    values: list[Any] = json.loads(f"[{content}]")
    return values


def _numbers(column: dict[str, Any]) -> list[int]:
    whole, bits = int.from_bytes(base64.b64decode(column["values"]), "little"), column["bits"]
    above = [(whole >> bits * at) % 2**bits for at in range(column["count"])]
    return [column["least"] + (step + column["gap"] if step else 0) for step in above]


@pytest.mark.parametrize(
    ("values", "bits"),
    [([0], 0), ([7, 7], 0), ([0, 1], 1), ([-1, 0, -1], 1), ([-1, 0, 127], 8), ([20_000, 21_826], 1),
     ([-1, 20_000, 20_001, 21_826], 11), ([0, 1, 2**17 + 1], 18), ([-1, 0, 2**31 - 1], 32),
     ([-(2**31), 1 - 2**31, 2**31 - 1], 32)],
)  # fmt: skip
def test_values_are_packed_in_as_few_bits_as_hold_them(values: list[int], bits: int) -> None:
    column = pack(values)
    assert (column["least"], column["bits"]) == (min(values), bits)
    assert len(base64.b64decode(column["values"])) == -(-len(values) * bits // 8)
    assert _numbers(column) == unpack(column).tolist() == values


def test_columns_without_values_are_packed() -> None:
    assert unpack(pack([])).tolist() == _numbers(pack([])) == []


@pytest.mark.parametrize(
    ("kind", "data", "values"),
    [("i1", "ff05", [-1, 5]), ("u1", "ff", [255]), ("u2", "0102", [513]), ("i3", "ffffff000080", [-1, -(2**23)]),
     ("u3", "ffffff", [2**24 - 1]), ("u4", "000000ff", [0xFF000000])],
)  # fmt: skip
def test_columns_of_earlier_reports_are_read(kind: str, data: str, values: list[int]) -> None:
    assert unpack({"kind": kind, "values": base64.b64encode(bytes.fromhex(data)).decode()}).tolist() == values


def _odd_report() -> Report:
    """Posts without a date, likes or permalink, long before 1970 or with more likes than four bytes hold."""
    facts: list[dict[str, Any]] = [
        {"likes": None, "published": None, "permalink": None, "comments": None},
        {"likes": 0, "published": datetime(1970, 1, 1)},
        {"likes": 2**40, "published": datetime(1901, 5, 5), "comments": 2**40},
        {"likes": 70_000, "published": datetime(2199, 12, 31, 23, 59)},
    ]
    return make_report([make_post(index, BRANDS[index % 3], **facts[index % 4]) for index in range(24)])


@pytest.mark.parametrize("make", [make_report, _odd_report])
def test_columns_hold_the_reports_values(make: Any) -> None:
    report = make()
    [columns] = _values(encode_posts(report)["posts.js"])
    assert columns["brands"] == [
        {"key": brand.key, "name": brand.name, "median": brand.median_likes} for brand in report.brands
    ]
    assert [(c["key"], c["name"], c["colour"]) for c in columns["clusters"]] == [
        (cluster.key, cluster.name, cluster.colour) for cluster in report.clusters
    ]
    posts = report.posts
    assert _numbers(columns["brand"]) == [post.brand for post in posts]
    unclustered = len(report.clusters)
    assert _numbers(columns["cluster"]) == [unclustered if post.cluster is None else post.cluster for post in posts]
    assert _numbers(columns["likes"]) == [-1 if post.likes is None else min(post.likes, 2**31 - 1) for post in posts]
    start = datetime(1970, 1, 1)
    days = [-1 if post.published is None else max(-1, (post.published - start).days) for post in posts]
    assert _numbers(columns["day"]) == days


def test_pictures_and_ids_are_found_by_position() -> None:
    report = make_report()
    [names] = _values(encode_posts(report)["pictures.js"])
    pictures = base64.b64decode(names["pictures"])
    ids = np.frombuffer(base64.b64decode(names["ids"]), "<u4")
    for index, post in enumerate(report.posts):
        assert post.picture == f"images/{pictures[8 * index : 8 * index + 8].hex()}.jpg"
        assert ids[index] == zlib.crc32(post.id.encode())


def test_every_post_is_in_one_chunk_at_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer_data, "CHUNK", 25)
    report = make_report()
    files = encode_posts(report)
    [columns] = _values(files["posts.js"])
    assert columns["chunk"] == 25
    names = sorted(name for name in files if name.startswith("details-"))
    assert names == ["details-000.js", "details-001.js", "details-002.js"]
    chunks = [_values(files[name]) for name in names]
    assert [number for number, _ in chunks] == [0, 1, 2]
    for name in ("id", "permalink", "caption", "comments"):
        assert [value for _, texts in chunks for value in texts[name]] == [getattr(post, name) for post in report.posts]
    near = [positions for _, texts in chunks for positions in texts["near"]]
    assert near == [list(post.near) for post in report.posts] and all(len(positions) == 10 for positions in near)


@settings(max_examples=25)
@given(st.lists(st.text(), min_size=8, max_size=8), st.text(min_size=1))
def test_no_text_ends_a_script(captions: list[str], name: str) -> None:
    nasty = "</script><!-- \u2028\u2029 \u202e 👩🏽‍🎨 "
    posts = [
        make_post(index, f"{nasty}{name}" if index else "Other", caption=nasty + caption)
        for index, caption in enumerate(captions)
    ]
    report = make_report(posts)
    for script in encode_posts(report).values():
        assert not set("<\u2028\u2029") & set(script)
        assert script.count("\n") == 1
    [number, texts] = _values(encode_posts(report)["details-000.js"])
    assert number == 0 and texts["caption"] == [post.caption for post in report.posts]


@pytest.mark.parametrize(("columns", "lines", "cell"), [(1, 1, 128), (7, 3, 128), (33, 40, 32), (130, 9, 64)])
def test_a_mosaics_bits_are_its_tiles(columns: int, lines: int, cell: int) -> None:
    taken = np.sort(np.random.default_rng(columns).choice(columns * lines, -(-columns * lines // 40), replace=False))
    lattice = Lattice(columns, lines, (taken % columns).astype(np.int32), (taken // columns).astype(np.int32))
    pyramid = plan_pyramid("all", lattice, cell)
    [content] = _values(encode_mosaic(pyramid, lattice, range(len(taken))))
    assert {int(level) for level in content["tiles"]} == set(pyramid.tiles)
    for level, present in pyramid.tiles.items():
        grid = content["tiles"][str(level)]
        assert (grid["rows"], grid["columns"]) == present.shape
        bits = np.unpackbits(np.frombuffer(base64.b64decode(grid["bits"]), np.uint8), bitorder="little")
        assert bits[: present.size].reshape(present.shape).tolist() == present.tolist()
    assert _numbers(content["cells"]) == taken.tolist()
    measures = [content[name] for name in ("tile", "cell", "columns", "lines", "first", "last")]
    assert measures == [512, cell, columns, lines, pyramid.first_level, pyramid.last_level]


def test_every_tile_that_a_bit_promises_is_written(tmp_path: Path) -> None:
    points: NDArray[np.float64] = np.random.default_rng(3).normal(size=(60, 2))
    lattice = assign_cells(points, 0.1)
    image = Image.new("RGB", (128, 128), "#884422")
    pyramid = write_pyramid(tmp_path / "all", lattice, 128, lambda _: image, [None] * 60, MosaicSettings(flat_size=100))
    [content] = _values(encode_mosaic(pyramid, lattice, range(60)))
    promised = set()
    for level, grid in content["tiles"].items():
        bits = np.unpackbits(np.frombuffer(base64.b64decode(grid["bits"]), np.uint8), bitorder="little")
        places = np.flatnonzero(bits)
        promised |= {f"{level}/{place % grid['columns']}_{place // grid['columns']}.jpg" for place in places.tolist()}
    files = tmp_path / "all_files"
    assert promised == {path.relative_to(files).as_posix() for path in files.rglob("*.jpg")}


def test_members_are_written_only_for_a_part_of_the_map() -> None:
    lattice = Lattice(3, 1, np.array([0, 2], np.int32), np.array([0, 0], np.int32))
    pyramid = plan_pyramid("brand-a", lattice, 128)
    [whole] = _values(encode_mosaic(pyramid, lattice, [0, 1]))
    [part] = _values(encode_mosaic(pyramid, lattice, [70_000, 4]))
    assert whole["members"] is None
    assert _numbers(part["members"]) == [70_000, 4]
    assert _numbers(part["cells"]) == [0, 2]


@given(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=30))
def test_packed_values_are_unpacked_unchanged(values: list[int]) -> None:
    assert unpack(pack(values)).tolist() == values


@pytest.mark.parametrize("members", [None, [3, 1, 40_000]])
def test_a_mosaic_is_read_back(members: list[int] | None) -> None:
    lattice = assign_cells(np.random.default_rng(0).normal(size=(3, 2)), 0.5)
    text = encode_mosaic(plan_pyramid("all", lattice, 64), lattice, members or [0, 1, 2])
    again, found = decode_mosaic(text)
    assert (again.columns, again.lines) == (lattice.columns, lattice.lines)
    assert (again.column == lattice.column).all() and (again.line == lattice.line).all()
    assert found == (members or [0, 1, 2])


@pytest.mark.parametrize(
    "text",
    ["", "alert(1)", "Brandscape.data.mosaic({", "Brandscape.data.mosaic({});\n",
     'Brandscape.data.mosaic({"columns":1,"lines":1,"members":null,"cells":{"kind":"u1","values":"BQ=="}});\n',
     'Brandscape.data.mosaic({"columns":1,"lines":1,"members":null,"cells":{"kind":"f8","values":"BQ=="}});\n',
     'Brandscape.data.mosaic({"columns":9,"lines":9,"members":null,'
     '"cells":{"count":3,"least":0,"gap":0,"bits":6,"values":"BQ=="}});\n'],
)  # fmt: skip
def test_text_that_is_not_a_mosaic_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        decode_mosaic(text)


def test_weeks_and_months_are_named_and_have_no_day() -> None:
    facts: list[dict[str, Any]] = [
        {"published": datetime(2025, 3, 1), "precision": "month"},
        {"published": datetime(2024, 12, 30), "precision": "week"},
        {"published": datetime(2025, 3, 1), "precision": "day"},
        {"published": None},
    ]
    report = make_report([make_post(index, BRANDS[index % 3], **facts[index % 4]) for index in range(24)])
    [columns] = _values(encode_posts(report)["posts.js"])
    assert columns["periods"] == [["week 1 of 2025", "2025-W01"], ["March 2025", "2025-03"]]
    assert _numbers(columns["period"]) == [1, 0, -1, -1] * 6
    assert _numbers(columns["day"]) == [-1, -1, (datetime(2025, 3, 1) - datetime(1970, 1, 1)).days, -1] * 6
    assert not {"period", "periods"} & _values(encode_posts(make_report())["posts.js"])[0].keys()


def test_formats_are_a_field_only_if_not_all_posts_have_the_same() -> None:
    alike = make_report([make_post(index, BRANDS[index % 3], format="video") for index in range(24)])
    assert not _values(encode_posts(alike)["posts.js"])[0]["fields"]
    formats = ("video", "photo", None, "carousel")
    mixed = make_report([make_post(index, BRANDS[index % 3], format=formats[index % 4]) for index in range(24)])
    [field] = _values(encode_posts(mixed)["posts.js"])[0]["fields"]
    assert _numbers(field["values"]) == [2, 0, 3, 1] * 6
    assert field["values"]["bits"] == 2
    assert (field["key"], field["entries"], field["video"]) == ("format", ["Photo", "Carousel", "Video"], 2)


def test_further_images_have_their_posts_values_and_what_is_their_own() -> None:
    posts = [make_post(index, BRANDS[index % 3], likes=index) for index in range(60)]
    further = [replace(posts[owner], id=f"{posts[owner].id}.{place}") for owner, place in [(4, 1), (4, 2), (7, 1)]]
    labels = [index % 3 for index in range(63)]
    report = make_report([*posts, *further], labels, owner=[*range(60), 4, 4, 7])
    [columns] = _values(encode_posts(report)["posts.js"])
    assert _numbers(columns["further"]) == [{4: 2, 7: 1}.get(post, 0) for post in range(60)]
    assert len(_numbers(columns["brand"])) == len(_numbers(columns["likes"])) == 60
    assert _numbers(columns["cluster"]) == [index % 3 for index in range(63)]
    [_, texts] = _values(encode_posts(report)["details-000.js"])
    assert texts["id"][60:] == [post.id for post in further] and len(texts["near"]) == 63
    assert len(texts["caption"]) == 60
    assert "further" not in _values(encode_posts(make_report())["posts.js"])[0]
