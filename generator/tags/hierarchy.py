"""The tree of everyday terms that ImageNet's classes belong to, as hierarchy.toml holds it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator import resources

#: Raised whenever the same logits would give other scores.
VERSION = 1
#: Classes of ImageNet (ILSVRC2012).
CLASSES = 1000


@dataclass(frozen=True, slots=True)
class Term:
    """An everyday term for what an image shows."""

    key: str
    en: str
    fr: str
    under: int | None  # position of the term above it
    classes: tuple[int, ...] = ()  # that belong to it directly

    def name(self, lang: str) -> str:
        """Return what it is called in "en" or "fr"."""
        return self.fr if lang == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """The terms, each after the one above it."""

    terms: tuple[Term, ...]

    def above(self, position: int) -> Iterator[int]:
        """Yield the positions of the terms above one, the nearest first."""
        under = self.terms[position].under
        while under is not None:
            yield under
            under = self.terms[under].under

    def membership(self) -> NDArray[np.float32]:
        """Return which classes belong to each term or to one below it, (1000, terms), 1 or 0."""
        member = np.zeros((CLASSES, len(self.terms)), np.float32)
        for position, term in enumerate(self.terms):
            for place in (position, *self.above(position)):
                member[list(term.classes), place] = 1
        return member


def read_hierarchy(content: Mapping[str, Any]) -> Hierarchy:
    """Return the tree that `content` describes, by the keys of its terms.

    Raises ValueError where a class belongs to two terms, a name is missing, or a term does not stand after the one
    above it, which also rules out circles.
    """
    terms: list[Term] = []
    positions: dict[str, int] = {}
    seen: dict[int, str] = {}
    for key, entry in content.items():
        if not entry.get("en") or not entry.get("fr"):
            raise ValueError(f"{key} has no name in English or French")
        under = entry.get("under")
        if under is not None and under not in positions:
            raise ValueError(f"{key} does not stand after {under}, the term above it")
        classes = tuple(_read_classes(entry.get("classes", [])))
        for number in classes:
            if not 0 <= number < CLASSES or number in seen:
                raise ValueError(f"class {number} of {key} is unknown, or belongs to {seen.get(number)} already")
            seen[number] = key
        positions[key] = len(terms)
        terms.append(Term(key, entry["en"], entry["fr"], None if under is None else positions[under], classes))
    return Hierarchy(tuple(terms))


def _read_classes(entries: list[int | list[int]]) -> Iterator[int]:
    for entry in entries:
        if isinstance(entry, int):
            yield entry
        else:
            first, last = entry
            yield from range(first, last + 1)


@cache
def load_hierarchy() -> Hierarchy:
    """Return the tree that comes along."""
    path = resources.find_resources("tags") / "hierarchy.toml"
    return read_hierarchy(tomllib.loads(path.read_text(encoding="utf-8")))
