"""Fit text into boxes: how wide it is, into which lines it breaks, and how large it can be set."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

from generator.slides.grid import Style

#: Wider than the font that is measured: PowerPoint's Arial is up to a twentieth wider than Pillow's own sans.
_SAFETY = 1.06
#: How much wider than Arial the widest font is that stands in for it, DejaVu Sans. Tables and names on a map must fit
#: in it as they are; other text is shrunk by the program that shows it.
STAND_IN = 1.16
_OTHER, _WIDE = 0.66, 1.0  # ems, of letters that Pillow's font lacks
_SIGNS = {"…": 1.0, "—": 1.0, "→": 1.0, "∞": 0.75, "“": 0.4, "”": 0.4, "’": 0.3, "‘": 0.3, "·": 0.35, "•": 0.4}
_ELLIPSIS = "…"
_LINE = 1.15  # sizes, the height of a line of Arial or Times
_NARROWEST = 0.15  # ems; no text of a length worth cutting has narrower letters on average
#: How finely sizes are tried, in points.
_STEP = 1.0


def fit_lines(texts: Sequence[str], width: float, height: float, style: Style) -> tuple[list[str], float]:
    """Return texts, a paragraph each, and the size in points at which all of them fit a box, in inches.

    The size is the largest that the style allows. If not even its least fits, the longest paragraphs are cut with an
    ellipsis, and the last ones dropped.
    """
    size, least, leading, after = style.size, style.least, style.leading, style.after
    # no paragraph is longer than the box, so that one of thousands of letters costs no more than another
    most = max(1, int(height * 72 / (least * _LINE * leading)))
    texts = [cut_text(text, width, least, most) for text in texts]
    while size > least and _stack(texts, width, size, leading, after) > height * 72:
        size = max(least, size - _STEP)
    shown = list(texts)
    while shown and _stack(shown, width, size, leading, after) > height * 72:
        longest = max(range(len(shown)), key=lambda index: (len(break_text(shown[index], width, size)), index))
        lines = len(break_text(shown[longest], width, size))
        if lines == 1:
            shown.pop()
        else:
            shown[longest] = cut_text(shown[longest], width, size, lines - 1)
    return shown, size


def cut_text(text: str, width: float, size: float, lines: int = 1) -> str:
    """Return the start of `text` that takes at most `lines` lines of `width` inches, with an ellipsis if it is cut."""
    most = int(lines * width * 72 / (_NARROWEST * size)) + 1
    if len(text) <= most and len(break_text(text, width, size)) <= lines:
        return text
    low, high = 0, min(len(text), most)
    while low < high:
        middle = (low + high + 1) // 2
        fits = len(break_text(text[:middle].rstrip() + _ELLIPSIS, width, size)) <= lines
        low, high = (middle, high) if fits else (low, middle - 1)
    kept = text[:low].rstrip()
    whole = kept.rpartition(" ")[0]
    return (whole if len(whole) > 0.6 * len(kept) else kept).rstrip(" ,;:·–—(“«") + _ELLIPSIS


def break_text(text: str, width: float, size: float) -> list[str]:
    """Return the lines that `text` breaks into at `size` points in `width` inches, on the careful side."""
    room = width * 72 / size
    lines: list[str] = []
    line, used, space = "", 0.0, measure(" ")
    for word in text.split(" "):
        long = measure(word)
        if line and used + space + long <= room:
            line, used = f"{line} {word}", used + space + long
            continue
        if line:
            lines.append(line)
        while long > room and len(word) > 1:
            head = _fill(word, room)
            lines.append(word[:head])
            long -= measure(word[:head])
            word = word[head:]
        line, used = word, long
    return [*lines, line]


def hold_last_words(text: str, width: float, size: float, least: int = 12) -> str:
    """Return a text with its last words held together by no-break spaces, so that none stands alone on a line.

    `least` is how many letters stay together. A text that fits one line of `width` inches stays as it is, as
    does one whose last words would take half a line.
    """
    if measure(text) * size / 72 < 0.8 * width:
        return text
    start = max(0, len(text) - least)
    cut = text.rfind(" ", 0, start + 1) + 1
    if measure(text[cut:]) * size / 72 > 0.5 * width:
        return text
    return text[:cut] + text[cut:].replace(" ", "\N{NO-BREAK SPACE}")


def measure(text: str) -> float:
    """Return the width of a line of text in ems."""
    return _SAFETY * sum(map(_advance, text))


def _fill(word: str, room: float) -> int:
    used = 0.0
    for index, letter in enumerate(word):
        used += _SAFETY * _advance(letter)
        if used > room:
            return max(1, index)
    return len(word)


def _stack(texts: Sequence[str], width: float, size: float, leading: float, after: float) -> float:
    """Return the height of paragraphs in points."""
    lines = sum(len(break_text(text, width, size)) for text in texts)
    return lines * size * _LINE * leading + max(0, len(texts) - 1) * after


@cache
def _advance(letter: str) -> float:
    if letter in _SIGNS:
        return _SIGNS[letter]
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Mn", "Me"):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDE
    plain = unicodedata.normalize("NFKD", letter)[:1]
    if plain.isascii() and plain.isprintable():
        return float(_font().getlength(plain)) / 100
    return _WIDE if unicodedata.category(letter) in ("So", "Cn", "Co") else _OTHER


@cache
def _font():  # type: ignore[no-untyped-def]  # one of two classes that Pillow does not join
    from PIL import ImageFont

    return ImageFont.load_default(100)
