"""Dates in the forms of exports and people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.spreadsheet.values.cells import Cell
from generator.spreadsheet.values.dates import DateOrder, is_month_first, is_year_first
from generator.spreadsheet.values.dates import read_date as read_moment


def read_date(cell: Cell, month_first: bool = False) -> datetime | None:
    """Return the time alone."""
    moment = read_moment(cell, DateOrder(month_first))
    return None if moment is None else moment.time


MOMENT = datetime(2025, 11, 2, 13, 21, 49)


@pytest.mark.parametrize(
    "cell",
    [
        MOMENT,
        "2025-11-02T13:21:49",
        "2025-11-02 13:21:49",
        "2025/11/2 13:21:49",
        "2025-11-02T13:21:49Z",
        "2025-11-02T13:21:49.000Z",
        "2025-11-02T13:21:49+0000",
        "2025-11-02T15:21:49+02:00",
        "2025-11-02T08:21:49-05",
        "2025-11-02 14:21:49 CET",
        "2025-11-02 08:21:49 EST",
        "02/11/2025 13:21:49",
        "2.11.2025 13:21:49",
        "02/11/25 01:21:49 PM",
        "Sun, 02 Nov 2025 13:21:49 GMT",
        "Nov 2, 2025, 1:21:49 PM",
        "dimanche 2 novembre 2025 à 13:21:49",
        "November 2nd, 2025 13:21:49",
        1762089709,
        "1762089709",
        1762089709000,
        1762089709000000,
        45963.5568171296,
        datetime(2025, 11, 2, 14, 21, 49, tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_one_moment_in_every_form(cell: Cell) -> None:
    found = read_date(cell)
    assert found is not None
    assert found.tzinfo is None
    assert abs(found - MOMENT) < timedelta(milliseconds=2)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2025-11-02", date(2025, 11, 2)),
        (date(2025, 11, 2), date(2025, 11, 2)),
        ("2 nov. 2025", date(2025, 11, 2)),
        ("1er août 2025", date(2025, 8, 1)),
        ("14 févr. 2025", date(2025, 2, 14)),
        ("3 juil. 2025", date(2025, 7, 3)),
        ("20251102", date(2025, 11, 2)),
        (45963, date(2025, 11, 2)),
        ("45963", date(2025, 11, 2)),
        ("2025\u201111\u201102", date(2025, 11, 2)),
        ("2025–11–02", date(2025, 11, 2)),
        ("2 nov. 2025 (dim.)", date(2025, 11, 2)),
        ("Date(2025,10,2)", date(2025, 11, 2)),
    ],
)
def test_days(cell: Cell, day: date) -> None:
    assert read_date(cell) == datetime(day.year, day.month, day.day)


def test_the_two_fractions_of_apify() -> None:
    assert read_date("2025-11-02T13:21:49.301497.000Z") == datetime(2025, 11, 2, 13, 21, 49, 301497)


@pytest.mark.parametrize("cell", [None, "", " ", "-", "N/A", "null"])
def test_no_date(cell: Cell) -> None:
    assert read_date(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "soon", "31/02/2025", "2025-13-01", "13:21", "0001-01-01", 0, -1, 12, True, "12/11/10/2025", "2025-11-02 25:00",
        "3 jui 2025", "1.74153E+09", "1,7415E9E9", "Date(2025,12,1)", "2025-11-02 14:00 PM", 1e300, 20251340,
        "1" * 200, datetime(1800, 1, 1),
    ],
)  # fmt: skip
def test_what_is_no_date_raises_value_error(cell: Cell) -> None:
    with pytest.raises(ValueError):
        read_date(cell)


@given(
    st.one_of(
        st.text(max_size=40), st.text("0123456789/-.:TZ +", max_size=40), st.integers(), st.floats(allow_nan=False)
    )
)
def test_any_cell_is_a_date_none_or_a_value_error(cell: Cell) -> None:
    try:
        found = read_date(cell)
    except ValueError:
        return
    assert found is None or (found.tzinfo is None and 1970 <= found.year < 2200)


moments = st.datetimes(datetime(1990, 1, 1), datetime(2150, 1, 1))


@given(moments, st.sampled_from([timedelta(hours=hours) for hours in (-8, 0, 2, 5.5)]))
def test_iso_dates_come_back_in_utc(moment: datetime, offset: timedelta) -> None:
    aware = moment.replace(tzinfo=timezone(offset))
    assert read_date(moment.isoformat()) == moment
    assert read_date(aware.isoformat()) == read_date(aware) == aware.astimezone(UTC).replace(tzinfo=None)


@given(st.lists(moments, min_size=1, max_size=30), st.booleans(), st.booleans())
def test_a_column_of_numeric_dates_comes_back_whatever_its_order(
    column: list[datetime], month_first: bool, expected: bool
) -> None:
    form = "%m/%d/%Y %H:%M" if month_first else "%d/%m/%Y %H:%M"
    telling = any(moment.day > 12 for moment in column)
    texts = [moment.strftime(form) for moment in column]
    order = is_month_first(texts, expected)
    assert order == (month_first if telling else expected)
    if telling:
        assert [read_date(text, order) for text in texts] == [
            moment.replace(second=0, microsecond=0) for moment in column
        ]


@pytest.mark.parametrize(
    "text",
    [
        "20251102132149", "20251102_132149", "20251102-132149", "2025-11-02 13-21-49", "1.762089709E9",
        "1.762089709E+09", "1,762089709E9", "1.762089709E12", "Date(2025,10,2,13,21,49)",
        "Date(2025, 10, 2, 13, 21, 49, 0)",
        "2025/11/02 (Sun) 13:21:49",
    ],
)  # fmt: skip
def test_moments_as_programs_write_them(text: str) -> None:
    assert read_date(text) == MOMENT


def test_a_year_of_two_digits_may_come_first() -> None:
    """If all values of the column allow it, and some would be of years before there was Instagram."""
    assert is_year_first(["25-11-02", "25-12-24", None, "24/01/31"])
    assert not is_year_first(["25-11-12", "25-12-24"])
    assert not is_year_first(["02-11-09", "25-12-09"])
    assert not is_year_first(["25-11-09", "25-12-2009"])
    order = DateOrder(year_first=True)
    assert [read_moment(text, order).time for text in ("25-11-02", "24.12.31")] == [  # type: ignore[union-attr]
        datetime(2025, 11, 2),
        datetime(2024, 12, 31),
    ]


def test_the_order_is_decided_by_the_whole_column() -> None:
    assert not is_month_first([None, "01/02/2025", "13/02/2025", datetime(2025, 1, 1)])
    assert is_month_first(["01/02/2025", "02/13/2025"])
    assert not is_month_first(["01/02/2025"])
    assert is_month_first(["01/02/2025 1:00 PM"])
    # neither order fits all: the one that fits more
    assert is_month_first(["02/13/2025", "02/14/2025", "13/02/2025"], False)


@pytest.mark.parametrize(
    "text",
    [
        "2. November 2025", "2 de noviembre de 2025", "2 novembre 2025", "2 de novembro de 2025", "2 november 2025",
        "2-nov-2025", "2 nov. 2025", "2 nov 2025", "Sonntag, 2. November 2025", "domenica 2 novembre 2025",
        "2025年11月2日", "Sun Nov 02 2025", "2nd of November 2025", "domingo, 2 de novembro de 2025", "2025-Nov-02",
        "Sonntag, den 2. November 2025", "Publié le 2 novembre 2025", "Posted on Sunday, 2 November 2025", "2-Nov-25",
        "2 Nov '25", "2. 11. 2025", "2º de novembro de 2025", "'2025-11-02", "2025년 11월 2일", "dim. 2 nov. 2025",
    ],
)  # fmt: skip
def test_days_in_every_language(text: str) -> None:
    moment = read_moment(text)
    assert moment is not None and (moment.time, moment.precision) == (datetime(2025, 11, 2), "day")


@pytest.mark.parametrize(
    "text",
    [
        "2 de noviembre de 2025 a las 13:21", "2 novembre 2025 alle ore 13:21", "2 november 2025 om 13:21 uur",
        "2. November 2025 um 13:21 Uhr", "2 nov. 2025 à 13h21", "2 de novembro de 2025 às 13:21",
        "Sun Nov 02 2025 14:21:00 GMT+0100 (Central European Standard Time)", "Sun Nov  2 13:21:00 +0000 2025",
        "2025-11-02 08:21 America/New_York", "2025-11-03 00:21 AEDT", "2025-11-02 08:21 us/eastern",
        "2025-11-02 14:21 Central European Standard Time", "2025-11-02 14:21 (Europe/Paris)",
        "2025-11-02T14:21+01:00[Europe/Paris]", "2025-11-02 14:21 (GMT+01:00) Paris", "2025-11-02 18:51 UTC+5:30",
        "2025-11-02 14:21 W. Europe Standard Time", "2025-11-02 08:21 ET", "2025-11-02 14:21 Uhr MEZ",
        "2. November 2025 um 14:21 Mitteleuropäische Normalzeit", "2 nov. 2025 14:21 heure normale d’Europe centrale",
        "1:21 PM · Nov 2, 2025", "13:21 02/11/2025", "2025:11:02 13:21:00", "20251102T132100Z",
        "2025-11-02_13-21-00_UTC", "/Date(1762089660000)/", "2025年11月2日 下午1:21", "2025年11月2日(日) 13:21",
        "2025/11/2 午後1:21", "2.11.2025, 13.21 Uhr", "2 nov 2025 1:21 p. m.", "02-Nov-25 13:21",
        "٢٠٢٥-١١-٠٢ ١٣:٢١", "Sun Nov  2 14:21:00 CET 2025",
    ],
)  # fmt: skip
def test_times_in_every_language_and_zone(text: str) -> None:
    moment = read_moment(text)
    assert moment is not None and (moment.time, moment.precision) == (datetime(2025, 11, 2, 13, 21), "second")


@pytest.mark.parametrize("zone", ["IST", "XYZT", "Base Camp Time", "Mars/Base", "(Paris)", "QQQ"])
def test_the_day_is_kept_where_the_zone_is_unknown(zone: str) -> None:
    moment = read_moment(f"2025-11-02 23:50 {zone}")
    assert moment is not None and (moment.time, moment.precision) == (datetime(2025, 11, 2), "day")


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("2025-W14", datetime(2025, 3, 31), "week"), ("2025-W14-3", datetime(2025, 4, 2), "day"),
        ("2025-03", datetime(2025, 3, 1), "month"), ("03/2025", datetime(2025, 3, 1), "month"),
        ("März 2025", datetime(2025, 3, 1), "month"), ("marzo de 2025", datetime(2025, 3, 1), "month"),
        ("2025 mars", datetime(2025, 3, 1), "month"), ("Mrz 2025", datetime(2025, 3, 1), "month"),
        ("2025年3月", datetime(2025, 3, 1), "month"), ("März '25", datetime(2025, 3, 1), "month"),
        ("KW 14 2025", datetime(2025, 3, 31), "week"), ("S14 2025", datetime(2025, 3, 31), "week"),
        ("Semaine 14 2025", datetime(2025, 3, 31), "week"), ("Week of March 3, 2025", datetime(2025, 3, 3), "week"),
        ("semaine du 3 mars 2025", datetime(2025, 3, 3), "week"),
    ],
)  # fmt: skip
def test_weeks_and_months_stay_what_they_are(text: str, day: datetime, precision: str) -> None:
    moment = read_moment(text)
    assert moment is not None and (moment.time, moment.precision) == (day, precision)


def test_summer_time_is_that_of_the_day() -> None:
    assert (
        read_date("2025-07-02 14:21 Europe/Paris") == read_date("2025-07-02 14:21 CEST") == datetime(2025, 7, 2, 12, 21)
    )
    assert read_date("2025-07-02 14:21 Pacific Time") == datetime(2025, 7, 2, 21, 21)
    assert read_date("2025-07-02 14:21 Irish Standard Time") == datetime(2025, 7, 2, 13, 21)


def test_native_dates_at_midnight_are_days() -> None:
    for cell, precision in (
        (datetime(2025, 11, 2), "day"),
        (date(2025, 11, 2), "day"),
        (datetime(2025, 11, 2, 13, 21), "second"),
        (datetime(2025, 11, 2, tzinfo=UTC), "second"),
        (45963, "day"),
        (45963.5, "second"),
    ):
        moment = read_moment(cell)
        assert moment is not None and moment.precision == precision


def test_tuesday_and_march_are_told_apart() -> None:
    assert read_date("mar. 4 novembre 2025") == datetime(2025, 11, 4)
    assert read_date("Mar 4, 2025") == datetime(2025, 3, 4)
    assert read_date("mar 4 mar 2025") == datetime(2025, 3, 4)


@given(
    st.lists(
        st.sampled_from(
            ["2025", "11", "2", "Nov", "mar", "de", " ", "-", ":", "T", "W14", "+02:00", "pm", "年", "(", "CET"]
        ),
        max_size=12,
    )
)
def test_any_mix_of_parts_is_a_date_or_a_value_error(parts: list[str]) -> None:
    try:
        moment = read_moment("".join(parts))
    except ValueError:
        return
    assert moment is None or moment.time.tzinfo is None


def test_numbers_count_days_from_the_epoch_of_the_workbook() -> None:
    mac = read_moment(44501, DateOrder(days_from_1904=True))
    assert mac is not None and mac.time == datetime(2025, 11, 2)
    assert read_date(45963) == datetime(2025, 11, 2)


@pytest.mark.parametrize(
    "text",
    ["3 days ago", "il y a 3 jours", "3d", "yesterday", "2025-W54", "13/2025", "May", "x" * 10_000, "before 2 Nov 2025",
     "2025-03-03/2025-03-09", "3-9 March 2025", "Q1 2025", "2025", "Nov-25", "03/25", "202503", "Week 14 2025", "2 Nov",
     "2025-11-02 13:21 draft 3", "2025-11-02 13", "13:21:49", "2025-11-02 13:21 2025-11-03 14:00"],
)  # fmt: skip
def test_what_names_no_day_is_no_date(text: str) -> None:
    with pytest.raises(ValueError):
        read_moment(text)
