"""Cells of a table: plain values of any format."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

from generator.text import INVISIBLE

#: A cell of any format.
Cell = str | int | float | datetime | date | None

#: How programs keep a spreadsheet from working out a text: https://owasp.org/www-community/attacks/CSV_Injection.
_GUARDED = re.compile(r"'[=+@-].*[^']", re.DOTALL)
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")

#: Written for an unknown number or date, or one that an account hides.
_NOTHING = frozenset(
    {
        "", "-", "--", "–", "—", "?", "n/a", "#n/a", "n.a.", "na", "nan", "nat", "null", "none", "undefined", "\\n",
        "hidden", "private", "unknown", "not available", "unavailable",
        "masqué", "masqués", "masquée", "masque", "caché", "cachés", "n/c", "n.c.", "nc", "inconnu", "inconnue",
        "non disponible", "indisponible", "non communiqué",
        "verborgen", "ausgeblendet", "versteckt", "unbekannt", "nicht verfügbar", "k.a.", "k. a.", "k/a",
        "oculto", "ocultos", "oculta", "ocultas", "n/d", "n.d.", "nd", "s/d", "desconocido", "desconocida",
        "no disponible", "nascosto", "nascosti", "sconosciuto", "sconosciuta", "non disponibile",
        "desconhecido", "desconhecida", "não disponível", "indisponível",
        "onbekend", "niet beschikbaar", "n.v.t.", "nvt", "n.b.",
    }
)  # fmt: skip


class LinkedText(str):
    """The text that a cell shows, if the cell has a link or a picture too.

    `address` is the link's target, or names the picture inside the file: `moodboard.xlsx#xl/media/image1.png`.
    """

    __slots__ = ("address",)
    address: str

    def __new__(cls, text: str, address: str) -> LinkedText:
        """Return the text with its address."""
        linked = super().__new__(cls, text)
        linked.address = address
        return linked

    def __reduce__(self) -> tuple[type[LinkedText], tuple[str, str]]:
        return LinkedText, (str(self), self.address)


def plain_digits(text: str) -> str:
    """Return a text with the digits of every script as 0 to 9."""
    return text if text.isascii() else _OTHER_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text)


def is_blank(cell: Cell) -> bool:
    """Return whether a cell shows nothing: no text and no picture."""
    if cell is None:
        return True
    if not isinstance(cell, str) or cell[:1].isalnum():  # nearly all, and quickly told
        return False
    return not cell.strip().strip(INVISIBLE) and not getattr(cell, "address", "")


def is_missing(cell: Cell) -> bool:
    """Return whether a cell holds no number or date: it is empty, or says "n/a" or the like."""
    if cell is None:
        return True
    if not isinstance(cell, str) or cell[:1].isdecimal():  # nearly all, and quickly told
        return False
    return cell.strip().strip(INVISIBLE).casefold() in _NOTHING


def cell_text(cell: Cell) -> str:
    """Return the text that a spreadsheet shows for a cell: whole numbers without a fraction, dates in ISO form.

    The apostrophe that keeps a text from being a formula is left out: '@house is @house.
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    return text[1:] if text[:1] == "'" and _GUARDED.fullmatch(text) else text


def plain_cell(value: object) -> Cell:
    """Return a library's value as a cell; times of day and values of other types become text."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        if type(value) is datetime:
            return value
        moment = datetime(value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
        return moment.replace(tzinfo=value.tzinfo) if value == value else None  # pandas' "not a time" is not itself
    if isinstance(value, date):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.isoformat() if isinstance(value, time) else str(value)
