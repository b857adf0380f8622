"""Addresses of images and posts as people and exports write them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from generator.spreadsheet.values.cells import Cell, LinkedText, cell_text
from generator.text import clean_address

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(//)?")
#: Schemes written without `//`; other text before a colon may be the name of a file.
_BARE_SCHEMES = frozenset(
    {"about", "blob", "cid", "data", "file", "ftp", "http", "https", "javascript", "mailto", "urn", "vbscript"}
)


def cell_address(cell: Cell) -> str:
    """Return the address behind a cell's text if it has one, else the text itself."""
    return cell.address if isinstance(cell, LinkedText) else cell_text(cell)


def why_invalid(address: str) -> str:
    """Return why `address` is neither an http(s) URL nor a local path; "" if it is one.

    Fetching checks that a local path exists and stays inside its folder.
    """
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

    A bare `instagram.com/…` gets its `https://`. Raises ValueError for anything else.
    """
    address = clean_address(cell_address(cell))
    if not address:
        return None
    if re.match(r"(www\.)?instagram\.com/", address, re.IGNORECASE):
        address = "https://" + address
    if not re.match(r"https?://", address, re.IGNORECASE) or not _has_host(address) or re.search(r"\s", address):
        raise ValueError(f"not a web address: {address!r}")
    return address


def _has_host(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:  # an open bracket without an IPv6 address
        return False
