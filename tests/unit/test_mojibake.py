"""Text that was decoded wrongly is repaired where that is certain, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.mojibake import is_suspicious, looks_misdecoded, repair_text


@pytest.mark.parametrize("codec", ["latin-1", "cp1252", "mac_roman"])
@pytest.mark.parametrize("text", ["Côté Vermeil", "L’été, c’est ici", "Größe", "mañana", "Café — fermé"])
def test_utf8_read_in_an_older_encoding_is_repaired(text: str, codec: str) -> None:
    assert repair_text(text.encode().decode(codec)) == text


def test_twice_decoded_text_and_emoji() -> None:
    twice = "Côté".encode().decode("cp1252").encode().decode("cp1252")
    assert repair_text(twice) == "Côté"
    assert repair_text("#c\u00c3\u00b4t\u00c3\u00a9 \u00f0\u009f\u0098\u008d") == "#côté 😍"
    assert repair_text("Привет, мир".encode().decode("cp1251", "replace").replace("\ufffd", "")) in (
        None,
        "Привет, мир",
    )


@pytest.mark.parametrize(
    "text",
    [
        "SÃO PAULO", "COLEÇÃO…", "IRMÃ", "IRMÃ…", "“AMANHÔ", "AMANHÃ – JÁ", "IRMÃ”", "IRMÃ—BRASIL", "Spaß™X",
        "«\u00a0Été\u00a0»", "Été\u00a0»", "là\u00a0»", "ROMÃ®", "MAÇÃ©", "LE CAFÉ®", "VOILÀ »",
        "DÉJÀ…", "Ô–", "Ã la mode", "Привет, Россия", "Łódź", "x √ y ≈ z", "plain", "", "日本語",
    ],
)  # fmt: skip
def test_right_text_is_never_touched(text: str) -> None:
    assert repair_text(text) is None


def test_what_cannot_be_repaired_with_certainty_is_told() -> None:
    assert looks_misdecoded("ROMÃ®")
    assert looks_misdecoded("C\ufffdt\ufffd")
    assert not looks_misdecoded("SÃO PAULO")
    assert not looks_misdecoded("Café – “x” à 10 €")
    assert not is_suspicious("été là, déjà. où ? Noël")


@given(st.text(st.sampled_from("abcéèàçùôêîïëüöäßñáíóúãõåøœ ABCÉÈÀÇ ’–…")))
def test_words_of_western_languages_survive_and_come_back(text: str) -> None:
    assert repair_text(text) is None
    repaired = repair_text(text.encode().decode("latin-1"))
    assert repaired is None or repaired == text
