"""What the method page says of errors fits what figures may use, and each of its rows is in the table."""

from __future__ import annotations

import re

import pytest

from generator.report.simulated import CHANCES, NULL_REPORTS, SIMULATED, VARIED_REPORTS, tell_simulations
from tests.bench.coverage_varied_reports import VARIATIONS
from tests.support import ROOT

TABLE = (ROOT / "templates/partials/figure_methods.html").read_text(encoding="utf-8")


def test_no_more_than_one_report_in_twenty_may_be_wrong() -> None:
    assert sum(CHANCES.values()) <= 0.05 + 1e-12
    for reports in (NULL_REPORTS, VARIED_REPORTS):
        assert sum(one.false for one in reports) <= 0.05 * sum(one.reports for one in reports)
    assert [one.name for one in VARIED_REPORTS] == [variation.name for variation in VARIATIONS]


@pytest.mark.parametrize("name", SIMULATED)
def test_simulated_figures_are_shares_of_rows_that_are_shown(name: str) -> None:
    found = SIMULATED[name]
    assert f'figure("{name}"' in TABLE
    assert all(0 <= share <= 1 for share in (*(found.coverage or ()), found.shown or 0))
    false, reports = found.marked or (0, 1)
    assert 0 <= false <= reports > 0


def test_every_chance_that_is_told_is_known() -> None:
    assert set(re.findall(r'chance\("([a-z ]+)"\)', TABLE)) <= set(tell_simulations()["chances"])
