"""An entry of a section of the settings: its default, its help text and its bounds."""

from __future__ import annotations

from dataclasses import field
from typing import Any


def entry(default: Any, help: str, least: float | None = None, most: float | None = None) -> Any:
    """Return the field of a section's dataclass."""
    return field(default=default, metadata={"help": help, "least": least, "most": most})
