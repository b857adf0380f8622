"""A user's own terms: a file that names them, one a line or as TOML, and their place among the terms of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import SettingsError, suggest_name
from generator.settings.toml_file import read_toml_file
from generator.tags.hierarchy import Hierarchy, Term
from generator.text import clean_line, make_slugs

#: Of the TOML form.
VERSION = 1
#: A page lists them all, and each is compared with each image.
MOST_TERMS = 1000
MAX_NAME = 80
MAX_PHRASE = 300
_MOST_PHRASES = 20
_MOST_BYTES = 1_000_000
#: Before the keys of own terms, which then are those of no term that comes along.
PREFIX = "own-"
#: What describes a term without phrases of its own (Radford et al. 2021, 3.1.4).
_PROMPT = "a photo of {}"
_ENTRIES = ("under", "phrases")
_HINT = 'Write a term a line: "tote bags", or "bags > tote bags: a canvas bag; a shopping bag".'


@dataclass(frozen=True, slots=True)
class OwnTerm:
    """A term of the user's own."""

    name: str
    under: int | None  # position of the term above it, which is lower
    phrases: tuple[str, ...]  # that describe it to a network


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of a file, each after the one above it; none without a file."""

    terms: tuple[OwnTerm, ...] = ()
    file: str = ""  # its name

    @property
    def key_text(self) -> str:
        """All terms as one text, for keys; "" for none."""
        return str([(term.name, term.under, term.phrases) for term in self.terms]) if self.terms else ""

    @property
    def above(self) -> list[int | None]:
        """The position of the term above each."""
        return [term.under for term in self.terms]

    def extend(self, hierarchy: Hierarchy) -> Hierarchy:
        """Return `hierarchy` with these terms after its own; they have no class of ImageNet."""
        first = len(hierarchy.terms)
        slugs = make_slugs(term.name for term in self.terms)
        own = (
            Term(PREFIX + slugs[term.name], term.name, term.name, None if term.under is None else first + term.under)
            for term in self.terms
        )
        return Hierarchy((*hierarchy.terms, *own))

    def find_replaced(self, hierarchy: Hierarchy) -> frozenset[str]:
        """Return the keys of terms of `hierarchy` that have the same name as one of these, which stands for them."""
        names = {term.name.casefold() for term in self.terms}
        return frozenset(term.key for term in hierarchy.terms if {term.en.casefold(), term.fr.casefold()} & names)


def read_vocabulary(path: Path) -> Vocabulary:
    """Return the terms in a text or TOML file.

    Raises SettingsError if the file cannot be read, is larger than 1 MB or holds over 1,000 terms, none, or a term
    twice, too long, or under one that it does not hold; the message says in which line or entry.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise SettingsError(f"{path} is larger than 1 MB.", f"Keep at most {MOST_TERMS:,} terms.")
        entries = _read_toml(path) if path.suffix.lower() == ".toml" else _read_lines(path)
    except OSError as error:
        raise SettingsError(
            f"The terms in {path} cannot be read: {error.strerror}.", "Name a text or TOML file with --tags."
        ) from error
    if not entries:
        raise SettingsError(f"{path} holds no term.", _HINT)
    if len(entries) > MOST_TERMS:
        raise SettingsError(
            f"{path} holds {len(entries):,} terms; a report has room for {MOST_TERMS:,}.", "Keep those that count."
        )
    return Vocabulary(_order(entries, path), path.name)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A term as the file has it."""

    where: str
    name: str
    under: str
    phrases: tuple[str, ...]


def _read_lines(path: Path) -> list[_Entry]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not text in UTF-8.", "Save the file as UTF-8.") from error
    entries = []
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            names, _, phrases = line.expandtabs(1).partition(":")
            under, found, name = names.rpartition(" > ")
            where = f"{path}, line {number}"
            if found and not clean_line(under):
                raise SettingsError(f"{where}: nothing stands before >.", _HINT)
            told = [phrase for phrase in phrases.split(";") if phrase.strip()]
            entries.append(_make_entry(where, name, under, told))
    return entries


def _read_toml(path: Path) -> list[_Entry]:
    hint = 'Write version = 1, and [terms."tote bags"] with under = "bags" or phrases = ["a canvas bag"] below it.'
    content = read_toml_file(path, "terms", hint, VERSION)
    terms = content.pop("terms", {})
    if content or not isinstance(terms, dict) or not all(isinstance(entry, dict) for entry in terms.values()):
        raise SettingsError(f"{path}: there is more in it than a table of tables, terms.", hint)
    return [_read_table(f"{path}: [terms.{name!r}]", name, entry, hint) for name, entry in terms.items()]


def _read_table(where: str, name: str, entry: Mapping[str, Any], hint: str) -> _Entry:
    for key in entry:
        if key not in _ENTRIES:
            raise SettingsError(f"{where} has no {key}.", suggest_name(key, _ENTRIES, "There are"))
    under, phrases = entry.get("under", ""), entry.get("phrases", [])
    if not isinstance(under, str):
        raise SettingsError(f"{where}: under = {under!r} is not the name of a term.", hint)
    if not isinstance(phrases, list) or not all(isinstance(phrase, str) for phrase in phrases):
        raise SettingsError(f"{where}: phrases is not a list of texts.", hint)
    return _make_entry(where, name, under, phrases)


def _make_entry(where: str, name: str, under: str, phrases: Sequence[str]) -> _Entry:
    name, told = clean_line(name), tuple(clean_line(phrase) for phrase in phrases)
    if not name or len(name) > MAX_NAME:
        raise SettingsError(f"{where}: a term has 1 to {MAX_NAME} characters, not {len(name):,}.", _HINT)
    if len(told) > _MOST_PHRASES or any(not phrase or len(phrase) > MAX_PHRASE for phrase in told):
        raise SettingsError(
            f"{where}: a term has at most {_MOST_PHRASES} phrases of 1 to {MAX_PHRASE} characters.", _HINT
        )
    return _Entry(where, name, clean_line(under), told or (_PROMPT.format(name),))


def _order(entries: Sequence[_Entry], path: Path) -> tuple[OwnTerm, ...]:
    """Return the terms in the order of the file, a term before those under it."""
    by_name: dict[str, _Entry] = {}
    for entry in entries:
        first = by_name.setdefault(entry.name.casefold(), entry)
        if first is not entry:
            raise SettingsError(
                f"{entry.where}: the term {entry.name!r} is there already ({first.where}).", "Leave one of them out."
            )
    positions: dict[str, int] = {}
    terms: list[OwnTerm] = []
    for entry in entries:
        waiting = [entry]
        while waiting[-1].under and waiting[-1].name not in positions:
            above = by_name.get(waiting[-1].under.casefold())
            if above is None:
                others = [other.name for other in entries if other is not waiting[-1]]
                raise SettingsError(
                    f"{waiting[-1].where}: there is no term {waiting[-1].under!r} for it to stand under.",
                    suggest_name(waiting[-1].under, others) or "Give it a line of its own.",
                )
            if above in waiting:
                raise SettingsError(f"{above.where}: the term {above.name!r} stands under itself.", _HINT)
            waiting.append(above)
        for one in reversed(waiting):
            if one.name not in positions:
                positions[one.name] = len(terms)
                under = by_name[one.under.casefold()].name if one.under else None
                terms.append(OwnTerm(one.name, None if under is None else positions[under], one.phrases))
    return tuple(terms)
