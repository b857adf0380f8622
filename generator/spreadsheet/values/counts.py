"""Numbers of likes and comments as people and exports write them, in seven languages."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from generator.spreadsheet.values.cells import Cell, is_missing
from generator.text import INVISIBLE

#: No count on Instagram is larger than a few times the number of people.
_MOST = 10**11

_SPACE_IN_NUMBER = re.compile(r"(?<=\d)[\s_](?=\d{3}(?!\d))")
#: `1 2 3 4`, as letter-spacing leaves it.
_SPACED_DIGITS = re.compile(r"\d(?: \d){2,}")
_QUOTES = "\"'“”„‟«»‘"
_PLAIN = re.compile(r"\d+")
_GROUPED = re.compile(r"(?P<whole>[1-9]\d{0,2}(?P<mark>[.,'])(?:\d{2,3}(?P=mark))*\d{3})(?:[.,]0{1,2})?")
_DECIMAL = re.compile(r"\d+[.,]0+")

#: What multiplies a number, as it is written after it, without case and accents.
_FACTORS = {
    **dict.fromkeys(("k", "tsd", "tys", "tausend", "mil", "mila", "thousand", "duizend", "千"), 10**3),
    **dict.fromkeys(("万", "萬"), 10**4),
    **dict.fromkeys(("lakh", "lac"), 10**5),
    **dict.fromkeys(("m", "mio", "mln", "mi", "mill", "million", "millions", "millionen", "millones"), 10**6),
    **dict.fromkeys(("milioni", "milhoes", "miljoen"), 10**6),
    **dict.fromkeys(("cr", "crore"), 10**7),
    **dict.fromkeys(("億", "亿"), 10**8),
    **dict.fromkeys(("b", "bn", "md", "mds", "mrd", "milliard", "milliards", "milliarden"), 10**9),
}
_UNITS = "|".join(sorted(_FACTORS, key=len, reverse=True))
_SCALED = re.compile(rf"(\d+(?:[.,]\d+)?)\s*({_UNITS})\.?")
#: Words around a number of likes or comments that say nothing else, without case and accents.
_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
        like likes liked by people about circa ca approx total heart hearts comment comments j'aime jaime mention
        mentions aime aiment par de d' personne personnes environ env coeur coeurs commentaire commentaires gefallt
        mal mir angabe angaben mir-angabe mir-angaben gefallt-mir-angabe gefallt-mir-angaben person personen etwa
        kommentar kommentare me gusta gustas gustan a les le persona personas aprox comentario comentarios mi piace
        piacciono persone commento commenti curtida curtidas curtiram curtiu gosto gostos pessoa pessoas vind ik
        leuk leuks vind-ik-leuk vind-ik-leuks mensen reactie reacties opmerking opmerkingen
        """,
    )
)
_AROUND = re.compile(
    rf"(?P<before>[^\d]{{0,40}}?)[+~≈≥>]?\s*"
    rf"(?P<number>\d[\d.,']{{0,20}}(?:\s*(?:{_UNITS})(?![^\W\d_]|\s*piac)\.?)?)\s*\+?(?P<after>[^\d]{{0,40}})"
)
#: "Liked by maison and 1,233 others": one more than the number.
_AND_OTHERS = re.compile(
    r"(?:liked by|aime par|gefallt|les gusta a|le gusta a|piace a|curtido por|leuk gevonden door) .{1,60} "
    r"(?:and|et|und|y|e|en) (?P<number>\d[\d.,']{0,20}) "
    r"(?:others?|autres?(?: personnes)?|weiteren?(?: personen)?|(?:personas )?mas|altri|altre persone|outras pessoas|"
    r"anderen)"
)
_WORD = re.compile(r"[^\s.:;,!()♥❤👍\ufe0f]+")


def read_count(cell: Cell) -> int | None:
    """Return a number of likes or comments; None if the cell is empty or hides it (-1).

    Reads `1,234`, `1.234`, `1 234` with any kind of space, `1'234`, `219.0`, Instagram's own `1.2k` and `1,2 Mio.`,
    `2万`, and numbers with the words for likes or comments around them. A point or comma before the last three digits
    separates thousands, since no post has a fraction of a like; before `k` or `M` it is a decimal mark. Raises
    ValueError for anything else, such as a number of views.
    """
    if is_missing(cell):
        return None
    if isinstance(cell, bool | date):
        raise ValueError(f"not a count: {cell!r}")
    number = _parse_number(cell) if isinstance(cell, str) else Decimal(str(cell))
    if number == -1:
        return None
    if not 0 <= number <= _MOST or number != number.to_integral_value():
        raise ValueError(f"not a count: {cell!r}")
    return int(number)


def _parse_number(text: str) -> Decimal:
    plain = unicodedata.normalize("NFKC", text.strip().strip(INVISIBLE)).strip().replace("’", "'").replace("−", "-")
    if len(plain) > 120:
        raise ValueError(f"not a number: {text[:30]!r}")
    plain = _SPACE_IN_NUMBER.sub("", _plain_digits(plain)).strip(_QUOTES).strip()
    if _SPACED_DIGITS.fullmatch(plain):
        plain = plain.replace(" ", "")
    if plain in ("-1", "-1.0", "-1,0"):
        return Decimal(-1)
    number = _read_bare(plain.removeprefix("+"))
    if number is None:
        number = _read_worded(plain)
    if number is None:
        raise ValueError(f"not a number: {text!r}")
    return number


def _plain_digits(text: str) -> str:
    """Return the text with the digits of every script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)


def _read_bare(text: str) -> Decimal | None:
    """Return the number that the whole text is, if it is one."""
    if len(text) > 30:
        return None
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    if grouped := _GROUPED.fullmatch(text):
        return Decimal(re.sub(r"\D", "", grouped["whole"]))
    if _DECIMAL.fullmatch(text):
        return Decimal(text.replace(",", "."))
    if scaled := _SCALED.fullmatch(text.casefold()):
        return (Decimal(scaled[1].replace(",", ".")) * _FACTORS[scaled[2]]).to_integral_value()
    return None


def _read_worded(text: str) -> Decimal | None:
    """Return the number among words that say nothing but likes or comments."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    folded = "".join(letter for letter in folded if not unicodedata.combining(letter))
    if others := _AND_OTHERS.fullmatch(folded):
        number = _read_bare(others["number"])
        return None if number is None else number + 1
    found = _AROUND.fullmatch(folded)
    if found is None:
        return None
    words = _WORD.findall(found["before"] + " " + found["after"])
    return _read_bare(found["number"].rstrip(".,")) if all(word in _WORDS for word in words) else None
