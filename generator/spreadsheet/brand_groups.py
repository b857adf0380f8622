"""Groups of spellings that are certainly one brand.

Work is on different spellings, n log n in their number, and does not depend on their order except between equals.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from generator.spreadsheet.spellings import (
    Spelling,
    as_handle,
    digits_of,
    drop_marks,
    keep_spelling,
    read_spelling,
)

#: Accents that fewer than one of so many of a brand's rows have are slips.
_FEW = 50
#: Forms of "and" in names of accounts, which have no &.
_ANDS = ("", "et", "and", "und", "n", "y", "e")
#: Different spellings from which on they are no brands.
_MOST_COMPARED = 10_000
#: Names that an account may give itself; one with more is no account of a brand.
_MOST_NAMES = 3
#: Letters that a name needs to be told by a part of it.
_FEWEST = 5
#: Such accounts are often not the brand's own.
_DECORATED = re.compile(r"[._].*|.*[._]|.*[._]{2}.*")


@dataclass(frozen=True, slots=True)
class Accounts:
    """What rows say of accounts: handle -> names beside it -> number of rows."""

    owners: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # names that the accounts give themselves
    beside: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # names that a person gave to their rows


@dataclass(frozen=True, slots=True)
class _Form:
    """Spellings that differ in case alone."""

    text: str
    shown: str  # of the first spelling
    spellings: tuple[str, ...]
    key: str
    accents: tuple[tuple[int, str], ...]
    handle: str  # "" if any of the spellings can be no account


class Groups:
    """Spellings, merged step by step. `counts` are the rows of each, in the order of the rows.

    So many that they are no brands are merged by case alone.
    """

    def __init__(self, counts: Mapping[str, int], fixed: Collection[str]) -> None:
        self._counts = counts
        self._order = {name: place for place, name in enumerate(counts)}
        texts: dict[str, list[str]] = {}
        self._read = read_spelling if len(counts) <= _MOST_COMPARED else keep_spelling
        for name in counts:
            shown = name if name.casefold() in fixed else self._read(name).shown
            texts.setdefault(shown.casefold(), []).append(name)
        self._fixed = {text for text in texts if text in fixed}
        self._forms = {text: _make_form(text, list(map(self._read, names))) for text, names in texts.items()}
        self._form_of = {name: text for text, names in texts.items() for name in names}
        self._links = _Links()
        self._buckets: dict[str, list[_Form]] = defaultdict(list)
        for text, form in self._forms.items():
            if text not in self._fixed:
                self._buckets[form.key].append(form)
        self._doubts: set[tuple[str, str]] = set()

    def merge(self, accounts: Accounts) -> None:
        """Merge what is certain, and note what is in doubt."""
        handles: dict[str, list[_Form]] = defaultdict(list)
        for bucket in self._buckets.values():
            for form in bucket:
                if form.handle:
                    handles[form.handle].append(form)
        for forms in handles.values():
            self._join(forms)
        owned: dict[str, set[str]] = defaultdict(set)
        for handle, names in accounts.owners.items():
            for form in self._named_by(handle, names):
                owned[form.text].add(handle)
        for bucket in self._buckets.values():
            self._join_names([form for form in bucket if not form.handle], owned)
        self._join_owners(accounts)
        self._join_accounts(handles, accounts)
        self._join_spelled(owned)
        for bucket in self._buckets.values():
            self._doubt(bucket)

    def _join(self, forms: Sequence[_Form]) -> None:
        for form in forms[1:]:
            self._links.join(forms[0].text, form.text)

    def _named_by(self, handle: str, names: Iterable[str]) -> list[_Form]:
        """Return the forms of names beside an account, without the account itself."""
        texts = {self._form_of[name] for name in names if name in self._form_of} - self._fixed
        return [self._forms[text] for text in sorted(texts) if self._forms[text].handle != handle]

    def _join_names(self, names: Sequence[_Form], owned: Mapping[str, set[str]]) -> None:
        """Merge names of one key, but none that have other accents or accounts of their own."""
        if len(names) < 2:
            return
        accents: dict[int, set[str]] = defaultdict(set)
        for form in names:
            places: dict[int, str] = defaultdict(str)
            for place, accent in form.accents:
                places[place] += accent
            for place, accent in places.items():
                accents[place].add(accent)
        clash = any(len(found) > 1 for found in accents.values())
        accounts = _Links()
        for form in names:
            for handle in owned.get(form.text, ()):
                accounts.join(f"@{handle}", form.text)
        parts = {accounts.find(form.text) for form in names if form.text in owned}
        alike: dict[object, list[_Form]] = defaultdict(list)
        for form in names:
            account = accounts.find(form.text) if len(parts) > 1 and form.text in owned else ""
            alike[form.accents if clash else (), account].append(form)
        for forms in alike.values():
            self._join(forms)

    def _join_owners(self, accounts: Accounts) -> None:
        """Merge the names that one account gave itself, if one is a part of the other."""
        for handle, names in accounts.owners.items():
            forms = sorted(self._named_by(handle, names), key=lambda form: (len(form.key), form.text))
            for form in forms[1:]:
                if _is_part(forms[0].key, form.key):
                    self._links.join(forms[0].text, form.text)
                elif len(forms) <= _MOST_NAMES:
                    self._note(forms[0], form)

    def _join_accounts(self, handles: Mapping[str, Sequence[_Form]], accounts: Accounts) -> None:
        """Merge accounts with the name beside them, where that is one name."""
        beside: dict[str, set[str]] = defaultdict(set)
        for handle, names in accounts.beside.items():
            for form in self._named_by(handle, names):
                beside[self._links.find(form.text)].add(handle)
        for handle, forms in handles.items():
            owners = self._roots(self._named_by(handle, accounts.owners.get(handle, ())))
            others = self._roots(self._named_by(handle, accounts.beside.get(handle, ())))
            if not owners:
                owners = {root for root in others if len(others) == 1 and beside[root] == {handle}}
            if len(owners) == 1:
                self._links.join(owners.pop(), forms[0].text)

    def _roots(self, forms: Iterable[_Form]) -> set[str]:
        return {self._links.find(form.text) for form in forms}

    def _join_spelled(self, owned: Mapping[str, set[str]]) -> None:
        """Merge accounts with the only name that they spell, unless it has other accounts of its own."""
        names = [form for bucket in self._buckets.values() for form in bucket if not form.handle]
        named = self._roots(names)
        accounts = [form for bucket in self._buckets.values() for form in bucket if form.handle]
        accounts = [form for form in accounts if self._links.find(form.text) not in named]
        if not accounts:
            return
        owners: dict[str, set[str]] = defaultdict(set)
        spelled: dict[str, set[str]] = defaultdict(set)
        for form in names:
            root = self._links.find(form.text)
            owners[root] |= owned.get(form.text, set())
            for key in _variants(form.key):
                spelled[key].add(root)
        found = []
        for form in accounts:
            roots = spelled.get(form.key, set())
            if len(roots) == 1 and not _DECORATED.fullmatch(form.handle) and owners[min(roots)] <= {form.handle}:
                found.append((min(roots), form.text))
        for root, text in found:
            self._links.join(root, text)

    def _doubt(self, bucket: Sequence[_Form]) -> None:
        """Note that groups of one key may be one brand."""
        first: dict[str, _Form] = {}
        for form in sorted(bucket, key=lambda form: (-self._rows(form), form.text)):
            first.setdefault(self._links.find(form.text), form)
        main, *others = first.values()
        for form in others:
            self._note(main, form)

    def _note(self, one: _Form, other: _Form) -> None:
        self._doubts.add((one.text, other.text))

    def _rows(self, form: _Form) -> int:
        return sum(self._counts[name] for name in form.spellings)

    def name_groups(self) -> dict[str, str]:
        """Return spelling -> name of its group."""
        groups: dict[str, list[_Form]] = defaultdict(list)
        for text, form in self._forms.items():
            groups[self._links.find(text)].append(form)
        return {
            spelling: shown
            for forms in groups.values()
            for shown in [self._choose(forms)]
            for form in forms
            for spelling in form.spellings
        }

    def doubts(self) -> Iterator[tuple[str, str]]:
        """Yield pairs of spellings that may be one brand."""
        for one, other in sorted(self._doubts):
            if self._links.find(one) != self._links.find(other):
                yield self._forms[one].spellings[0], self._forms[other].spellings[0]

    def _choose(self, forms: Sequence[_Form]) -> str:
        """Return the name of a group: no account, with accents, the most frequent, the earliest."""
        if len(forms) == 1 and len(forms[0].spellings) == 1 and forms[0].text not in self._fixed:
            return forms[0].shown
        spellings = sorted((name for form in forms for name in form.spellings), key=self._order.__getitem__)
        if forms[0].text in self._fixed:
            return max(spellings, key=self._counts.__getitem__)
        several = len(forms) > 1
        rows: Counter[str] = Counter()
        for name in spellings:
            shown = self._read(name).shown
            rows[shown.removeprefix("@") or shown if several else shown] += self._counts[name]
        for shown in [shown for shown in rows if drop_marks(shown) != shown and drop_marks(shown) in rows]:
            rows[drop_marks(shown)] += rows.pop(shown)
        total = rows.total()

        def fullness(shown: str) -> tuple[bool, int, int]:
            accents = len(self._read(shown).accents) if rows[shown] * _FEW >= total else 0
            return not (several and as_handle(shown)), accents, rows[shown]

        return max(rows, key=fullness)


class _Links:
    """A union-find of texts (Tarjan 1975), with the lesser text as the root."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def find(self, text: str) -> str:
        root = text
        while (parent := self._parents.get(root, root)) != root:
            root = parent
        while (parent := self._parents.get(text, text)) != root:
            self._parents[text], text = root, parent
        return root

    def join(self, one: str, other: str) -> None:
        first, second = sorted((self.find(one), self.find(other)))
        self._parents[second] = first


def _make_form(text: str, spellings: Sequence[Spelling]) -> _Form:
    handles = {spelling.handle for spelling in spellings}
    first = spellings[0]
    handle = handles.pop() if len(handles) == 1 else ""
    return _Form(text, first.shown, tuple(spelling.written for spelling in spellings), first.key, first.accents, handle)


def _variants(key: str) -> Iterator[str]:
    """Yield a name's key, and what accounts make of its "&"."""
    yield key
    if "&" in key:
        digits = digits_of(key)
        for variant in (key.replace("&", word) for word in _ANDS):
            if len(variant) >= _FEWEST and digits_of(variant) == digits:
                yield variant


def _is_part(short: str, long: str) -> bool:
    return len(short) >= 3 and short in long and digits_of(short) == digits_of(long)
