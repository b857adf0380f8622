"""What the fields of a table hold, in few words: for `brandscape check` and the data page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from generator.spreadsheet.fields import KIND_NAMES, FieldKind, FieldValue
from generator.spreadsheet.posts import PostTable

_EXAMPLES = 4
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class FieldSummary:
    """A field: its kind, how many posts have a value, how many values differ, and the most frequent of them."""

    name: str
    kind: FieldKind
    filled: int
    empty: int
    different: int
    examples: tuple[str, ...]  # of numbers and dates the least and the largest

    def describe(self) -> str:
        """Return the summary as a line for a terminal."""
        kind = next(name for name, kind in KIND_NAMES.items() if kind == self.kind)
        if self.kind in ("number", "date"):
            shown = " to ".join(self.examples)
        else:
            more = ", …" if self.different > len(self.examples) else ""
            shown = f"{self.different:,} values: {', '.join(self.examples)}{more}"
        return f"{kind:<9} {self.filled:>7,} filled, {self.empty:,} empty; {shown}"


def summarise_fields(table: PostTable) -> tuple[FieldSummary, ...]:
    """Return a summary of each field of a table, by its posts."""
    return tuple(
        _summarise(field.name, field.kind, [post.fields[place] for post in table.posts])
        for place, field in enumerate(table.fields)
    )


def _summarise(name: str, kind: FieldKind, values: list[FieldValue]) -> FieldSummary:
    counts = Counter(value for value in values if value is not None)
    if kind in ("number", "date"):
        ends = sorted(counts, key=lambda value: (str(type(value)), value))
        examples = dict.fromkeys([*ends[:1], *ends[-1:]])
        shown = [f"{value:,.15g}" if isinstance(value, float) else str(value) for value in examples]
    else:
        frequent = sorted(counts, key=lambda value: (-counts[value], str(value)))
        shown = [text if len(text := str(value)) <= _LONGEST else f"{text[:_LONGEST]}…" for value in frequent]
    filled = counts.total()
    return FieldSummary(name, kind, filled, len(values) - filled, len(counts), tuple(shown[:_EXAMPLES]))
