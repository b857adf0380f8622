"""Names to file names: short, ASCII, the same on every system, and the same in every rebuild."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from generator.cache.store import digest_of

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
