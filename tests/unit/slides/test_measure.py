"""Text is never set larger than its box allows, and is cut only where it must be."""

from __future__ import annotations

import pytest

from generator.slides.grid import Style
from generator.slides.measure import break_text, cut_text, fit_lines, hold_last_words, measure

STYLE = Style("text", 20, 10, leading=1.0)


def test_short_text_keeps_its_size() -> None:
    assert fit_lines(["Ambre"], 4, 1, STYLE) == (["Ambre"], 20)


def test_long_text_is_set_smaller_before_it_is_cut() -> None:
    text = "Maison Ambre posts coats more than three times as often as all of its rivals do"
    texts, size = fit_lines([text], 4, 0.7, STYLE)
    assert texts == [text]
    assert 10 <= size < 20


def test_text_beyond_the_least_size_is_cut_with_an_ellipsis() -> None:
    texts, size = fit_lines(["word " * 2_000], 4, 1, STYLE)
    assert size == 10
    assert texts[0].endswith("…")
    assert len(break_text(texts[0], 4, 10)) * 10 * 1.15 <= 72


def test_paragraphs_that_have_no_room_are_dropped_from_the_end() -> None:
    texts, _ = fit_lines(["one", "two", "three", "four"], 4, 0.35, STYLE)
    assert texts == ["one", "two"]


def test_a_word_longer_than_the_line_is_broken() -> None:
    lines = break_text("x" * 500, 2, 12)
    assert "".join(lines) == "x" * 500
    assert all(measure(line) <= 2 * 72 / 12 for line in lines)


@pytest.mark.parametrize(
    ("text", "least"), [("界" * 10, 10), ("é" * 10, 4), ("…" * 10, 10), ("\N{COMBINING ACUTE ACCENT}", 0)]
)
def test_widths_of_letters_beyond_ascii_are_not_underrated(text: str, least: float) -> None:
    assert measure(text) >= least


def test_a_cut_text_ends_at_a_word() -> None:
    assert cut_text("Garden, flowers, stilllife and more", 1.6, 12) == "Garden, flowers…"


def test_no_word_of_a_heading_stands_alone_on_its_last_line() -> None:
    held = hold_last_words("Rue 41 moves: “T-shirts” went from 59% of its posts to 5%.", 4, 20)
    assert held.endswith(" posts\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}5%.")
    assert len(break_text(held, 4, 20)[-1]) >= 12


def test_a_heading_of_one_line_stays_as_it_is() -> None:
    assert hold_last_words("The territories", 4, 20) == "The territories"
    assert "\N{NO-BREAK SPACE}" not in hold_last_words("x" * 500, 4, 20)
