"""Names to file names: short, ASCII, the same on every system, and the same in every rebuild."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from generator.digests import digest_of

MAX_LENGTH = 60
_DIGEST_LENGTH = 8
#: Names Windows keeps for devices, and the page a server shows for a folder.
RESERVED_NAMES = frozenset(
    ["con", "prn", "aux", "nul", "index", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(10))]
)
# letters that decomposition leaves whole
_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i",
        "ŋ": "n", "&": " and ", "+": " plus ", "@": " at ",
    }
)  # fmt: skip


def make_slugs(names: Iterable[str]) -> dict[str, str]:
    """A slug for each of the different `names`: [a-z0-9-], at most MAX_LENGTH long, no two alike.

    A slug depends on its name alone, except that of several names with the same plain slug only the first in code
    point order has it; the others, and names that leave nothing or a reserved word, end in a digest of the name.
    """
    taken: dict[str, str] = {}
    for name in sorted(set(names)):
        plain = make_plain_slug(name)
        slug = plain if plain and plain not in RESERVED_NAMES and plain not in taken else ""
        length = _DIGEST_LENGTH
        while not slug:
            digest = digest_of(name)[:length]
            candidate = f"{(plain or 'brand')[: MAX_LENGTH - length - 1].rstrip('-')}-{digest}"
            slug = candidate if candidate not in taken else ""
            length += 4
        taken[slug] = name
    return {name: slug for slug, name in taken.items()}


def make_plain_slug(name: str) -> str:
    """`name` in lower-case ASCII letters and digits joined by hyphens; empty where it has none."""
    text = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    ascii_only = "".join(character for character in text if not unicodedata.combining(character)).replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.casefold()).strip("-")[:MAX_LENGTH].rstrip("-")


# surrogates cannot be written as UTF-8; U+FFFE and U+FFFF cannot be written in an .xlsx
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")


INVISIBLE = "\u00ad\u200b\u2060\ufeff"


_DIRECTIONS = {"\u202a": "\u202c", "\u202b": "\u202c", "\u202d": "\u202c", "\u202e": "\u202c"} | {
    "\u2066": "\u2069",
    "\u2067": "\u2069",
    "\u2068": "\u2069",
}


_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean_line(text: str) -> str:
    """One line of text in NFC: white space collapsed, control, invisible and direction-changing characters gone.

    The joiners that emoji and Persian need are kept.
    """
    visible = _DIRECTION.sub("", _UNPRINTABLE.sub("", text)).translate(dict.fromkeys(map(ord, INVISIBLE)))
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def clean_caption(text: str) -> str:
    """A caption as its author wrote it, without control characters; line ends are `\\n`.

    Characters that change the direction of text are kept on lines where each is closed again, and
    dropped from lines where they would reach into the text around the caption.
    """
    lines = _LINE_ENDS.sub("\n", text).replace("\ufeff", "").split("\n")
    cleaned = [_UNPRINTABLE.sub("", line) for line in lines]
    return "\n".join(line if _closes_directions(line) else _DIRECTION.sub("", line) for line in cleaned).strip()


def _closes_directions(line: str) -> bool:
    awaited: list[str] = []
    for mark in _DIRECTION.findall(line):
        if mark in _DIRECTIONS:
            awaited.append(_DIRECTIONS[mark])
        elif not awaited or awaited.pop() != mark:
            return False
    return not awaited


def clean_address(text: str) -> str:
    """A URL or path as written, without the line breaks, control characters and outer spaces that crept in."""
    unbroken = _LINE_ENDS.sub("", text).replace("\n", "").replace("\t", "")
    return _UNPRINTABLE.sub("", unbroken).strip().strip(INVISIBLE).strip()


def list_names(names: Sequence[str], most: int) -> str:
    """Return the first `most` names as a list in a sentence, which says how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def write_text(path: Path, text: str) -> None:
    """Write a text file as all of a site's are: UTF-8, lines ended by a line feed."""
    path.write_text(text, encoding="utf-8", newline="\n")
