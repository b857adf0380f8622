"""Where the images lie that a spreadsheet names by paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ImagePlaces:
    """The folder that local paths start from, and what they may lead to."""

    folder: Path
    containers: Mapping[str, Path] = field(default_factory=dict)  # files that may hold pictures, by their names
    homes: tuple[str, ...] = ("",)  # folders that paths may lead into, as paths from `folder`; "" is itself
    starts: tuple[str, ...] = ()  # beginnings of paths that only say which spreadsheet they stand in
