"""Who is who: the spellings of one brand, and the name that it is shown by.

Two spellings are certainly one brand if they differ only in case, spaces, signs between words, forms of "and",
full-width letters, entities, quotation marks, emoji, ®, ™ and ©, or if one leaves out accents of the other. An account
(`@hotel.dore`, its address, a word such as `hotel.dore`) is the brand whose name stands beside it in the rows, else the
only one whose name it spells. Nothing else is merged by itself: names with other digits are others, and so are names
that have accounts of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.errors import SettingsError
from generator.spreadsheet.brand_groups import Accounts, Groups
from generator.text import clean_line


@dataclass(frozen=True, slots=True)
class Merging:
    """What each spelling becomes, and what stays in doubt."""

    names: Mapping[str, str]  # spelling -> name of the brand
    doubts: Sequence[tuple[str, str]]  # pairs of names that may be one brand
    settled: frozenset[str]  # spellings that the settings decide on, without case
    unknown: Sequence[str]  # aliases that no row has


def merge_spellings(
    counts: Mapping[str, int], accounts: Accounts | None = None, aliases: Mapping[str, str] | None = None
) -> Merging:
    """Return the brand of each spelling in `counts`, which holds the rows of each in the order of the rows.

    A brand's name is its fullest spelling: no account, with accents; of equal ones the most frequent, then the
    earliest. `aliases`, spelling or name -> name, come after and above this; an alias of itself keeps a spelling as it
    is. Raises SettingsError for an alias without a name.
    """
    wanted = {clean_line(spelling): clean_line(name) for spelling, name in (aliases or {}).items()}
    for spelling, name in wanted.items():
        if not name or not spelling:
            raise SettingsError(f'[brands.aliases]: "{spelling}" has no name.', 'Write "spelling" = "name of a brand".')
    fixed = {spelling.casefold() for spelling, name in wanted.items() if spelling.casefold() == name.casefold()}
    groups = Groups({name: count for name, count in counts.items() if name}, fixed)
    groups.merge(accounts or Accounts())
    names, unknown = _apply_aliases(groups.name_groups(), wanted)
    doubts = dict.fromkeys((names[one], names[other]) for one, other in groups.doubts())
    return Merging(
        {"": "", **names},
        [pair for pair in doubts if pair[0] != pair[1] and not {name.casefold() for name in pair} & fixed],
        frozenset(spelling.casefold() for spelling in wanted),
        unknown,
    )


def _apply_aliases(names: Mapping[str, str], aliases: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return `names` as `aliases` have them, and the aliases of no spelling.

    An alias of a brand's name takes all its spellings along, and a brand that an alias leads to is called as there.
    """
    spellings: dict[str, list[str]] = defaultdict(list)
    brands: dict[str, list[str]] = defaultdict(list)
    for spelling, name in names.items():
        spellings[spelling.casefold()].append(spelling)
        brands[name.casefold()].append(spelling)
    follow = {spelling.casefold(): name for spelling, name in aliases.items()}
    result = dict(names)
    for name in dict.fromkeys(aliases.values()):
        for spelling in spellings.get(name.casefold(), ())[:1] or brands.get(name.casefold(), ())[:1]:
            result.update(dict.fromkeys(brands[names[spelling].casefold()], _follow(name, follow)))
    unknown = []
    for spelling, name in aliases.items():
        text = spelling.casefold()
        found = spellings.get(text, []) if text == name.casefold() else brands.get(text) or spellings.get(text, [])
        if not found:
            unknown.append(spelling)
        result.update(dict.fromkeys(found, _follow(name, follow)))
    return result, unknown


def _follow(name: str, aliases: Mapping[str, str]) -> str:
    """Return where aliases of aliases end; the name itself if they go round."""
    seen, end = {name.casefold()}, name
    while (further := aliases.get(end.casefold())) is not None and further.casefold() not in seen:
        seen.add(further.casefold())
        end = further
    return end if aliases.get(end.casefold(), end).casefold() == end.casefold() else name
