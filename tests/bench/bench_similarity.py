"""What each mix of facets finds, what examples add, and how steady it is, on images whose labels are known.

    python tests/bench/bench_similarity.py LABELS.csv [--image thumbnail] [--label label] [--model resnet50]
        [--weights FILE] [--cache FOLDER] [--disturbed 400] [--draws 8]

LABELS.csv names images, beside it, and their labels. Prints, for mixes of content, colour and composition, how often
most of an image's nearest five have its label, as a ratio to content alone too, and the share of its nearest ten that
stay when it is disturbed; then, for the default mix with five examples of each of the ten commonest labels, drawn anew
each time, how often the nearest five tell the label, among all other images and among the examples, before and after.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from generator.cache.store import Store
from generator.collection.image_cache import ImageCache
from generator.collection.image_pool import ImagePool
from generator.embedding.engines import open_engine
from generator.embedding.recipe import choose_recipe
from generator.images.fetch import FetchedImage, find_images
from generator.images.perturb import PERTURBATIONS, choose_perturbed
from generator.images.places import ImagePlaces
from generator.progress import TerminalProgress
from generator.settings import FACETS, EmbeddingSettings, FetchSettings, ImageSettings, SimilaritySettings
from generator.similarity.examples import ExampleGroups
from generator.similarity.facets import fit_facets, mix_facets, score_images
from generator.similarity.metric_learning import learn_metric
from generator.similarity.neighbours import nearest_images
from generator.similarity.robustness import measure_robustness

USUAL = tuple(getattr(SimilaritySettings(), facet) for facet in FACETS)
MIXES = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0.3, 0), (1, 0, 0.7), (1, 0.2, 0.5), USUAL, (1, 1, 1))
NEAREST, KINDS, EACH = 5, 10, 5


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("labels", type=Path)
    arguments.add_argument("--image", default="thumbnail")
    arguments.add_argument("--label", default="label")
    arguments.add_argument("--model", default="resnet50")
    arguments.add_argument("--weights", type=Path)
    arguments.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "bench-similarity")
    arguments.add_argument("--disturbed", type=int, default=400)
    arguments.add_argument("--draws", type=int, default=8)
    asked = arguments.parse_args()

    with asked.labels.open(newline="", encoding="utf-8") as file:
        label_of = {row[asked.image]: row[asked.label] for row in csv.DictReader(file)}
    progress, store = TerminalProgress(), Store(asked.cache)
    recipe = choose_recipe(EmbeddingSettings(model=asked.model, weights=asked.weights), False, progress)
    image_cache = ImageCache(recipe, ImageSettings(), store)
    fetched, _ = find_images(
        list(label_of), ImagePlaces(asked.labels.parent), FetchSettings(), store, lambda sha256: False
    )
    found = {name: image for name, image in fetched.items() if isinstance(image, FetchedImage)}
    with closing(ImagePool(lambda images: open_engine(recipe, store, progress, images), 2)) as image_pool:
        image_cache.fill(list(found.values()), (), 0, image_pool, progress)
        found = {name: image for name, image in found.items() if image_cache.refusal(image) is None}
        chosen = choose_perturbed({image.sha256: image for image in found.values()}, asked.disturbed)
        image_cache.perturb(chosen, image_pool, progress)

    images = [image.sha256 for image in found.values()]
    labels = np.array([label_of[name] for name in found])
    vectors, signatures = image_cache.embeddings(images).vectors, image_cache.signatures(images)
    facets = fit_facets(vectors, signatures.pixels, 50, 0)
    sample = [image.sha256 for image in chosen]
    copies, copied = image_cache.perturbed(sample)
    scores = score_images(facets, copied, copies.pixels)
    places = np.array([images.index(sha256) for sha256 in sample])
    print(f"{len(images):,} images, {len(set(labels))} labels, {len(sample)} disturbed\n")
    print(f"{'content, colour, composition':<30}{'label':>7}{'ratio':>7}  {'  '.join(PERTURBATIONS)}")
    alone = 0.0
    for mix in MIXES:
        weights = dict(zip(FACETS, mix, strict=True))
        features = mix_facets(facets, weights)
        near = nearest_images(features)
        right = count_right(labels[near[:, :NEAREST]], labels)
        alone = alone or right
        disturbed = mix_facets(facets, weights, scores).reshape(len(sample), len(PERTURBATIONS), -1)
        kept = measure_robustness(disturbed, features, near, places)
        shares = "  ".join(f"{one.kept:>{max(5, len(one.name))}.3f}" for one in kept)
        print(f"{', '.join(f'{weight:g}' for weight in mix):<30}{right:>7.3f}{right / alone:>7.2f}  {shares}")

    print(f"\n{EACH} examples of each of {KINDS} labels, {asked.draws} times: medians of the shares told right")
    features = mix_facets(facets, dict(zip(FACETS, USUAL, strict=True)))
    told = np.array([try_examples(features, labels, draw) for draw in range(asked.draws)])
    for name, column in (("among all others", 0), ("among the examples", 2)):
        before, after = np.median(told[:, column]), np.median(told[:, column + 1])
        gain = told[:, column + 1] - told[:, column]
        print(f"{name:<20}{before:.3f} before, {after:.3f} after: {np.median(gain):+.3f} (least {gain.min():+.3f})")


def count_right(near: np.ndarray, labels: np.ndarray) -> float:
    """Share of rows of labels `near` (n, k) whose commonest is that of `labels` (n,)."""
    return float(np.mean([Counter(row).most_common(1)[0][0] == own for row, own in zip(near, labels, strict=True)]))


def try_examples(features: np.ndarray, labels: np.ndarray, draw: int) -> Sequence[float]:
    """Shares told right among all others before and after learning, then among the examples."""
    random = np.random.default_rng(draw)
    kinds = [kind for kind, _ in Counter(labels.tolist()).most_common(KINDS)]
    groups = [random.choice(np.flatnonzero(labels == kind), EACH, replace=False) for kind in kinds]
    pairs = frozenset((one, other) for other in range(len(groups)) for one in range(other))
    lesson = learn_metric(features, ExampleGroups(tuple(tuple(group.tolist()) for group in groups), pairs, ()), draw)
    examples = np.concatenate(groups)
    others = np.setdiff1d(np.arange(len(labels)), examples)
    known = others[np.isin(labels[others], kinds)]
    shares: list[list[float]] = []
    for rows in (features, lesson.extend(features, features)):
        among = count_right(labels[others][nearest_images(rows[others], NEAREST)], labels[others])
        apart = np.square(rows[known][:, None] - rows[examples]).sum(axis=2)
        nearest = examples[np.argsort(apart, axis=1, kind="stable")[:, :NEAREST]]
        shares.append([among, count_right(labels[nearest], labels[known])])
    (all_before, few_before), (all_after, few_after) = shares
    return all_before, all_after, few_before, few_after


if __name__ == "__main__":
    main()
