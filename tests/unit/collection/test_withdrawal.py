"""What is said of posts that are withdrawn with others."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cache.store import Store
from generator.collection.withdrawal import Withdrawal
from generator.images.places import ImagePlaces
from generator.progress import SilentProgress
from generator.settings import ReadSettings
from generator.settings.load import load_settings
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.sources import find_inputs


@pytest.mark.parametrize(
    ("files", "named"), [(["a"], "1 row (3)"), (["a", "b"], "3 rows (a.csv, row 3, b.csv, row 2, b.csv, row 3)")]
)
def test_rows_of_several_tables_are_named_with_their_tables(tmp_path: Path, files: list[str], named: str) -> None:
    for name in files:
        rows = [
            "brand,thumbnail,permalink",
            f"{name},x.jpg,https://e.example/{name}1",
            f"{name},x.jpg,https://e.example/2",
        ]
        (tmp_path / f"{name}.csv").write_text("\n".join(rows))
    (tmp_path / "x.jpg").write_bytes(b"image")
    table = read_posts(find_inputs([tmp_path / f"{name}.csv" for name in files]), ReadSettings())
    warnings: list[str] = []
    settings = load_settings(None, {}, {"exclude": "https://e.example/a1"})
    store = Store(tmp_path / "cache")
    withdrawal = Withdrawal(ImagePlaces(tmp_path), settings, store, SilentProgress(warnings), writes=False)
    withdrawal.take_out(table, [])
    assert named in warnings[0]
