"""The images that one cell names: one or several addresses in any notation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape

from generator.folders import IMAGE_ENDING, IMAGE_SUFFIXES
from generator.spreadsheet.values.addresses import cell_address
from generator.spreadsheet.values.cells import Cell, LinkedText, is_missing
from generator.text import clean_address

#: Images of one post that are kept, and characters of a cell that are looked at.
_MOST_IMAGES = 100
_MOST_CHARACTERS = 100_000
#: Characters that are kept of an image written out in the cell, which is not read.
_MOST_DATA = 100

_ENDING = rf"{IMAGE_ENDING}|\.(?:mp4|mov|m4v|webm)"
_FILE = re.compile(rf"(?:{_ENDING})[\"'”»]?\Z", re.IGNORECASE)
_FILM = re.compile(r"\.(?:mp4|mov|m4v|webm)\Z", re.IGNORECASE)
#: Where an URL begins: not inside another one, unless right behind the name of an image.
_START = re.compile(
    rf"(?:(?<![\w/=&?%@#~-])|{'|'.join(f'(?<=[.]{suffix[1:]})' for suffix in sorted(IMAGE_SUFFIXES))})https?://",
    re.IGNORECASE,
)
#: One URL and nothing around or inside it that could mean anything else: nearly every cell.
_ONE_URL = re.compile(r"https?://[\w./?=&%~:@!$*+#-]*[\w/=&%~$*+#-]\Z", re.ASCII)
_URL = re.compile(r"https?:(?://|\\/\\/)", re.IGNORECASE)
#: Formulas that are not worked out, and addresses of other kinds, whatever stands in them.
_OTHER_KIND = re.compile(r"=[^()]{0,60}\(|(?:javascript|vbscript|blob|file|ftp|mailto|about):", re.IGNORECASE)
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'")
#: Wrappers of one address: HTML, Markdown, a style sheet's, and angle brackets (RFC 3986, appendix C).
_WRAPPED = (
    re.compile(r"<img\s[^<>]{0,500}?\bsrc\s{0,3}=\s{0,3}[\"']([^\"'<>]{1,4000})[\"']", re.IGNORECASE),
    re.compile(r"!\[[^\[\]]{0,500}\]\(\s{0,3}<?([^<>\s()]{1,2000}(?:\([^<>\s()]{0,200}\)[^<>\s()]{0,500})?)>?[^()]{0,200}\)"),
    re.compile(r"\[[^\[\]]{0,500}\]\(\s{0,3}<?([^<>\s()]{1,2000}(?:\([^<>\s()]{0,200}\)[^<>\s()]{0,500})?)>?[^()]{0,200}\)"),
    re.compile(r"\burl\(\s{0,3}[\"']?([^()\"'\s]{1,4000})[\"']?\s{0,3}\)", re.IGNORECASE),
    re.compile(r"<a\s[^<>]{0,500}?\bhref\s{0,3}=\s{0,3}[\"']([^\"'<>]{1,4000})[\"']", re.IGNORECASE),
    re.compile(r"<(?:img|a)\s[^<>]{0,500}?\b(?:src|href)\s{0,3}=\s{0,3}([^\"'<>\s]{1,4000})", re.IGNORECASE),
    re.compile(r"<(?:URL:)?(https?://[^<>\s]{1,4000})>", re.IGNORECASE),
)  # fmt: skip
#: The width or density that HTML's srcset gives each size of one image.
_SIZED = re.compile(r"(\S{1,4000})\s+(\d{1,6}(?:\.\d{1,3})?)[wx]")
#: A URL without its scheme: of a host that is called www, or of networks' servers.
_BARE = re.compile(
    r"(?:www\.[\w-]{1,60}\.[\w.-]{2,100}|[\w.-]{1,100}\.(?:cdninstagram|fbcdn|tiktokcdn|pinimg|twimg)\.(?:com|net))/",
    re.IGNORECASE | re.ASCII,
)
#: Where an URL begins without its scheme, as pages write it.
_NO_SCHEME = re.compile(
    r"(?:\A|(?<=[\s\"'(,;|=<\[]))//(?=[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}(?::\d{1,5})?/[^/])", re.ASCII
)
_AMPERSAND = re.compile(r"&(?:amp|#0{0,4}38|#x0{0,4}26);|\\u0026", re.IGNORECASE)
#: Keys of an object that holds an image's address, the likeliest first.
_KEYS = (
    "url", "src", "uri", "displayUrl", "display_url", "media_url", "imageUrl", "image_url", "thumbnailUrl",
    "thumbnail_url", "photo_url", "imgUrl", "image", "href", "path",
)  # fmt: skip
#: Keys of lists of one image in several sizes, the largest first.
_SIZES = re.compile(r"candidates|resources|thumbnails|versions|sizes|formats", re.IGNORECASE)
#: Lists within lists that are followed.
_DEEPEST = 6
#: Line breaks as cells have them: also HTML's, Excel's escape of one, and a written \n behind the name of an image.
_BREAK = re.compile(r"<br\s{0,3}/?>|_x000[dD]_|[\r\v\f\u2028\u2029]|(?:\\r)?\\n(?=https?:)")
_WRITTEN_BREAK = re.compile(rf"({IMAGE_ENDING})(?:\\r)?\\n", re.IGNORECASE)
#: Marks between names, those of Chinese and Japanese too.
_MARKS = ("::", "\n", "\t", "|", ";", "；", ",", "，", "、", "+", "&")
_OUTER = " \t\r\n,;|，；、"
#: What people write before a name in a list, or between two.
_LEAD = re.compile(r"(?:[-–—•*·▪+&/]|\d{1,2}\)|et|and|und|y|e|en)\s+", re.IGNORECASE)
#: Before each entry of a list; before one alone it may be the file's.
_NUMBER = re.compile(r"\d{1,2}[.)]\s+")
#: Written instead of an image.
_EMPTY = frozenset({"[]", "{}", "()", "[null]", "[none]", '[""]', "['']", "#ref!", "#value!", "#name?", "#field!"})


def split_images(cell: Cell) -> list[str]:
    """Return the addresses of images in a cell, in their order, each once; at most 100.

    Several stand in a list of JSON or Python, on lines, or between commas, semicolons, bars, tabs or spaces. Commas
    and spaces inside an address do not part it: a next address begins with `http`, or each part is the name of an
    image. One that begins with `//` and a host is `https`. HTML's and Markdown's ways to write an image are undone,
    and `&amp;` in URLs; words around URLs are left out.
    """
    text = cell_address(cell)
    if _ONE_URL.match(text) and text.count("://") == 1:
        return [text]
    if isinstance(cell, LinkedText) and "#" in text and text is cell.address and not _URL.match(text):
        return list(dict.fromkeys(text.split("\n")))[:_MOST_IMAGES]  # pictures in the file
    if text[:5].lower() == "data:":
        return [clean_address(text[:_MOST_DATA])]
    text = _NO_SCHEME.sub("https://", text[:_MOST_CHARACTERS].strip())
    if is_missing(text) or text.casefold() in _EMPTY:
        return []
    parts = _read_list(text) or _unwrap(text) or _split(text)
    cleaned = (clean_address(_undo_escapes(_strip_quotes(part))) for part in parts)
    return list(dict.fromkeys(part for part in cleaned if part))[:_MOST_IMAGES]


def _read_list(text: str) -> list[str]:
    """Return the addresses in a list or object of JSON, Python or PostgreSQL; none if the text is no such thing."""
    if text[:1] + text[-1:] == '""' and '""' in text[1:-1]:  # quoted once more than it was undone
        text = text[1:-1]
    if text[:1] + text[-1:] not in ("[]", "{}", "()"):
        return []
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        if '""' in text:
            text = text.replace('""', '"')
        quoted = [double or single for double, single in _QUOTED.findall(text)]
        return [entry for entry in quoted if _is_image(entry)] or [
            part for part in _split(text[1:-1]) if _is_image(part)
        ]
    return list(_list_addresses(content if isinstance(content, list) else [content]))


def _list_addresses(entries: Iterable[object], depth: int = 0) -> Iterator[str]:
    """Yield texts in a list, and of objects the one that is called as addresses are, else those that are images."""
    for entry in entries:
        if isinstance(entry, dict):
            named = next((entry[key] for key in _KEYS if isinstance(entry.get(key), str)), None)
            inner = [named] if named else _list_inner(entry)
        else:
            inner = entry if isinstance(entry, list) else []
        if isinstance(entry, str):
            yield entry
        elif depth < _DEEPEST:
            yield from _list_addresses(inner, depth + 1)


def _list_inner(entry: Mapping[str, object]) -> list[object]:
    """Return what an object holds that may be images: of a list of sizes the first."""
    return [
        value[:1] if isinstance(value, list) and _SIZES.search(key) else value
        for key, value in entry.items()
        if not isinstance(value, str) or _is_image(value)
    ]


def _is_image(text: str) -> bool:
    return bool(_URL.match(text.strip()) or _FILE.search(text.strip()))


def _unwrap(text: str) -> list[str]:
    if "&lt;" in text:
        text = unescape(text)
    if not any(mark in text for mark in ("<", "](", "url(", "URL(")):
        return []
    return next((found for pattern in _WRAPPED if (found := pattern.findall(text))), [])


def _split(text: str) -> list[str]:
    if _OTHER_KIND.match(text):
        return [text]
    text = _BREAK.sub("\n", text.replace("\r\n", "\n"))
    if _URL.search(text):
        return _split_urls(text)
    text = _WRITTEN_BREAK.sub(r"\1\n", text)
    whole = text.strip(_OUTER)
    for mark in _MARKS:
        parts = [part.strip() for part in whole.split(mark) if part.strip()]
        if len(parts) > 1 and all(map(_FILE.search, parts)):
            lead = _NUMBER if all(map(_NUMBER.match, parts)) else _LEAD
            return _order([lead.sub("", part, count=1) for part in parts])
    return _order(_split_at_spaces(whole if _FILE.search(whole) else text))


def _split_urls(text: str) -> list[str]:
    """Return the URLs in a text, and names of images before the first, without what people write around them."""
    text = text.replace("\\/", "/")
    starts = [match.start() for match in _START.finditer(text)]
    if not starts:  # inside another word
        return [text]
    pieces = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    sizes = [_SIZED.fullmatch(piece.strip(_OUTER)) for piece in pieces]
    if all(sizes):  # one image in several sizes
        return [max((size for size in sizes if size), key=lambda size: float(size[2]))[1]]
    before = text[: starts[0]]
    # Airtable writes the name of a file before its address: "look.jpg (https://…)"
    named = [] if before.rstrip().endswith("(") else [part for part in _split(before) if _FILE.search(part)]
    return _order([*named, *(_trim_url(piece, place + 1 < len(pieces)) for place, piece in enumerate(pieces))])


def _trim_url(piece: str, is_followed: bool) -> str:
    """Return an URL without what follows it; spaces and line breaks are parts of it if its ending comes later."""
    lines = re.split(r"\\n|\n(?=\s{0,9}(?:[-–—•*·▪]|\d{1,2}[.)]|[^\W\d_][^\n/]{0,30}:?\s{0,3}\Z))", piece.strip(_OUTER))
    url = lines[0].strip(_OUTER)
    head = url.split(maxsplit=1)[0]
    if head != url and not _FILE.search(url) and (is_followed or _FILE.search(head.rstrip(_OUTER))):
        url = head
    url = url.rstrip(_OUTER + ".:\"'>")
    for opening, closing in ("()", "[]"):
        while url.count(closing) > url.count(opening) and closing in url[-8:]:
            url = url[: url.rindex(closing)]
    return re.sub(r"\[/?(?:img|url)\Z", "", url.rstrip(_OUTER))


def _order(parts: list[str]) -> list[str]:
    """Return the images of a post, films after stills, since a film shows only a frame of it."""
    return sorted(parts, key=lambda part: _FILM.search(part.partition("?")[0]) is not None)


def _split_at_spaces(text: str) -> list[str]:
    """Return names of images that only spaces part, if each has a suffix; names may have spaces inside."""
    parts: list[str] = []
    words: list[str] = []
    for word in text.split(" "):
        words.append(word)
        if _FILE.search(word):
            parts.append(" ".join(words).strip())
            words = []
    if len(parts) < 2 or any(words):
        return [text]
    return [parts[0], *(_LEAD.sub("", part, count=1) for part in parts[1:])]


def _strip_quotes(part: str) -> str:
    part = part.strip()
    for opening, closing in (('"', '"'), ("'", "'"), ("“", "”"), ("«", "»")):
        if len(part) > 1 and part.startswith(opening) and part.endswith(closing):
            part = part[1:-1].strip()
    return part.removeprefix("'")  # by which Excel marks a text


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
