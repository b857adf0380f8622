"""Cells as text, and texts cleaned."""

from __future__ import annotations

import unicodedata
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.spreadsheet.values.cells import Cell, cell_text, is_missing
from generator.text import clean_address, clean_caption, clean_line


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


def test_cells_as_text() -> None:
    assert cell_text(12.0) == "12"
    assert cell_text(1.5) == "1.5"
    assert cell_text(datetime(2025, 11, 2)) == "2025-11-02T00:00:00"
    assert cell_text(None) == ""


def test_an_apostrophe_that_guards_against_formulas_is_left_out() -> None:
    assert cell_text("'@house") == "@house"
    assert cell_text("'=1+1") == "=1+1"
    assert cell_text("'@house'") == "'@house'"
    assert cell_text("'tis") == "'tis"


@pytest.mark.parametrize(
    "cell", [None, "", " ", "-", "N/C", "n.a.", "masqué", "Oculto", "nicht verfügbar", "#N/A", "\\N"]
)
def test_cells_that_say_that_nothing_is_known(cell: Cell) -> None:
    assert is_missing(cell)


@pytest.mark.parametrize("cell", ["0", 0, "no", "hidden gem", "#REF!"])
def test_other_cells_do_not(cell: Cell) -> None:
    assert not is_missing(cell)
