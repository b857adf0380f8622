"""Images whose names stand in the folder of each brand: the brand of a row decides which is meant."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from generator.spreadsheet.headers import normalise_header
from generator.spreadsheet.notices import Notice, list_examples
from generator.spreadsheet.phrases import Value

_IN_A_FOLDER = re.compile(r"[\\/:#]")


@dataclass(slots=True)
class BrandFolders:
    """The images beside spreadsheets, as paths from the folder of the inputs."""

    images: Sequence[str]
    _by_folder: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # name and folder -> paths
    _names: Counter[str] = field(default_factory=Counter)
    _paths: set[str] = field(default_factory=set)
    _found: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """List the images by their names."""
        for path in self.images:
            *folders, name = path.split("/")
            self._names[_fold(name)] += 1
            self._paths.add(_fold(path))
            for folder in dict.fromkeys(map(normalise_header, folders)):
                self._by_folder.setdefault((_fold(name), folder), []).append(path)

    def place(self, address: str, start: str, brand: str) -> str:
        """Return where the image lies that a row of `brand` calls `address`; `start` is where that says.

        That is `start`, unless several images have this name, none of them there, and one of them alone in a folder
        that is called as the brand.
        """
        name, folder = _fold(address), normalise_header(brand)
        if self._names[name] < 2 or _IN_A_FOLDER.search(address) or not folder or _fold(start) in self._paths:
            return start
        own = self._by_folder.get((name, folder), [])
        if len(own) != 1:
            return start
        self._found[f"{address} → {own[0]}"] = None
        return own[0]

    def notices(self, where: str) -> list[Notice]:
        """Return what is said of the images that were found."""
        values: dict[str, Value] = {"where": where, "count": len(self._found), "examples": list_examples(self._found)}
        return [Notice("found_by_brand", values)] if self._found else []


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()
