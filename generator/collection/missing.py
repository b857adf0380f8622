"""How many images a report would lack, and whether that is too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from generator.errors import MissingImagesError
from generator.settings import PublishSettings
from generator.settings.sizes import Allowance
from generator.spreadsheet.posts import PostTable, Reason, Refusal

#: Reasons for which a row that names an image is refused because the image cannot be had or cannot be shown.
MISSING_REASONS: tuple[Reason, ...] = (
    "missing_file",
    "download_failed",
    "not_in_cache",
    "empty_file",
    "too_large",
    "not_an_image",
    "damaged_image",
    "too_many_pixels",
    "decoder_failed",
    "outside_folder",
    "bad_address",
    "private_address",
)

#: Rows that the message names.
_SHOWN = 3
_MENDS: Mapping[str, str] = {
    "missing_file": "Local paths start from the spreadsheet's folder; say another one with --images-root.",
    "download_failed": "Links to images expire within days: export the posts again, and build soon after.",
    "not_in_cache": "Build once without --offline to fetch them.",
    "outside_folder": "Say the folder that holds all images with --images-root.",
    "private_address": "Give --allow-private if the spreadsheet is to be trusted with this network.",
    "too_large": "Raise max_bytes under [fetch] to read larger files.",
    "too_many_pixels": "Raise max_pixels under [images] to read larger images.",
    "decoder_failed": "Build again, or save these images as .jpg or .png in a program that opens them.",
}


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
    rows = sorted((row for row in refusals if row.reason in MISSING_REASONS), key=lambda row: row.row)
    # a row whose address is none never became a post
    named = len(table.posts) + sum(row.reason in MISSING_REASONS for row in table.refusals)
    if len(rows) <= allowance.of(named):
        return
    found = dict(Counter(row.reason for row in rows).most_common())
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in found.items())
    limit = "--strict allows none" if settings.strict else f"--max-missing allows {allowance}"
    first = ", ".join(f"row {row.row} ({row.thumbnail[:80]})" for row in rows[:_SHOWN])
    mend = next((_MENDS[reason] for reason in found if reason in _MENDS), "Mend those rows, or leave them out.")
    raise MissingImagesError(
        f"{len(rows):,} of {named:,} images are missing ({reasons}); {limit}. The first: {first}.",
        mend,
        {
            "missing_images": len(rows),
            "named_images": named,
            "missing_by_reason": found,
            "rows": [
                {"row": row.row, "reason": row.reason, "detail": row.detail, "thumbnail": row.thumbnail} for row in rows
            ],
        },
    )
