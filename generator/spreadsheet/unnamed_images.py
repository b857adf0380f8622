"""Images that lie beside spreadsheets in a folder, and that no row names."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from generator.spreadsheet.notices import Notice, list_examples


def tell_unnamed(where: str, images: Sequence[str], addresses: Iterable[str]) -> list[Notice]:
    """Return the notice of `images`, paths in the folder `where`, whose names are in none of `addresses`; if any."""
    if not images:
        return []
    named = {_stem(name) for address in addresses for name in (address, unquote(address))}
    left = [image for image in images if _stem(image) not in named]
    return [Notice("unnamed_images", {"where": where, "count": len(left), "examples": list_examples(left)})] * bool(
        left
    )


def _stem(path: str) -> str:
    """Return what a file is called, without folder, ending, case and forms of accents."""
    name = unicodedata.normalize("NFKC", re.split(r"[\\/]", path)[-1]).casefold().strip()
    stem, suffix = os.path.splitext(name)
    return stem if re.fullmatch(r"\.[a-z]{3,4}", suffix) else name
