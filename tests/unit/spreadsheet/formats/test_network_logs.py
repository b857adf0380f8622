"""Posts in what a browser loaded."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from generator.errors import SpreadsheetError
from generator.spreadsheet.formats.open import open_tables
from generator.spreadsheet.headers import known_fields
from generator.spreadsheet.values.cells import cell_text


def score(cells: Any) -> int:
    return len(known_fields([cell_text(cell) for cell in cells], {}))


def answer(text: str, kind: str = "application/json", **more: str) -> dict[str, Any]:
    return {
        "request": {"url": "https://www.example.com/api"},
        "response": {"content": {"mimeType": kind, "text": text, **more}},
    }


def post(number: int) -> dict[str, Any]:
    return {"user": {"username": "dior"}, "display_url": f"https://x.example/{number}.jpg", "like_count": number}


def write(path: Path, *entries: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": list(entries)}}))
    return path


def page(*numbers: int) -> str:
    return json.dumps({"data": {"feed": {"items": [post(number) for number in numbers]}}})


@pytest.mark.parametrize("name", ["network.har", "network.json"])
def test_posts_of_all_answers_are_read(tmp_path: Path, name: str) -> None:
    path = write(
        tmp_path / name,
        answer("a {}", "text/css"),
        answer(page(1, 2)),
        answer(base64.b64encode(page(3).encode()).decode(), encoding="base64"),
        answer(f"for (;;);{page(4)}", "text/javascript"),
        answer("AAAA/+==", "image/jpeg", encoding="base64"),
        answer('{"cut": '),
        {"request": {}},
    )
    (table,) = open_tables(path, score)
    headers, *rows = (cells for _, cells in table.rows())
    assert [row[headers.index("like_count")] for row in rows] == [1, 2, 3, 4]
    assert {row[headers.index("user/username")] for row in rows} == {"dior"}


def test_a_log_without_content_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "network.har", {"request": {}, "response": {"content": {"mimeType": "application/json"}}})
    with pytest.raises(SpreadsheetError, match="save it with its content"):
        open_tables(path, score)
