"""What a build would do: which stage has its work kept, which has not, and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.cache.store import Store
from generator.collection.collect import Collection, collect_posts
from generator.collection.image_cache import ImageCache
from generator.embedding.recipe import choose_recipe
from generator.history.continuity import Continuity
from generator.history.previous import PreviousReport
from generator.images.fetch import FetchedImage, FetchFailure, find_images
from generator.pipeline import map_stages, similarity_stages
from generator.pipeline.build import Baseline, compare_with, find_notes, load_examples, open_withdrawal, shows_all
from generator.pipeline.write_site import list_inputs
from generator.progress import SilentProgress
from generator.report.cluster_notes import read_cluster_notes
from generator.settings import FACETS, Settings
from generator.similarity.mixes import plan_maps
from generator.site.manifest import is_intact, read_manifest

#: What of a site's ingredients each stage depends on, besides the posts and their images.
_FEATURES = ("features", "map.pca", "map.seed")
_MIX = (*_FEATURES, *(f"similarity.{facet}" for facet in FACETS), "similarity.main_map", "maps", "examples")
_PARTS = {
    "features": _FEATURES,
    "neighbours": (*_MIX, "map.perplexity"),
    "map": (*_MIX, "map.perplexity"),
    "clusters": (*_MIX, "map.perplexity", "clusters.eps", "clusters.min_samples"),
    "cells": (*_MIX, "map.perplexity", "mosaic.fill"),
}
_NAMES = {
    "program": "Brandscape is another version",
    "features": "the network is another",
    "images": "images changed",
    "posts": "posts changed",
    "rows": "the spreadsheet's other rows changed",
    "notes": "the notes on clusters changed",
    "examples": "the examples of what belongs together changed",
    "maps": "the maps are others",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a build as it stands: what is kept from earlier runs, what is yet to do, and why."""

    name: str
    kept: int
    to_do: int
    said: str


def plan_build(
    spreadsheet: Path, out: Path, settings: Settings, store: Store, origin: Baseline | None = None
) -> list[Step]:
    """What `build_site` would do, without asking the network or keeping anything but local files' digests.

    Raises SpreadsheetError and SettingsError as a build would.
    """
    origin = origin or Baseline()
    silent = SilentProgress()
    notes = read_cluster_notes(find_notes(spreadsheet, settings))
    withdrawal = open_withdrawal(spreadsheet, settings, store, silent, writes=False)
    table = map_stages.read_table(spreadsheet, settings.read, store, withdrawal)
    steps = [Step("posts", len(table.posts), 0, f"{len(table.posts):,} posts, {len(table.refusals):,} rows refused")]

    folder = settings.fetch.images_root or spreadsheet.resolve().parent
    offline = dataclasses.replace(settings.fetch, offline=True)
    thumbnails = [post.thumbnail for post in table.posts]
    fetched, _ = find_images(thumbnails, folder, offline, store, withdrawal.covers)
    found = [image for image in fetched.values() if isinstance(image, FetchedImage)]
    absent = sum(isinstance(image, FetchFailure) and image.reason == "not_in_cache" for image in fetched.values())
    steps.append(Step("downloads", len(found), absent, f"{len(found):,} images at hand, {absent:,} to download"))

    recipe = choose_recipe(settings.embedding, True, silent)
    image_cache = ImageCache(recipe, settings.images, store)
    missing = len(image_cache.missing(found))
    kept = len({image.sha256 for image in found}) - missing
    steps.append(Step("images", kept, missing, f"{kept:,} kept, {missing:,} to decode and embed with {recipe.model}"))

    if missing or absent > _count_lost(out):
        new = missing + absent
        why = f"to do, because {new:,} image{' is' if new == 1 else 's are'} new"
        return [*steps, *(Step(name, 0, 1, why) for name in (*_PARTS, "site"))]
    examples = load_examples(spreadsheet, settings)
    looks = dataclasses.replace(settings, similarity=dataclasses.replace(settings.similarity, disturbed=0))
    collection = collect_posts(table, folder, image_cache, recipe, examples, looks, store, withdrawal, silent)
    inputs = list_inputs(collection, notes, settings)
    previous = origin.find(out)
    manifest = read_manifest(out) or {}
    if absent:  # as many as failed before: a build tries them again, and most likely in vain
        inputs["rows"] = (manifest.get("inputs") or {}).get("rows", inputs["rows"])
    if shows_all(out, inputs, origin.say(previous)):
        up_to_date = "up to date" + (f", unless one of {absent:,} missing images can be had now" if absent else "")
        return [*steps, *(Step(name, 1, 0, "kept") for name in _PARTS), Step("site", 1, 0, up_to_date)]
    before = compare_with(previous, collection, image_cache, settings, origin)
    changed = _name_changes(manifest.get("inputs") or {}, inputs, before)
    # every post has its place and cell on the earlier map
    is_whole = before is not None and before.stays and bool((before.places >= 0).all())
    for name, (kind, key) in _stage_keys(collection, settings, before).items():
        given = is_whole and (name == "map" or (name == "cells" and "mosaic.fill" not in changed))
        if given or store.has(kind, key):
            steps.append(Step(name, 1, 0, "kept"))
        else:
            parts = ("images", "posts", *_PARTS[name])
            reasons = [why for part, why in changed.items() if part in parts]
            if name == "map" and before is not None:
                reasons.append(_say_map(before))
            steps.append(Step(name, 0, 1, "to do, because " + ("; ".join(reasons) or "it was never done or is gone")))
    return [*steps, Step("site", 0, 1, _say_site(out, manifest, changed, previous))]


def _count_lost(out: Path) -> int:
    """The images that could not be downloaded when the report in the output folder was built."""
    figures = (read_manifest(out) or {}).get("figures") or {}
    refused = figures.get("refused") or {}
    return int(sum(refused.get(reason, 0) for reason in ("download_failed", "private_address", "not_in_cache")))


def _stage_keys(collection: Collection, settings: Settings, before: Continuity | None) -> dict[str, tuple[str, str]]:
    """Where the store keeps the work of each stage: kind and key."""
    features_key = similarity_stages.features_key(collection.key, settings.map)
    mix_key = similarity_stages.mix_key(features_key, plan_maps(settings)[0], collection.groups)
    map_key = map_stages.map_key(mix_key, settings.map, before)
    neighbours = map_stages.count_neighbours(len(collection.posts), settings.map)
    return {
        "features": ("features", features_key),
        "neighbours": ("neighbours", map_stages.neighbours_key(mix_key, neighbours)),
        "map": ("maps", map_key),
        "clusters": ("clusters", map_stages.clusters_key(map_key, settings.clusters)),
        "cells": ("lattices", map_stages.lattice_key(map_key, settings.mosaic.fill)),
    }


def _name_changes(old: Mapping[str, str], new: Mapping[str, str], before: Continuity | None) -> dict[str, str]:
    """What differs from what the site in the output folder was made of, by ingredient, each in a few words."""
    said = {}
    for name, value in new.items():
        if old and old.get(name) != value:
            plain = f"{name.rpartition('.')[2]} was {old.get(name, 'not known')} and is {value}"
            said[name] = _NAMES.get(name, plain)
    if "images" in said and before is not None:
        new_posts = int((before.places < 0).sum())
        gone = len(before.previous.posts) - (len(before.places) - new_posts)
        said["images"] = f"{new_posts:,} posts are new and {gone:,} gone"
        said.pop("posts", None)
    return said


def _say_map(before: Continuity) -> str:
    return {
        "": "the earlier map stays and only what is new is placed",
        "asked": "a fresh map was asked for",
        "features": "the earlier map was made by another network or with other settings",
        "few": "too few of the posts were on the earlier map",
    }[before.why]


def _say_site(
    out: Path, manifest: Mapping[str, object], changed: Mapping[str, str], previous: PreviousReport | None
) -> str:
    if not manifest:
        return f"to write: there is no report in {out}"
    if changed:
        return "to write, because " + "; ".join(changed.values())
    if not is_intact(out, dict(manifest)):
        return f"to write, because files of the report in {out} are missing or altered"
    return "to write, because the map is to go on from another report" if previous else "to write"
