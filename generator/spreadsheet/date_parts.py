"""Dates whose year, month and day stand in columns of their own, put together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from generator.spreadsheet.formats.tables import Row, Table
from generator.spreadsheet.headers import normalise_header
from generator.spreadsheet.values.calendar_names import is_weekday, read_month
from generator.spreadsheet.values.cells import Cell, cell_text, is_missing


def _list_names(names: str) -> frozenset[str]:
    return frozenset(normalise_header(name) for name in names.split(","))


#: Headers of the parts of a date by part, the coarsest first.
_PARTS: Mapping[str, frozenset[str]] = {
    "year": _list_names(
        """Year, Post year, Year posted, Publication year, Published year, Année, An, Année de publication, Jahr,
        Erscheinungsjahr, Veröffentlichungsjahr, Año, Año de publicación, Anno, Anno di pubblicazione, Ano, Ano de
        publicação, Jaar, YYYY, AAAA, JJJJ"""
    ),
    "month": _list_names(
        """Month, Post month, Month posted, Publication month, Published month, Month name, Month number, Mois, Mois de
        publication, Monat, Monatsname, Veröffentlichungsmonat, Mes, Mes de publicación, Mese, Mese di pubblicazione,
        Mês, Mês de publicação, Maand, MM"""
    ),
    "week": _list_names(
        "Week, Week number, Semaine, Numéro de semaine, Woche, Kalenderwoche, KW, Semana, Settimana, Weeknummer"
    ),
    "day": _list_names(
        """Day, Post day, Day posted, Publication day, Published day, Day of month, Day of the month, Jour,
        Jour du mois, Jour de publication, Tag, Tag des Monats, Día, Día del mes, Día de publicación, Giorno,
        Giorno del mese, Giorno di pubblicazione, Dia, Dia do mês, Dia de publicação, Dag, Dag van de maand,
        DD, JJ, TT"""
    ),
    "time": _list_names(
        """Time, Post time, Time posted, Publish time, Publication time, Published time, Hour, Heure, Heure de
        publication, Uhrzeit, Zeit, Stunde, Veröffentlichungszeit, Hora, Hora de publicación, Ora, Orario, Ora di
        pubblicazione, Horário, Horário de publicação, Hora da publicação, Tijd, Tijdstip, Uur, Publicatietijd"""
    ),
}
_YEAR = re.compile(r"\d{4}")
_NUMBER = re.compile(r"\d{1,2}")


def find_date_parts(headers: Sequence[str], dates: Sequence[Sequence[int]]) -> Mapping[str, int] | None:
    """Return the column of each part of a date; None if no columns make a date that is finer than a year.

    `dates` are the columns of whole dates, beside which parts tell nothing new.
    """
    names = [normalise_header(header) for header in headers]
    if any(names[column] not in _PARTS["time"] for group in dates for column in group):
        return None
    found = {part: names.index(name) for part, known in _PARTS.items() for name in reversed(names) if name in known}
    if "year" not in found or not ("month" in found or "week" in found):
        return None
    return {part: column for part, column in found.items() if part != "week" or "month" not in found}


def join_dates(table: Table, headers: Sequence[str], parts: Mapping[str, int]) -> tuple[Table, tuple[str, ...]]:
    """Return a table and its headers with whole dates in the column of the year, and nothing in those of other parts.

    The header names all the columns that make the date.
    """
    year = parts["year"]
    whole = ", ".join(headers[column] for column in parts.values())
    renamed = tuple(whole if column == year else header for column, header in enumerate(headers))

    def rows() -> Iterator[Row]:
        for number, cells in table.rows():
            made = _join({part: cells[column] for part, column in parts.items() if column < len(cells)})
            if made is not None or (year < len(cells) and is_missing(cells[year])):
                cells = [made if column == year else cell for column, cell in enumerate(cells)]
                for column in parts.values():
                    if column != year and column < len(cells):
                        cells[column] = None
            yield number, cells

    return replace(table, rows=rows), renamed


def _join(cells: Mapping[str, Cell]) -> str | None:
    """Return the date that parts make, to the precision that is there; None without a year."""
    texts = {part: "" if is_missing(cell) else cell_text(cell).strip() for part, cell in cells.items()}
    year, month = texts.get("year", ""), texts.get("month", "")
    if not _YEAR.fullmatch(year):
        return None
    if digits := re.search(r"\d{1,2}", texts.get("week", "")):
        return f"{year}-W{int(digits[0]):02}"
    try:
        number = int(month) if _NUMBER.fullmatch(month) else read_month(month)
    except ValueError:
        # "March 2025"; others cannot be read, and are named
        return month if year in month else f"{year} {month}".strip()
    day = texts.get("day", "").rstrip(".")
    if not day or is_weekday(day):
        return f"{year}-{number:02}"
    return f"{year}-{number:02}-{day.zfill(2)}{_write_time(cells.get('time'))}"


def _write_time(cell: Cell) -> str:
    """Return a time of day behind a date; a number below 1 is a part of the day, and others are hours."""
    if is_missing(cell):
        return ""
    if isinstance(cell, int | float) and 0 <= cell < 1 and cell != int(cell):
        minutes = round(cell * 24 * 60)
        return f" {minutes // 60:02}:{minutes % 60:02}"
    text = cell_text(cell).strip()
    return f" {int(text):02}:00" if _NUMBER.fullmatch(text) else f" {text}"
