"""The images that one cell names: one or several addresses in any notation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from generator.folders import IMAGE_ENDING
from generator.spreadsheet.values.addresses import cell_address
from generator.spreadsheet.values.cells import Cell, LinkedText
from generator.text import clean_address

#: Images of one post that are kept, and characters of a cell that are looked at.
_MOST_IMAGES = 100
_MOST_CHARACTERS = 100_000
#: Characters that are kept of an image written out in the cell, which is not read.
_MOST_DATA = 100

_FILE = re.compile(rf"{IMAGE_ENDING}[\"'”»]?\Z", re.IGNORECASE)
#: Commas, bars and the like before the next URL; not those inside one.
_BEFORE_URL = re.compile(r"[\s,;|]+(?=[\"']?https?://)", re.IGNORECASE)
#: One URL and nothing around or inside it that could mean anything else: nearly every cell.
_ONE_URL = re.compile(r"https?://[\w./?=&%~:@!$*+#-]+\Z", re.ASCII)
_URL = re.compile(r"https?:(?://|\\/\\/)", re.IGNORECASE)
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'")
#: Wrappers of one address: HTML, Markdown, a style sheet's, and angle brackets (RFC 3986, appendix C).
_WRAPPED = (
    re.compile(r"<img\s[^<>]{0,500}?\bsrc\s{0,3}=\s{0,3}[\"']([^\"'<>]{1,4000})[\"']", re.IGNORECASE),
    re.compile(r"!\[[^\[\]]{0,500}\]\(\s{0,3}<?([^<>\s()]{1,2000}(?:\([^<>\s()]{0,200}\)[^<>\s()]{0,500})?)>?[^()]{0,200}\)"),
    re.compile(r"\[[^\[\]]{0,500}\]\(\s{0,3}<?([^<>\s()]{1,2000}(?:\([^<>\s()]{0,200}\)[^<>\s()]{0,500})?)>?[^()]{0,200}\)"),
    re.compile(r"\burl\(\s{0,3}[\"']?([^()\"'\s]{1,4000})[\"']?\s{0,3}\)", re.IGNORECASE),
    re.compile(r"<a\s[^<>]{0,500}?\bhref\s{0,3}=\s{0,3}[\"']([^\"'<>]{1,4000})[\"']", re.IGNORECASE),
    re.compile(r"<(?:URL:)?(https?://[^<>\s]{1,4000})>", re.IGNORECASE),
)  # fmt: skip
#: The width or density that HTML's srcset gives each size of one image.
_SIZED = re.compile(r"(\S{1,4000})\s+(\d{1,6}(?:\.\d{1,3})?)[wx]")
_AMPERSAND = re.compile(r"&(?:amp|#0{0,4}38|#x0{0,4}26);|\\u0026", re.IGNORECASE)
#: Keys of an object that holds an image's address, the likeliest first.
_KEYS = ("url", "src", "uri", "displayUrl", "display_url", "media_url", "image", "href", "path")


def split_images(cell: Cell) -> list[str]:
    """Return the addresses of images in a cell, in their order, each once; at most 100.

    Several stand in a list of JSON or Python, on lines, or between commas, semicolons, bars, tabs or spaces. Commas and
    spaces inside an address do not part it: a next address begins with `http`, or each part is the name of an image.
    HTML's and Markdown's ways to write an image are undone, and `&amp;` in URLs.
    """
    text = cell_address(cell)
    if _ONE_URL.match(text):
        return [text]
    if isinstance(cell, LinkedText) and "#" in text and text is cell.address and not _URL.match(text):
        return list(dict.fromkeys(text.split("\n")))[:_MOST_IMAGES]  # pictures in the file
    if text[:5].lower() == "data:":
        return [clean_address(text[:_MOST_DATA])]
    text = text[:_MOST_CHARACTERS]
    parts = _read_list(text.strip()) or _unwrap(text) or _split(text)
    cleaned = (clean_address(_undo_escapes(_strip_quotes(part))) for part in parts)
    return list(dict.fromkeys(part for part in cleaned if part))[:_MOST_IMAGES]


def _read_list(text: str) -> list[str]:
    """Return the addresses in a list or object of JSON, Python or PostgreSQL; none if the text is no such thing."""
    if text[:1] + text[-1:] not in ("[]", "{}", "()"):
        return []
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        quoted = [double or single for double, single in _QUOTED.findall(text)]
        return [entry for entry in quoted if _is_image(entry)] or [
            part for part in _split(text[1:-1]) if _is_image(part)
        ]
    return list(_list_addresses(content if isinstance(content, list) else [content]))


def _list_addresses(entries: Iterable[object]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, dict):
            entry = next((entry[key] for key in _KEYS if isinstance(entry.get(key), str)), None)
        if isinstance(entry, str):
            yield entry


def _is_image(text: str) -> bool:
    return bool(_URL.match(text.strip()) or _FILE.search(text.strip()))


def _unwrap(text: str) -> list[str]:
    if not any(mark in text for mark in ("<", "](", "url(", "URL(")):
        return []
    return next((found for pattern in _WRAPPED if (found := pattern.findall(text))), [])


def _split(text: str) -> list[str]:
    if _URL.search(text):
        parts = [part.strip(" \t\r\n,;|") for part in _BEFORE_URL.split(text)]
        sizes = [_SIZED.fullmatch(part) for part in parts]
        if all(sizes):  # one image in several sizes
            return [max((size for size in sizes if size), key=lambda size: float(size[2]))[1]]
        return parts
    for mark in ("\n", "\r", "\t", "|", ";", ","):
        parts = [part.strip() for part in text.split(mark) if part.strip()]
        if mark in text and len(parts) > 1 and all(map(_FILE.search, parts)):
            return parts
    return _split_at_spaces(text)


def _split_at_spaces(text: str) -> list[str]:
    """Return names of images that only spaces part, if each has a suffix; names may have spaces inside."""
    parts: list[str] = []
    words: list[str] = []
    for word in text.split(" "):
        words.append(word)
        if _FILE.search(word):
            parts.append(" ".join(words).strip())
            words = []
    return parts if len(parts) > 1 and not any(words) else [text]


def _strip_quotes(part: str) -> str:
    part = part.strip()
    for opening, closing in (('"', '"'), ("'", "'"), ("“", "”"), ("«", "»")):
        if len(part) > 1 and part.startswith(opening) and part.endswith(closing):
            part = part[1:-1].strip()
    return part


def _undo_escapes(part: str) -> str:
    """Return an URL without HTML's `&amp;`, which may have been applied twice, and without JSON's escapes."""
    if not _URL.match(part):
        return part
    part = part.replace("\\/", "/")
    for _ in range(3):
        part = _AMPERSAND.sub("&", part)
    return part
