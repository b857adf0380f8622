"""The sections of the settings about brands: what they are called and belong to, and how they are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.settings.brand_groups import BrandGroups
from generator.settings.entry import entry
from generator.settings.followers import FollowerCounts


@dataclass(frozen=True)
class BrandSettings:
    """Spellings of brands. They stand one a line under [brands.aliases]: "Hôtel Doré Paris" = "Hôtel Doré"."""

    aliases: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            "help": "What a brand is called, by spelling or name: "
            '{ "Hôtel Doré Paris" = "Hôtel Doré" }. A spelling that is its own alias stays apart from others.'
        },
    )
    followers: FollowerCounts = field(
        default_factory=FollowerCounts,
        metadata={
            "help": "A brand's followers by day, for posts whose row does not say them: "
            '{ "Hôtel Doré" = { 2025-01-01 = 120000, 2026-01-01 = 240000 } }. Between days they are interpolated.'
        },
    )
    groups: BrandGroups = field(
        default_factory=BrandGroups,
        metadata={
            "help": 'Brands that posts are filtered, arranged and coloured by, by group: { own = ["Hôtel Doré"] }.'
        },
    )


@dataclass(frozen=True)
class CompareSettings:
    """Comparing brands."""

    within: str = entry(
        "",
        "Field of categories within which brands are compared, such as market: market by market, so that where brands "
        "post makes no difference between them.",
    )
    benchmark: Path | None = entry(
        None,
        "Posts whose brands yours are compared with, by what images show and by engagement rates: a spreadsheet, or an "
        "earlier report as folder or zip. None of them is on the map or has a page.",
    )
