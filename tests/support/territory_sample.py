"""A report with territories, made without a build: twelve clusters, and brands that differ by territory."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from generator.report.model import Report
from generator.spreadsheet.posts import Post
from tests.support.sample_report import make_post, make_report

BRANDS = ("Ambre", "Björn", "Corail", "Dune")
CLUSTERS = 12


def draw_posts(size: int = 160) -> tuple[list[Post], list[int]]:
    """Return posts and their labels, -1 for one in ten: the first brand posts the first half of the clusters most."""
    chance = np.random.default_rng(3)
    posts, labels = [], []
    for number, brand in enumerate(BRANDS):
        shares = np.ones(CLUSTERS)
        shares[: CLUSTERS // 2] *= 6 if number == 0 else 1
        for _ in range(size):
            label = int(chance.choice(CLUSTERS, p=shares / shares.sum()))
            published = datetime(2025, 1, 1) + timedelta(days=float(chance.uniform(0, 360)))
            likes = int(300 * (1 + number) * chance.lognormal(0, 0.4) * (2.5 if label == 1 else 1))
            posts.append(make_post(len(posts), brand, likes=likes, published=published))
            labels.append(-1 if chance.random() < 0.1 else label)
    return posts, labels


def make_territory_report(**facts: object) -> Report:
    """Return the report of these posts; `facts` are those of `make_report`."""
    return make_report(*draw_posts(), **facts)  # type: ignore[arg-type]
