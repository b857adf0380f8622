"""Sources opened as tables, whatever they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from generator.errors import SpreadsheetError
from generator.settings import ReadSettings
from generator.spreadsheet.folder_contents import natural_order, post_of
from generator.spreadsheet.formats.image_folders import add_images, read_image_folder
from generator.spreadsheet.formats.open import open_own_archive, open_tables
from generator.spreadsheet.formats.records import read_json_files
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
            posts.setdefault(post_of(path), []).append(path)
        return read_image_folder(source.path, posts, source.captions, _name_brands(source, settings))
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


def _name_brands(source: Source, settings: ReadSettings) -> Callable[[str], str]:
    """Return what gives the brand of an image by its path.

    That is the first folder on the way to it that may be named after a brand; "images" or "2025" is not. Other images
    are of the brand that the settings name, or that the whole folder is named after.
    """
    folder = source.path.resolve().name
    loose = settings.brand or find_name(folder) or folder
    brands: dict[str, str] = {}

    def name_brand(path: str) -> str:
        place = path.rpartition("/")[0]
        if place not in brands:
            brands[place] = next(filter(None, map(find_name, place.split("/"))), "") or loose
        return brands[place]

    return name_brand
