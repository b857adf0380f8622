"""Spreadsheet rows to posts: one record for each row that can be used, one refusal for each that cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Reason = Literal[
    "no_brand",
    "no_thumbnail",
    "duplicate",  # the same brand, thumbnail and permalink as an earlier row
    "bad_address",  # neither http(s) nor a local path
    "private_address",  # on a network that is not the public one
    "outside_folder",
    "missing_file",
    "download_failed",
    "not_in_cache",  # while offline
    "empty_file",
    "too_large",
    "not_an_image",
    "damaged_image",
    "too_many_pixels",
    "decoder_failed",  # it hung or died
    "no_vector",  # not in the file of vectors the user brought
    "withdrawn",  # named under [posts] exclude, or shows the image of a post that is
]

#: Why a row or its image can be refused, in the order in which it is found out.
REASONS: tuple[str, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Post:
    """One row that names a brand and an image."""

    id: str  # [A-Za-z0-9_-], stable across rebuilds and row order, distinct even without case
    row: int  # as the spreadsheet shows it
    brand: str
    thumbnail: str  # the spreadsheet's own text: URL or path
    caption: str
    likes: int | None
    comments: int | None
    published: datetime | None  # naive; in UTC where the spreadsheet named an offset
    permalink: str | None  # http(s) only


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row, or the image of one, that cannot be used. `reason` is one of REASONS."""

    row: int
    reason: str
    detail: str  # specifics in plain English, such as a file's name or an HTTP status
    brand: str
    thumbnail: str
    permalink: str | None = None  # known of rows that were refused as they were read; no report shows it


@dataclass(frozen=True, slots=True)
class Remark:
    """A value that could not be read; its post is kept without it."""

    row: int
    field: str
    value: str
    column: str  # letters as in a spreadsheet


@dataclass(frozen=True, slots=True)
class PostTable:
    """A spreadsheet, read: every data row is in `posts` or in `refusals`, both in the order of rows."""

    source: str  # the file's name
    sheet: str  # "" where the format has none
    rows: int  # data rows; blank ones not counted
    columns: Mapping[str, str]  # field -> header; several, comma-separated, where columns complete each other
    posts: tuple[Post, ...]
    refusals: tuple[Refusal, ...]
    remarks: tuple[Remark, ...]
