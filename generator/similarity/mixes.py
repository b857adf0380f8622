"""The maps of a report, and the mix of facets that each shows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from generator.errors import SettingsError, suggest_name
from generator.settings import FACETS, MapMix, Settings, SimilaritySettings
from generator.text import make_slugs

#: Raised whenever the same input would give another result.
VERSION = 1

#: The key of a main map that nobody named.
OVERALL = "overall"


@dataclass(frozen=True, slots=True)
class Mix:
    """One map: its key, its name ("" for a main map without one), and the weights of its facets."""

    key: str
    name: str
    weights: Mapping[str, float]  # by facet, only those above 0; their sum is 1

    @property
    def key_text(self) -> str:
        """The weights as one text, for keys."""
        return " ".join(f"{facet}={weight:.6g}" for facet, weight in self.weights.items())


def plan_maps(settings: Settings) -> tuple[Mix, ...]:
    """Return the report's maps, the main one first.

    The main map is the one called `similarity.main_map`, else the one of `maps` with the weights of `similarity`, else
    one of its own. Raises SettingsError where the settings contradict each other.
    """
    names = [mix.name for mix in settings.maps]
    same = {name.casefold() for name in names}
    if len(same) < len(names):
        raise SettingsError(f"Two of [[maps]] have one name: {', '.join(sorted(names))}.", "Give each its own.")
    slugs = make_slugs(names)
    mixes = [Mix(f"m-{slugs[mix.name]}", mix.name, _weigh(mix, f'[[maps]] "{mix.name}"')) for mix in settings.maps]
    wanted = settings.similarity.main_map
    if wanted:
        match = next((mix for mix in mixes if mix.name.casefold() == wanted.casefold()), None)
        if match is None:
            hint = suggest_name(wanted, names, "The maps are") if names else "Add it under [[maps]]."
            raise SettingsError(f"main_map = {wanted!r}, but [[maps]] has no map of that name.", hint)
        main = match
    else:
        weights = _weigh(settings.similarity, "[similarity]")
        main = next((mix for mix in mixes if _are_same(mix.weights, weights)), Mix(OVERALL, "", weights))
    return (main, *(mix for mix in mixes if mix is not main))


def _weigh(mix: MapMix | SimilaritySettings, where: str) -> dict[str, float]:
    weights = {facet: getattr(mix, facet) for facet in FACETS}
    total = sum(weights.values())
    if not total > 0:
        raise SettingsError(f"{where} weighs no facet.", f"Give at least one of {', '.join(FACETS)} a weight above 0.")
    shares = {facet: round(weight / total, 9) for facet, weight in weights.items()}
    return {facet: share for facet, share in shares.items() if share > 0}


def _are_same(weights: Mapping[str, float], others: Mapping[str, float]) -> bool:
    pairs = ((weights[facet], others.get(facet, 0)) for facet in weights)
    return weights.keys() == others.keys() and all(math.isclose(ours, theirs, abs_tol=1e-8) for ours, theirs in pairs)


def parse_mix(text: str) -> dict[str, float]:
    """Return the weights in a text such as "content=1,colour=0.3"; 0 for facets it does not name.

    Raises SettingsError for another text.
    """
    weights: dict[str, float] = {}
    for part in text.split(","):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name not in FACETS:
            raise SettingsError(f"--similarity: {name or part!r} is no facet.", suggest_name(name, FACETS, "There are"))
        if name in weights:
            raise SettingsError(f"--similarity: {name} is weighed twice.", "Give each facet one weight.")
        try:
            weights[name] = float(value)
        except ValueError:
            raise SettingsError(
                f"--similarity: {part.strip()!r} has no weight.", "Write --similarity content=1,colour=0.3."
            ) from None
    return {**dict.fromkeys(FACETS, 0.0), **weights}
