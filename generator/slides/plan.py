"""Plan a deck: which slides, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.errors import SettingsError, suggest_name
from generator.slides.closing import make_changes, make_ledger, make_method
from generator.slides.figures import make_distinct_chart, make_likes_chart, make_shares_chart, make_table
from generator.slides.groups import make_groups
from generator.slides.houses import make_brands, make_pairs
from generator.slides.momentum import make_campaigns, make_momentum, make_new, make_voice
from generator.slides.opening import make_brief, make_findings, make_map, make_title
from generator.slides.records import Slide
from generator.slides.source import Group, ReportSource
from generator.slides.telling import Telling


def plan_slides(telling: Telling) -> list[Slide]:
    """Return the slides of a deck in their order; those without content are left out."""
    return [slide for slide in _list_slides(telling) if slide is not None]


def _list_slides(telling: Telling) -> Iterator[Slide | None]:
    yield make_title(telling)
    yield make_map(telling)
    yield make_brief(telling)
    yield from make_findings(telling)
    yield from make_groups(telling)
    yield from make_table(telling)
    yield make_shares_chart(telling)
    yield make_distinct_chart(telling)
    yield make_likes_chart(telling)
    yield make_momentum(telling)
    yield from make_new(telling)
    yield from make_voice(telling)
    yield from make_campaigns(telling)
    yield from make_pairs(telling)
    yield from make_brands(telling)
    yield make_changes(telling)
    yield make_method(telling)
    yield make_ledger(telling)


def choose_brands(source: ReportSource, names: Sequence[str]) -> tuple[Group, ...]:
    """Return the brands that --brand names, by name or key, each once. Raises SettingsError for an unknown one."""
    known = {brand.key: brand for brand in source.brands} | {brand.name: brand for brand in source.brands}
    folded = {name.casefold(): brand for name, brand in known.items()}
    chosen: dict[str, Group] = {}
    for name in names:
        brand = known.get(name) or folded.get(name.strip().casefold())
        if brand is None:
            every = [brand.name for brand in source.brands]
            raise SettingsError(f"--brand: the report has no brand {name!r}.", suggest_name(name, every, "It has"))
        chosen[brand.key] = brand
    return tuple(chosen.values())
