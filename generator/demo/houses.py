"""Describe the five invented houses: themes, colours, rhythm and likes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

THEMES = (
    "leather",
    "beauty",
    "monogram",
    "landscape",
    "jewellery",
    "poster",
    "flowers",
    "architecture",
    "silhouette",
    "drapery",
    "watch",
)
MARKETS = ("France", "Japan", "United States", "United Kingdom", "Germany")


@dataclass(frozen=True, slots=True)
class House:
    """A house's style. Colours are #rrggbb; shares are weights over THEMES, in that order."""

    name: str
    code: str
    shares: tuple[int, ...]
    grounds: tuple[str, ...]  # backdrops, light
    deeps: tuple[str, ...]  # backdrops, dark
    accents: tuple[str, ...]  # of things
    metal: str
    paper: str
    ink: str
    side: float  # where the light comes from: -1 left, 1 right
    warmth: float  # of the grade, about -1..1
    contrast: float
    vignette: float
    grain: float
    likes: int  # of a usual post
    season: int  # day of the year around which it posts most
    weekend: float  # posts on a Saturday or Sunday, against another day
    hour: int
    rising: str  # theme that grows over the year
    fading: str  # theme that shrinks
    words: tuple[str, ...]  # for posters
    followers: int  # on the year's first day
    growth: float  # of followers over the year, as a share
    markets: tuple[int, ...] = (30, 22, 20, 16, 12)  # weights over MARKETS


HOUSES = (
    House(
        name="Ostrelle",
        code="OST",
        shares=(30, 6, 17, 12, 3, 9, 5, 13, 13, 14, 4),
        grounds=("#e3cfae", "#d8b48a", "#efe3cd", "#c98f62"),
        deeps=("#5b3322", "#3c2419", "#6b4a2f"),
        accents=("#a8492c", "#b57a45", "#7a3b22", "#e9d9bd", "#6c6a3c", "#c2612f"),
        metal="#d9b26a",
        paper="#f2e8d6",
        ink="#3a2218",
        side=-1,
        warmth=0.5,
        contrast=1.04,
        vignette=0.17,
        grain=0.020,
        likes=5200,
        season=270,
        weekend=0.4,
        hour=11,
        rising="silhouette",
        fading="monogram",
        words=("Sable", "Cuir", "Atelier", "Grain", "Ocre", "Terre"),
        followers=412_000,
        growth=0.18,
    ),
    House(
        name="Noctaire",
        code="NOC",
        shares=(5, 11, 7, 4, 35, 8, 6, 4, 10, 13, 23),
        grounds=("#4a3f3d", "#5a1522", "#39243c", "#173d36"),
        deeps=("#0d0c10", "#16121a", "#1d0b12", "#0b1715"),
        accents=("#6b1022", "#12473c", "#2d1a3d", "#c9a24b", "#e9dfcb", "#1a1a20"),
        metal="#e0b85c",
        paper="#e8dcc3",
        ink="#0e0d11",
        side=1,
        warmth=0.15,
        contrast=1.10,
        vignette=0.34,
        grain=0.024,
        likes=11800,
        season=335,
        weekend=1.3,
        hour=20,
        rising="watch",
        fading="drapery",
        words=("Nocturne", "Minuit", "Or", "Eclat", "Ombre", "XII"),
        followers=968_000,
        growth=0.12,
        markets=(17, 50, 13, 12, 8),  # planted: more for Japan than its rivals
    ),
    House(
        name="Brumeval",
        code="BRU",
        shares=(11, 5, 4, 19, 3, 13, 3, 27, 25, 11, 6),
        grounds=("#d5dbe0", "#b4c1cb", "#eceeec", "#98a9b6"),
        deeps=("#26333f", "#3d4c59", "#18222c"),
        accents=("#5b6c7b", "#1f2c38", "#c9d2d8", "#b4532a", "#8396a4", "#e4e2da"),
        metal="#cfd6dc",
        paper="#eef0ee",
        ink="#1b2630",
        side=-1,
        warmth=-0.5,
        contrast=0.97,
        vignette=0.14,
        grain=0.026,
        likes=2600,
        season=300,
        weekend=0.2,
        hour=8,
        rising="architecture",
        fading="poster",
        words=("Brume", "Nord", "Line", "Quiet", "Fog", "Form"),
        followers=187_000,
        growth=0.25,
    ),
    House(
        name="Solmarine",
        code="SOL",
        shares=(9, 9, 13, 33, 7, 10, 10, 19, 4, 6, 4),
        grounds=("#a4dbe0", "#f8e6bd", "#fbf4e6", "#f4b79b"),
        deeps=("#0d3a68", "#14639c", "#0b2a4d"),
        accents=("#ee6a50", "#1c7fb8", "#f4cf52", "#fbf7ee", "#0e3561", "#39a9a4"),
        metal="#e8c47a",
        paper="#fbf5e8",
        ink="#0d3561",
        side=1,
        warmth=0.2,
        contrast=1.03,
        vignette=0.06,
        grain=0.016,
        likes=7400,
        season=180,
        weekend=1.6,
        hour=17,
        rising="leather",
        fading="monogram",
        words=("Azur", "Midi", "Sol", "Riva", "Plage", "Rade"),
        followers=640_000,
        growth=0.3,
    ),
    House(
        name="Papavert",
        code="PAP",
        shares=(5, 13, 17, 6, 6, 14, 35, 4, 6, 16, 4),
        grounds=("#f5cfc9", "#c3d0b0", "#fdf1e2", "#cbb9dc"),
        deeps=("#15332c", "#3d5c3b", "#5a1a2c"),
        accents=("#e03a2d", "#3f6b47", "#f2a7b0", "#b69ad0", "#f6c445", "#fff3e4"),
        metal="#e6b59a",
        paper="#fff3e2",
        ink="#17352e",
        side=-1,
        warmth=0.25,
        contrast=1.02,
        vignette=0.09,
        grain=0.018,
        likes=3900,
        season=115,
        weekend=1.0,
        hour=13,
        rising="beauty",
        fading="drapery",
        words=("Pavot", "Bloom", "Jardin", "Rouge", "Verte", "Mai"),
        followers=154_000,
        growth=1.0,  # planted: doubles
    ),
)

#: Likes of a theme, as a ratio to its house's usual post.
APPEAL: Mapping[str, float] = {
    "leather": 1.0,
    "beauty": 0.8,
    "monogram": 0.7,
    "landscape": 1.25,
    "jewellery": 1.35,
    "poster": 0.6,
    "flowers": 1.3,
    "architecture": 1.0,
    "silhouette": 1.5,
    "drapery": 0.85,
    "watch": 1.15,
}


def count_themes(house: House, posts: int) -> dict[str, int]:
    """Return the number of posts of each theme: the house's shares of `posts`, by largest remainder."""
    total = sum(house.shares)
    exact = [posts * share / total for share in house.shares]
    counts = [int(share) for share in exact]
    by_remainder = sorted(range(len(THEMES)), key=lambda k: (counts[k] - exact[k], k))
    for k in by_remainder[: posts - sum(counts)]:
        counts[k] += 1
    return dict(zip(THEMES, counts, strict=True))
