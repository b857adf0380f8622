"""A report of two years in which every table has rows: campaigns, a group, a cluster that works, and one that rises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from generator.report.model import Report
from generator.settings.brand_groups import BrandGroups
from generator.site.data_files import write_exports
from generator.spreadsheet.posts import Post
from tests.support.once import make_once
from tests.support.sample_report import make_post, make_report

BRANDS = ("Ambre", "Björn", "Corail", "Dune", "Noir")
START, DAYS = datetime(2024, 1, 1), 730
_POSTS = 240
#: Shares of the clusters and of what is in none: the last brand leaves the second alone.
_SHARES = ((0.45, 0.2, 0.1, 0.05, 0.2), *[(0.2, 0.25, 0.3, 0.05, 0.2)] * 3, (0.3, 0.005, 0.4, 0.05, 0.245))
#: The fourth cluster is posted by so many times as much from this part of the time on.
_RISE, _RISES = 9, (0.3, 0.62, 0.65, 0.6, 0.68)

#: What captions say of the posts of each cluster, and of those in none.
_SAID = ("bags", "#robe #dress", "coats", "shoes", "gloves")


def draw_rich_posts() -> tuple[list[Post], list[int]]:
    """Return posts and their labels; one in six posts is of a campaign of four within two days."""
    chance = np.random.default_rng(5)
    posts, labels = [], []
    for number, (brand, rises) in enumerate(zip(BRANDS, _RISES, strict=True)):
        sizes = [4] * 10 + [1] * (_POSTS - 40)
        for size in sizes:
            first = float(chance.uniform(0, DAYS - 3))
            shares = np.array(_SHARES[number])
            if first > rises * DAYS:
                shares[3] *= _RISE
            label = int(chance.choice(5, p=shares / shares.sum()))
            for _ in range(size):
                day = first + (float(chance.uniform(0, 2)) if size > 1 else 0.0)
                typical = 300 * (1 + number) * (1 + 0.8 * day / DAYS) * (2 if label == 1 else 1)
                likes = int(typical * chance.lognormal(0, 0.35))
                published = START + timedelta(seconds=round(day * 86_400))
                comments = int(likes * 0.05 * chance.lognormal(0, 0.3))
                hides = chance.random() <= 0.03
                posts.append(
                    make_post(
                        len(posts),
                        brand,
                        caption=f"Look {len(posts)} {_SAID[label]}",
                        likes=None if hides else likes,
                        comments=comments,
                        published=None if hides else published,
                        followers=None if number == 2 else round(10_000 * (1 + day / DAYS)),
                    )
                )
                labels.append(label if label < 4 else -1)
    return posts, labels


def make_rich_report() -> Report:
    posts, labels = draw_rich_posts()
    return make_report(posts, labels, groups=BrandGroups({"colours": BRANDS[:4]}))


def export_rich_report(factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the report's tables."""
    return make_once(factory, "rich-report", lambda folder: write_exports(make_rich_report(), folder))


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Return a CSV file of a report, numbers as such, NaN for what is left out."""
    return pd.read_csv(folder / f"{name}.csv", encoding="utf-8-sig")


def read_posts(folder: Path) -> pd.DataFrame:
    """Return posts.csv; `cluster_key` is "noise" for the unclustered, `days` are since 1970."""
    posts = read_table(folder, "posts")
    posts["cluster_key"] = posts["cluster_key"].fillna("noise")
    published = pd.to_datetime(posts["published"])
    posts["days"] = (published - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)
    return posts


def adjust_by_holm(p: Sequence[float], budget: float, weights: Sequence[float] | None = None) -> list[float]:
    """Return Holm's adjusted p, one comparison after another."""
    weights = [1.0] * len(p) if weights is None else weights
    order = sorted(range(len(p)), key=lambda place: p[place] / weights[place])
    adjusted, highest = [0.0] * len(p), 0.0
    for step, place in enumerate(order):
        left = sum(weights[other] for other in order[step:])
        highest = max(highest, min(1.0, p[place] / weights[place] * left / budget))
        adjusted[place] = highest
    return adjusted
