"""The posts of a spreadsheet that brands are compared with: fetched, tagged and counted as those of a report are."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator.collection.collect import Collection, Collector
from generator.collection.image_cache import ImageCache
from generator.collection.image_places import find_places
from generator.collection.withdrawal import Withdrawal
from generator.digests import digest_of
from generator.embedding.recipe import Recipe, choose_recipe
from generator.errors import BrandscapeError
from generator.history.benchmark import holds_report
from generator.pipeline.analyse import analyse
from generator.pipeline.run import Run
from generator.pipeline.sources import Sources
from generator.pipeline.stages import list_inputs
from generator.pipeline.table_stage import read_table
from generator.progress import PartProgress
from generator.report.benchmark import Benchmark, BenchmarkLedger
from generator.settings import CompareSettings, Settings
from generator.settings.brand_groups import BrandGroups
from generator.spreadsheet.posts import PostTable, index_posts
from generator.spreadsheet.sources import Inputs, find_inputs
from generator.tags.vocabulary import Vocabulary

if TYPE_CHECKING:
    from generator.images.places import ImagePlaces
    from generator.report.model import Report
    from generator.workers import Workers

#: What messages call it.
PART = "Benchmark"


@dataclass(frozen=True, slots=True, eq=False)
class BenchmarkTable:
    """The posts of a benchmark's spreadsheet, before their images are fetched."""

    run: Run  # that of the report, with the settings that its benchmark is made by
    table: PostTable
    places: ImagePlaces
    withdrawal: Withdrawal


@dataclass(frozen=True, slots=True, eq=False)
class BenchmarkPosts:
    """The posts of a benchmark with their images."""

    run: Run
    collection: Collection
    sources: Sources
    image_cache: ImageCache

    @property
    def digest(self) -> str:
        """All that the benchmark depends on: a digest of its posts and one of its other rows, with a space between."""
        inputs = list_inputs(self.run, self.collection, self.sources)
        rows = inputs.pop("rows")
        return f"{digest_of(json.dumps(inputs, sort_keys=True))} {rows}"

    def summarise(self) -> Benchmark:
        """Return what a report of these posts would give as a benchmark, by the way in which one is made."""
        analysis = analyse(self.run, self.collection, self.sources, self.image_cache, None)
        return summarise(analysis.report, self.digest)


def find_benchmark_inputs(settings: Settings) -> Inputs | None:
    """Return the spreadsheet that the settings name as a benchmark; None if they name a report, or nothing.

    Raises SettingsError or SpreadsheetError if there is nothing to read.
    """
    path = settings.compare.benchmark
    if path is None or holds_report(path):
        return None
    return find_inputs([path])


def adapt_settings(settings: Settings) -> Settings:
    """Return the settings by which posts become a benchmark.

    Those that say where things are in the report's own spreadsheet, or concern its pages, are left out.
    """
    main = replace(settings.similarity, disturbed=0)
    if main.main_map:
        chosen = next(mix for mix in settings.maps if mix.name.casefold() == main.main_map.casefold())
        content, colour, composition = chosen.content, chosen.colour, chosen.composition
        main = replace(main, main_map="", content=content, colour=colour, composition=composition)
    embedding = replace(settings.embedding, save_vectors=None)
    if embedding.vectors is not None:  # which are those of the report's own posts
        embedding = replace(embedding, vectors=None, weights=None, model="builtin")
    return replace(
        settings,
        read=replace(settings.read, sheet=None, brand=""),
        brands=replace(settings.brands, groups=BrandGroups()),
        compare=CompareSettings(),
        posts=replace(settings.posts, images="first"),
        fetch=replace(settings.fetch, images_root=None),
        embedding=embedding,
        similarity=main,
        maps=(),
        fields={},
    )


def read_benchmark(run: Run, inputs: Inputs, withdrawal: Withdrawal) -> BenchmarkTable:
    """Read a benchmark's spreadsheet, and leave out what `withdrawal` withdraws. Raises SpreadsheetError."""
    places = find_places(inputs, adapt_settings(run.settings))
    own = withdrawal.beside(places)
    table, settings = read_adapted(run.settings, lambda adapted: read_table(inputs, adapted, run.store, own))
    run = replace(run, settings=settings, progress=PartProgress(run.progress, PART))
    for notice in table.notices:
        run.progress.warn(notice.text)
    return BenchmarkTable(run, table, places, own)


def read_adapted(settings: Settings, read: Callable[[Settings], PostTable]) -> tuple[PostTable, Settings]:
    """Return what `read` gives with the settings of a benchmark, and these settings.

    Headers that `[read]` names are looked for only if the benchmark's spreadsheet has all of them.
    """
    adapted = adapt_settings(settings)
    try:
        return read(adapted), adapted
    except BrandscapeError:
        if not adapted.read.columns:
            raise
        adapted = replace(adapted, read=replace(adapted.read, columns={}))
        return read(adapted), adapted


def choose_network(run: Run, recipe: Recipe) -> Recipe:
    """Return the network for a benchmark's images: the report's, but the one that comes along if that has none."""
    if recipe.model != "vectors":
        return recipe
    return choose_recipe(run.settings.embedding, True, run.progress).computed_in("float32")


def collect_benchmark(
    benchmark: BenchmarkTable, recipe: Recipe, sources: Sources, workers: Workers | None
) -> BenchmarkPosts:
    """Fetch and process the images of a benchmark's posts; all but `benchmark` are those of the report.

    Raises MissingImagesError or SpreadsheetError as for a report.
    """
    run, table, places = replace(benchmark.run, workers=workers), benchmark.table, benchmark.places
    chosen = choose_network(run, recipe)
    collector = Collector(run.settings, run.store, run.progress, benchmark.withdrawal, workers)
    image_cache = ImageCache(chosen, run.settings.images, run.store)
    if chosen != recipe:  # what the report's images show is found in kept pictures, so the benchmark's is too
        image_cache.methods.pop("logits", None)
    try:
        collection = collector.collect(table, places, image_cache, Sources().examples)
    except BrandscapeError as error:
        raise type(error)(f"{PART}: {error.message}", error.hint, error.facts) from error
    known = index_posts(collection.posts)
    without = ((term, tuple(post for post in posts if post in known)) for term, posts in sources.tags.without)
    # the user's own vectors of terms fit the user's own vectors of images alone
    vocabulary = sources.vocabulary if run.settings.tags.tag_vectors is None else Vocabulary()
    own = Sources(tags=replace(sources.tags, without=tuple(without)), vocabulary=vocabulary)
    return BenchmarkPosts(run, collection, own, image_cache)


def _as_array(values: Sequence[float | None]) -> NDArray[np.float64]:
    """Return counts of posts, NaN for those that are not known."""
    return np.array([np.nan if value is None else value for value in values], np.float64)


def summarise(report: Report, digest: str) -> Benchmark:
    """Return what brands are compared with of the posts of `report`, as `open_benchmark` does of a finished one."""
    posts, terms = report.posts, report.tags.terms
    return Benchmark(
        title=report.source,
        built=None,
        digest=digest,
        brands=tuple(brand.name for brand in report.brands),
        brand=np.array([post.brand for post in posts], np.int64),
        burst=np.arange(len(posts)) if report.insights is None else report.insights.burst.astype(np.int64),
        tags=tuple(frozenset(terms[term].key for term in post.tags) for post in posts),
        is_tagged=bool(terms),
        terms=frozenset(term.key for term in terms),
        reactions=_as_array([post.likes for post in posts]) + _as_array([post.comments for post in posts]),
        followers=_as_array([post.followers for post in posts]).round(),  # as in report.json
        ledger=BenchmarkLedger(report.tables, report.counts.rows, report.refusals, report.notices),
    )
