"""Time zones by what exports write: offsets, abbreviations, and the names of IANA, CLDR and Windows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

#: Hours ahead of UTC of abbreviations that stand for one zone in practice. Those of the United States are as RFC 2822
#: (section 4.3) has them. Left out are IST (India, Ireland, Israel) and AST (Atlantic, Arabia).
_ABBREVIATIONS = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "SAST": 2, "GST": 4, "PKT": 5, "SGT": 8, "HKT": 8, "AWST": 8, "KST": 9, "JST": 9,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "BRT": -3, "ART": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
    "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
_SEVERAL = frozenset({"IST", "AST"})
_OFFSET = re.compile(
    r"[(\[]?\s?(?:UTC|GMT|Z)?\s?(?P<sign>[+\-−])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?::?\d{2})?\s?[)\]]?(?P<name>.*)",
    re.IGNORECASE,
)
#: CLDR's names in the languages of exports, and in the regions that have abbreviations of their own.
_LOCALES = (
    "en", "en_AU", "en_CA", "en_GB", "en_IE", "en_IN", "en_NZ", "en_SG", "en_ZA", "fr", "fr_CA", "de", "es", "es_MX",
    "it", "pt", "pt_PT", "nl",
)  # fmt: skip
_NAME = re.compile(r"[^\d]{1,60}|[A-Za-z_]{2,20}(?:/[A-Za-z0-9_+-]{1,30}){1,2}")


def read_zone(text: str, moment: datetime) -> tzinfo | None:
    """Return the zone that `text` names, as it is at `moment`; None for a name that is unknown or stands for several.

    Raises ValueError for a text that can be no zone.
    """
    text = text.strip()
    if text in ("Z", "UTC", "GMT"):
        return UTC
    if (match := _OFFSET.fullmatch(text)) and not re.search(r"\d", match["name"]):
        offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
        return timezone(offset if match["sign"] == "+" else -offset)
    name = text.strip("()[] \t.")
    if not name or not _NAME.fullmatch(name):
        raise ValueError(f"not a time zone: {text}")
    return _find_zone(name, moment.year)


@lru_cache(maxsize=1000)
def _find_zone(name: str, year: int) -> tzinfo | None:
    """Return a zone by its name; where it is summer time by name, as in that year."""
    from zoneinfo import ZoneInfo

    if name.upper() in _ABBREVIATIONS:
        return timezone(timedelta(hours=_ABBREVIATIONS[name.upper()]))
    if name.upper() in _SEVERAL:
        return None
    if known := _list_zones().get(name.casefold()):
        return ZoneInfo(known)
    plain = _plain(name)
    found = {zone for key, kind in _list_names().get(plain, ()) if (zone := _choose(key, kind, year))}
    if found:
        return found.pop() if len(found) == 1 else None
    return ZoneInfo(windows) if (windows := _list_windows().get(plain.replace(" daylight ", " standard "))) else None


def _choose(meta_zone: str, kind: str, year: int) -> tzinfo | None:
    """Return the offset of a zone's standard or daylight time, or for "generic" the zone itself."""
    from zoneinfo import ZoneInfo

    zones = [ZoneInfo(zone) for name in _list_members().get(meta_zone, ()) if (zone := _list_zones().get(name))]
    with_summer = [zone for zone in zones if len(_offsets(zone, year)) == 2]
    if kind == "generic":
        return next(iter(with_summer or zones), None)
    if kind == "daylight":
        offsets = {max(_offsets(zone, year)) for zone in with_summer}
    else:
        offsets = {min(_offsets(zone, year)) for zone in zones}
    return timezone(offsets.pop()) if len(offsets) == 1 else None


def _offsets(zone: ZoneInfo, year: int) -> set[timedelta]:
    """Return the offsets of a zone in a year; of two, the later one is summer time."""
    moments = (datetime(year, month, 15, tzinfo=zone) for month in (1, 7))
    return {offset for one in moments if (offset := one.utcoffset()) is not None}


@cache
def _list_zones() -> Mapping[str, str]:
    """Return the names of IANA's zones by their small letters; none if neither system nor Python has them."""
    from zoneinfo import available_timezones

    return {name.casefold(): name for name in available_timezones()}


@cache
def _list_members() -> Mapping[str, Iterable[str]]:
    """Return the zones, in small letters, that share one name in CLDR."""
    from babel.core import get_global

    members: dict[str, list[str]] = {}
    for zone, meta_zone in sorted(get_global("meta_zones").items()):  # type: ignore[arg-type]
        members.setdefault(meta_zone, []).append(zone.casefold())
    return members


@cache
def _list_names() -> Mapping[str, set[tuple[str, str]]]:
    """Return for each of CLDR's names its zones and whether it is of "standard", "daylight" or "generic" time."""
    from babel import Locale

    names: dict[str, set[tuple[str, str]]] = {}
    for code in _LOCALES:
        for meta_zone, widths in Locale.parse(code).meta_zones.items():
            for width in ("long", "short"):
                for kind, name in dict(widths.get(width, {})).items():
                    names.setdefault(_plain(name), set()).add((meta_zone, kind))
    return names


@cache
def _list_windows() -> Mapping[str, str]:
    from babel.core import get_global

    return {_plain(name): zone for name, zone in get_global("windows_zone_mapping").items()}


def _plain(name: str) -> str:
    """Return a name in small letters, without accents, hyphens and different apostrophes."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[-’'.]", " ", kept).split())
