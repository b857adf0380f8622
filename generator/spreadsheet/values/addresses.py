"""Addresses of images and posts as people and exports write them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from generator.folders import IMAGE_ENDING
from generator.spreadsheet.values.cells import Cell, LinkedText, cell_text
from generator.spreadsheet.values.formulas import is_linking, read_formula
from generator.text import clean_address

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(//)?")
#: Schemes written without `//`; other text before a colon may be the name of a file.
_BARE_SCHEMES = frozenset(
    {"about", "blob", "cid", "data", "file", "ftp", "http", "https", "javascript", "mailto", "urn", "vbscript"}
)

#: In so many rows the same text is what a link is called.
_OFTEN = 3
_LONGEST_LABEL = 40
_ADDRESS_SIGN = re.compile(r"[\d/\\.:_#@-]")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_BARE_PERMALINK = re.compile(r"(?://)?(www\.)?instagram\.com/", re.IGNORECASE)
_SPACE = re.compile(r"\s")
#: In a URL that is shown shortened.
_CUT = re.compile(r"\s|…|\.\.\.\Z")
#: A host without user, port and IPv6 address: nearly every one, told without taking the address apart.
_PLAIN_HOST = re.compile(r"https?://[\w.-]+(?:[/?#]|\Z)", re.IGNORECASE | re.ASCII)
_IMAGE_FILE = re.compile(rf"{IMAGE_ENDING}\Z", re.IGNORECASE)


def cell_address(cell: Cell) -> str:
    """Return the address behind a cell's text if it has one, else the text itself.

    A text that is a whole URL counts for more than the link behind it, which often is that of an earlier text. A
    picture in the cell, and an address outside the file, count for more than any other text. Of a formula that stands
    there as a text, as in a .csv, its literal address counts.
    """
    if not isinstance(cell, LinkedText):
        text = cell_text(cell)
        formula = read_formula(text) if text.startswith("=") and is_linking(text) else None
        return text if formula is None or formula.is_name else formula.address
    shown, address = str(cell).strip(), cell.address
    is_web = _WEB.match(address) is not None
    if not is_web and "#" in address:
        return address
    if _WEB.match(shown):
        return address if _CUT.search(shown) else shown
    return shown if not is_web and _IMAGE_FILE.search(shown) else address


def find_link_texts(texts: Iterable[str]) -> set[str]:
    """Return which of the `texts` for images are what links are called: "View", "Voir la photo".

    Such a text stands in several rows, and has none of the signs that an address or the name of a file has.
    """
    return {
        text
        for text, count in Counter(texts).items()
        if count >= _OFTEN and len(text) <= _LONGEST_LABEL and not _ADDRESS_SIGN.search(text)
    }


def why_invalid(address: str) -> str:
    """Return why `address` is neither an http(s) URL nor a local path; "" if it is one.

    Fetching checks that a local path exists and stays inside its folder.
    """
    if address.startswith("=") and is_linking(address):
        return f"a formula that is not worked out, {address[:40]}: paste its value in its place"
    if address.startswith("//"):
        return "begins with //: write https:// in full"
    scheme = _SCHEME.match(address)
    if scheme is None or not (scheme[2] or scheme[1].lower() in _BARE_SCHEMES):
        return ""
    if scheme[1].lower() == "file":  # a path of this computer or another one
        return ""
    if scheme[1].lower() not in ("http", "https"):
        return f"{scheme[1].lower()}: is not a web address or a file"
    return "" if _has_host(address) else "not a complete web address"


def read_permalink(cell: Cell) -> str | None:
    """Return the http(s) address of a post; None if the cell is empty.

    A bare `instagram.com/…` or `//instagram.com/…` gets its `https://`. Raises ValueError for anything else.
    """
    address = clean_address(cell_address(cell))
    if not address:
        return None
    if _BARE_PERMALINK.match(address):
        address = "https://" + address.removeprefix("//")
    if not _WEB.match(address) or not _has_host(address) or _SPACE.search(address):
        raise ValueError(f"not a web address: {address!r}")
    return address


def _has_host(address: str) -> bool:
    if _PLAIN_HOST.match(address):
        return True
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:  # an open bracket without an IPv6 address
        return False
