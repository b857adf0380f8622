"""Choose when a house posts, by its season, days and hours, and by themes that rise or fade over the year."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from generator.demo.houses import House

if TYPE_CHECKING:
    import numpy as np

FIRST_DAY = datetime(2025, 1, 1)
DAYS = 365


def choose_moment(house: House, theme: str, rng: np.random.Generator) -> datetime:
    """Return a minute of the year, likelier in the house's season, on its days and about its hour."""
    import numpy as np

    days = np.arange(DAYS)
    apart = np.abs(days - house.season)
    weight = 1 + 1.6 * np.exp(-((np.minimum(apart, DAYS - apart) / 32) ** 2))
    weight *= np.where((days + FIRST_DAY.weekday()) % 7 >= 5, house.weekend, 1.0)
    slope = (theme == house.rising) - (theme == house.fading)
    weight *= 1 + 0.9 * slope * (2 * days / (DAYS - 1) - 1)
    day = int(rng.choice(DAYS, p=weight / weight.sum()))
    minute = int(np.clip(house.hour * 60 + rng.normal(0, 95), 0, 24 * 60 - 1))
    return FIRST_DAY + timedelta(days=day, minutes=minute)
