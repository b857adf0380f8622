"""What every family of figures says of its coverage, and the conditions that posts are drawn under."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tests.support.simulated_posts import Simulation

#: Posts of each brand.
LAYOUTS = {
    "2 x 300": [300] * 2,
    "5 x 120": [120] * 5,
    "14 x 150": [150] * 14,
    "40 x 60": [60] * 40,
    "900/300/100": [900, 300, 100],
    "500 to 5": [500, 250, 120, 60, 30, 15, 5],
}
CAMPAIGNS = (0.0, 0.25, 0.5)
_NAN = float("nan")

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Row:
    """Shares from 0 to 1; NaN for what a family does not have."""

    coverage: float = _NAN  # of all intervals that are given, by the truth that the posts were drawn from
    shown: float = _NAN  # of the intervals of marked findings alone
    marked: float = _NAN  # reports with any false mark or headline of the family
    power: float = _NAN  # planted effects that are marked
    note: str = ""  # what else is to be printed


def pool(parts: Sequence[Bools]) -> float:
    """Return the share of all that hold; NaN if there are none."""
    together = np.concatenate([part.ravel() for part in parts]) if parts else np.zeros(0, bool)
    return float(together.mean()) if together.size else _NAN


def tell(parts: Sequence[Bools]) -> str:
    """Return the share of all that hold with its standard error, and how many there are; `parts` are of one draw each.

    Intervals of one draw depend on one another, so draws are the units (Cochran, W. G. (1977), Sampling Techniques,
    3rd ed., section 2.11).
    """
    held, number = np.array([(part.sum(), part.size) for part in parts], float).reshape(-1, 2).T
    if not number.sum():
        return "none"
    share = held.sum() / number.sum()
    error = np.sqrt(((held - share * number) ** 2).sum()) / number.sum()
    return f"{share:.1%} ± {error:.1%} of {number.sum():,.0f}"


class Family(Protocol):
    """A module tests/bench/coverage_<family>.py."""

    def plant(self, simulation: Simulation) -> Simulation:
        """Return the simulation with the family's plain effect added."""
        ...

    def measure(self, simulation: Simulation, seeds: Sequence[int]) -> Row:
        """Return what the family's functions do with posts drawn from the simulation, once a seed.

        A mark is false if the posts were drawn without that effect; what is planted is in the simulation.
        """
        ...


def list_conditions() -> Iterator[tuple[str, Simulation]]:
    """Yield each condition's name and what to draw posts from, without any effect."""
    for layout, posts in LAYOUTS.items():
        for campaigns in CAMPAIGNS:
            yield f"{layout}, campaigns {campaigns:.0%}", Simulation(posts, campaigns=campaigns)
    plain = Simulation(LAYOUTS["5 x 120"], campaigns=0.25)
    yield "likes hidden in half", replace(plain, hidden_likes=0.5)
    yield "dates missing in a third", replace(plain, missing_dates=1 / 3)
    yield "likes double", replace(plain, growth=2.0)
    yield "campaigns of other images", replace(plain, copies=0.0)
    yield "30 clusters", replace(plain, clusters=30)
    yield "themes in runs", replace(plain, campaigns=0.0, runs=0.5)
    tailed = replace(plain, long_tail=True)
    yield "tailed campaigns, 60% copies", replace(tailed, campaigns=0.5, copies=0.6)
    yield "ten days of other images", replace(tailed, campaigns=0.4, copies=0.0, campaign_days=10.0)
    all_at_once = replace(tailed, campaigns=0.4, copies=0.7, spread=1.0, growth=2.0, hidden_likes=0.3)
    yield "all at once", replace(all_at_once, posts=[400, 150, 80, 60, 40, 25], missing_dates=0.1)
