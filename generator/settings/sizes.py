"""Amounts as people write them: sizes such as 20MB, and allowances such as 12 or 5%."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NewType

from generator.errors import SettingsError

#: A number of bytes.
Size = NewType("Size", int)

_UNITS = {"": 1, "B": 1, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}
_SIZE = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*([kmg]?b)?", re.ASCII | re.IGNORECASE)
_SHARE = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*%", re.ASCII)


@dataclass(frozen=True, slots=True)
class Allowance:
    """A tolerated number of faults: a `share` (0 to 1) of all if given, else a `count`."""

    count: int = 0
    share: float | None = None

    def of(self, total: int) -> int:
        """Return how many of `total` may be wrong; a share is rounded down."""
        # adds a thousandth, so that 5% of 20 is 1 in floating point too
        return self.count if self.share is None else int(self.share * total + 1e-3)

    def __str__(self) -> str:
        return f"{self.count:,}" if self.share is None else f"{self.share * 100:g}%"


def parse_size(text: str) -> Size:
    """Return the bytes of a size such as "20MB", "900 KB", "1.5gb" or "512"; 1 MB is 1,000,000 bytes.

    Raises SettingsError for anything else, and for less than one byte.
    """
    match = _SIZE.fullmatch(text.strip())
    size = int(float(match[1]) * _UNITS[(match[2] or "").upper()] + 0.5) if match else 0
    if size < 1:
        raise SettingsError(f"{text!r} is not a size.", "It takes a number of bytes, or one with KB, MB or GB: 20MB.")
    return Size(size)


def parse_allowance(text: str) -> Allowance:
    """Return the allowance in a count such as "12" or a share such as "5%". Raises SettingsError for anything else."""
    text = text.strip()
    share = _SHARE.fullmatch(text)
    if share and float(share[1]) <= 100:
        return Allowance(share=float(share[1]) / 100)
    if text.isascii() and text.isdigit():
        return Allowance(count=int(text))
    raise SettingsError(f"{text!r} is not an allowance.", "It takes a count such as 12, or a share such as 5%.")


def format_size(size: int) -> str:
    """Return a number of bytes for people: 512 bytes, 340 KB, 20.4 MB, 1.25 GB."""
    if size < 1_000:
        return f"{size} bytes"
    if size < 999_500:
        return f"{size / 1e3:,.0f} KB"
    return f"{size / 1e6:,.1f} MB" if size < 999_950_000 else f"{size / 1e9:,.2f} GB"
