"""The kind of a column that no known header names, judged by its header and values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from generator.spreadsheet.fields import MOST_CATEGORIES, FieldKind
from generator.spreadsheet.headers import normalise_header
from generator.spreadsheet.values.cells import Cell
from generator.spreadsheet.values.field_values import (
    field_text,
    fold_value,
    has_comma_decimals,
    is_address,
    is_code,
    is_personal,
    is_written_date,
    read_number,
    read_yes_no,
)

#: Why a column is not shown.
Reason = Literal["unique", "addresses", "personal", "constant", "empty"]

#: Share of a column's values that must be of a kind.
_MOST = 0.95
#: Share that makes a column one of addresses, or of people.
_MANY = 0.5
#: Values looked at for what a column must not hold.
_SAMPLE = 2_000
#: Uses of a category on average, and letters at most.
_LEAST_USES = 3.0
_LONGEST_CATEGORY = 60
#: Different values of a short list, which may be used less often.
_FEW = 12
#: Share of values that differ in a column of identifiers.
_DIFFER = 0.9

#: Headers of people, and of identifiers, without case, accents, spaces and punctuation.
_PEOPLE = re.compile(
    r"(?:e?mail|courriel|phone|tel|telephone|telefon|telefono|mobile|username|user|owner|author|auteur|autor|autore|handle|"
    r"pseudo|fullname|firstname|lastname|surname|prenom|vorname|nachname|contact|kontakt)s?"
    r"|\w*(?:email|username|fullname|phonenumber|emailaddress|handle)s?"
    r"|(?:user|owner|author|profile|account|from|contact)(?:name|login|screenname|fullname|nickname)"
)
#: The last word of a header of identifiers, where its words are told apart: "Post ID", "adId", "user_uuid".
_IDENTIFIER = re.compile(r"ids?|uuid|guid|pk|sha256|md5|hash|token|shortcode", re.IGNORECASE)
#: Headers of identifiers in one word. Words that merely end in "id", such as "paid", are none.
_JOINED_IDENTIFIER = re.compile(
    r"(?:post|media|ad|adset|campaign|user|owner|author|account|page|item|object|record|row|asset|image|photo|video|reel|"
    r"story|product|order|brand|client|customer|comment|feed|creative|external|internal|unique|global|instagram|facebook|"
    r"tiktok|ig|fb|tt)(?:ids?|pk|token)|\w*(?:uuid|guid|sha256|md5|hash|shortcode)|no|nr|num|row|index|line|ligne|zeile"
)
_WORDS = re.compile(r"[A-Z]?[a-zà-ÿ]+\d*|[A-ZÀ-Ý]+(?![a-zà-ÿ])\d*|\d+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a column is: a kind, or the reason why it is not shown."""

    kind: FieldKind | None
    reason: Reason | None = None


def judge_column(name: str, cells: Sequence[Cell]) -> Verdict:
    """Return what a column is by the cells of all n posts.

    People and addresses are left out first, then what tells posts apart from none or from all others. Of the rest the
    narrowest kind is taken that nearly all values have.
    """
    texts = [field_text(cell) for cell in cells]
    filled = [text for text in texts if text]
    if not filled:
        return Verdict(None, "empty")
    header = normalise_header(name)
    sample = filled[:_SAMPLE]
    if _PEOPLE.fullmatch(header) or sum(map(is_personal, sample)) >= _MANY * len(sample):
        return Verdict(None, "personal")
    if sum(map(is_address, sample)) >= _MANY * len(sample):
        return Verdict(None, "addresses")
    folded = Counter(map(fold_value, filled))
    if len(folded) == 1 and len(filled) == len(texts):
        return Verdict(None, "constant")
    values = [cell for cell, text in zip(cells, texts, strict=True) if text]
    if all(read_yes_no(cell) is not None for cell in _distinct(values)):
        return Verdict("yes_no")
    if _share(map(is_written_date, _distinct(values)), len(_distinct(values))) >= _MOST:
        return Verdict("date")
    differ = len(folded) / len(filled)
    identifies = _names_identifier(name) and differ >= _MANY
    if not any(map(is_code, sample)) and not identifies and _are_numbers(values):
        few = len(folded) <= _FEW and len(folded) * _LEAST_USES <= len(filled)
        return Verdict("category" if few and all(text.isdigit() for text in folded) else "number")
    return _judge_words(filled, folded, identifies)


def _names_identifier(name: str) -> bool:
    """Return whether a header says that its column tells posts apart."""
    words = _WORDS.findall(name)
    return bool((words and _IDENTIFIER.fullmatch(words[-1])) or _JOINED_IDENTIFIER.fullmatch(normalise_header(name)))


def _judge_words(filled: Sequence[str], folded: Counter[str], identifies: bool) -> Verdict:
    """Return whether texts are categories, identifiers or free text."""
    uses = len(filled) / len(folded)
    short = sum(len(text) <= _LONGEST_CATEGORY for text in filled) >= _MOST * len(filled)
    few = len(folded) <= _FEW and uses >= 2
    if short and len(folded) <= MOST_CATEGORIES and (uses >= _LEAST_USES or few):
        return Verdict("category")
    single = sum(" " not in text for text in filled) >= _MOST * len(filled)
    if identifies or (single and len(folded) >= _DIFFER * len(filled)):
        return Verdict(None, "unique")
    return Verdict("text")


def _are_numbers(values: Sequence[Cell]) -> bool:
    different = _distinct(values)
    comma = has_comma_decimals(different)
    return _share((read_number(cell, comma) is not None for cell in different), len(different)) >= _MOST


def _distinct(values: Sequence[Cell]) -> list[Cell]:
    # 1, 1.0 and True are one key
    return list(dict.fromkeys(values))


def _share(hits: object, count: int) -> float:
    return sum(hits) / count  # type: ignore[call-overload, no-any-return]
