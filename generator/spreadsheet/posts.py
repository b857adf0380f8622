"""Records of the tables that were read: a post for each usable row, a refusal for each other row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from generator.spreadsheet.fields import Field, FieldValue
from generator.spreadsheet.notices import Notice
from generator.spreadsheet.post_formats import PostFormat
from generator.spreadsheet.values.dates import Precision

#: Stands in the id of a further image of a post, behind the post's own id, which never holds it.
FURTHER = "."

#: A row's table, counted from 0, and its number in it. No two rows share both.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Post:
    """A row that names a brand and an image."""

    id: str  # [A-Za-z0-9_-], stable across rebuilds and row order, distinct even without case
    row: int  # as the spreadsheet shows it
    brand: str
    thumbnail: str  # URL, path, or the address of a picture inside a file: the post's first image
    caption: str
    likes: int | None
    comments: int | None
    published: datetime | None  # naive; in UTC if the spreadsheet has an offset; the first moment of a week or month
    permalink: str | None  # http(s) only
    table: int = 0
    precision: Precision = "second"  # of `published`
    more_images: tuple[str, ...] = ()  # the others of the post, in its order
    followers: int | None = None  # of the account when it posted, or when the row was written
    format: PostFormat | None = None  # None if not known
    fields: tuple[FieldValue, ...] = ()  # for each of the table's fields

    @property
    def place(self) -> Place:
        """The row's table and number."""
        return self.table, self.row

    @property
    def post_id(self) -> str:
        """The post's own id, where this stands for a further image of it."""
        return self.id.partition(FURTHER)[0]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that cannot be used, or whose image cannot."""

    row: int
    reason: str  # a code of reasons.REASONS
    detail: str  # specifics in plain English, such as a file's name or an HTTP status
    brand: str
    thumbnail: str
    permalink: str | None = None  # of rows refused while the spreadsheet was read; no report shows it
    table: int = 0

    @property
    def place(self) -> Place:
        """The row's table and number."""
        return self.table, self.row


@dataclass(frozen=True, slots=True)
class Remark:
    """A value that cannot be read; its post is kept without it."""

    row: int
    field: str
    value: str
    column: str  # letters as in a spreadsheet
    table: int = 0

    @property
    def place(self) -> Place:
        """The row's table and number."""
        return self.table, self.row


@dataclass(frozen=True, slots=True)
class TableRead:
    """A table that posts were read from."""

    file: str
    sheet: str  # "" if the format has no sheets
    rows: int  # data rows; blank ones not counted
    columns: Mapping[str, str]  # field -> header; comma-separated if several columns complete each other
    brand_from: str = "column"  # where the brands come from: a key of brand_sources.BRAND_SOURCES

    @property
    def name(self) -> str:
        """The file, with its sheet."""
        return f"{self.file}, sheet {self.sheet}" if self.sheet else self.file


@dataclass(frozen=True, slots=True)
class PostTable:
    """The content of one or more tables: every data row is in `posts` or in `refusals`, both in the order of rows."""

    source: str  # name of the file or folder, or of the first of several
    tables: tuple[TableRead, ...]
    posts: tuple[Post, ...]
    refusals: tuple[Refusal, ...]
    remarks: tuple[Remark, ...]
    notices: tuple[Notice, ...] = ()  # everything that was left unread, the near misses first
    fields: tuple[Field, ...] = ()  # columns beside the known ones

    @property
    def rows(self) -> int:
        """The number of data rows of all tables."""
        return sum(table.rows for table in self.tables)

    def name_row(self, place: Place) -> str:
        """Return what messages call a row: "row 12", or "posts.xlsx, sheet Dior, row 12" where there are several."""
        table, row = place
        return f"{self.tables[table].name}, row {row}" if len(self.tables) > 1 else f"row {row}"

    def name_table(self, table: int) -> str:
        """Return the name of a table where there are several, else ""."""
        return self.tables[table].name if len(self.tables) > 1 else ""


def index_posts(posts: Sequence[Post]) -> dict[str, int]:
    """Return the position of the post that each id, permalink or image names; the first of those that share one."""
    positions: dict[str, int] = {}
    for names in (
        [post.thumbnail for post in posts],
        [post.permalink or "" for post in posts],
        [post.id for post in posts],
    ):
        positions |= {name: index for index, name in reversed(list(enumerate(names))) if name}
    return positions
