"""Dates whose parts stand in columns of their own are read as whole dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from babel.dates import get_month_names
from hypothesis import given
from hypothesis import strategies as st

from generator.settings import ReadSettings
from generator.spreadsheet.date_parts import find_date_parts, join_dates
from generator.spreadsheet.formats.tables import Table
from generator.spreadsheet.posts import PostTable
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.sources import find_inputs
from generator.spreadsheet.values.cells import Cell
from generator.spreadsheet.values.dates import Moment, read_date


def join(headers: Sequence[str], *cells: Cell) -> Cell:
    """Return the date that a row's cells make."""
    parts = find_date_parts(headers, ())
    assert parts is not None
    table, _ = join_dates(Table("", False, lambda: iter([(2, cells)])), headers, parts)
    ((_, joined),) = table.rows()
    assert all(joined[column] is None for part, column in parts.items() if part != "year")
    return joined[parts["year"]]


def read(tmp_path: Path, text: str) -> PostTable:
    path = tmp_path / "posts.csv"
    path.write_text(text, encoding="utf-8")
    return read_posts(find_inputs([path]), ReadSettings())


@given(st.dates(date(1971, 1, 1), date(2199, 12, 31)), st.sampled_from(["en", "fr", "de", "es", "it", "pt", "nl"]))
def test_names_and_numbers_of_months_give_the_day(day: date, language: str) -> None:
    names = get_month_names("wide", "format", language)
    for month in (day.month, f"{day.month:02}", float(day.month), names[day.month]):
        made = read_date(join(["Year", "Month", "Day"], str(day.year), month, day.day))
        assert made == Moment(datetime(day.year, day.month, day.day), "day")


@pytest.mark.parametrize(
    ("headers", "cells", "time", "precision"),
    [
        (("Jahr", "Monat", "Tag", "Uhrzeit"), (2025, "März", 1, "14:05"), datetime(2025, 3, 1, 14, 5), "second"),
        (("Jour", "Mois", "Année", "Heure"), ("1", "août", "2025", "14h05"), datetime(2025, 8, 1, 14, 5), "second"),
        (("Año", "Mes", "Día", "Hora"), (2025.0, 3.0, 1.0, 14), datetime(2025, 3, 1, 14), "second"),
        (("Anno", "Mese", "Giorno", "Ora"), (2025, 3, 1, 0.5), datetime(2025, 3, 1, 12), "second"),
        (("Ano", "Mês", "Dia"), (2025, "março", None), datetime(2025, 3, 1), "month"),
        (("Year", "Month", "Day"), (2025, "March 2025", "Saturday"), datetime(2025, 3, 1), "month"),
        (("Year", "Month", "Day"), (2025, "Mar", "Saturday"), datetime(2025, 3, 1), "month"),
        (("Jaar", "Maand"), (2025, "mrt"), datetime(2025, 3, 1), "month"),
        (("Année", "Semaine"), (2025, "S10"), datetime(2025, 3, 3), "week"),
    ],
)
def test_parts_in_any_language_to_the_precision_that_is_there(
    headers: Sequence[str], cells: Sequence[Cell], time: datetime, precision: str
) -> None:
    assert read_date(join(headers, *cells)) == Moment(time, precision)  # type: ignore[arg-type]


@pytest.mark.parametrize("headers", [["Year", "Day"], ["Month", "Day"], ["Year"], ["Week", "Time"]])
def test_parts_without_a_year_and_a_month_or_week_make_no_date(headers: Sequence[str]) -> None:
    assert find_date_parts(headers, ()) is None


def test_a_column_of_whole_dates_counts_alone() -> None:
    assert find_date_parts(["Year", "Month", "Date"], [[2]]) is None
    assert find_date_parts(["Year", "Month", "Publish time"], [[2]]) == {"year": 0, "month": 1, "time": 2}


def test_posts_have_the_dates_and_the_columns_are_named(tmp_path: Path) -> None:
    days = [date(2025, 1, 30) + timedelta(days=step) for step in range(4)]
    rows = "\n".join(f"Dior,{place}.jpg,{day.year},{day:%B},{day.day}" for place, day in enumerate(days))
    table = read(tmp_path, f"Brand,Image,Year,Month,Day\n{rows}\n")
    assert [post.published and post.published.date() for post in table.posts] == days
    assert {post.precision for post in table.posts} == {"day"}
    assert table.tables[0].columns["published"] == "Year, Month, Day"
    assert not table.fields
    assert [notice.code for notice in table.notices] == []


def test_parts_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    table = read(
        tmp_path, "Brand,Image,Year,Month,Day\nDior,a.jpg,2025,Brumaire,1\nDior,b.jpg,2025,2,31\nDior,c.jpg,,,\n"
    )
    assert [post.published for post in table.posts] == [None] * 3
    assert [remark.value for remark in table.remarks] == ["2025 Brumaire", "2025-02-31"]
