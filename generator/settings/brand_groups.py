"""Groups of brands as the settings name them: own houses, competitors, leaders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from generator.errors import suggest_name


class BrandGroups(dict[str, tuple[str, ...]]):
    """Brands by the name of their group."""

    def find(self, brand: str) -> str | None:
        """Return the group of `brand`, None if it is in none."""
        return next((group for group, members in self.items() if _fold(brand) in map(_fold, members)), None)

    def list_faults(self, brands: Iterable[str], least: int) -> list[str]:
        """Return a sentence for each name that is none of `brands`, or that a second group names too.

        And one for each group that has fewer than `least` of `brands`, which is too few to be set beside it.
        """
        known = sorted(brands)
        folded = {_fold(brand) for brand in known}
        faults, seen = [], dict[str, str]()
        for group, members in self.items():
            for member in members:
                first = seen.setdefault(_fold(member), group)
                if first != group:
                    faults.append(f"[brands.groups] names {member} in {first} and {group}: it is in {first}.")
                if _fold(member) not in folded:
                    hint = suggest_name(member, known, "The brands are", key=str.casefold)
                    faults.append(f"[brands.groups] {group}: there is no brand {member}. {hint}".rstrip())
        sizes = Counter(self.find(brand) for brand in known)
        for group in self:
            if (size := sizes[group]) < least:
                found = f"{size} brand{'' if size == 1 else 's'}"
                faults.append(
                    f"[brands.groups] {group} has {found} with posts. No brand is set beside it: that takes {least}."
                )
        return faults


def parse_groups(value: Any) -> BrandGroups | None:
    """Return a table of lists of names as groups; None if it is none."""
    if not isinstance(value, Mapping):
        return None
    groups = BrandGroups()
    for name, members in value.items():
        if not isinstance(members, list | tuple) or not all(isinstance(member, str) for member in members):
            return None
        groups[str(name)] = tuple(members)
    return groups


def _fold(name: str) -> str:
    return name.strip().casefold()
