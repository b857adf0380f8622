"""By which settings the posts of a benchmark's spreadsheet are read and described."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.cache.store import Store
from generator.collection.image_places import find_places
from generator.collection.withdrawal import Withdrawal
from generator.embedding.recipe import Recipe, choose_recipe
from generator.errors import SpreadsheetError
from generator.pipeline.benchmark_posts import adapt_settings, collect_benchmark, read_adapted, read_benchmark
from generator.pipeline.run import Run
from generator.pipeline.sources import Sources
from generator.progress import SilentProgress
from generator.settings import MapMix, Settings
from generator.settings.load import load_settings
from generator.similarity.mixes import plan_maps
from generator.spreadsheet.posts import PostTable
from generator.spreadsheet.sources import find_inputs
from tests.support.builds import BUILT, quick_settings
from tests.support.drawn import SampleMaker

_TABLE = PostTable("market.csv", (), (), (), ())


def _settings(**flags: Any) -> Settings:
    return load_settings(environment={}, flags=flags)


def test_what_concerns_the_reports_own_spreadsheet_and_pages_is_left_out() -> None:
    given = _settings(
        sheet="Ours", brand="Ours", images_root="/ours", within="market", images="all", save_vectors="v.npy"
    )
    adapted = adapt_settings(replace(given, fields={"Market": "category"}))
    assert (adapted.read.sheet, adapted.read.brand, adapted.fetch.images_root) == (None, "", None)
    assert (adapted.compare.within, adapted.posts.images, adapted.fields) == ("", "first", {})
    assert adapted.embedding.save_vectors is None and adapted.similarity.disturbed == 0
    assert adapted.fetch.max_bytes == given.fetch.max_bytes and adapted.images == given.images


def test_its_map_weighs_facets_as_the_main_one_does() -> None:
    colour = MapMix("Colour", colour=1.0)
    given = replace(_settings(main_map="colour"), maps=(MapMix("Shape", composition=1.0), colour))
    (only,) = plan_maps(adapt_settings(given))
    assert only.weights == plan_maps(given)[0].weights == {"colour": 1.0}


def test_ones_own_vectors_are_replaced_by_the_network_that_comes_along(tmp_path: Path) -> None:
    adapted = adapt_settings(_settings(vectors=tmp_path / "v.npy", weights=tmp_path / "w.h5"))
    assert (adapted.embedding.vectors, adapted.embedding.weights, adapted.embedding.model) == (None, None, "builtin")
    assert adapt_settings(_settings(model="vgg16")).embedding.model == "vgg16"


def test_headers_that_it_lacks_are_recognised_instead() -> None:
    seen = []

    def read(settings: Settings) -> PostTable:
        seen.append(dict(settings.read.columns))
        if settings.read.columns:
            raise SpreadsheetError("market.csv has no column House to take the brand from.")
        return _TABLE

    given = _settings()
    named = replace(given, read=replace(given.read, columns={"brand": "House"}))
    table, adapted = read_adapted(named, read)
    assert table is _TABLE and adapted.read.columns == {} and seen == [{"brand": "House"}, {}]

    def refuse(settings: Settings) -> PostTable:
        raise SpreadsheetError("market.csv names no image.")

    with pytest.raises(SpreadsheetError, match="names no image"):
        read_adapted(given, refuse)


def test_beside_ones_own_vectors_its_tags_are_found_in_kept_pictures_as_the_reports_are(
    make_sample: SampleMaker, tmp_path: Path
) -> None:
    run = Run(quick_settings(), Store(tmp_path / "cache"), SilentProgress(), BUILT)
    sheet = make_sample(8)
    inputs = find_inputs([sheet])
    withdrawal = Withdrawal(find_places(inputs, run.settings), run.settings, run.store, run.progress)
    table = read_benchmark(run, inputs, withdrawal)
    builtin = choose_recipe(run.settings.embedding, True, run.progress).computed_in("float32")
    vectors = Recipe("vectors", tmp_path / "v.npy", "0", None)
    kept = {recipe.model: collect_benchmark(table, recipe, Sources(), None) for recipe in (builtin, vectors)}
    assert {model: "logits" in posts.image_cache.methods for model, posts in kept.items()} == {
        builtin.model: True,
        "vectors": False,
    }
    assert {len(posts.collection.images) for posts in kept.values()} == {8}
    assert kept["vectors"].collection.recipe == builtin and kept["vectors"].collection.vectors is None
