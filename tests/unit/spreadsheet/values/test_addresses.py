"""Addresses of images and posts as people and exports write them."""

from __future__ import annotations

import pytest

from generator.spreadsheet.values.addresses import read_permalink, why_invalid
from generator.spreadsheet.values.cells import Cell


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example/b.jpg?c=d",
        "HTTP://a.example",
        "images/a.jpg",
        "../../etc/passwd",
        "not a url or a file",
        r"C:\photos\a.jpg",
        "look: the second.jpg",
        "IMG:0001.jpg",
    ],
)
def test_web_addresses_and_paths_have_no_fault(address: str) -> None:
    assert why_invalid(address) == ""


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://a.example/b.jpg", "ftp:"),
        ("data:image/png;base64,AAAA", "data:"),
        ("javascript:alert(1)", "javascript:"),
        ("gopher://a.example/", "gopher:"),
        ("//a.example/b.jpg", "https://"),
        ("=IMAGE(A2)", "a formula that is not worked out"),
        ("https://", "not a complete"),
        ("http:a.jpg", "not a complete"),
        ("http://[::1/a.jpg", "not a complete"),
    ],
)
def test_other_addresses_have_one(address: str, said: str) -> None:
    assert said in why_invalid(address)


def test_permalinks_are_web_addresses() -> None:
    assert read_permalink(" https://www.instagram.com/p/Abc/ ") == "https://www.instagram.com/p/Abc/"
    assert read_permalink("instagram.com/p/Abc/") == "https://instagram.com/p/Abc/"
    assert read_permalink("//www.instagram.com/p/Abc/") == "https://www.instagram.com/p/Abc/"
    assert read_permalink(None) is None
    assert read_permalink("  ") is None


@pytest.mark.parametrize(
    "cell", ["javascript:alert(1)", "Abc", "https://", "https://a.example/ x", "ftp://a.example", 12]
)
def test_other_permalinks_are_refused(cell: Cell) -> None:
    with pytest.raises(ValueError):
        read_permalink(cell)
