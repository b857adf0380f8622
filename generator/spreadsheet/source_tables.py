"""Sources opened as tables, whatever they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generator.errors import SpreadsheetError
from generator.settings import ReadSettings
from generator.spreadsheet.folder_contents import natural_order, post_of
from generator.spreadsheet.formats.image_folders import add_images, read_image_folder
from generator.spreadsheet.formats.open import open_own_archive, open_tables
from generator.spreadsheet.formats.post_files import read_json_files
from generator.spreadsheet.formats.tables import HeaderScore, Row, Table
from generator.spreadsheet.place_names import find_name
from generator.spreadsheet.sources import Source


def open_source(source: Source, header_score: HeaderScore, settings: ReadSettings) -> list[Table]:
    """Return the tables of a source. Raises SpreadsheetError for one that cannot be used."""
    if source.kind == "records":
        tables = read_json_files([source.path / name for name in source.files], header_score, source.name)
        return [_guard(source, add_images(table, source.beside)) for table in tables]
    if source.kind == "images":
        posts: dict[str, list[str]] = {}
        for path in sorted(source.files, key=natural_order):
            posts.setdefault(post_of(path, source.captions), []).append(path)
        folder = source.path.resolve().name
        loose = settings.brand or find_name(folder) or folder
        return read_image_folder(source.path, posts, source.captions, loose, source.name)
    if source.kind == "archive":
        return open_own_archive(source.path, source.files, header_score)
    return open_tables(source.path, header_score, source.parts)


def _guard(source: Source, table: Table) -> Table:
    def rows() -> Iterator[Row]:
        try:
            yield from table.rows()
        except (OSError, ValueError) as error:
            raise SpreadsheetError(f"{source.name} cannot be read: {error}.", "Look at its files.") from error

    return replace(table, rows=rows)
