"""Counts as people and exports write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.spreadsheet.values.cells import Cell
from generator.spreadsheet.values.counts import header_unit, read_count, read_shown_count

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
    [
        "many",
        "1,23",
        "0.5",
        "219.5",
        "1 23",
        "-5",
        -5,
        1.5,
        True,
        "1.8e+16",
        "9" * 5000,
        "1,234,56",
        date(2025, 1, 1),
        "10²",
        "1½",
        "12 %",
        "#4",
        "1-5",
    ],
)
def test_what_is_no_count_is_said_to_be_none(cell: Cell) -> None:
    with pytest.raises(ValueError):
        read_count(cell)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1,2 Mio.", 1_200_000),
        ("1.234 Mio.", 1_234_000),
        ("3.4 Tsd.", 3_400),
        ("2 Mrd.", 2 * 10**9),
        ("1,2 mil", 1_200),
        ("1,2 mi", 1_200_000),
        ("12 mila", 12_000),
        ("3,4 tys.", 3_400),
        ("1,5 milliers", 1_500),
        ("2 millones", 2_000_000),
        ("1,5 milhões", 1_500_000),
        ("3 duizend", 3_000),
        ("1,234.5K", 1_234_500),
        ("12 345,6 k", 12_345_600),
        ("1.2 lakh", 120_000),
        ("2万", 20_000),
        ("1.5萬", 15_000),
        ("3千万", 30_000_000),
        ("1億2000万", 120_000_000),
        ("1万2345", 12_345),
        ("1,2만", 12_000),
        ("1.2E+05", 120_000),
        ("2,5 Tsd.", 2_500),
    ],
)
def test_units_of_many_languages(cell: str, number: int) -> None:
    assert read_count(cell) == number


@pytest.mark.parametrize("cell", ["1,234 K", "1.234k", "1万2万", "1 QQ", "1.2 k k", "12 mM", "1K-5K"])
def test_units_that_can_be_read_in_two_ways_are_no_count(cell: str) -> None:
    with pytest.raises(ValueError):
        read_count(cell)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1 234 J’aime", 1234),
        ("1,234 likes", 1234),
        ("Likes: 1,234", 1234),
        ("1 like", 1),
        ("1.234 Me gusta", 1234),
        ("A 1.234 personas les gusta", 1234),
        ("Gefällt 1.234 Mal", 1234),
        ("1.234 „Gefällt mir“-Angaben", 1234),
        ("1.234 Mi piace", 1234),
        ("Piace a 1.234 persone", 1234),
        ("1.234 curtidas", 1234),
        ("1,2 mi de curtidas", 1_200_000),
        ("1.234 vind-ik-leuks", 1234),
        ("12.5K likes", 12_500),
        ("1.2k ❤️", 1200),
        ("1\u202f234 mentions J’aime", 1234),
        ("J’aime : 1 234", 1234),
        ("❤ 1,234", 1234),
        ("いいね！1,234件", 1234),
        ("1.5万次赞", 15_000),
        ("“2,5k”", 2500),
        ("'1234", 1234),
        ("~1500", 1500),
        ("> 1000", 1000),
        ("1 500+", 1500),
        ("environ 1 500", 1500),
        ("No likes yet", 0),
        ("Aucun J’aime", 0),
        ("1,234 likes, 56 comments", 1234),
        ("56 comments, 1,234 likes", 1234),
        ("Liked by 1,234 people", 1234),
        ("Liked by anna and 1,233 others", 1234),
        ("Liked by anna, b.c and 1,232 others", 1234),
        ("Aimé par anna et 1 233 autres personnes", 1234),
        ("Gefällt anna und 1.233 weiteren Personen", 1234),
        ("Les gusta a anna y 1.233 personas más", 1234),
        ("Piace a anna e altri 1.233", 1234),
        ("Curtido por anna e outras 1.233 pessoas", 1234),
    ],
)
def test_words_that_name_likes(cell: str, number: int) -> None:
    assert read_count(cell, "likes") == read_count(cell.replace(" ", "\u00a0"), "likes") == number


@pytest.mark.parametrize(
    "cell", ["12 comments", "View all 12 comments", "Voir les 12 commentaires", "Alle 12 Kommentare ansehen", "💬 12"]
)
def test_counts_of_comments_are_no_likes(cell: str) -> None:
    assert read_count(cell, "comments") == 12
    with pytest.raises(ValueError):
        read_count(cell, "likes")


@pytest.mark.parametrize(
    "cell",
    ["1,234 views", "1.2K views", "👁 12", "3 dislikes", "12 abonnés", "4 likes 5", "12/50", "<10", "under 10 likes",
     "1,234 of 5,000", "likes", "Liked by anna and others", "12, 345", "12 Jan", "5 minutes", "likes hidden",
     "12 Uhr", "“”", "\u200e", "❤", "3 days", "1,2,3", "1 234 vues", "x" * 1000],
)  # fmt: skip
def test_counts_of_something_else_are_none(cell: str) -> None:
    for field in ("", "likes", "comments"):
        with pytest.raises(ValueError):
            read_count(cell, field)


def test_digits_of_other_scripts_and_digits_apart() -> None:
    assert [read_count(cell) for cell in ("١٬٢٣٤", "१,२३४", "１，２３４", "12,34,567", "1 2 3 4")] == [1234] * 3 + [
        1234567,
        1234,
    ]
    with pytest.raises(ValueError):
        read_count("3 5")


@pytest.mark.parametrize("cell", [-1, "-1", "−1", "–1", -1.0])
def test_hidden_counts_can_be_told_from_absent_ones(cell: Cell) -> None:
    assert read_shown_count(cell) == -1
    assert read_count(cell) is None
    assert read_shown_count("") is read_shown_count("hidden") is None


@given(
    st.lists(
        st.sampled_from(
            ["1", "234", "12", ",", ".", " ", "K", "Mio.", "likes", "comments", "万", "-", "and", "e", "~", "❤"]
        ),
        max_size=9,
    )
)
def test_any_mix_of_parts_is_a_count_or_a_value_error(parts: list[str]) -> None:
    try:
        number = read_count("".join(parts))
    except ValueError:
        return
    assert number is None or 0 <= number <= 10**11


@given(st.one_of(st.text(), st.floats(), st.integers()))
def test_any_cell_is_a_count_none_or_a_value_error(cell: Cell) -> None:
    if isinstance(cell, float) and cell != cell:
        return  # reading files turns these into None
    try:
        number = read_count(cell)
    except ValueError:
        return
    assert number is None or 0 <= number <= 10**11


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Likes", 1),
        ("Likes (#)", 1),
        ("Likes (K)", 1000),
        ("Likes [k]", 1000),
        ("Likes (in thousands)", 1000),
        ("Likes in thousands", 1000),
        ("Likes ('000)", 1000),
        ("J’aime (milliers)", 1000),
        ("J’aime en milliers", 1000),
        ("Gefällt mir (Tsd.)", 1000),
        ("Likes (Mio.)", 10**6),
        ("Likes (millions)", 10**6),
        ("Likes (M)", 1),  # it may stand for men
        ("Likes in Milan", 1),
        ("K likes", 1),
    ],
)
def test_the_unit_that_a_header_states(header: str, unit: int) -> None:
    assert header_unit(header) == unit


def test_numbers_are_multiples_of_the_headers_unit_if_they_have_none() -> None:
    cells: list[Cell] = [12, 1.2, "12", "1,2", "1.2", "1.2K", "3,4 Tsd.", 1.2345]
    assert [read_shown_count(cell, "likes", 1000) for cell in cells] == [
        12_000, 1_200, 12_000, 1_200, 1_200, 1_200, 3_400, 1_234,
    ]  # fmt: skip
    assert read_shown_count(-1, "likes", 1000) == read_shown_count("-1", "likes", 1000) == -1
    for cell in ("1,234", "-10", -2):
        with pytest.raises(ValueError):
            read_shown_count(cell, "likes", 1000)
