"""Tables laid out otherwise than as a row for each post under one row of headers, brought into that form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, zip_longest

from generator.spreadsheet.formats.record_fields import is_image
from generator.spreadsheet.formats.tables import Row, Table
from generator.spreadsheet.header_rows import MOST_ROWS, as_headers, is_value
from generator.spreadsheet.headers import known_fields, normalise_header
from generator.spreadsheet.notices import Notice, list_examples
from generator.spreadsheet.phrases import Where
from generator.spreadsheet.summary_rows import is_address
from generator.spreadsheet.values.cells import Cell, LinkedText, cell_text, is_blank
from generator.text import clean_line

#: Headers of one block, and columns of a board.
_WIDEST = 300
_LONGEST_NAME = 60
#: Fields that the first column must name if the posts stand in the other columns.
_LEAST_FIELDS = 3


@dataclass(frozen=True, slots=True)
class _Block:
    """Columns of one of several tables that stand side by side."""

    start: int
    end: int  # behind its last column
    title: str  # the only text above its headers, "" if its rows name their brand


def straighten(table: Table, where: Where, first: Sequence[Row], mapping: Mapping[str, str]) -> Table:
    """Return a table with its posts below each other; most are returned as they are.

    Tables side by side follow each other, each below its title and its headers. Of a board, which has images and
    nothing else under or behind names, each image becomes a row, and so do pictures that lie about, with the texts
    below them as captions. Posts that stand in a column each become rows, which a notice about `where` says. `first`
    are the first filled rows; `mapping` is field -> header.
    """
    for place, (number, cells) in enumerate(first):
        if blocks := _find_blocks(first, place, mapping):
            return replace(table, rows=partial(_stack, table, number, blocks), pictures=tuple)
        if sum(not is_blank(cell) for cell in cells) > 1 and (names := _read_board(first, place, mapping)):
            return replace(table, rows=partial(_read_columns, table, number, names), pictures=tuple)
    if _stands_behind_names(first, mapping):
        return replace(table, rows=partial(_read_behind_names, table), pictures=tuple)
    if _is_picture_board(first, mapping):
        unread: list[str] = []
        return replace(
            table,
            rows=partial(_read_pictures, table, unread),
            notices=lambda: (*table.notices(), *_tell_texts(where, unread)),
            pictures=tuple,
        )
    if len(first) < MOST_ROWS and _stands_in_columns(first, mapping):
        told = Notice("turned_table", {"where": where})
        return replace(table, rows=partial(_turn, table), notices=lambda: (*table.notices(), told), pictures=tuple)
    return table


def _find_blocks(first: Sequence[Row], place: int, mapping: Mapping[str, str]) -> list[_Block]:
    """Return the tables whose headers stand side by side in a row; none if that has only one."""
    headers = as_headers(first[place][1])
    spans: list[tuple[int, int]] = []
    for is_filled, columns in groupby(range(len(headers)), key=lambda column: bool(headers[column])):
        span = list(columns)
        if is_filled:
            width = _find_period([normalise_header(headers[column]) for column in span])
            spans += [(start, start + width) for start in range(span[0], span[-1] + 1, width)]
    fields = [known_fields(headers[start:end], mapping) for start, end in spans]
    found = [span for span, known in zip(spans, fields, strict=True) if "thumbnail" in known and len(known) > 1]
    if len(found) < 2:
        return []
    named = all("brand" in known_fields(headers[start:end], mapping) for start, end in found)
    above = as_headers(first[place - 1][1]) if place and not named else ()
    return [_Block(start, end, _find_only(above[start:end])) for start, end in found]


def _find_period(names: Sequence[str]) -> int:
    """Return after how many names the same ones follow again, to the end; of others, how many there are."""
    count = len(names)
    if count > _WIDEST:
        return count
    return next((width for width in range(2, count // 2 + 1) if list(names[width:]) == list(names[:-width])), count)


def _find_only(texts: Sequence[str]) -> str:
    filled = [text for text in texts if text]
    return filled[0] if len(filled) == 1 and not is_value(filled[0]) else ""


def _stack(table: Table, header_row: int, blocks: Sequence[_Block]) -> Iterator[Row]:
    rows = [row for row in table.rows() if row[0] >= header_row]
    for block in blocks:
        if block.title:
            yield max(header_row - 1, 1), [block.title]
        yield from ((number, cells[block.start : block.end]) for number, cells in rows)


def _read_board(first: Sequence[Row], place: int, mapping: Mapping[str, str]) -> dict[int, str]:
    """Return column -> name if a row names columns that hold nothing but images, and no other column holds anything."""
    names = {column: text for column, text in enumerate(as_headers(first[place][1])) if text}
    if not 1 < len(names) <= _WIDEST or any(is_value(text) or len(text) > _LONGEST_NAME for text in names.values()):
        return {}
    if known_fields(names.values(), mapping):
        return {}
    filled: set[int] = set()
    for _, cells in first[place + 1 :]:
        columns = {column for column, cell in enumerate(cells) if not is_blank(cell)}
        if not columns <= names.keys() or not all(_shows_image(cells[column]) for column in columns):
            return {}
        filled |= columns
    return names if filled == names.keys() else {}


def _read_columns(table: Table, header_row: int, names: Mapping[int, str]) -> Iterator[Row]:
    rows = list(table.rows())
    yield header_row, ["Brand", "Image"]
    for column, name in names.items():
        for number, cells in rows:
            if number > header_row and column < len(cells) and not is_blank(cells[column]):
                yield number, [name, cells[column]]


def _stands_behind_names(first: Sequence[Row], mapping: Mapping[str, str]) -> bool:
    """Return whether each row is a name with its images behind, and some have several."""
    rows = [[cell for cell in cells if not is_blank(cell)] for _, cells in first]
    return max(map(len, rows)) > 2 and all(
        len(row) > 1
        and 0 < len(name := clean_line(cell_text(row[0]))) <= _LONGEST_NAME
        and not is_value(row[0])
        and not known_fields([name], mapping)
        and all(map(_shows_image, row[1:]))
        for row in rows
    )


def _read_behind_names(table: Table) -> Iterator[Row]:
    yield 0, ["Brand", "Image"]
    for number, cells in table.rows():
        filled = [cell for cell in cells if not is_blank(cell)]
        yield from ((number, [filled[0], cell]) for cell in filled[1:])


def _is_picture_board(first: Sequence[Row], mapping: Mapping[str, str]) -> bool:
    """Return whether pictures lie in several columns, or nothing else is there, and no row names a field."""
    pictures = [(column, cell) for _, cells in first for column, cell in enumerate(cells) if _is_picture(cell)]
    texts = [cell for _, cells in first for cell in cells if not is_blank(cell) and not _is_picture(cell)]
    if len(pictures) < 2 or any(known_fields(as_headers(cells), mapping) for _, cells in first):
        return False
    return not texts or len({column for column, _ in pictures}) > 1


def _shows_image(cell: Cell) -> bool:
    """Return whether a cell is certainly an image, and no link to a page."""
    return _is_picture(cell) or is_image(getattr(cell, "address", "") or cell)


def _is_picture(cell: Cell) -> bool:
    return isinstance(cell, LinkedText) and not clean_line(cell)


def _read_pictures(table: Table, unread: list[str]) -> Iterator[Row]:
    """Yield each picture with the text right below as its caption; other texts go to `unread`."""
    yield 0, ["Image", "Caption"]
    unread.clear()
    rows = list(table.rows())
    above: dict[int, Cell] = {}
    for place, (number, cells) in enumerate(rows):
        below: Sequence[Cell] = rows[place + 1][1] if place + 1 < len(rows) and rows[place + 1][0] == number + 1 else ()
        for column, cell in enumerate(cells):
            if _is_picture(cell):
                text = below[column] if column < len(below) and not _is_picture(below[column]) else None
                yield number, [cell, text]
            elif not is_blank(cell) and not _is_picture(above.get(column)):
                unread.append(clean_line(cell_text(cell)))
        above = dict(enumerate(cells))


def _tell_texts(where: Where, texts: Sequence[str]) -> Iterator[Notice]:
    if texts:
        yield Notice("board_texts", {"where": where, "count": len(texts), "examples": list_examples(texts)})


def names_fields_below_each_other(first: Sequence[Row], mapping: Mapping[str, str]) -> bool:
    """Return whether the first column names fields, and no row does: posts in columns, or what columns mean."""
    known = known_fields([_read_first(cells) for _, cells in first], mapping)
    across = max(len(known_fields(as_headers(cells), mapping)) for _, cells in first)
    return "thumbnail" in known and len(known) >= _LEAST_FIELDS and across < 2


def _stands_in_columns(first: Sequence[Row], mapping: Mapping[str, str]) -> bool:
    """Return whether the first column names fields, and images stand beside the name of theirs."""
    if not names_fields_below_each_other(first, mapping):
        return False
    row = next(cells for _, cells in first if known_fields([_read_first(cells)], mapping) == {"thumbnail"})
    images = [cell for cell in row if not is_blank(cell)][1:]
    return bool(images) and all(
        is_address(cell) and (len(images) > 2 or " " not in cell_text(cell).strip()) for cell in images
    )


def _read_first(cells: Sequence[Cell]) -> str:
    return next((clean_line(cell_text(cell)) for cell in cells if not is_blank(cell)), "")


def _turn(table: Table) -> Iterator[Row]:
    rows = [cells for _, cells in table.rows() if not all(map(is_blank, cells))]
    for number, cells in enumerate(zip_longest(*rows), 1):
        yield number, list(cells)
