"""Rewrite pages element by element; the text that stays is not changed by a letter."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate
from urllib.parse import unquote, urlsplit

_VOID = frozenset({"meta", "link", "img", "br", "hr", "input"})


@dataclass(frozen=True, slots=True)
class Drop:
    """A change that removes an element with its content."""


@dataclass(frozen=True, slots=True)
class Unwrap:
    """A change that removes an element's tags and keeps its content."""


#: Change of an element: a new start tag, None for no change, or one of the above.
Change = str | Drop | Unwrap | None
#: Returns the change of an element from its name, its attributes, and its start tag as written.
Edit = Callable[[str, Mapping[str, str], str], Change]


def edit_page(page: str, edit: Edit) -> str:
    """Return the page with each element changed as `edit` returns. Its tags must nest."""
    editor = _Editor(page, edit)
    editor.feed(page)
    editor.close()
    return editor.finish()


def set_attribute(tag: str, name: str, value: str) -> str:
    """Return a start tag with an attribute changed, or added."""
    written = f'{name}="{html.escape(value)}"'
    changed, count = re.subn(rf'(?<=\s){re.escape(name)}="[^"]*"', lambda _: written, tag, count=1)
    return changed if count else re.sub(r"\s*/?>$", lambda end: f" {written}{end[0].lstrip()}", tag)


def drop_attribute(tag: str, name: str) -> str:
    """Return a start tag without an attribute."""
    return re.sub(rf'\s{re.escape(name)}="[^"]*"', "", tag, count=1)


def resolve(page: str, address: str) -> tuple[str, str] | None:
    """Return the (path, anchor) in the report that an address on the page at `page` leads to; None if it leads out."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path))) if parts.path else page
    return path, unquote(parts.fragment)


class _Editor(HTMLParser):
    """A parser that finds elements and notes changes by their positions in the text."""

    def __init__(self, page: str, edit: Edit) -> None:
        super().__init__(convert_charrefs=True)
        self._page = page
        self._edit = edit
        self._starts = [0, *accumulate(len(line) + 1 for line in page.split("\n"))]
        self._changes: list[tuple[int, int, str]] = []
        self._open: list[tuple[str, int, Change]] = []
        self._dropping = 0

    def _position(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._begin(tag, attrs, is_void=tag in _VOID)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._begin(tag, attrs, is_void=True)

    def _begin(self, tag: str, attrs: list[tuple[str, str | None]], is_void: bool) -> None:
        start, source = self._position(), self.get_starttag_text() or ""
        change: Change = None
        if not self._dropping:
            change = self._edit(tag, {name: value or "" for name, value in attrs}, source)
            if isinstance(change, str):
                self._changes.append((start, start + len(source), change))
            elif isinstance(change, Unwrap) or (isinstance(change, Drop) and is_void):
                self._changes.append((start, start + len(source), ""))
        if not is_void:
            self._open.append((tag, start, change))
            self._dropping += isinstance(change, Drop)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            raise ValueError(f"</{tag}> closes <{self._open[-1][0] if self._open else ''}>")
        _, start, change = self._open.pop()
        here = self._position()
        end = self._page.index(">", here) + 1
        if isinstance(change, Drop):
            self._dropping -= 1
            self._changes.append((start, end, ""))
        elif isinstance(change, Unwrap):
            self._changes.append((here, end, ""))

    def finish(self) -> str:
        parts, at = [], 0
        for start, end, text in sorted(self._changes):
            parts += [self._page[at:start], text]
            at = end
        return "".join([*parts, self._page[at:]])
