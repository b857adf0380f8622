"""Numbers of likes and comments as people and exports write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from generator.spreadsheet.values.cells import Cell, is_missing, plain_digits
from generator.spreadsheet.values.count_words import (
    CJK_UNITS,
    NAMES,
    SIGNS,
    allowed_words,
    plain_words,
    says_none,
    units,
)
from generator.text import INVISIBLE

#: What a count may be of.
COUNTED = ("likes", "comments")
#: No count on Instagram is larger than a few times the number of people.
_MOST = 10**11
_LONGEST = 120
#: How exports write that a count is hidden.
_HIDDEN = Decimal(-1)

_NUM = r"\d+(?:[.,'\s]\d+){0,20}"
_CJK = r"(?:[百千천][万萬만億亿억]?|[万萬만億亿억])"
_NUMBER = re.compile(rf"(?<![\d.,'])(?P<minus>[-−–—]?){_NUM}(?:\s?{_CJK}(?:\s?{_NUM}(?:\s?{_CJK})?){{0,2}})?(?![\d'])")
_CJK_PART = re.compile(rf"({_NUM})\s?({_CJK}?)")
_UNDERSCORE = re.compile(r"(?<=\d)_(?=\d{3}(?!\d))")
_BARE = re.compile(r"[0-9][0-9., ']{0,30}")
_PLAIN = re.compile(r"\d+")
_GROUPED = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?:(?P<mark>[.,'])(?:\d{2,3}(?P=mark))*\d{3}|(?:\s\d{3})+))(?:[.,]0{1,2})?"
)
_DECIMAL = re.compile(r"\d+[.,]0+")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d{1,15})?E\+?\d{1,2}", re.IGNORECASE)
#: Digits apart, as in text copied from a PDF, or of two bytes a letter read as one.
_SPACED = re.compile(r"\d(?:\s\d){2,11}")
#: A number before a unit: "12", "1,2", "1.234,5".
_SCALED = re.compile(
    r"(?P<whole>\d{1,3}(?:(?P<mark>[.,'\s])\d{3})(?:(?P=mark)\d{3})*|\d+)(?:(?!(?P=mark))[.,](?P<part>\d+))?"
)
#: Before thousands, either "1,234 K" or "1.234 K".
_TWO_WAYS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
#: Marks that leave the meaning of a number beside them. "<" is none of them: the number is less.
_MARKS = frozenset(" .,:;!+~≈∼>≥=()[]\"“”„‟‚‘’'`´«»*-–—−·•|/！：，。、（）「」")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼʹ′´`", "'") | {"٫": ".", "٬": ",", "−": "-"})
_PARTS = re.compile(r"\s*[•·|;\n]\s*|\s[-–—]\s|,\s+(?=\d)|\s(?:and|et|und|y|e|en)\s(?=\d)", re.IGNORECASE)
#: The unit that a header gives in brackets, or after "in".
_HEADER_UNIT = re.compile(
    r"(?:[(\[]\s?(?:in |en )?|\b(?:in|en) )('?000s?|K|thousands?|milliers|Tsd\.?|Tausend|miles|migliaia|milhares|"
    r"duizend\w*|millions?|Mio\.?|mln\.?|Millionen|millones|milioni|milhões|miljoen\w*)(?=\s?[)\]]|\s*$)",
    re.IGNORECASE,
)
#: Instagram's "Liked by anna and 1,233 others", in words without accents.
_LIKED_BY = re.compile(
    r"(?:liked by|aime par|gefallt|(?:a )?l?es? gust[ao] a|piace a|curtido por|gostado por|leuk gevonden door|"
    r"vind ik leuk door)\s(?P<names>@?[\w.]{1,40}(?:,\s?@?[\w.]{1,40}){0,3}),?\s(?:and|et|und|y|e|en)\s(?:a\s)?"
    r"(?:altr[ie]\s|outr[ao]s\s|otr[ao]s\s)?(?P<number>\d[\d.,'\s]{0,15})\s?(?:others?|other people|autres?|"
    r"autres personnes|weiteren?|anderen?|(?:weiteren|anderen) personen|personas mas|mas|persone|pessoas|personas)?\.?"
)


def read_count(cell: Cell, field: str = "") -> int | None:
    """Return a number of likes or comments; None if the cell is empty or hides it (-1).

    Reads digits of any script in groups of three or of India, `1,234`, `1.234`, `1 234`, `1'234`, `219.0`; units
    such as `1.2k`, `1,2 Mio.`, `1.5萬`; and words around them that name `field`, "likes" or "comments", or either if it
    is "": `1 234 J’aime`. A point or comma before the last three digits separates thousands, since no post has a
    fraction of a like; before a unit it is a decimal mark. Raises ValueError for anything else, among it counts of
    something else ("1,234 views") and numbers that can be read in two ways ("1,234 K").
    """
    number = read_shown_count(cell, field)
    return None if number == _HIDDEN else number


@lru_cache(maxsize=1000)
def header_unit(header: str) -> int:
    """Return what the numbers under a header are multiples of: 1000 for "Likes (K)", 1 for most."""
    match = _HEADER_UNIT.search(header)
    if match is None:
        return 1
    word = "".join(plain_words(match[1]))
    return units().get(word, 10**3)


def without_unit(header: str) -> str:
    """Return a header without the unit that its numbers are multiples of: "Likes ()" for "Likes (K)"."""
    return _HEADER_UNIT.sub("", header)


def read_shown_count(cell: Cell, field: str = "", unit: int = 1) -> int | None:
    """Return the count as `read_count` does, but -1 if the cell hides it with that number.

    Numbers without a unit of their own are multiples of `unit`.
    """
    if is_missing(cell):
        return None
    if isinstance(cell, bool | date):
        raise ValueError(f"not a count: {cell!r}")
    if isinstance(cell, int) and unit == 1 and 0 <= cell <= _MOST:
        return cell
    if isinstance(cell, str):
        number = _parse_text(cell, field, unit)
    else:
        number = Decimal(str(cell))
        number = number if number == _HIDDEN or unit == 1 else (number * unit).to_integral_value()
    if number != _HIDDEN and (not 0 <= number <= _MOST or number != number.to_integral_value()):
        raise ValueError(f"not a count: {cell!r}")
    return int(number)


@lru_cache(maxsize=20_000)  # most texts stand in a column more than once
def _parse_text(text: str, field: str, unit: int) -> Decimal:
    if text.isascii() and text.isdigit() and len(text) <= 20:
        return Decimal(text) * unit
    if _BARE.fullmatch(text) and (number := _parse_number(text, unit)) is not None:
        return number
    plain = text.strip().strip(INVISIBLE).translate(_APOSTROPHES)
    if len(plain) > _LONGEST or any(unicodedata.category(letter) == "No" for letter in plain):  # "1½", "10²"
        raise ValueError(f"not a number: {text[:30]!r}")
    plain = unicodedata.normalize("NFKC", plain).translate(_APOSTROPHES).strip().strip("\"'“”„«»").strip()
    plain = _UNDERSCORE.sub("", plain)
    plain = plain_digits(plain)
    if _SCIENTIFIC.fullmatch(plain):
        return Decimal(plain.replace(",", "."))
    found = [
        number for one in ([field] if field else COUNTED) if (number := _parse_worded(plain, one, unit)) is not None
    ]
    if not found or any(number != found[0] for number in found):
        raise ValueError(f"not a number: {text!r}")
    return found[0]


def _parse_worded(text: str, field: str, unit: int) -> Decimal | None:
    """Return the count of `field` in a text with words; None if there is none, or it is not certain."""
    if field == "likes" and text[:1].isalpha() and (liked := _LIKED_BY.fullmatch(" ".join(_plain_tokens(text)))):
        number = _parse_number(liked["number"].strip(), 1)
        return None if number is None else number + liked["names"].count(",") + 1
    parts = _PARTS.split(text)
    if len(parts) > 1:  # "1,234 likes, 56 comments": the part that names the field
        named = [part for part in parts if _names(part, field)]
        if len(named) != 1:
            return None
        text = named[0]
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return Decimal(0) if _is_marks(text, field) and says_none(plain_words(text), field) else None
    if len(numbers) > 1:
        return None
    (match,) = numbers
    factor = _find_factor(text[: match.start()], text[match.end() :], field, unit)
    if factor is None:
        return None
    digits = match[0].removeprefix(match["minus"])
    number = _parse_cjk(digits) if any(letter in CJK_UNITS for letter in digits) else _parse_number(digits, factor)
    if match["minus"] and number is not None:
        return _HIDDEN if digits in ("1", "1.0", "1,0") else -number
    return number


@lru_cache(maxsize=10_000)  # the words are the same all down a column
def _find_factor(before: str, after: str, field: str, unit: int) -> int | None:
    """Return the unit of a number by what stands before and after it; None if that is not only about `field`."""
    if not (_is_marks(before, field) and _is_marks(after, field)):
        return None
    words = plain_words(after)
    factor = unit
    if words and words[0] in units() and words[:2] != ["mi", "piace"]:
        factor = units()[words.pop(0)]
    return factor if set(plain_words(before) + words) <= allowed_words(field) else None


def _names(part: str, field: str) -> bool:
    return any(word in NAMES[field] for word in plain_words(part)) or any(sign in SIGNS[field] for sign in part)


def _is_marks(text: str, field: str) -> bool:
    """Return whether all that is not a word is punctuation, white space, or a sign of the field."""
    return all(
        letter.isalpha()
        or letter.isspace()
        or letter in _MARKS
        or letter in SIGNS[field]
        or unicodedata.category(letter) in ("Cf", "Mn", "Sk")
        for letter in text
    )


def _plain_tokens(text: str) -> Iterator[str]:
    """Yield the parts of a text between spaces, without accents and capitals."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    yield from "".join(letter for letter in folded if not unicodedata.combining(letter)).split()


def _parse_number(digits: str, factor: int) -> Decimal | None:
    """Return a number that may have groups, times the factor of its unit; None if it is none."""
    if _SPACED.fullmatch(digits):
        digits = re.sub(r"\s", "", digits)
    if factor != 1:
        return _scale(digits, factor)
    if _PLAIN.fullmatch(digits):
        return Decimal(digits)
    if grouped := _GROUPED.fullmatch(digits):
        return Decimal(re.sub(r"\D", "", grouped["whole"]))
    if _DECIMAL.fullmatch(digits):
        return Decimal(digits.replace(",", "."))
    return None


def _scale(digits: str, factor: int) -> Decimal | None:
    if _TWO_WAYS.fullmatch(digits):
        # with millions, only the decimal mark gives a number that likes reach
        return None if factor < 10**6 else (Decimal(digits.replace(",", ".")) * factor).to_integral_value()
    match = _SCALED.fullmatch(digits)
    if match is None:
        return None
    number = Decimal(f"{re.sub(r'[^0-9]', '', match['whole'])}.{match['part'] or 0}")
    return (number * factor).to_integral_value()


def _parse_cjk(text: str) -> Decimal | None:
    """Return the sum of numbers with units of Chinese, Japanese or Korean: 1億2000万."""
    total, smallest = Decimal(0), _MOST
    for match in _CJK_PART.finditer(text):
        factor = 1
        for unit in match[2]:
            factor *= CJK_UNITS[unit]
        number = _parse_number(match[1], factor)
        if number is None or factor >= smallest or (factor == 1 and number >= smallest):
            return None
        total, smallest = total + number, factor
    return total
