"""Where the posts are in nested records, told by the shape of the records and not by what wraps them.

A record is a post if it has an image, and a caption, date or count, at any depth. Lists of pictures inside posts are
told from lists of posts inside accounts: by what they are called, else by which of the two has those fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import Any

from generator.spreadsheet.formats.record_fields import TELLING, Names, Steps, flatten, is_film, is_image, is_versions
from generator.spreadsheet.header_paths import is_foreign
from generator.spreadsheet.values.cells import Cell

#: What is looked at: records at the top, entries of a list, records at one place, places, and objects in all.
_ROOTS, _ENTRIES, _SAMPLES, _PLACES, _OBJECTS = 1000, 40, 60, 2000, 300_000
_MOST_DEPTH = 14
#: So few of the records at one place may lack what makes them posts.
_SHARE = 0.1
#: How surely records are posts: an image with a caption, date or count; with a brand; alone.
_POST, _BRANDED, _PICTURE = 3, 2, 1

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_PARTS = frozenset({"child", "children", "sidecar", "carousel", "slide", "slides", "attachment", "attachments"})
_LISTS = frozenset("post posts feed timeline pin pins tiktok tiktoks publication publications".split())  # noqa: SIM905
#: Lists beside the posts that are no posts of the account's own feed.
_OTHERS = frozenset(
    "story stories highlight highlights archived deleted saved draft drafts tagged mention mentions".split()  # noqa: SIM905
)
#: Lists of an account's own portraits, in its archive.
_PORTRAITS = ("profile", "profile_photos", "ig_profile_picture")
#: Words of which the keys of objects consist that no brand is called.
_STRUCTURE = frozenset(
    """graph image images post posts reel reels story stories media medias item items data result results record records
    node nodes edge edges user users profile profiles account accounts latest recent top video videos photo photos igtv
    feed timeline tagged saved highlights list lists entry entries page pages clip clips tv row rows dataset datasets
    content hits response payload pins tiktoks pin tiktok instagram facebook pinterest brand brands
    export exports""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the posts are below each record at the top."""

    posts: tuple[Steps, ...]
    pictures: Mapping[Steps, tuple[Steps, ...]]  # for each place of posts, the lists of a post's pictures
    others: Mapping[Steps, str] = field(default_factory=dict)  # lists of posts that are not read: place -> name
    sure: bool = False  # whether they have an image with a caption, date or count


@dataclass(slots=True)
class _Place:
    """Records, or texts, at one place."""

    samples: list[Any] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    tier: int = 0


def find_posts(roots: Iterable[Any], names: Names) -> Plan | None:
    """Return where the posts are in records of which `roots` are the first; None if there are no records.

    If nothing looks like a post, it is the longest list of records that has the most known fields.
    """
    places = _find_places(islice(roots, _ROOTS))
    records = {steps: place for steps, place in places.items() if any(isinstance(one, dict) for one in place.samples)}
    if not records:
        return None
    posts: set[Steps] = set()
    for steps in sorted(records, key=len, reverse=True):
        _judge(steps, records[steps], posts, names)
        inside = [one for one in posts if _is_below(one, steps)]
        parts = [one for one in inside if _is_part(steps, records[steps], one, records[one])]
        if parts:
            posts.difference_update(parts)
            _judge(steps, records[steps], posts, names)
    chosen, others = _choose(records, posts)
    pictures = {steps: tuple(_find_pictures(steps, places, chosen, names)) for steps in chosen}
    return Plan(chosen, pictures, others, all(records[steps].tier == _POST for steps in chosen))


def _find_places(roots: Iterable[Any]) -> dict[Steps, _Place]:
    places: dict[Steps, _Place] = {}
    visited = 0
    waiting: list[tuple[Any, Steps]] = []
    waiting.extend((root, ()) for root in reversed(list(roots)))
    while waiting and visited < _OBJECTS:
        value, steps = waiting.pop()
        visited += 1
        entries: Iterable[tuple[Any, Steps]] = ()
        if isinstance(value, dict):
            if not steps or steps[-1] in ("[]", "{}"):
                _keep(places, steps, value)
            entries = _list_values(value, steps)
        elif isinstance(value, list):
            entries = ((entry, (*steps, "[]")) for entry in _spread(value))
        elif isinstance(value, str):
            _keep(places, steps, value)
        if len(steps) < _MOST_DEPTH:
            waiting += list(entries)[::-1]
    return places


def _list_values(record: Mapping[str, Any], steps: Steps) -> Iterator[tuple[Any, Steps]]:
    """Yield the objects and lists in an object; `{}` stands for its keys if they are names of records."""
    is_map = holds_names(record)
    for key, value in islice(record.items(), _PLACES):
        if isinstance(value, dict | list):
            yield value, (*steps, "{}" if is_map else key)


def _spread(entries: Sequence[Any]) -> list[Any]:
    return list(entries[:: max(1, len(entries) // _ENTRIES)])


def _keep(places: dict[Steps, _Place], steps: Steps, value: Any) -> None:
    if steps in places or len(places) < _PLACES:
        samples = places.setdefault(steps, _Place()).samples
        if len(samples) < _SAMPLES:
            samples.append(value)


def holds_names(record: Mapping[str, Any]) -> bool:
    """Return whether the keys of an object name its values, which are records or lists of records of one kind."""
    values = list(islice(record.values(), 20))
    if not values or not all(isinstance(value, dict | list) for value in values):
        return False
    if all(_WORD.search(key) and is_structure(key) for key in islice(record, 20)):
        return False
    if not any(map(_WORD.search, record)) and len(values) > 1:  # numbers, of posts as of places in a list
        return _are_alike(values) and not is_versions(values)
    if all(isinstance(value, list) for value in values):
        filled = [value[0] for value in values if value]
        named = len(values) > 1 or next(iter(record))[:1].isupper()
        return named and bool(filled) and _are_alike(filled) and not any(map(is_structure, islice(record, 20)))
    return len(values) > 1 and _are_alike(values) and not is_versions(values)


def is_structure(key: str) -> bool:
    """Return whether a key only says what kind of records it holds: "GraphImages", "latest_posts"."""
    words = [word.casefold() for word in _WORD.findall(key)]
    known = sum(word in _STRUCTURE for word in words)
    return not words or known == len(words) or (known > 0 and " " not in key and len(words) > 1)


def _are_alike(values: Sequence[Any]) -> bool:
    if not all(isinstance(value, dict) and value for value in values):
        return False
    first = set(values[0])
    return all(2 * len(first & set(value)) >= min(len(first), len(value)) for value in values)


def _judge(steps: Steps, place: _Place, posts: set[Steps], names: Names) -> None:
    """Find how surely the records at a place are posts, leaving out the posts inside them, and add it to `posts`."""
    stops = [_relative(one, steps) for one in posts if _is_below(one, steps)]
    tiers = [0]
    place.told = set()
    for record in place.samples:
        if isinstance(record, dict) and not holds_names(record):
            told = names.tell(without(flatten(record), stops))
            place.told |= told & TELLING
            tiers.append(_rate(told))
    least = max(1, int(_SHARE * len(place.samples)))
    place.tier = next((tier for tier in (_POST, _BRANDED, _PICTURE) if sum(t >= tier for t in tiers) >= least), 0)
    if place.tier:
        posts.add(steps)


def _rate(told: set[str]) -> int:
    if "image" not in told:
        return 0
    return _POST if told & TELLING else _BRANDED if "brand" in told else _PICTURE


def without(flat: Mapping[str, Cell], stops: Sequence[Steps]) -> dict[str, Cell]:
    """Return a flattened record without what lies below any of `stops`."""
    if not stops:
        return dict(flat)
    starts = tuple(as_path(takewhile("{}".__ne__, stop)) + "/" for stop in stops)
    return {name: cell for name, cell in flat.items() if not f"{name}/".startswith(starts)}


def as_path(steps: Iterable[str]) -> str:
    """Return the path of what lies at steps in a flattened record."""
    return "/".join("0" if step == "[]" else step for step in steps)


def _is_part(outer: Steps, whole: _Place, inner: Steps, part: _Place) -> bool:
    """Return whether the records at `inner` are pictures of those at `outer`, and no posts of their own."""
    keys = [step for step in _relative(inner, outer) if step not in ("[]", "{}")]
    words = {word.casefold() for key in keys for word in _WORD.findall(key)}
    if any(isinstance(sample, dict) and "uri" in sample for sample in part.samples):
        return not words & _LISTS  # Meta's archives of an account
    if words & _PARTS:
        return True
    if words & _LISTS or not keys:
        return False
    if any(map(is_foreign, keys)):
        return True
    return len(whole.told) >= 2 and len(part.told) <= len(whole.told)


def _choose(records: Mapping[Steps, _Place], posts: set[Steps]) -> tuple[tuple[Steps, ...], dict[Steps, str]]:
    """Return the places of posts to read, and the names of those that are not."""
    found = {steps for steps in posts if not any(map(is_foreign, steps))}
    found = found or {steps for steps in posts if is_foreign(next(iter(steps), "")) and records[steps].tier == _POST}
    if not found:
        known = {steps: place for steps, place in records.items() if not any(map(is_foreign, steps))} or records
        best = max(known, key=lambda steps: (len(known[steps].told), bool(steps), len(known[steps].samples)))
        return (best,), {}
    tier = max(records[steps].tier for steps in found)
    surest = {steps for steps in found if records[steps].tier == tier}
    if tier < _POST:
        return (max(surest, key=lambda steps: (len(records[steps].samples), -len(steps))),), {}
    own = {steps for steps in surest if not _is_other(steps)}
    chosen = own or surest
    order = {steps: place for place, steps in enumerate(records)}
    others = {steps: "/".join(step for step in steps if step not in ("[]", "{}")) for steps in surest - chosen}
    return tuple(sorted(chosen, key=order.__getitem__)), others


def _is_other(steps: Steps) -> bool:
    last = next((step.casefold() for step in reversed(steps) if step not in ("[]", "{}")), "")
    return last in _PORTRAITS or any(word.casefold() in _OTHERS for step in steps for word in _WORD.findall(step))


def _find_pictures(
    steps: Steps, places: Mapping[Steps, _Place], posts: Sequence[Steps], names: Names
) -> Iterator[Steps]:
    """Yield the lists of pictures in the posts at a place, as steps from the post."""
    inside = [one for one in posts if _is_below(one, steps)]
    for place, found in sorted(places.items(), key=lambda item: len(item[0])):
        if place[-1:] != ("[]",) or not _is_below(place, steps) or any(_is_below(place, one) for one in inside):
            continue
        way = _relative(place, steps)
        if place in inside or any(map(is_foreign, way)):
            continue
        if any(_is_picture(sample, as_path(way), names) for sample in found.samples):
            yield way


def _is_picture(sample: Any, path: str, names: Names) -> bool:
    if isinstance(sample, str):
        return names.field_of(path) == "thumbnail" or (is_image(sample) and not is_film(sample))
    flat = flatten({path: sample}) if isinstance(sample, dict) else {}
    if isinstance(sample, dict) and is_versions([sample]):
        return False
    return names.find_image(flat) != "" or any(is_image(cell) and not is_foreign(name) for name, cell in flat.items())


def _is_below(steps: Steps, outer: Steps) -> bool:
    return len(steps) > len(outer) and steps[: len(outer)] == outer


def _relative(steps: Steps, outer: Steps) -> Steps:
    return steps[len(outer) :]
