"""Own terms become tags: by vectors that were brought along, or by a network that compares texts with images."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image

from generator.cache.store import Store, image_key
from generator.collection.collect import Collection
from generator.collection.image_cache import ImageCache
from generator.embedding import text_image
from generator.embedding.recipe import Recipe
from generator.embedding.text_image import TextImageNetwork, TextImageRecipe
from generator.embedding.vector_files import save_vectors
from generator.errors import SettingsError
from generator.pipeline import own_terms, sources, tag_stages
from generator.pipeline.own_terms import check_own_terms, score_own_terms
from generator.pipeline.run import Run
from generator.pipeline.sources import Sources, read_sources
from generator.progress import SilentProgress
from generator.settings import EmbeddingSettings, ImageSettings, Settings, TagSettings
from tests.support.sample_report import make_post

#: Colours that a network in this test tells apart, and what it calls them.
COLOURS = {"red": (250, 0, 0), "green": (0, 250, 0), "blue": (0, 0, 250)}
VECTORS = Recipe("vectors", None, None, None)


def _open(folder: Path, **chosen: Any) -> Run:
    (folder / "terms.txt").write_text("warm\nwarm > scarlet: red\nblue\nwatches\n", encoding="utf-8")
    vectors = chosen.pop("vectors", None)
    settings = Settings(
        tags=TagSettings(tagged=False, tags=folder / "terms.txt", **chosen),
        embedding=EmbeddingSettings(vectors=vectors),
    )
    return Run(settings, Store(folder / "cache"), SilentProgress(), datetime(2026, 1, 2, tzinfo=UTC))


def _collect(run: Run, vectors: np.ndarray | None = None) -> tuple[Collection, ImageCache]:
    """Return four posts, the last with the image of the first, and a cache that holds a picture of each colour."""
    image_cache = ImageCache(VECTORS, ImageSettings(), run.store)
    names = [f"{place:064x}" for place in range(len(COLOURS))]
    for name, colour in zip(names, COLOURS.values(), strict=True):
        path = run.store.local / "picture.jpg"
        Image.new("RGB", (40, 30), colour).save(path)
        run.store.put("pictures", image_key(name, image_cache.methods["pictures"]), path.read_bytes())
    posts = tuple(make_post(index, "Brand") for index in range(4))
    images = (*names, names[0])
    collection = SimpleNamespace(posts=posts, images=images, vectors=vectors, key="posts")
    return cast(Collection, collection), image_cache


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put a network of colours in the place of KerasHub's; return what it was asked, to be looked at."""
    asked: list[str] = []

    def encode_texts(texts: Sequence[str]) -> np.ndarray:
        asked.extend(texts)
        dull = (0.58, 0.58, 0.57)
        colour = (next((list(rgb) for name, rgb in COLOURS.items() if name in text), list(dull)) for text in texts)
        return np.array(list(colour), np.float32)

    def encode_images(images: Sequence[Image.Image]) -> np.ndarray:
        asked.append(f"{len(images)} images")
        return np.array([np.asarray(image).mean(axis=(0, 1)) for image in images], np.float32)

    monkeypatch.setattr(
        text_image, "open_text_image", lambda recipe: TextImageNetwork(encode_texts, encode_images, 20.0)
    )
    monkeypatch.setattr(sources, "choose_text_image", lambda preset, offline: TextImageRecipe(preset, False, preset))
    return asked


def _tag(run: Run, collection: Collection, image_cache: ImageCache, folder: Path) -> list[list[str]]:
    found = read_sources(folder, run.settings)
    check_own_terms(run, found.vocabulary)
    own = score_own_terms(run, collection, image_cache, found.vocabulary)
    tags = tag_stages.tag_posts(run, image_cache, collection.posts, collection.images, found, own)
    assert tags.own is not None and tags.own.file == "terms.txt" and tags.left_out == tag_stages.SWITCHED_OFF
    return [[tags.terms[term].key for term in row] for row in tags.posts]


def test_a_network_finds_terms_in_pictures_once(tmp_path: Path, network: list[str]) -> None:
    run = _open(tmp_path, tag_model="colours")
    collection, image_cache = _collect(run)
    expected = [["own-warm", "own-scarlet"], [], ["own-blue"], ["own-warm", "own-scarlet"]]
    assert _tag(run, collection, image_cache, tmp_path) == expected
    assert network == [
        *("a photo of warm", "red", "a photo of blue", "a photo of watches", *own_terms.NEUTRAL),
        "3 images",
    ]
    network.clear()
    assert _tag(run, collection, image_cache, tmp_path) == expected and not network
    (tmp_path / "more.txt").write_text("green\n", encoding="utf-8")
    asked = dataclasses.replace(run.settings.tags, tags=tmp_path / "more.txt")
    other = dataclasses.replace(run, settings=dataclasses.replace(run.settings, tags=asked))
    found = read_sources(tmp_path, other.settings).vocabulary
    assert score_own_terms(other, collection, image_cache, found) == [[], [0], [], []]
    assert "3 images" not in network  # their vectors are kept


def test_vectors_of_terms_are_compared_with_the_posts_own(tmp_path: Path) -> None:
    save_vectors(tmp_path / "terms.npy", ["warm", "scarlet", "blue", "watches"], np.eye(4, dtype=np.float32))
    (tmp_path / "posts.npy").touch()
    run = _open(tmp_path, tag_vectors=tmp_path / "terms.npy", vectors=tmp_path / "posts.npy")
    collection, image_cache = _collect(run, np.eye(4, dtype=np.float32)[[1, 2, 3, 0]])
    assert _tag(run, collection, image_cache, tmp_path) == [
        *(["own-warm", "own-scarlet"], ["own-blue"], ["own-watches"], ["own-warm"])
    ]
    narrow, image_cache = _collect(run, np.ones((4, 3), np.float32))
    narrow.key = "others"  # type: ignore[misc]
    with pytest.raises(SettingsError, match=r"terms.npy: the terms' vectors have 4 numbers each, the images' have 3"):
        score_own_terms(run, narrow, image_cache, read_sources(tmp_path, run.settings).vocabulary)


def test_terms_need_one_way_to_be_compared(tmp_path: Path) -> None:
    (tmp_path / "v.npy").touch()
    for chosen, message in [
        ({}, "one way to be compared"),
        ({"tag_model": "clip", "tag_vectors": tmp_path / "v.npy"}, "one way to be compared"),
        ({"tag_vectors": tmp_path / "v.npy"}, "needs the images' vectors"),
    ]:
        with pytest.raises(SettingsError, match=message) as refusal:
            read_sources(tmp_path, _open(tmp_path, **chosen).settings)
        assert "--vectors" in refusal.value.hint
    with pytest.raises(SettingsError, match="for terms of your own"):
        read_sources(tmp_path, Settings(tags=TagSettings(tag_model="clip")))
    chosen = TagSettings(tags=tmp_path / "terms.txt", tag_vectors=tmp_path / "v.npy")
    (tmp_path / "terms.txt").write_text("hats\nhats > caps\n")
    with pytest.raises(SettingsError, match="would be given to every image"):
        read_sources(tmp_path, Settings(tags=chosen, embedding=EmbeddingSettings(vectors=tmp_path / "v.npy")))


def test_vectors_with_a_hole_are_refused_before_images_are_read(tmp_path: Path) -> None:
    np.save(tmp_path / "terms.npy", np.array([[1, np.nan], [0, 1], [1, 1], [1, 2]], np.float32))
    (tmp_path / "posts.npy").touch()
    run = _open(tmp_path, tag_vectors=tmp_path / "terms.npy", vectors=tmp_path / "posts.npy")
    with pytest.raises(SettingsError, match=r"terms.npy holds values that are not finite numbers"):
        check_own_terms(run, read_sources(tmp_path, run.settings).vocabulary)


@pytest.mark.parametrize("change", ["terms", "network", "nothing"])
def test_a_site_is_made_again_for_other_terms_or_another_network(
    change: str, tmp_path: Path, network: list[str]
) -> None:
    run = _open(tmp_path, tag_model="colours")
    first = sources.digest_own_terms(run.settings, read_sources(tmp_path, run.settings).vocabulary)
    if change == "terms":
        (tmp_path / "terms.txt").write_text("warm\nblue\n", encoding="utf-8")
    if change == "network":
        run = dataclasses.replace(
            run, settings=dataclasses.replace(run.settings, tags=dataclasses.replace(run.settings.tags, tag_model="b"))
        )
    second = sources.digest_own_terms(run.settings, read_sources(tmp_path, run.settings).vocabulary)
    assert (first == second) == (change == "nothing")
    assert sources.digest_own_terms(Settings(), Sources().vocabulary) == ""
