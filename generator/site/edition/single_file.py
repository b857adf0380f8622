"""Make a single HTML file of a whole report: every page, every image once, and the viewer."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from generator.cache.folders import replace_file
from generator.mosaics.pyramid import plan_pyramid
from generator.mosaics.script import dump_json, read_call
from generator.progress import Progress
from generator.site.edition.budget import Edition, Grade, fit_edition
from generator.site.edition.images import Images, encode_images, guess_images, shrink_overviews
from generator.site.edition.markup import Change, Drop, drop_attribute, edit_page, resolve, set_attribute
from generator.site.edition.scripts import choose_tables, encode_data, join_scripts, read_own
from generator.site.edition.source import WHOLE, Source, read_source

_FIRST = "index.html"
#: Attributes that name elements of the page by their ids.
_NAMING = ("for", "aria-controls", "aria-labelledby", "aria-describedby")
#: Runs before the pages are read. It puts the address by for `single.js`, or the browser would scroll past the
#: report's head to the page that it names, and the Tab key would go on from there.
_MARK_SCRIPTED = (
    'document.documentElement.classList.add("is-scripted");'
    "document.documentElement.dataset.address=location.hash;"
    'if(location.hash)history.replaceState(null,"",location.href.split("#")[0])'
)
_KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
_BASE64 = 4 / 3
#: Start of a state of the viewer in an address, as opposed to an anchor: `isOurs` in address.js.
_STATE = re.compile(r"[vabcdlqhxskp]=")


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as part of the file: its content, and the current link of the head with its `aria-current` ("3 page")."""

    path: str
    title: str
    current: str
    content: str


def write_single_file(site: Path, output: Path, limit: int, progress: Progress) -> Edition[str]:
    """Write the report in `site` as the one page `output`, as rich as `limit` bytes allow.

    Raises SettingsError if there is no report or the limit is too low. The same report gives the same bytes.
    """
    source = read_source(site)

    adapt = cache(lambda has_workbook: _adapt_pages(source, {*source.pages, *choose_tables(source, has_workbook)}))

    @cache
    def pages(overview: int, has_workbook: bool) -> list[_Page]:
        adapted = adapt(has_workbook)
        texts = shrink_overviews({page.path: page.content for page in adapted}, overview)
        return [replace(page, content=texts[page.path]) for page in adapted]

    def gather(grade: Grade, images: Images) -> Edition[str]:
        parts = _write_parts(source, pages(grade.overview, grade.has_workbook), grade, images)
        content = "".join(parts.values())
        return Edition(
            grade, content, len(content.encode()), {name: len(text.encode()) for name, text in parts.items()}
        )

    def guess(grade: Grade) -> float:
        none = Images(plan_pyramid(WHOLE, source.lattice, min(grade.cell, source.cell)), {}, {})
        count = len(source.all_pictures) + sum(int(level.sum()) for level in none.pyramid.tiles.values())
        return gather(grade, none).total + 24 * count + _BASE64 * guess_images(source, grade)

    def make(grade: Grade) -> Edition[str]:
        return gather(grade, encode_images(source, grade, progress))

    edition = fit_edition(limit, guess, make, "The single file")
    with replace_file(output) as spare:
        spare.write_text(edition.content, encoding="utf-8", newline="\n")
    return edition


def _write_parts(source: Source, pages: list[_Page], grade: Grade, images: Images) -> dict[str, str]:
    """Return the parts of the file in order, by name."""
    tables = choose_tables(source, grade.has_workbook)
    kinds = {name: name.rpartition(".")[2] for name in sorted(tables)}
    saved = {name: [_KINDS[kind], base64.b64encode(source.read(name)).decode()] for name, kind in kinds.items()}
    scripts = join_scripts(source, last="single.js")
    calls = {name: _read_named_call(text) for name, text in sorted(encode_data(source, images, grade).items())}
    parts = {"pages": _write_head(source, scripts) + _write_body(source, pages)}
    parts["map tiles"] = _block("map-tiles", {key: _text(tile) for key, tile in images.tiles.items()})
    parts["pictures"] = _block("post-pictures", {name: _text(picture) for name, picture in images.pictures.items()})
    parts["data"] = "".join(_block(name, call) for name, call in calls.items())
    parts["tables"] = "".join(_block(name, saved[name]) for name, kind in kinds.items() if kind != "xlsx")
    parts["workbook"] = "".join(_block(name, saved[name]) for name, kind in kinds.items() if kind == "xlsx")
    parts["scripts"] = f"<script>{scripts}</script>\n</body>\n</html>\n"
    return parts


def _write_head(source: Source, scripts: str) -> str:
    first = source.pages[_FIRST]
    hashes = " ".join(f"'sha256-{_text(hashlib.sha256(text.encode()).digest())}'" for text in (_MARK_SCRIPTED, scripts))
    policy = f"default-src 'none'; img-src data:; script-src {hashes}; style-src 'unsafe-inline'; "
    policy += "base-uri 'none'; form-action 'none'"
    metas = [meta for meta in re.findall(r"<meta [^>]*>", first) if "Content-Security-Policy" not in meta]
    sheets = [source.read(f"assets/{name}.css").decode() for name in ("site", "viewer")]
    icon = f"data:image/svg+xml;base64,{_text(source.read('assets/favicon.svg'))}"
    lang = re.search(r'<html lang="([^"]*)"', first)
    assert lang is not None
    return "\n".join(
        [
            f'<!doctype html>\n<html lang="{lang[1]}">\n<head>',
            metas[0],  # the encoding comes first
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            *metas[1:],
            f"<title>{_find(r'<title>(.*?)</title>', first)}</title>",
            f'<link rel="icon" href="{icon}">',
            f"<style>{''.join([*sheets, read_own('single.css')])}</style>",
            f"<script>{_MARK_SCRIPTED}</script>\n</head>\n<body>\n",
        ]
    )


def _write_body(source: Source, pages: list[_Page]) -> str:
    first = source.pages[_FIRST]
    every = {*source.pages}

    def edit(tag: str, attributes: Mapping[str, str], written: str) -> Change:
        if tag == "a" and attributes.get("href") != "#content":
            return _link(_FIRST, drop_attribute(written, "aria-current"), attributes["href"], every)
        return None

    head, foot = (edit_page(part, edit) for part in (_cut(first, "<body", "<main"), _cut(first, "</main>", "<script")))
    sections = "".join(
        f'<div data-page="{html.escape(page.path)}" id="{html.escape(_name(page.path))}" data-title="{page.title}"'
        f' data-current="{page.current}">\n{page.content}</div>\n'
        for page in pages
    )
    return f'{head}<main id="content" tabindex="-1">\n{sections}</main>\n{foot}'


def _adapt_pages(source: Source, kept: set[str]) -> list[_Page]:
    order = [_FIRST, *sorted(path for path in source.pages if path != _FIRST)]
    seen: dict[str, str] = {}
    return [_adapt_page(path, source.pages[path], kept, seen) for path in order]


def _adapt_page(path: str, text: str, kept: set[str], seen: dict[str, str]) -> _Page:
    def edit(tag: str, attributes: Mapping[str, str], written: str) -> Change:
        if any(name not in kept for name in attributes.get("data-with", "").split()):
            return Drop()
        if "viewer__flat" in attributes.get("class", "").split():
            return '<i class="viewer__still" hidden></i>'
        if attributes.get("class") == "alone":
            return Drop()
        for name in ("id", *_NAMING):
            if name in attributes:
                named = " ".join(_name(path, one) for one in attributes[name].split())
                written = set_attribute(written, name, named)
        if tag == "img":
            return _adapt_image(path, attributes, written, seen)
        return _link(path, written, attributes["href"], kept) if tag == "a" and "href" in attributes else written

    content = edit_page(_cut(text, '<main id="content"', "</main>"), edit)
    links = re.findall(r"<a [^>]*>", _cut(text, "<header", "</header>"))
    current = [
        f"{at} {found[1]}" for at, link in enumerate(links) if (found := re.search(r'aria-current="(\w+)"', link))
    ]
    title = _find(r"<title>(.*?)</title>", text)
    # indents are a tenth of a page, and nothing compresses them here
    return _Page(path, title, "".join(current[:1]), re.sub(r"\n\s+", "\n", content))


def _adapt_image(path: str, attributes: Mapping[str, str], written: str, seen: dict[str, str]) -> Change:
    address = attributes.get("src", "")
    if "data-overview" in attributes:
        first = seen.setdefault(address, path)
        if first != path:
            return set_attribute(drop_attribute(written, "src"), "data-copy", first)
        return written
    found = re.search(r"(?:^|/)images/([0-9a-f]{16})\.jpg$", address)
    return set_attribute(drop_attribute(written, "src"), "data-picture", found[1]) if found else written


def _link(path: str, written: str, address: str, kept: set[str]) -> Change:
    """Return the tag of a link to a page or a table in this file."""
    target = resolve(path, address)
    if target is None:
        return written
    if target[0].endswith(".html"):
        state = f"{_name(target[0])}&{target[1]}" if _STATE.match(target[1]) else _name(*target)
        return set_attribute(written, "href", f"#{state}")
    return set_attribute(
        set_attribute(written, "href", f"#{_name('data.html', 'files-title')}"), "data-file", target[0]
    )


def _name(path: str, anchor: str = "") -> str:
    """Return the name of a page, or of an anchor on it, in the file and in its address."""
    return f"page={path}" + (f"&at={anchor}" if anchor else "")


def _block(name: str, content: object) -> str:
    return f'<script type="application/json" id="block={html.escape(name)}">{dump_json(content)}</script>\n'


def _read_named_call(script: str) -> list[object]:
    return [_find(r"^Brandscape\.data\.(\w+)\(", script), *read_call(script)]


def _cut(text: str, start: str, end: str) -> str:
    """Return the text between the tag that begins with `start` and the text `end`."""
    begin = text.index(">", text.index(start)) + 1
    return text[begin : text.index(end, begin)]


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.DOTALL)
    assert found is not None, pattern
    return found[1]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
