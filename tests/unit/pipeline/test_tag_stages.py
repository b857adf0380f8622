"""Tags of posts, from logits that come with the vectors or from the kept pictures; computed once."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from generator.cache.store import Store
from generator.collection.image_cache import ImageCache
from generator.collection.image_pool import ImagePool
from generator.embedding import lite0
from generator.embedding.engines import open_engine
from generator.embedding.recipe import Recipe
from generator.images.fetch import FetchedImage, find_images
from generator.images.places import ImagePlaces
from generator.pipeline import tag_stages
from generator.pipeline.run import Run
from generator.pipeline.sources import Sources
from generator.progress import SilentProgress
from generator.settings import FetchSettings, ImageSettings, Settings, TagSettings
from generator.tags.model import Tags
from generator.tags.shots import PLAIN
from tests.support.sample_report import make_post
from tests.support.stand_in import builtin_recipe, keep_stand_in

#: Brightness of images that the stand-in is certain of, and one that it is not.
GREYS = (51, 128, 204, 90)
EXPECTED = [
    ["shoes", "dress-shoes", PLAIN],
    ["accessories", "watches", PLAIN],
    ["places", "landscapes", "coast", "beaches", PLAIN],
    [PLAIN],
]
VECTORS = Recipe("vectors", None, None, None)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("generator.embedding.engines.offers_bfloat16", lambda recipe: False)
    keep_stand_in(tmp_path / "cache")
    return Run(Settings(), Store(tmp_path / "cache"), SilentProgress(), datetime(2026, 1, 2, tzinfo=UTC))


def _fill(run: Run, folder: Path, recipe: Recipe) -> tuple[ImageCache, list[str]]:
    """Return the cache, filled with an image of each grey, and the images' names in it."""
    names = [f"{grey}.png" for grey in GREYS]
    for name, grey in zip(names, GREYS, strict=True):
        Image.new("RGB", (300, 300), (grey,) * 3).save(folder / name)
    outcomes, _ = find_images(names, ImagePlaces(folder), FetchSettings(offline=True), run.store)
    images = [image for name in names if isinstance(image := outcomes[name], FetchedImage)]
    image_cache = ImageCache(recipe, ImageSettings(), run.store)
    with closing(ImagePool(lambda count: open_engine(recipe, run.store, run.progress, count), 1)) as pool:
        image_cache.fill(images, (), 0, pool, run.progress)
    return image_cache, [image.sha256 for image in images]


def _tag(run: Run, image_cache: ImageCache, images: list[str]) -> Tags:
    posts = [make_post(index, "Brand") for index in range(len(images))]
    return tag_stages.tag_posts(run, image_cache, posts, images, Sources())


def _keys(tags: Tags) -> list[list[str]]:
    return [[tags.terms[term].key for term in row] for row in tags.posts]


def _refuse(*arguments: Any) -> None:
    raise AssertionError("it was computed again")


@pytest.mark.parametrize("recipe", [builtin_recipe(), VECTORS], ids=["its own network", "vectors of the user"])
def test_images_are_tagged_whatever_network_makes_the_map(
    recipe: Recipe, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image_cache, images = _fill(run, tmp_path, recipe)
    assert ("logits" in image_cache.methods) == (recipe.model == lite0.NAME)
    assert len(run.store.keys("shots")) == len(GREYS)  # grounds were measured when the images were decoded
    twice = [*images, images[0]]  # two posts of one image have the same tags
    assert _keys(_tag(run, image_cache, twice)) == [*EXPECTED, EXPECTED[0]]
    monkeypatch.setattr("generator.collection.image_logits.find_logits", _refuse)
    assert _keys(_tag(run, image_cache, twice)) == [*EXPECTED, EXPECTED[0]]


def test_a_new_image_alone_goes_through_the_network(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image_cache, images = _fill(run, tmp_path, VECTORS)
    _tag(run, image_cache, images[:3])
    opened: list[int] = []

    def count(recipe: Recipe, store: Store, progress: Any, images: int) -> Any:
        opened.append(images)
        return open_engine(recipe, store, progress, images)

    monkeypatch.setattr("generator.embedding.engines.open_engine", count)
    assert _keys(_tag(run, image_cache, images)) == EXPECTED and opened == [1]


def test_images_kept_from_before_there_were_logits_get_them(run: Run, tmp_path: Path) -> None:
    _, images = _fill(run, tmp_path, builtin_recipe())
    for key in list(run.store.keys("logits")):
        run.store.remove("logits", key)
    again, _ = _fill(run, tmp_path, builtin_recipe())
    assert _keys(_tag(run, again, images)) == EXPECTED


def test_it_is_said_why_tags_are_left_out(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image_cache, images = _fill(run, tmp_path, VECTORS)
    silent = dataclasses.replace(run, settings=dataclasses.replace(run.settings, tags=TagSettings(tagged=False)))
    assert _tag(silent, image_cache, images) == Tags(left_out=tag_stages.SWITCHED_OFF)
    monkeypatch.setattr(lite0, "find_weights", lambda: None)
    assert _tag(run, image_cache, images) == Tags(left_out=tag_stages.NO_WEIGHTS)


def test_other_networks_images_are_tagged_while_the_map_is_laid_out(run: Run, tmp_path: Path) -> None:
    image_cache, images = _fill(run, tmp_path, VECTORS)
    with tag_stages.score_meanwhile(run, image_cache, images):
        pass
    kept = list((tmp_path / "cache" / "logits").rglob("*"))
    assert sum(path.is_file() for path in kept) == len(GREYS)
    tags = _tag(run, image_cache, images)
    assert [[tags.terms[term].key for term in tags.of(post)] for post in range(len(images))] == EXPECTED


def test_a_fault_meanwhile_ends_the_tagging(run: Run, tmp_path: Path) -> None:
    image_cache, images = _fill(run, tmp_path, VECTORS)
    with pytest.raises(KeyboardInterrupt), tag_stages.score_meanwhile(run, image_cache, images):
        raise KeyboardInterrupt


def test_nothing_is_left_to_do_where_the_map_is_the_classifiers(run: Run, tmp_path: Path) -> None:
    image_cache, images = _fill(run, tmp_path, builtin_recipe())
    before = {path for path in (tmp_path / "cache").rglob("*") if path.is_file()}
    with tag_stages.score_meanwhile(run, image_cache, images):
        pass
    assert {path for path in (tmp_path / "cache").rglob("*") if path.is_file()} == before
