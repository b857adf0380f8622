"""A page as a test reads it: its elements with their places, and its text as a reader sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from html.parser import HTMLParser
from pathlib import Path

_VOID = {"meta", "link", "img", "br", "hr", "input", "path", "circle", "rect"}
_BLOCKS = {"h1", "h2", "h3", "p", "li", "tr", "dt", "dd", "div", "section", "caption", "figcaption", "header", "nav"}
_CELLS = {"td", "th", "span", "small"}


@dataclass
class Element:
    """One element. Not to be changed: pages are read once for all tests."""

    tag: str
    attributes: dict[str, str]
    parents: tuple[Element, ...]
    content: list[str | Element] = field(default_factory=list)

    @property
    def children(self) -> list[Element]:
        """Return the elements right in it."""
        return [part for part in self.content if isinstance(part, Element)]

    @cached_property
    def text(self) -> str:
        """Return all text in it."""
        return "".join(part if isinstance(part, str) else part.text for part in self.content)

    def find_all(self, *tags: str) -> list[Element]:
        """Descendants with one of these tags, in the page's order."""
        found: list[Element] = []
        for child in self.children:
            found += [child] * (child.tag in tags) + child.find_all(*tags)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack = [Element("page", {}, ())]
        self.faults: list[str] = []
        self.lines: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self.stack))
        self.stack[-1].content.append(element)
        if tag in _BLOCKS:
            self.lines.append("")
        if tag in _CELLS and self.lines[-1]:
            self.lines[-1] += " "
        if tag not in _VOID:
            self.stack.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.stack[-1].content.append(Element(tag, {name: value or "" for name, value in attrs}, tuple(self.stack)))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self.stack[-1].tag != tag:
            self.faults.append(f"</{tag}> closes <{self.stack[-1].tag}>")
            return
        self.stack.pop()
        if tag in _BLOCKS:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        self.stack[-1].content.append(data)
        silent = any(e.tag in {"script", "noscript", "head"} or "data-viewer" in e.attributes for e in self.stack)
        if not silent:
            self.lines[-1] += data


def read_page(path: Path) -> Element:
    """The page's root element; fails where its tags do not nest."""
    return _read(path).stack[0]


def read_text(path: Path) -> str:
    """What a reader sees of a page, the viewer aside, one block a line."""
    lines = (re.sub("[ \n]+", " ", line).strip(" ") for line in _read(path).lines)
    return "\n".join(line for line in lines if line)


def _read(path: Path) -> _Reader:
    return _read_version(path, path.stat().st_mtime_ns)


@cache
def _read_version(path: Path, changed: int) -> _Reader:
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    assert reader.faults == [] and len(reader.stack) == 1, (path, reader.faults)
    return reader
