"""Counts, texts and addresses as people and exports write them."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.spreadsheet.values.addresses import read_permalink, why_invalid
from generator.spreadsheet.values.cells import Cell, cell_text
from generator.spreadsheet.values.counts import read_count
from generator.text import clean_address, clean_caption, clean_line

SEPARATORS = [",", ".", " ", "\u00a0", "\u202f", "\u2009", "'", "’"]


@given(st.integers(0, 10**11), st.sampled_from(SEPARATORS))
def test_a_count_is_read_back_from_every_way_of_grouping_it(number: int, separator: str) -> None:
    assert read_count(f"{number:,}".replace(",", separator)) == number


@given(st.integers(0, 10**11), st.sampled_from(["{}", " {} ", "{}.0", "{},0", "+{}", "{}\u200b"]))
def test_a_count_is_read_back_from_plain_and_decimal_text(number: int, form: str) -> None:
    assert read_count(form.format(number)) == number


@given(st.integers(0, 10**11))
def test_a_count_is_read_back_from_native_numbers(number: int) -> None:
    assert read_count(number) == read_count(float(number)) == number


@given(st.integers(1, 9999), st.sampled_from([".", ","]), st.sampled_from(["", " ", "\u00a0"]))
def test_abbreviated_counts_as_instagram_writes_them(tenths: int, mark: str, space: str) -> None:
    text = f"{tenths // 10}{mark}{tenths % 10}{space}"
    assert read_count(text + "k") == read_count(text + "K") == tenths * 100
    assert read_count(text + "M") == tenths * 100_000


@pytest.mark.parametrize("cell", [None, "", "  ", "-1", -1, -1.0, "−1", "n/a", "NaN", "—", "null"])
def test_what_is_hidden_or_absent_is_none(cell: Cell) -> None:
    assert read_count(cell) is None


@pytest.mark.parametrize(
    "cell",
    ["many", "1,23", "0.5", "219.5", "1 23", "-5", -5, 1.5, True, "1.8e+16", "9" * 5000, "1,234,56", date(2025, 1, 1)],
)
def test_what_is_no_count_is_said_to_be_none(cell: Cell) -> None:
    with pytest.raises(ValueError):
        read_count(cell)


@given(st.one_of(st.text(), st.floats(), st.integers()))
def test_any_cell_is_a_count_none_or_a_value_error(cell: Cell) -> None:
    if isinstance(cell, float) and cell != cell:
        return  # reading files turns these into None
    try:
        number = read_count(cell)
    except ValueError:
        return
    assert number is None or 0 <= number <= 10**11


def test_a_line_is_collapsed_and_composed() -> None:
    assert clean_line("  Belle\u00a0\n E\u0301poque\x00\u200b ") == "Belle Époque"
    assert clean_line("\u202eevil\u202c \u2066x") == "evil x"
    assert clean_line("👩\u200d🎨") == "👩\u200d🎨"


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_cleaned_text_can_be_written_anywhere(text: str) -> None:
    for cleaned in (clean_line(text), clean_caption(text), clean_address(text)):
        cleaned.encode("utf-8")
        assert not any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in cleaned)
        assert cleaned == cleaned.strip()
    assert "\n" not in clean_line(text) + clean_address(text)
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_caption(clean_caption(text)) == clean_caption(text)


def test_a_caption_keeps_its_lines() -> None:
    assert clean_caption(" un\r\n\r\ndeux\rtrois\u2028quatre\t!\x07 ") == "un\n\ndeux\ntrois\nquatre\t!"


def test_a_caption_keeps_changes_of_direction_that_end_on_their_line_only() -> None:
    assert clean_caption("«\u202eabc\u202c»\nb") == "«\u202eabc\u202c»\nb"
    assert clean_caption("a \u202eabc\nb\u202c \u200fאב") == "a abc\nb \u200fאב"
    assert clean_caption("\u2066a\u202eb\u2069\u202c") == "ab"


def test_addresses_lose_what_copying_put_in() -> None:
    assert clean_address(" \ufeffhttps://a.example/\r\nb.jpg\t") == "https://a.example/b.jpg"
    assert clean_address("images/un deux.jpg") == "images/un deux.jpg"


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
    assert read_permalink(None) is None
    assert read_permalink("  ") is None


@pytest.mark.parametrize(
    "cell", ["javascript:alert(1)", "Abc", "https://", "https://a.example/ x", "ftp://a.example", 12]
)
def test_other_permalinks_are_refused(cell: Cell) -> None:
    with pytest.raises(ValueError):
        read_permalink(cell)


def test_cells_as_text() -> None:
    assert cell_text(12.0) == "12"
    assert cell_text(1.5) == "1.5"
    assert cell_text(datetime(2025, 11, 2)) == "2025-11-02T00:00:00"
    assert cell_text(None) == ""
