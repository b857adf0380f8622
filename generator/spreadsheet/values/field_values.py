"""Values of fields that no known header names: yes and no, numbers, dates, and what is not to be shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache

from generator.folders import IMAGE_ENDING
from generator.spreadsheet.values.cells import Cell, cell_text, is_blank, is_missing, plain_digits
from generator.spreadsheet.values.dates import DateOrder, read_date
from generator.text import clean_line

#: Characters of a text that are kept.
LONGEST = 200

_YES = frozenset({"yes", "y", "true", "1", "x", "✓", "✔", "☑", "oui", "o", "vrai", "ja", "j", "wahr", "sí", "si", "s",
                  "sì", "sim", "verdadero", "vero", "verdadeiro", "waar"})  # fmt: skip
_NO = frozenset({"no", "n", "false", "0", "✗", "✘", "☐", "non", "faux", "nein", "falsch", "não", "nao", "falso",
                 "nee", "onwaar"})  # fmt: skip
_MONEY = re.compile(
    r"^[\s€$£¥₩]*(?:(?:eur|usd|gbp|chf)\b)?\s*|\s*(?:%|€|\$|£|¥|₩|\b(?:eur|usd|gbp|chf))?\s*$", re.IGNORECASE
)
_NUMBER = re.compile(r"[-+−]?\d+(?:[.,'’ \u00a0\u202f]\d{3})*(?:[.,]\d+)?|[-+−]?[.,]\d+")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d{1,2})?", re.IGNORECASE)
_CODE = re.compile(r"0\d+|\d{12,}")
_GROUPS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_ADDRESS = re.compile(
    rf"[a-z][a-z0-9+.-]*://\S+|www\.\S+|\S.*{IMAGE_ENDING}(?:[?#]\S*)?|(?:[a-z]:)?[\\/]\S+[\\/]\S*", re.IGNORECASE
)
_PERSONAL = re.compile(
    r"[^\s@,;]+@[^\s@,;]+\.[a-z]{2,}"  # e-mail
    r"|@[\w.]{1,40}"  # handle
    r"|(?:\+|00)\d[\d\s().-]{7,18}\d|\(?0\d{1,4}\)?(?:[\s.-]?\d{2,4}){3,5}",  # telephone
    re.IGNORECASE,
)


def field_text(cell: Cell) -> str:
    """Return the text of a cell on one line, at most LONGEST characters; "" if it says that there is none."""
    if is_digits(cell):
        return str(cell)
    if is_blank(cell) or is_missing(cell):
        return ""
    text = clean_line(cell_text(cell)[: 4 * LONGEST])
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def is_digits(cell: Cell) -> bool:
    """Return whether a cell is a text of the digits 0 to 9, as nearly all numbers of a .csv are."""
    return isinstance(cell, str) and cell.isdigit() and cell.isascii() and len(cell) <= LONGEST


@lru_cache(maxsize=20_000)
def fold_value(text: str) -> str:
    """Return a category's name without case, width and kinds of spaces, by which its spellings are one."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def read_yes_no(cell: Cell) -> str | None:
    """Return "yes" or "no"; None if a cell says neither. Raises no error."""
    text = fold_value(field_text(cell)).removesuffix(".0")
    return "yes" if text in _YES else "no" if text in _NO else None


def read_number(cell: Cell, comma_decimal: bool) -> float | None:
    """Return the number in a cell, without its currency or percent sign; None if it is none."""
    if isinstance(cell, bool | date):
        return None
    if isinstance(cell, int | float):
        return float(cell)
    if is_digits(cell):
        return float(str(cell))
    text = _MONEY.sub("", plain_digits(field_text(cell)))
    if not comma_decimal and _PLAIN.fullmatch(text):
        return float(text)
    if not _NUMBER.fullmatch(text):
        return None
    text = re.sub(r"['’ \u00a0\u202f]", "", text.replace("−", "-"))
    marks = [mark for mark in text if mark in ".,"]
    if len(set(marks)) == 2:
        text = text.replace(marks[0], "").replace(",", ".")
    elif len(marks) > 1:
        text = text.replace(marks[0], "")
    elif marks:
        text = (
            text.replace(",", "." if comma_decimal else "")
            if "," in text
            else text.replace(".", "" if comma_decimal else ".")
        )
    return float(text)


def has_comma_decimals(cells: Iterable[Cell]) -> bool:
    """Return whether numbers of a column have a decimal comma: one has a comma that cannot part thousands."""
    for cell in cells:
        if isinstance(cell, str) and "," in cell:
            text = _MONEY.sub("", plain_digits(field_text(cell))).lstrip("+-−")
            if "," in text and not _GROUPS.fullmatch(text.split(".")[0]) and text.rfind(",") > text.rfind("."):
                return bool(_NUMBER.fullmatch(text))
            if "," in text and "." in text:
                return text.rfind(",") > text.rfind(".")
    return False


def read_day(cell: Cell, order: DateOrder) -> str | None:
    """Return the date in a cell in ISO 8601, with its time if it has one; None if it is none."""
    try:
        moment = read_date(cell, order)
    except ValueError:
        return None
    if moment is None:
        return None
    return moment.time.date().isoformat()


def is_written_date(cell: Cell) -> bool:
    """Return whether a cell is a date by itself: bare numbers may be anything."""
    return isinstance(cell, date) or (
        isinstance(cell, str) and not cell.strip().isdigit() and _reads(lambda: read_date(cell) is not None)
    )


def is_address(text: str) -> bool:
    """Return whether a text is a URL, or the path of a file."""
    return _ADDRESS.fullmatch(text) is not None


def is_personal(text: str) -> bool:
    """Return whether a text looks like an e-mail address, an account's name or a telephone number."""
    return _PERSONAL.fullmatch(text) is not None


def is_code(text: str) -> bool:
    """Return whether digits are a code rather than a number: they begin with 0, or are very many."""
    return _CODE.fullmatch(text) is not None


def _reads(read: Callable[[], bool]) -> bool:
    try:
        return read()
    except ValueError:
        return False
