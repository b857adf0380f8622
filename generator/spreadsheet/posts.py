"""Records of a spreadsheet that was read: a post for each usable row, a refusal for each other row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Post:
    """A row that names a brand and an image."""

    id: str  # [A-Za-z0-9_-], stable across rebuilds and row order, distinct even without case
    row: int  # as the spreadsheet shows it
    brand: str
    thumbnail: str  # the spreadsheet's own text: URL or path
    caption: str
    likes: int | None
    comments: int | None
    published: datetime | None  # naive; in UTC if the spreadsheet has an offset
    permalink: str | None  # http(s) only


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that cannot be used, or whose image cannot."""

    row: int
    reason: str  # a code of reasons.REASONS
    detail: str  # specifics in plain English, such as a file's name or an HTTP status
    brand: str
    thumbnail: str
    permalink: str | None = None  # of rows refused while the spreadsheet was read; no report shows it


@dataclass(frozen=True, slots=True)
class Remark:
    """A value that cannot be read; its post is kept without it."""

    row: int
    field: str
    value: str
    column: str  # letters as in a spreadsheet


@dataclass(frozen=True, slots=True)
class PostTable:
    """A spreadsheet's content: every data row is in `posts` or in `refusals`, both in the order of rows."""

    source: str  # name of the file
    sheet: str  # "" if the format has no sheets
    rows: int  # data rows; blank ones not counted
    columns: Mapping[str, str]  # field -> header; comma-separated if several columns complete each other
    posts: tuple[Post, ...]
    refusals: tuple[Refusal, ...]
    remarks: tuple[Remark, ...]
