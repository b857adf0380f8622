"""How often the figures are right: coverage of intervals, false marks and power, on posts that are drawn.

    python tests/bench/bench_coverage.py [--family shares] [--seeds 100] [--condition "14 x 150"]

Prints a row for each family and condition: the share of nominal 95 % intervals that hold the truth, of all and of those
of findings alone; the share of reports with any false mark, beside the family's part of the 5 % that a report may have;
and the share of planted effects found. A family is a module coverage_<family>.py beside this one; `coverage_rows.py`
says what it must have. The family "reports" computes all others together and says which of them were false.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import cast

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.coverage_rows import Family, Row, list_conditions

FOLDER = Path(__file__).resolve().parent


def main() -> None:
    known = sorted(path.stem.removeprefix("coverage_") for path in FOLDER.glob("coverage_*.py"))
    known.remove("rows")
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--family", choices=known)
    arguments.add_argument("--condition", default="", help="only those whose name holds this")
    arguments.add_argument("--seeds", type=int, default=100)
    asked = arguments.parse_args()
    seeds = range(asked.seeds)
    print(f"{'':<48} coverage  of shown  any false    power")
    for name in [asked.family] if asked.family else known:
        family = cast(Family, import_module(f"tests.bench.coverage_{name}"))
        for condition, simulation in list_conditions():
            if asked.condition in condition:
                null, effect = family.measure(simulation, seeds), family.plant(simulation)
                planted = null if effect == simulation else family.measure(effect, seeds)
                row = Row(null.coverage, planted.shown, null.marked, planted.power, null.note)
                cells = (f"{value:9.1%}" for value in (row.coverage, row.shown, row.marked, row.power))
                print(f"{name:<14}{condition:<34}", *cells, row.note, flush=True)


if __name__ == "__main__":
    main()
