"""Counts with words and units of seven languages, and counts that are none."""

from __future__ import annotations

import pytest

from generator.spreadsheet.values.counts import read_count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1.2K", 1200), ("12,3 k", 12_300), ("1,2 Mio.", 1_200_000), ("1,2 mil", 1200), ("2,5 Tsd.", 2500),
        ("1 234 J’aime", 1234), ("1\u202f234 mentions J’aime", 1234), ("1,234 likes", 1234), ("1.234 Me gusta", 1234),
        ("Gefällt 1.234 Mal", 1234), ("1.234 Gefällt mir-Angaben", 1234), ("1.234 Mi piace", 1234),
        ("1.234 curtidas", 1234), ("1.234 vind-ik-leuks", 1234), ("1.2K likes", 1200), ("J’aime : 1 234", 1234),
        ("2万", 20_000), ("1.5萬", 15_000), ("1.2k ❤️", 1200), ("~1500", 1500), ("1 500+", 1500), ("“2,5k”", 2500),
        ("٣٤٥", 345), ("１２３", 123), ("1 2 3 4", 1234), ("12 comments", 12),
        ("Liked by maison and 1,233 others", 1234),
        ("Aimé par maison et 1 233 autres personnes", 1234),
    ],
)  # fmt: skip
def test_counts_as_people_and_exports_write_them(text: str, count: int) -> None:
    assert read_count(text) == count


@pytest.mark.parametrize(
    "text", ["1,234 views", "12 Uhr", "3 days", "10.5", "1,5", "1,2,3", "12 of 40", "likes", "1 234 vues", "x" * 1000]
)
def test_other_texts_are_no_counts(text: str) -> None:
    with pytest.raises(ValueError):
        read_count(text)
