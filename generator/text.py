"""File names made from brand names, text cleaned of invisible characters, and lists in sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from generator.digests import digest_of

MAX_LENGTH = 60
_DIGEST_LENGTH = 8
#: Names Windows keeps for devices, with any ending too:
#: https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file.
DEVICE_NAMES = frozenset(
    [
        "con",
        "prn",
        "aux",
        "nul",
        "conin$",
        "conout$",
        *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"),
    ]
)
#: Names that no slug may have: those, and the page a server shows for a folder.
RESERVED_NAMES = DEVICE_NAMES | {"index"}
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\ud800-\udfff]')
_SPACES = re.compile(r"\s+")
# letters that decomposition leaves whole
_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i",
        "ŋ": "n", "&": " and ", "+": " plus ", "@": " at ",
    }
)  # fmt: skip


def make_slugs(names: Iterable[str]) -> dict[str, str]:
    """Return a slug for each different name: characters [a-z0-9-], at most MAX_LENGTH, all distinct.

    A slug depends on its name alone, so that every rebuild gives the same one. There is one exception: if several
    names have the same plain slug, the first in code point order gets it. The others end in a digest of the name, and
    so do names with no usable letter and reserved words.
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
    """Return `name` in lower-case ASCII letters and digits joined by hyphens; "" if it has none."""
    text = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    ascii_only = "".join(character for character in text if not unicodedata.combining(character)).replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.casefold()).strip("-")[:MAX_LENGTH].rstrip("-")


def make_file_name(name: str, kind: str) -> str:
    """Return `name` with what some system does not allow in names of files replaced; `kind` if nothing is left."""
    plain = _NOT_IN_NAMES.sub("-", name).lstrip(" ").rstrip(". ")
    return f"{kind}-{plain}" if plain.partition(".")[0].rstrip(" ").lower() in DEVICE_NAMES else plain or kind


# surrogates cannot be written as UTF-8; U+FFFE and U+FFFF cannot be written in an .xlsx
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
#: Characters that show nothing: soft hyphen, zero-width space, word joiner and byte order mark.
INVISIBLE = "\u00ad\u200b\u2060\ufeff"
#: Each character that opens a stretch of text in one direction, and the one that closes it.
_DIRECTIONS = {"\u202a": "\u202c", "\u202b": "\u202c", "\u202d": "\u202c", "\u202e": "\u202c"} | {
    "\u2066": "\u2069",
    "\u2067": "\u2069",
    "\u2068": "\u2069",
}
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: What a caption is cleaned of.
_UNUSUAL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def clean_line(text: str) -> str:
    """Return `text` as one line in NFC, without control, invisible and direction-changing characters.

    White space is collapsed. The joiners that emoji and Persian need are kept.
    """
    if text.isascii() and text.isprintable():  # nearly all
        return " ".join(text.split())
    visible = _DIRECTION.sub("", _UNPRINTABLE.sub("", text)).translate(dict.fromkeys(map(ord, INVISIBLE)))
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def clean_caption(text: str) -> str:
    """Return a caption as its author wrote it, without control characters; lines end in a line feed.

    Characters that change the direction of text are kept on a line that closes each of them again. Elsewhere they are
    dropped, since they would turn the text around the caption.
    """
    if not _UNUSUAL.search(text):  # nearly all
        return text.strip()
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
    """Return a URL or path without stray line breaks, control characters and outer spaces."""
    if text.isascii() and text.isprintable():  # nearly all
        return text.strip()
    unbroken = _LINE_ENDS.sub("", text).replace("\n", "").replace("\t", "")
    return _UNPRINTABLE.sub("", unbroken).strip().strip(INVISIBLE).strip()


def list_names(names: Sequence[str], most: int) -> str:
    """Return names as a list in a sentence: the first `most`, then "and 3 more"."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def lower_first(name: str) -> str:
    """Return a name as it stands in a sentence: "Market" as "market", "SKU" and "iPhone" as they are."""
    word = name.split(" ", 1)[0]
    return name[:1].lower() + name[1:] if word[1:].islower() else name


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8 with line feeds, on every system."""
    write_texts(path, [text])


def write_texts(path: Path, texts: Iterable[str]) -> None:
    """Write `texts` one after the other as a file, as `write_text` does."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(texts)


def cut_excerpt(text: str, length: int = 140) -> str:
    """Return the beginning of `text` on one line, at most `length` characters, cut between words if possible."""
    # a slice first, so that a very long caption costs nothing
    line = _SPACES.sub(" ", text[: 4 * length]).strip()
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    words = cut.rsplit(" ", 1)[0]
    return (words if len(words) > length // 2 else cut).rstrip(" ,;:.–—-") + "…"
