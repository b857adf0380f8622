"""Withdraw posts from a table: those that the settings name, and those that show the same image."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from generator.images.fetch import SIGNED_HOSTS, is_link
from generator.images.file_names import normalise_name
from generator.spreadsheet.ids import find_shortcode
from generator.spreadsheet.posts import Place, Post, PostTable, Refusal

REASON = "withdrawn"

Row = Post | Refusal
#: A way in which a row can be named, and the name.
Form = tuple[str, str]
#: Ways that may name several files by chance.
_VAGUE = frozenset({"name", "folded path", "folded name"})


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A table without withdrawn rows."""

    table: PostTable  # withdrawn rows are refusals that hold only their number
    thumbnails: Mapping[str, tuple[str, ...]]  # entry -> the images of the rows that it names
    together: tuple[Row, ...]  # withdrawn because they show the same image as a named row
    unmatched: tuple[str, ...]  # entries that name no row
    unclear: tuple[str, ...]  # entries that name several files


def exclude_posts(
    table: PostTable,
    entries: Sequence[str],
    root: Path,
    is_marked: Callable[[str], bool] = lambda thumbnail: False,
    locate: Callable[[str], str] = str,
) -> Exclusion:
    """Withdraw the rows that `entries` name, those with the same image, and those whose image `is_marked`.

    An entry is a post's id, its permalink, or its image: the address, the spreadsheet's text, a path from `root`, or
    the name of exactly one file. In permalinks, scheme, case of the host, closing slash, and a query that only one
    of the two has do not matter; of Instagram's, only the code does. If nothing has a path or name as it is written,
    the one file counts that differs from it in case and forms of accents alone. A post with any such image goes whole.
    Rows that were refused are withdrawn too, since the ledger would name their images. `locate` gives the path of an
    image that lies elsewhere than the spreadsheet says.
    """
    rows: list[Row] = [*table.posts, *table.refusals]
    choices = {entry: _entry_forms(entry, root) for entry in entries}
    wanted = {form for groups in choices.values() for group in groups for form in group}
    images = [tuple(image_form(locate(text), root) for text in list_images(row)) for row in rows] if wanted else []
    holders: dict[Form, set[tuple[int, str]]] = {}  # with the image that has the form
    for index, row in enumerate(rows) if wanted else ():
        for text, image in zip(list_images(row), images[index], strict=True):
            for form in wanted & {*_row_forms(row), *_image_forms(text, root), *_path_forms(locate(text), root)}:
                holders.setdefault(form, set()).add((index, image))

    named: dict[str, set[int]] = {}
    unclear = []
    for entry, groups in choices.items():
        named[entry] = set()
        for group in groups:
            matches = {match for form in group for match in holders.get(form, ())}
            is_vague = all(kind in _VAGUE for kind, _ in group)
            if is_vague and len({image for _, image in matches}) > 1:
                unclear.append(entry)
            else:
                named[entry] = {index for index, _ in matches}
            if matches:
                break
    direct = {index for matches in named.values() for index in matches}
    shown = {image for index in direct for image in images[index]} - {""}
    together = [
        index
        for index, row in enumerate(rows)
        if index not in direct
        and (
            (shown and not shown.isdisjoint(images[index]))
            or any(text and is_marked(text) for text in list_images(row))
        )
    ]
    return Exclusion(
        table=withdraw_rows(table, {rows[index].place for index in [*direct, *together]}),
        thumbnails={
            entry: tuple(dict.fromkeys(text for index in sorted(found) for text in list_images(rows[index]) if text))
            for entry, found in named.items()
        },
        together=tuple(rows[index] for index in together),
        unmatched=tuple(entry for entry, found in named.items() if not found and entry not in unclear),
        unclear=tuple(unclear),
    )


def list_images(row: Row) -> tuple[str, ...]:
    """Return the addresses of all images of a row."""
    return (row.thumbnail, *row.more_images) if isinstance(row, Post) else (row.thumbnail,)


def withdraw_rows(table: PostTable, places: set[Place]) -> PostTable:
    """Return the table with these rows withdrawn: counted, without any detail."""
    if not places:
        return table
    kept = [refusal for refusal in table.refusals if refusal.place not in places]
    refusals = [*kept, *(Refusal(row, REASON, "", "", "", table=index) for index, row in places)]
    return replace(
        table,
        posts=tuple(post for post in table.posts if post.place not in places),
        refusals=tuple(sorted(refusals, key=lambda refusal: refusal.place)),
        remarks=tuple(remark for remark in table.remarks if remark.place not in places),
    )


def find_named(
    rows: Sequence[tuple[str, str, str | None]],
    entries: Sequence[str],
    root: Path,
    locate: Callable[[str], str] = str,
) -> dict[str, set[int]]:
    """Return entry -> positions of the `rows`, (id, thumbnail, permalink), that it names."""
    posts = tuple(
        Post(name, place, "", text, "", None, None, None, link) for place, (name, text, link) in enumerate(rows)
    )
    named = exclude_posts(PostTable("", (), posts, (), ()), entries, root, locate=locate).thumbnails
    return {entry: {post.row for post in posts if post.thumbnail in texts} for entry, texts in named.items() if texts}


def image_form(thumbnail: str, root: Path) -> str:
    """Return a text that is the same for all ways to write one image's address; "" for none.

    For hosts that sign their addresses only the path counts, as in fetching.
    """
    if not thumbnail:
        return ""
    if not is_link(thumbnail):
        return os.path.normpath(root / unquote(thumbnail).replace("\\", "/"))
    host, path, query = _split_link(thumbnail)
    return f"signed {path}" if SIGNED_HOSTS.search(host.partition(":")[0]) else f"link {host}{path}?{query}"


def _row_forms(row: Row) -> set[Form]:
    forms: set[Form] = {("id", row.id)} if isinstance(row, Post) else set()
    return forms | _page_forms(row.permalink or "") | _bare_page_forms(row.permalink or "")


def _image_forms(text: str, root: Path) -> set[Form]:
    forms = {*_path_forms(text, root), ("text", text)}
    if is_link(text):
        return forms
    name = text.replace("\\", "/").rpartition("/")[2]
    return forms | {("name", name), ("folded name", _fold(name))}


def _entry_forms(entry: str, root: Path) -> list[set[Form]]:
    """Return what `entry` may mean, in groups: the first group that fits any row counts."""
    # an address without its scheme may also be a path
    address = entry if is_link(entry) else "https://" + entry
    exact = {("id", entry), ("text", entry), ("image", image_form(entry, root))} | _page_forms(address)
    host, path, query = _split_link(address)
    # a query may be all that distinguishes two posts, or only a trace of who shared the link
    pages = [exact, {("page", f"{host}{path.rstrip('/')}?")}] if query else [exact | _bare_page_forms(address)]
    if is_link(entry):
        return pages
    return [
        *pages,
        {("name", entry)},
        {("folded path", _fold(image_form(entry, root)))},
        {("folded name", _fold(entry))},
    ]


def _path_forms(thumbnail: str, root: Path) -> set[Form]:
    form = image_form(thumbnail, root)
    return {("image", form)} if not thumbnail or is_link(thumbnail) else {("image", form), ("folded path", _fold(form))}


def _fold(path: str) -> str:
    """Return a path without case and forms of accents, which some systems and programs do not keep apart."""
    return normalise_name(path.replace("\\", "/"))


def _page_forms(permalink: str) -> set[Form]:
    if not permalink:
        return set()
    host, path, query = _split_link(permalink)
    code = find_shortcode(permalink)
    return {("page", f"{host}{path.rstrip('/')}?{query}")} | ({("code", code)} if code else set())


def _bare_page_forms(permalink: str) -> set[Form]:
    host, path, _ = _split_link(permalink)
    return {("bare page", host + path.rstrip("/"))} if path.strip("/") else set()


def _split_link(link: str) -> tuple[str, str, str]:
    """Return host in lower case, path and query."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return "", link, ""
    return parts.netloc.lower(), parts.path, parts.query
