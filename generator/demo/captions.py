"""Write captions: a sentence that fits the theme, and hashtags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from generator.demo.houses import House

if TYPE_CHECKING:
    import numpy as np

SENTENCES: Mapping[str, tuple[str, ...]] = {
    "leather": (
        "Cut once, stitched twice. New in the ateliers.",
        "One object, nothing around it.",
        "Carried, worn, handed on.",
        "The new shape, in three colours.",
        "Drawn in a morning, made in forty hours.",
        "Le sac du matin.",
        "A handle, a clasp, nothing more.",
        "Saddle stitch, by hand, both sides.",
    ),
    "beauty": (
        "One drop behind the ear.",
        "A scent for the hour after rain.",
        "The colour you came for.",
        "Glass, poured slowly.",
        "Le parfum de la maison.",
        "Fig leaf, salt, a little smoke.",
        "Rouge, in four lights.",
    ),
    "monogram": (
        "The sign of the house, repeated until it becomes a surface.",
        "A pattern from the archive, recoloured.",
        "Printed on silk, pressed into leather.",
        "Look closely: no two lines meet twice.",
        "Le motif, encore.",
        "Woven small, seen from far.",
    ),
    "landscape": (
        "Where the season begins.",
        "The horizon, ten minutes before dark.",
        "A colour we brought back with us.",
        "Nothing to add.",
        "Postcard from the coast road.",
        "Low tide, seven in the evening.",
        "L'heure bleue, without a filter.",
    ),
    "jewellery": (
        "Light, held for a moment.",
        "Set by hand, one stone at a time.",
        "After eight. High jewellery, new chapter.",
        "Gold remembers the hand.",
        "Pearls, matched over two winters.",
        "Links you can hear.",
        "Un éclat, le soir.",
    ),
    "poster": (
        "Save the date.",
        "The new collection has a name.",
        "Paper, ink, one idea.",
        "Now in all our windows.",
        "One word for the whole season.",
        "Set in one size, printed in two inks.",
    ),
    "flowers": (
        "First of the garden.",
        "Cut this morning.",
        "A still life that would not keep still.",
        "Petals, before the wind.",
        "Peonies do not wait.",
        "Bouquet du jour.",
    ),
    "architecture": (
        "Noon draws its own lines.",
        "The new house, stairs first.",
        "Walls that know where the sun is.",
        "Arch, step, shadow.",
        "Forty steps to the terrace.",
        "The arcade at noon, nobody in it.",
    ),
    "silhouette": (
        "The coat, from a distance.",
        "Walk out early.",
        "A line you know from across the street.",
        "Autumn begins with a shoulder.",
        "Le manteau, de loin.",
        "Wool, wind, a long street.",
    ),
    "drapery": (
        "Four metres of silk and some patience.",
        "The fold does the work.",
        "Cloth at rest.",
        "Bias cut, close up.",
        "Crêpe, satin, and what the light makes of them.",
        "Le pli.",
    ),
    "watch": (
        "Ten past ten.",
        "A dial brushed by hand, outwards from the centre.",
        "Sixty seconds, drawn by hand.",
        "Time, in one colour.",
        "Le temps, à la main.",
        "Thirty-eight millimetres, and enough room.",
    ),
}

TAGS: Mapping[str, tuple[str, ...]] = {
    "leather": ("newin", "leathergoods", "bag", "atelier"),
    "beauty": ("parfum", "beauty", "fragrance", "lipstick"),
    "monogram": ("pattern", "archive", "print"),
    "landscape": ("horizon", "travel", "seaside", "light"),
    "jewellery": ("highjewellery", "gold", "pearls"),
    "poster": ("typography", "poster", "newcollection"),
    "flowers": ("flowers", "stilllife", "garden"),
    "architecture": ("architecture", "shadow", "lines"),
    "silhouette": ("outerwear", "coat", "silhouette"),
    "drapery": ("silk", "drape", "fabric"),
    "watch": ("watchmaking", "dial", "timepiece"),
}


def write_caption(house: House, theme: str, rng: np.random.Generator) -> str:
    """Return a sentence and two or three hashtags, the house's own among them."""
    sentence = SENTENCES[theme][int(rng.integers(len(SENTENCES[theme])))]
    tags = [house.name.lower(), *rng.permutation(list(TAGS[theme]))[: int(rng.integers(1, 3))]]
    return f"{sentence} {' '.join(f'#{tag}' for tag in tags)}"
