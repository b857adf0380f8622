"""Read the files of posts once: what they hold is kept until their bytes or the settings change."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from generator import resources
from generator.cache.store import Store
from generator.collection.withdrawal import Withdrawal
from generator.pipeline.stages import TABLE
from generator.settings import Settings
from generator.spreadsheet.fields import Field
from generator.spreadsheet.notices import Notice
from generator.spreadsheet.phrases import value_from_json
from generator.spreadsheet.posts import Post, PostTable, Refusal, Remark, TableRead
from generator.spreadsheet.reader import read_apart
from generator.spreadsheet.sources import Inputs

#: Entries of [posts] exclude that took nothing out of a table, as `Exclusion` calls them.
_UNUSED = ("unmatched", "unclear")


def read_table(inputs: Inputs, settings: Settings, store: Store, withdrawal: Withdrawal) -> PostTable:
    """Return the posts without those withdrawn. Raises SpreadsheetError."""
    try:
        digest = inputs.digest
    except OSError:
        return read_apart(inputs, settings.read, settings.brands, settings.fields)  # which says what is wrong
    key = TABLE.key(settings, resources.package_digest("spreadsheet"), digest, withdrawal.key)
    data = store.get(TABLE.name, key)
    if data is not None:
        content = json.loads(data)
        unmatched, unclear = ([withdrawal.entries[place] for place in content[name]] for name in _UNUSED)
        withdrawal.note_unused(unmatched, unclear)
        return _table_from_json(content["table"])
    exclusion = withdrawal.take_out(
        read_apart(inputs, settings.read, settings.brands, settings.fields), _cached_tables(store)
    )
    if withdrawal.writes:
        # entries by their positions: what names a withdrawn post is not kept
        places = {name: [withdrawal.entries.index(entry) for entry in getattr(exclusion, name)] for name in _UNUSED}
        content = {"table": dataclasses.asdict(exclusion.table), **places}
        store.put(TABLE.name, key, json.dumps(content, default=_as_text).encode())
    withdrawal.note_unused(exclusion.unmatched, exclusion.unclear)
    return exclusion.table


def _cached_tables(store: Store) -> Iterator[PostTable]:
    """Yield every table in the cache that this version can read."""
    for key in store.keys(TABLE.name):
        try:
            content = json.loads(store.get(TABLE.name, key) or b"{}")
            yield _table_from_json(content.get("table", content))
        except (ValueError, TypeError, KeyError):
            continue


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _table_from_json(content: dict[str, Any]) -> PostTable:
    def as_post(row: dict[str, Any]) -> Post:
        published = row["published"]
        moment = datetime.fromisoformat(published) if published else None
        return Post(
            **{**row, "published": moment, "more_images": tuple(row["more_images"]), "fields": tuple(row["fields"])}
        )

    return PostTable(
        **{
            **content,
            "tables": tuple(TableRead(**table) for table in content["tables"]),
            "posts": tuple(as_post(row) for row in content["posts"]),
            "refusals": tuple(Refusal(**row) for row in content["refusals"]),
            "remarks": tuple(Remark(**row) for row in content["remarks"]),
            "fields": tuple(Field(**field) for field in content["fields"]),
            "notices": tuple(
                Notice(row["code"], {name: value_from_json(value) for name, value in row["values"].items()})
                for row in content["notices"]
            ),
        }
    )
