"""How many images a report would lack, and whether that is too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from generator.errors import MissingImagesError
from generator.settings import PublishSettings
from generator.settings.sizes import Allowance
from generator.spreadsheet.posts import PostTable, Refusal
from generator.spreadsheet.reasons import MISSING_REASONS, REASONS

#: Rows that the message names.
_SHOWN = 3


def count_missing(refused: Mapping[str, int]) -> int:
    """How many rows lack their image; `refused` maps reasons to rows."""
    return sum(refused.get(reason, 0) for reason in MISSING_REASONS)


def check_missing(table: PostTable, refusals: Iterable[Refusal], settings: PublishSettings) -> None:
    """Refuse to go on where more images are missing than the settings allow.

    `refusals` are those of the table and of its posts' images. Raises MissingImagesError.
    """
    allowance = Allowance() if settings.strict else settings.max_missing
    if allowance is None:
        return
    rows = sorted((row for row in refusals if row.reason in MISSING_REASONS), key=lambda row: row.place)
    # a row whose address is none never became a post
    named = len(table.posts) + sum(row.reason in MISSING_REASONS for row in table.refusals)
    if len(rows) <= allowance.of(named):
        return
    found = dict(Counter(row.reason for row in rows).most_common())
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in found.items())
    limit = "--strict allows none" if settings.strict else f"--max-missing allows {allowance}"
    first = ", ".join(f"{table.name_row(row.place)} ({row.thumbnail[:80]})" for row in rows[:_SHOWN])
    hint = next((REASONS[reason].hint for reason in found if REASONS[reason].hint), "Fix those rows, or remove them.")
    raise MissingImagesError(
        f"{len(rows):,} of {named:,} images are missing ({reasons}); {limit}. The first: {first}.",
        hint,
        {
            "missing_images": len(rows),
            "named_images": named,
            "missing_by_reason": found,
            "rows": [
                {
                    "table": table.name_table(row.table),
                    "row": row.row,
                    "reason": row.reason,
                    "detail": row.detail,
                    "thumbnail": row.thumbnail,
                }
                for row in rows
            ],
        },
    )
