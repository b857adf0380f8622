"""Tags in the few bytes that a page loads: two characters a post, as a rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.tags.hierarchy import load_hierarchy
from generator.tags.model import ShownTerm, Tags

#: Characters that JSON writes as they are, one byte each.
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"


def pack_tags(tags: Tags) -> dict[str, Any]:
    """Return tags as a page loads them.

    `terms` lists key, name, position of the term above (-1: none), number of posts, and the other names that a search
    finds it by: in English, in French, before it was renamed. `sets` lists each set of terms that a post has, the most
    frequent first; few sets are different. `posts` has `width` characters a post: the number of its set in base 64, by
    ALPHABET, the highest digit first. Two characters tell 4,096 sets, three 262,144.
    """
    frequent: dict[tuple[int, ...], int] = {}
    for terms in tags.posts:
        frequent[terms] = frequent.get(terms, 0) + 1
    sets = sorted(frequent, key=lambda terms: (-frequent[terms], terms))
    width = 1
    while len(ALPHABET) ** width < len(sets):
        width += 1
    code = {terms: _encode(number, width) for number, terms in enumerate(sets)}
    names = {term.key: (term.en, term.fr) for term in load_hierarchy().terms}
    return {
        "terms": [_list_facts(term, names.get(term.key, ())) for term in tags.terms],
        "sets": [list(terms) for terms in sets],
        "width": width,
        "posts": "".join(code[terms] for terms in tags.posts),
    }


def _list_facts(term: ShownTerm, names: Sequence[str]) -> list[Any]:
    others = [name for name in dict.fromkeys(names) if name != term.name]
    return [term.key, term.name, -1 if term.under is None else term.under, term.posts, others]


def _encode(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
