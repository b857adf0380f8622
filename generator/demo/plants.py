"""Choose what effects are planted by: each post's format, its further images, its market and its house's followers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from generator.demo.houses import MARKETS, House
from generator.demo.rhythm import DAYS, FIRST_DAY

if TYPE_CHECKING:
    import numpy as np

#: Likes of a video, as a ratio to those of its still as a photo.
VIDEO_APPEAL = 2
#: Images that a carousel has beside its first.
MOST_FURTHER = 3

_FORMATS = ("Photo", "Carousel", "Video")
_FORMAT_SHARES = (0.75, 0.06, 0.19)
_FURTHER_SHARES = (0.6, 0.3, 0.1)  # of one, two and three further images


def choose_format(rng: np.random.Generator) -> tuple[str, int]:
    """Return a post's format, as its sheet calls it, and how many images it has beside the first."""
    name = str(rng.choice(_FORMATS, p=_FORMAT_SHARES))
    return name, int(rng.choice(MOST_FURTHER, p=_FURTHER_SHARES)) + 1 if name == "Carousel" else 0


def choose_market(house: House, rng: np.random.Generator) -> str:
    """Return the market that a post is for."""
    return str(rng.choice(MARKETS, p=[share / sum(house.markets) for share in house.markets]))


def count_followers(house: House, moment: datetime) -> int:
    """Return a house's followers at a moment: those of the first day, and their growth until then."""
    return round(house.followers * (1 + house.growth * (moment - FIRST_DAY).days / DAYS))
