"""How right tags are on photographs whose labels are known, term by term, and the ten worst mistakes.

    python tests/bench/bench_tags.py --truth LABELS.csv [--image thumbnail] [--label label] [--cache FOLDER] \\
        [--shots SHOTS.csv]

LABELS.csv names photographs of garments, beside it, and their labels. Prints the temperature that makes them likeliest
(Guo et al. 2017) and, for each term that labels fit, its threshold: the least from which on PRECISE of the photographs
that it is shown on have a fitting label. Thresholds are chosen on nine tenths and tried on the tenth left out, in turn;
`generator/tags/calibration.toml` holds these figures. Then it prints how right tags are as they are shown today, on
what other terms they are shown, though none of the labels fits these, and the mistakes that are surest. SHOTS.csv names
some of the photographs and says whether their ground is plain (`plain`, 1 or 0): it prints how right that term is.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.optimize import minimize_scalar

from generator.cache.store import Store
from generator.collection.image_cache import ImageCache
from generator.collection.image_pool import ImagePool
from generator.embedding.engines import open_engine
from generator.embedding.recipe import choose_recipe
from generator.images.fetch import FetchedImage, find_images
from generator.images.places import ImagePlaces
from generator.progress import TerminalProgress
from generator.settings import EmbeddingSettings, FetchSettings, ImageSettings
from generator.tags.calibration import find_sure, load_calibration, score_terms
from generator.tags.hierarchy import Hierarchy, load_hierarchy
from generator.tags.shots import PLAIN_UP_TO, measure_roughness

#: What thresholds aim at, so that precision on photographs left out is above 0.85.
PRECISE = 0.88
#: Photographs that a term must be shown on for its threshold to be chosen.
LEAST_SHOWN = 8
THRESHOLDS = np.round(np.arange(0.4, 0.99, 0.01), 2)
FOLDS = 10
#: Labels that tell nothing.
UNSURE = ("Not sure",)
TOPS = ("T-Shirt", "Longsleeve", "Shirt", "Polo", "Blouse", "Top", "Undershirt", "Hoodie", "Body")
BOTTOMS = ("Pants", "Shorts", "Skirt")
#: Labels that fit a term. A kind of shoe or coat fits if the label says shoe or coat, since no label says more.
FITTING = {
    "clothing": (*TOPS, *BOTTOMS, "Dress", "Blazer", "Outwear"),
    "tops": TOPS,
    "t-shirts": ("T-Shirt",),
    "sweatshirts": ("Hoodie", "Longsleeve"),
    "cardigans": ("Longsleeve",),
    "bottoms": BOTTOMS,
    "trousers": ("Pants",),
    "shorts": ("Shorts",),
    "skirts": ("Skirt",),
    "dresses": ("Dress",),
    "tailoring": ("Blazer",),
    **dict.fromkeys(("coats", "trench-coats", "fur-coats", "ponchos"), ("Outwear",)),
    **dict.fromkeys(("shoes", "trainers", "dress-shoes", "sandals", "boots", "clogs"), ("Shoes",)),
    "hats": ("Hat",),
    "accessories": ("Hat",),
}
#: The term that a label speaks for, for the temperature.
TERM_OF = {
    "T-Shirt": "t-shirts",
    "Hoodie": "sweatshirts",
    "Pants": "trousers",
    "Shorts": "shorts",
    "Skirt": "skirts",
    "Dress": "clothing",
    "Blazer": "tailoring",
    "Outwear": "coats",
    "Shoes": "shoes",
    "Hat": "hats",
}

Logits = NDArray[np.floating]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--truth", type=Path, required=True)
    arguments.add_argument("--image", default="thumbnail")
    arguments.add_argument("--label", default="label")
    arguments.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "bench-tags")
    arguments.add_argument("--shots", type=Path)
    asked = arguments.parse_args()
    with asked.truth.open(newline="", encoding="utf-8") as file:
        label_of = {row[asked.image]: row[asked.label] for row in csv.DictReader(file)}
    known = [name for name, label in label_of.items() if label not in UNSURE]
    names, logits = embed(known, asked.truth.parent, asked.cache)
    labels = np.array([label_of[name] for name in names])
    hierarchy, calibration = load_hierarchy(), load_calibration()
    print(f"{len(names)} photographs, temperature {fit_temperature(logits, labels, hierarchy):.3f}")
    scores = score_terms(logits, hierarchy, calibration.temperature)
    print_thresholds(scores, labels, hierarchy)
    sure = find_sure(scores, hierarchy, calibration.thresholds(hierarchy))
    print_shown(sure, labels, hierarchy)
    print_mistakes(scores, sure, names, labels, hierarchy)
    if asked.shots:
        print_shots(asked.shots, asked.truth.parent, asked.image)


def print_shots(labelled: Path, folder: Path, column: str) -> None:
    """How right it is to call a ground plain, at several thresholds, and what it costs."""
    with labelled.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    pictures = []
    for row in rows:
        picture = Image.open(folder / row[column]).convert("RGB")
        picture.thumbnail((ImageSettings().picture_size,) * 2)
        pictures.append(picture)
    start = time.process_time()
    rough = np.array([measure_roughness(picture) for picture in pictures])
    print(f"\n{len(rows)} grounds, {(time.process_time() - start) / len(rows) * 1000:.2f} ms each, without decoding")
    plain = np.array([row["plain"] == "1" for row in rows])
    for most in (1.5, 2.0, PLAIN_UP_TO, 3.0, 4.0):
        print(f"plain up to {most:.1f}{_figures(rough <= most, plain)}")


def embed(names: Sequence[str], folder: Path, cache: Path) -> tuple[list[str], Logits]:
    """The photographs that could be read, and their logits."""
    progress, store = TerminalProgress(), Store(cache)
    recipe = choose_recipe(EmbeddingSettings(model="builtin", precision="float32"), True, progress)
    outcomes, _ = find_images(names, ImagePlaces(folder), FetchSettings(offline=True), store)
    images = {name: image for name, image in outcomes.items() if isinstance(image, FetchedImage)}
    image_cache = ImageCache(recipe, ImageSettings(), store)
    with closing(ImagePool(lambda count: open_engine(recipe, store, progress, count), 2)) as pool:
        image_cache.fill(list(images.values()), (), 0, pool, progress)
    read = [name for name, image in images.items() if image_cache.refusal(image) is None]
    return read, image_cache.logits([images[name].sha256 for name in read])


def fit_temperature(logits: Logits, labels: NDArray[np.str_], hierarchy: Hierarchy) -> float:
    """The temperature at which the terms that labels speak for are likeliest."""
    positions = {term.key: position for position, term in enumerate(hierarchy.terms)}
    rows = np.flatnonzero(np.isin(labels, list(TERM_OF)))
    targets = np.array([positions[TERM_OF[label]] for label in labels[rows]])

    def miss(temperature: float) -> float:
        scores = score_terms(logits[rows], hierarchy, temperature)[np.arange(len(rows)), targets]
        return float(-np.log(np.maximum(scores, 1e-12)).mean())

    return float(minimize_scalar(miss, bounds=(0.3, 5), method="bounded", options={"xatol": 0.01}).x)


def choose_threshold(scores: NDArray[np.float32], fits: NDArray[np.bool_]) -> float:
    """The least threshold at which a term is precise; infinite if there is none."""
    for threshold in THRESHOLDS:
        shown = scores >= threshold
        if shown.sum() < LEAST_SHOWN:
            break
        if fits[shown].mean() >= PRECISE:
            return float(threshold)
    return float("inf")


def print_thresholds(scores: NDArray[np.float32], labels: NDArray[np.str_], hierarchy: Hierarchy) -> None:
    """Each term's threshold from all photographs, and its figures where thresholds are tried on others."""
    folds = np.random.default_rng(0).permutation(len(labels)) % FOLDS
    print(f"\n{'term':<14}{'threshold':>10}{'shown':>7}{'precision':>11}{'coverage':>10}   on photographs left out")
    for position, term in enumerate(hierarchy.terms):
        if term.key not in FITTING:
            continue
        own, fits = scores[:, position], np.isin(labels, FITTING[term.key])
        shown = np.zeros(len(labels), bool)
        for fold in range(FOLDS):
            rest = folds != fold
            shown |= (folds == fold) & (own >= choose_threshold(own[rest], fits[rest]))
        print(f"{term.key:<14}{choose_threshold(own, fits):>10.2f}{_figures(shown, fits)}")


def _figures(shown: NDArray[np.bool_], fits: NDArray[np.bool_]) -> str:
    right = int((shown & fits).sum())
    precision = f"{right / shown.sum():.2f}" if shown.any() else "-"
    return f"{int(shown.sum()):>7}{precision:>11}{right / max(1, fits.sum()):>10.2f}"


def print_shown(sure: NDArray[np.bool_], labels: NDArray[np.str_], hierarchy: Hierarchy) -> None:
    """How right the tags of today are, and what is shown that no label fits."""
    print(f"\n{'term':<14}{'':>10}{'shown':>7}{'precision':>11}{'coverage':>10}   as tags are shown today")
    others = Counter[str]()
    for position, term in enumerate(hierarchy.terms):
        shown = sure[:, position]
        if term.key in FITTING:
            print(f"{term.key:<14}{'':>10}{_figures(shown, np.isin(labels, FITTING[term.key]))}")
        elif shown.any():
            others[term.key] = int(shown.sum())
    print(f"\n{int(sure.any(axis=1).sum())} of {len(labels)} photographs have a tag.")
    print("Terms that no label fits:", ", ".join(f"{key} {count}" for key, count in others.most_common()) or "none")


def print_mistakes(
    scores: NDArray[np.float32],
    sure: NDArray[np.bool_],
    names: Sequence[str],
    labels: NDArray[np.str_],
    hierarchy: Hierarchy,
) -> None:
    """The ten surest tags whose label does not fit, of the lowest terms."""
    mistakes = []
    for row, position in np.argwhere(sure):
        below = any(sure[row, other] and term.under == position for other, term in enumerate(hierarchy.terms))
        key = hierarchy.terms[position].key
        if not below and labels[row] not in FITTING.get(key, ()):
            mistakes.append((float(scores[row, position]), key, str(labels[row]), names[row]))
    print(f"\nThe worst of {len(mistakes)} mistakes:")
    for score, key, label, name in sorted(mistakes, reverse=True)[:10]:
        print(f"{score:.3f} {key:<14} is labelled {label:<12} {name}")


if __name__ == "__main__":
    main()
