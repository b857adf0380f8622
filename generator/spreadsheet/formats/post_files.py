"""Files of a post each (.json, .json.xz), as instaloader writes them, read as one table.

https://instaloader.github.io/basic-usage.html says what lies beside them.
"""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from generator.settings.sizes import format_size
from generator.spreadsheet.formats.json_texts import parse_json
from generator.spreadsheet.formats.post_records import PostRecords
from generator.spreadsheet.formats.record_fields import Names
from generator.spreadsheet.formats.record_shapes import Plan, find_posts
from generator.spreadsheet.formats.records import tabulate_posts
from generator.spreadsheet.formats.tables import HeaderScore, Table, read_whole
from generator.spreadsheet.notices import Notice, list_examples
from generator.spreadsheet.phrases import Where, _, phrase

#: Bytes of one post's record, unpacked.
_MOST_UNPACKED = 20_000_000
#: What instaloader calls the comments of a post.
_COMMENTS = ("_comments.json", "_comments.json.xz")
#: What it calls the record of an account.
_ACCOUNT = re.compile(r"(?!\d{4}-\d\d-).+_\d{3,20}\.json(?:\.xz)?", re.IGNORECASE)
#: Files of a post each that are looked at before all are read.
_FIRST_FILES = 300


def read_json_files(paths: Sequence[Path], header_score: HeaderScore, where: Where) -> list[Table]:
    """Return one table of several .json, or packed .json.xz: row n + 2 is of the post in paths[n].

    Files without a post have an empty row. If each file has several posts, all are read. Posts have the followers that
    instaloader keeps with their account.
    """
    files = _PostFiles(paths)
    plan = find_posts(islice(files.records(), _FIRST_FILES), names := Names(header_score))
    if plan is None:
        plan = Plan(((),), {})
    table = tabulate_posts(files.records, PostRecords(plan, names), where)
    return [replace(table, notices=lambda: tuple(chain(files.notices(where), table.notices())))]


@dataclass(slots=True)
class _PostFiles:
    """Files of a post each, as instaloader writes them."""

    paths: Sequence[Path]
    unreadable: dict[str, None] = field(default_factory=dict)
    stories: dict[str, None] = field(default_factory=dict)

    def records(self) -> Iterator[Any]:
        """Yield the post of each file, {} for one without."""
        followers: dict[str, Any] = {}
        for path in self.paths:
            if _ACCOUNT.fullmatch(path.name):
                followers.update(_read_followers(self._read(path)))
        for path in self.paths:
            value = self._read(path)
            kind = _name_kind(value)
            if kind == "StoryItem":
                self.stories[path.name] = None
            if isinstance(value, dict):
                value.pop("instaloader", None)  # what the file is, and the version that wrote it
            is_post = kind == "Post" and not path.name.endswith(_COMMENTS)
            yield _add_followers(value, followers) if is_post else {}

    def _read(self, path: Path) -> Any:
        try:
            text = _read_packed(path) if path.suffix == ".xz" else read_whole(path)
            values = parse_json(text.decode(json.detect_encoding(text))).values
        except (lzma.LZMAError, EOFError, ValueError, OSError):
            self.unreadable[path.name] = None
            values = []
        return values[0] if len(values) == 1 else values

    def notices(self, where: Where) -> Iterator[Notice]:
        """Yield what was not read."""
        if self.unreadable:
            examples = list_examples(self.unreadable)
            yield Notice("unread_files", {"where": where, "count": len(self.unreadable), "examples": examples})
        if self.stories:
            named = phrase(_("stories (%(count)s)"), count=len(self.stories))
            yield Notice("unread_lists", {"where": where, "names": named})


def _name_kind(value: Any) -> str:
    """Return what instaloader says that a file holds; "Post" if another program wrote it."""
    made = value.get("instaloader") if isinstance(value, dict) else None
    return str(made.get("node_type", "Post")) if isinstance(made, dict) else "Post"


def _read_followers(account: Any) -> dict[str, Any]:
    """Return the followers of an account by its handle; nothing for other records."""
    node = account.get("node") if _name_kind(account) == "Profile" else None
    followed = node.get("edge_followed_by") if isinstance(node, dict) else None
    if not isinstance(node, dict) or not isinstance(followed, dict):
        return {}
    return {str(node.get("username")): followed.get("count")}


def _add_followers(value: Any, followers: Mapping[str, Any]) -> Any:
    """Return a post of instaloader with the followers of its owner."""
    node = value.get("node") if isinstance(value, dict) else None
    owner = node.get("owner") if isinstance(node, dict) else None
    if (
        not isinstance(node, dict)
        or not isinstance(owner, dict)
        or (count := followers.get(str(owner.get("username")))) is None
    ):
        return value
    return {**value, "node": {**node, "owner": {**owner, "edge_followed_by": {"count": count}}}}


def _read_packed(path: Path) -> bytes:
    with lzma.open(path) as file:
        data = file.read(_MOST_UNPACKED + 1)
    if len(data) > _MOST_UNPACKED:
        raise ValueError(f"it unpacks to more than {format_size(_MOST_UNPACKED)}")
    return data
