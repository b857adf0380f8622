"""The images that one cell names: one or several addresses in any notation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

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
#: Commas, bars and the like before the next URL, with a number or word between; not those inside one.
_BEFORE_URL = re.compile(
    r"(?:[\s,;|]+|::)(?:(?:\d{1,2}[.):]|[-–—•*·+/&]|and|et|und|e|en|y)\s{0,9})?(?=[\"']?https?://)", re.IGNORECASE
)
#: A URL right behind the name of an image in another.
_GLUED = re.compile(rf"({IMAGE_ENDING})(?=https?://)", re.IGNORECASE)
#: What stands before each line of a list: "- ", "2) ".
_BULLET = re.compile(r"\s{0,20}(?:[-–—•*·▪►‣◦]|\d{1,2}[.)])\s{1,9}(?=\S)")
#: A full stop behind the name of an image.
_STOP = re.compile(rf"({IMAGE_ENDING})\.+\Z", re.IGNORECASE)
#: One URL and nothing around or inside it that could mean anything else: nearly every cell.
_ONE_URL = re.compile(r"https?://[\w./?=&%~@!$*+#-]*[\w/=&%~$*#-]\Z", re.ASCII)
_URL = re.compile(r"https?:(?://|\\/\\/)", re.IGNORECASE)
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'")
#: Wrappers of one address: HTML, Markdown, a style sheet's, angle brackets (RFC 3986, appendix C), forums', and the
#: brackets behind a file's name in which Airtable exports attachments.
_WRAPPED = (
    re.compile(r"<img\s[^<>]{0,500}?\bsrc\s{0,3}=\s{0,3}[\"']([^\"'<>]{1,4000})[\"']", re.IGNORECASE),
    re.compile(r"!\[[^\[\]]{0,500}\]\(\s{0,3}<?([^<>\s()]{1,2000}(?:\([^<>\s()]{0,200}\)[^<>\s()]{0,500})?)>?[^()]{0,200}\)"),
    re.compile(r"\[[^\[\]]{0,500}\]\(\s{0,3}<?([^<>\s()]{1,2000}(?:\([^<>\s()]{0,200}\)[^<>\s()]{0,500})?)>?[^()]{0,200}\)"),
    re.compile(r"\burl\(\s{0,3}[\"']?([^()\"'\s]{1,4000})[\"']?\s{0,3}\)", re.IGNORECASE),
    re.compile(r"<a\s[^<>]{0,500}?\bhref\s{0,3}=\s{0,3}[\"']([^\"'<>]{1,4000})[\"']", re.IGNORECASE),
    re.compile(r"<(?:URL:)?(https?://[^<>\s]{1,4000})>", re.IGNORECASE),
    re.compile(r"\[img[^\[\]]{0,100}\]\s{0,3}(https?://[^\[\]\s]{1,4000})\s{0,3}\[/img\]", re.IGNORECASE),
    re.compile(r"(?<=[^\s\]])\s\((https?://[^\s()]{1,4000})\)", re.IGNORECASE),
)  # fmt: skip
#: The width or density that HTML's srcset gives each size of one image.
_SIZED = re.compile(r"(\S{1,4000})\s+(\d{1,6}(?:\.\d{1,3})?)[wx]")
#: A URL without its scheme: of a host that is called www, or of networks' servers.
_BARE = re.compile(
    r"(?:www\.[\w-]{1,60}\.[\w.-]{2,100}|[\w.-]{1,100}\.(?:cdninstagram|fbcdn|tiktokcdn|pinimg|twimg)\.(?:com|net))/",
    re.IGNORECASE | re.ASCII,
)
_AMPERSAND = re.compile(r"&(?:amp|#0{0,4}38|#x0{0,4}26);|\\u0026", re.IGNORECASE)
#: Keys of an object that holds an image's address, the likeliest first.
_KEYS = (
    "url", "src", "uri", "displayUrl", "display_url", "media_url", "imageUrl", "image_url", "imgUrl", "image", "href",
    "path",
)  # fmt: skip
#: Keys of lists of one image in several sizes, the largest first.
_SIZES = re.compile(r"candidates|resources|thumbnails|versions|sizes|formats", re.IGNORECASE)
#: Objects and lists in each other that are looked into.
_DEEPEST = 6


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
    return list(_list_addresses(content))


def _list_addresses(content: object, depth: int = 0) -> Iterator[str]:
    """Yield the addresses in a value of JSON: of an object the one that it holds itself, else those inside."""
    if isinstance(content, str):
        yield content
    if depth > _DEEPEST:
        return
    if isinstance(content, dict):
        texts = {key: value for key, value in content.items() if isinstance(value, str)}
        own = next((texts[key] for key in _KEYS if key in texts), "") or next(filter(_is_image, texts.values()), "")
        inside = [
            value[:1] if isinstance(value, list) and _SIZES.search(key) else value
            for key, value in content.items()
            if isinstance(value, dict | list)
        ]
        content = [own] if own else inside
    for entry in content if isinstance(content, list) else ():
        yield from _list_addresses(entry, depth + 1)


def _is_image(text: str) -> bool:
    return bool(_URL.match(text.strip()) or _FILE.search(text.strip()))


def _unwrap(text: str) -> list[str]:
    if not any(mark in text for mark in ("<", "](", "url(", "URL(", "[img", "[IMG", " (http")):
        return []
    return next((found for pattern in _WRAPPED if (found := pattern.findall(text))), [])


def _split(text: str) -> list[str]:
    text = _drop_bullets(text)
    if _URL.search(text):
        parts = [part.strip(" \t\r\n,;|") for part in _BEFORE_URL.split(_GLUED.sub(r"\1 ", text))]
        # a word before the first URL says what it is: "Image: https://…"
        if len(parts) > 1 and not _is_image(parts[0]):
            del parts[0]
        sizes = [_SIZED.fullmatch(part) for part in parts]
        if all(sizes):  # one image in several sizes
            return [max((size for size in sizes if size), key=lambda size: float(size[2]))[1]]
        return [_STOP.sub(r"\1", part) for part in parts]
    for mark in ("\n", "\r", "\t", "|", ";", ","):
        parts = [part.strip() for part in text.split(mark) if part.strip()]
        if mark in text and parts and all(map(_FILE.search, parts)):
            return parts
    return _split_at_spaces(text)


def _drop_bullets(text: str) -> str:
    """Return a list without the marks or numbers before its lines; a single line must go on with a URL."""
    lines = [line for line in text.splitlines() if line.strip()]
    marks = [_BULLET.match(line) for line in lines]
    if not all(marks) or (len(lines) == 1 and not _URL.match(lines[0][marks[0].end() :] if marks[0] else "")):
        return text
    return "\n".join(line[mark.end() :] for line, mark in zip(lines, marks, strict=True) if mark)


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
    """Return an URL without HTML's `&amp;`, which may have been applied twice, and without JSON's escapes.

    One without its scheme gets it, if it begins as no path does.
    """
    if _BARE.match(part):
        part = f"https://{part}"
    if not _URL.match(part):
        return part
    part = part.replace("\\/", "/")
    for _ in range(3):
        part = _AMPERSAND.sub("&", part)
    return part
