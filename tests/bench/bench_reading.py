"""Seconds of processor and memory of reading large files of posts, each beside pandas' own reader of the same file.

Every file holds `--posts` posts (100,000 by default; the bar for each is 15 s and 1 GB), written by this script. Each
is read in a process of its own, as a build does, so that its peak memory can be told apart (on Linux). Texts of a
workbook stand in its cells, as openpyxl writes them, or are shared, as Excel does.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

_CODE = """
import sys, time
from pathlib import Path
path = Path(sys.argv[1])
if sys.argv[2] == "pandas":
    import pandas as pd
    readers = {".csv": pd.read_csv, ".json": pd.read_json, ".parquet": pd.read_parquet}
    readers[".xlsx"] = lambda path: pd.read_excel(path, engine="openpyxl")
    start = time.process_time()
    rows = len(readers[path.suffix](path))
else:
    from generator.settings import ReadSettings
    from generator.spreadsheet.reader import read_posts
    from generator.spreadsheet.sources import find_inputs
    start = time.process_time()
    rows = len(read_posts(find_inputs([path]), ReadSettings()).posts)
# of this process alone; ru_maxrss would begin at that of the process that started it
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(rows, time.process_time() - start, peak)
"""


def _make_posts(count: int, further: int) -> pd.DataFrame:
    """Return posts as an export has them, with columns that nothing reads."""
    columns = {
        "brand": [f"House {index % 40}" for index in range(count)],
        "thumbnail": [f"https://images.example.com/{index % 40}/{index}.jpg?size=320" for index in range(count)],
        "caption": [
            f"Été {index}, « l’atelier »: silk, wool, and the sea.\n#maison #{index % 97}" for index in range(count)
        ],
        "likes": [f"{index * 37 % 90_000:,}" for index in range(count)],
        "comments": [index % 500 for index in range(count)],
        "published": [f"2025-{index % 12 + 1:02}-{index % 28 + 1:02}T10:{index % 60:02}:00Z" for index in range(count)],
        "permalink": [f"https://www.instagram.com/p/C{index:08}/" for index in range(count)],
    }
    columns |= {f"measure {place}": [index * place for index in range(count)] for place in range(further)}
    return pd.DataFrame(columns)


def _write_shared(posts: pd.DataFrame, path: Path) -> None:
    # addresses as texts: a sheet has 65,530 links at most
    options = {"options": {"strings_to_urls": False}}
    with pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs=options) as writer:
        posts.to_excel(writer, index=False)


def _measure(path: Path, way: str, count: int, repeats: int) -> tuple[float, float]:
    """Return the median seconds and the peak memory in MB of reading `path`."""
    runs = []
    for _ in range(repeats):
        done = subprocess.run([sys.executable, "-c", _CODE, str(path), way], capture_output=True, text=True, check=True)
        rows, seconds, peak = done.stdout.split()
        if int(rows) != count:
            raise SystemExit(f"{path.name}: {rows} posts were read by {way}, not {count}")
        runs.append((float(seconds), int(peak) / 1000))
    return statistics.median(seconds for seconds, _ in runs), max(peak for _, peak in runs)


def main() -> None:
    """Print a row for each format."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--posts", type=int, default=100_000)
    arguments.add_argument("--further", type=int, default=5, help="columns that nothing reads")
    arguments.add_argument("--repeats", type=int, default=3)
    chosen = arguments.parse_args()
    posts = _make_posts(chosen.posts, chosen.further)
    writers: dict[str, Callable[[Path], None]] = {
        "posts.csv": lambda path: posts.to_csv(path, index=False),
        "posts.json": lambda path: path.write_text(json.dumps(posts.to_dict("records")), encoding="utf-8") and None,
        "posts.parquet": lambda path: posts.to_parquet(path),
        "posts.xlsx": lambda path: posts.to_excel(path, index=False, engine="openpyxl"),
        "shared.xlsx": lambda path: _write_shared(posts, path),
    }
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, {chosen.posts:,} posts")
    print(f"{'file':<16}{'seconds':>9}{'MB':>8}{'pandas s':>10}{'pandas MB':>11}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name, write in writers.items():
            path = Path(folder) / name
            write(path)
            mine, memory = _measure(path, "brandscape", chosen.posts, chosen.repeats)
            theirs, their_memory = _measure(path, "pandas", chosen.posts, chosen.repeats)
            print(f"{name:<16}{mine:>9.1f}{memory:>8.0f}{theirs:>10.1f}{their_memory:>11.0f}{mine / theirs:>8.2f}")


if __name__ == "__main__":
    main()
