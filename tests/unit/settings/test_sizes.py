"""Sizes and allowances as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import SettingsError
from generator.settings.sizes import format_size, parse_allowance, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("20MB", 20_000_000),
        ("900KB", 900_000),
        ("1.5GB", 1_500_000_000),
        (" 1.5 gb ", 1_500_000_000),
        (".5MB", 500_000),
        ("512", 512),
        ("512 B", 512),
        ("0.3MB", 300_000),
    ],
)
def test_sizes_are_read_in_thousands(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text", ["", "MB", "20MiB", "20M", "-3MB", "1,5GB", "1e6", "0", "0.0001KB", "٣MB", "nan", "5%", "20MB extra"]
)
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="is not a size") as caught:
        parse_size(text)
    assert "20MB" in caught.value.hint


@given(st.integers(min_value=1, max_value=10**13))
def test_whole_numbers_of_bytes_are_kept(size: int) -> None:
    assert parse_size(str(size)) == size


@given(st.integers(min_value=0, max_value=10**12))
def test_a_size_said_is_within_half_of_its_last_digit(size: int) -> None:
    said = format_size(size).replace(",", "")
    unit = {"bytes": 1, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}[said.split()[1]]
    last = unit / 10 ** len(said.split()[0].partition(".")[2])
    assert abs(float(said.split()[0]) * unit - size) <= last / 2 + 1e-3
    assert len(said) <= 10 or size >= 10**12


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (2_000_000_000, "2.00 GB"),
    ],
)
def test_sizes_are_said_in_the_unit_that_fits(size: int, said: str) -> None:
    assert format_size(size) == said


@pytest.mark.parametrize(
    ("text", "total", "allowed"),
    [("12", 100, 12), ("0", 100, 0), ("5%", 100, 5), ("5%", 20, 1), ("5 %", 19, 0), ("0%", 50, 0), ("100%", 7, 7)],
)
def test_allowances_are_a_count_or_a_share(text: str, total: int, allowed: int) -> None:
    assert parse_allowance(text).of(total) == allowed


@given(st.integers(min_value=0, max_value=100), st.integers(min_value=0, max_value=100_000))
def test_a_share_in_whole_percent_is_exact(percent: int, total: int) -> None:
    assert parse_allowance(f"{percent}%").of(total) == percent * total // 100


@pytest.mark.parametrize("text", ["", "%", "five", "-1", "101%", "1.5", "5%%", "٣"])
def test_what_is_no_allowance_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="is not an allowance"):
        parse_allowance(text)


@pytest.mark.parametrize("text", ["12", "5%", "2.5%"])
def test_an_allowance_is_said_as_it_was_written(text: str) -> None:
    assert str(parse_allowance(text)) == text
