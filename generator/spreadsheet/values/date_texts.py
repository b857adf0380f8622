"""Texts of dates brought into few forms before they are read."""

from __future__ import annotations

import re
import unicodedata

from generator.spreadsheet.values.calendar_names import is_weekday, plain_name
from generator.spreadsheet.values.cells import plain_digits
from generator.spreadsheet.values.count_words import split_words
from generator.text import INVISIBLE

_LONGEST = 120
_MOST_LEADS = 5

#: Words before a date that leave its meaning: "Publié le 2 novembre 2025", "Sonntag, den 2. November".
_LEADS = split_words(
    """posted published created date on the publie poste cree le la veroffentlicht gepostet erstellt am den der
    publicado publicada creado el em pubblicato creato il op gepubliceerd geplaatst"""
)
_LEAD = re.compile(r"(?P<word>[^\W\d_]+(?:-[^\W\d_]+)?)[.,:]{0,2}\s+(?P<rest>.+)")
#: The hour before the day, as on Twitter: "2:00 PM · Mar 1, 2025".
_TIME_FIRST = re.compile(
    r"(?P<time>\d{1,2}[:h]\d{2}(?::\d{2})?(?:\s?[ap]\.?\s?m\.?)?)(?:\s?[·,|–-]\s?|\s)(?P<date>.*\d.*)", re.IGNORECASE
)
#: The year last, as C and Twitter write it: "Mar 01 14:00:00 +0000 2025".
_YEAR_LAST = re.compile(
    r"(?P<day>[^\W\d_]+\.?\s\d{1,2})\s(?P<time>\d{1,2}:\d{2}(?::\d{2})?(?:\s[^\d+-][^\d]{0,40}|\s[+-]\d{2}:?\d{2})?)\s"
    r"(?P<year>\d{4})"
)
#: ISO 8601 without marks, as in the names of files (20250301_140000) and in MySQL (20250301140000), and the names that
#: instaloader gives files: 2025-03-01_14-00-00_UTC.
_COMPACT = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:[T_ -](?=\d{4})|(?=\d{6}$))(\d{2})(\d{2})(\d{2})?(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_UNDERSCORED = re.compile(r"(\d{4}-\d{2}-\d{2})[_ ](\d{2})-(\d{2})-(\d{2})(?:_([A-Z]{3}))?")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | {"’": "'"})
#: A day of the week behind the date: "2025/3/1 (Sat)".
_WEEKDAY_BEHIND = re.compile(r"(?P<date>.*\d)\s?\((?P<word>[^\W\d_]{2,20})\.?\)(?P<rest>.*)")
_SHOWS_NOTHING = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_UNTIDY = re.compile(r"\s\s|[\t\r\n]|^[\"']")
_CJK_DAY = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월](?:\s?(\d{1,2})\s?[日일号號])?")
_CJK_WEEKDAY = re.compile(
    r"\s?\(?(?:[月火水木金土日一二三四五六월화수목금토일]曜?日?|星期[一二三四五六日天]|周[一二三四五六日])\)?(?=\s|$)"
)
_CJK_HALF = re.compile(r"(?P<half>上午|午前|오전|下午|午後|오후)\s?(?P<time>\d{1,2}[:時时시]\s?\d{2}(?::\d{2})?)")
_MORNING = ("上午", "午前", "오전")


def tidy_date(text: str) -> str:
    """Return a text with plain digits and spaces, without marks around it; dates without marks in ISO's form.

    Raises ValueError for texts that are longer than any date.
    """
    if len(text) > _LONGEST:
        raise ValueError(f"not a date: {text[:80]!r}")
    plain = text.strip()
    if not plain.isascii() or _UNTIDY.search(plain):
        plain = unicodedata.normalize("NFKC", plain.strip(INVISIBLE)).translate(_DASHES)
        plain = _SHOWS_NOTHING.sub("", plain_digits(plain))
        plain = " ".join(plain.strip(" \t\r\n\"'“”„").split())
    if match := _COMPACT.fullmatch(plain):
        year, month, day, hour, minute, second, zone = match.groups()
        return f"{year}-{month}-{day} {hour}:{minute}:{second or '00'}{zone or ''}"
    if match := _UNDERSCORED.fullmatch(plain):
        day, hour, minute, second, zone = match.groups()
        return f"{day} {hour}:{minute}:{second} {zone or ''}".strip()
    if "(" in plain and (match := _WEEKDAY_BEHIND.fullmatch(plain)) and is_weekday(match["word"]):
        plain = f"{match['date']}{match['rest']}"
    return plain if plain.isascii() else _undo_cjk(plain)


def _undo_cjk(text: str) -> str:
    """Return dates of Chinese, Japanese and Korean in ISO's order."""
    if half := _CJK_HALF.search(text):
        suffix = "am" if half["half"] in _MORNING else "pm"
        time = re.sub(r"[時时시]\s?", ":", half["time"])
        text = f"{text[: half.start()].rstrip()} {time} {suffix}{text[half.end() :].lstrip('分분')}"
    if match := _CJK_DAY.match(text):
        rest = _CJK_WEEKDAY.sub("", text[match.end() :], count=1)
        return f"{match[1]}-{match[2]}" + (f"-{match[3]}" if match[3] else "") + rest
    return text


def _order_parts(text: str) -> str:
    """Return a date with the day before the hour, and the year beside the day."""
    if match := _TIME_FIRST.fullmatch(text):
        text = f"{match['date']} {match['time']}"
    if match := _YEAR_LAST.fullmatch(text):
        text = f"{match['day']} {match['year']} {match['time']}"
    return text


def list_forms(text: str) -> list[str]:
    """Return a date as it is, and without one after another of the words before it, the likelier first.

    Days of the week and words such as "Published on" may be left out. "mar." is Tuesday in French and March in others,
    so that what stands behind it decides.
    """
    forms = [_order_parts(text)]
    for _ in range(_MOST_LEADS):
        match = _LEAD.fullmatch(forms[-1])
        if match is None or not (is_weekday(match["word"]) or plain_name(match["word"]) in _LEADS):
            break
        forms.append(_order_parts(match["rest"]))
    return forms
