"""Ids of posts, which stay the same if rows are added, removed or moved, and in a new export."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

_SHORTCODE = re.compile(
    r"https?://(?:[\w-]+\.)?(?:instagram\.com|instagr\.am)/(?:[\w.-]+/)?(?:p|reels?|tv)/([\w-]{1,64})(?:[/?#]|$)",
    re.ASCII | re.IGNORECASE,
)

_URL = re.compile(r"https?://", re.IGNORECASE)
#: Nearly every URL, with its path, told without taking it apart.
_PLAIN_URL = re.compile(r"https?://[\w.-]+(/[\w./%~+=@:,-]*)(?:[?#][\x21-\x7e]*)?\Z", re.ASCII | re.IGNORECASE)
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, slots=True)
class PostKey:
    """The parts of an id; no two posts of a table share all three."""

    brand: str
    thumbnail: str
    permalink: str | None


def name_posts(keys: Sequence[PostKey]) -> list[str]:
    """Return an id of [A-Za-z0-9_-] for each post; ids differ even if case is ignored, as in file names.

    With an Instagram permalink the id is its shortcode and six letters made from the brand and the image's file name,
    which distinguish the images of one post. Otherwise it is made from the brand, the image's path and the permalink.
    Other rows do not matter, nor do the host and signature of an image's URL, which change with every export. Posts
    that still have the same id, such as two images called `1.jpg` in one post, get a longer one from all their text.
    """
    ids = [_name(key) for key in keys]
    uses = Counter(name.lower() for name in ids)
    return [name if uses[name.lower()] == 1 else _full_name(key) for name, key in zip(ids, keys, strict=True)]


def _name(key: PostKey) -> str:
    path = _image_path(key.thumbnail)
    code = find_shortcode(key.permalink or "")
    if code:
        return f"{code}-{_digest(6, key.brand.casefold(), code, path.rpartition('/')[2])}"
    return f"p{_digest(10, key.brand.casefold(), path, key.permalink or '')}"


def _full_name(key: PostKey) -> str:
    code = find_shortcode(key.permalink or "")
    digest = _digest(16, key.brand.casefold(), key.thumbnail, key.permalink or "")
    return f"{code}-{digest}" if code else f"p{digest}"


def find_shortcode(permalink: str) -> str:
    """Return the shortcode in a permalink of Instagram; "" for other addresses."""
    match = _SHORTCODE.match(permalink)
    return match[1] if match else ""


def _image_path(thumbnail: str) -> str:
    """Return a path, or the path of a URL, with forward slashes."""
    if plain := _PLAIN_URL.match(thumbnail):
        return plain[1]
    if _URL.match(thumbnail):
        return urlsplit(thumbnail).path
    return thumbnail.replace("\\", "/")


def _digest(length: int, *parts: str) -> str:
    """Return `length` characters of base 32 (RFC 4648, in small letters), five bits each; 16 at most."""
    digest = hashlib.blake2b("\0".join(parts).encode()).digest()
    number = int.from_bytes(digest[:10], "big")  # 16 letters; the module base64 encodes all 64 bytes, one by one
    return "".join([_LETTERS[number >> shift & 31] for shift in range(75, 75 - 5 * length, -5)])
