"""The command `brandscape build`: make the report of a spreadsheet of posts."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from generator.commands.context import load_chosen, open_inputs, open_run
from generator.commands.options import (
    DEFAULT_OUT,
    Brand,
    CacheDir,
    Config,
    Debug,
    DryRun,
    Exclude,
    FreshMap,
    Json,
    Lang,
    Model,
    Out,
    Panel,
    Posts,
    Previous,
    Quiet,
    Sheet,
    Similarity,
    Title,
    Verbose,
    Weights,
    setting,
)
from generator.commands.output import print_json, print_summary
from generator.settings.load import setting_names
from generator.similarity.mixes import parse_mix


def build(
    context: typer.Context,
    posts: Posts,
    out: Out = DEFAULT_OUT,
    sheet: Sheet = None,
    brand: Brand = None,
    images_root: Annotated[Path | None, setting("images_root", Panel.IMAGES)] = None,
    images: Annotated[str | None, setting("images", Panel.IMAGES, "first|all")] = None,
    workers: Annotated[int | None, setting("workers", Panel.IMAGES)] = None,
    offline: Annotated[bool | None, setting("offline", Panel.IMAGES)] = None,
    allow_private: Annotated[bool | None, setting("allow_private", Panel.IMAGES)] = None,
    exclude: Exclude = None,
    model: Model = None,
    weights: Weights = None,
    pooling: Annotated[str | None, setting("pooling", Panel.MAP, "max|avg")] = None,
    precision: Annotated[str | None, setting("precision", Panel.MAP, "float32|mixed")] = None,
    vectors: Annotated[Path | None, setting("vectors", Panel.MAP)] = None,
    save_vectors: Annotated[Path | None, setting("save_vectors", Panel.MAP)] = None,
    tags: Annotated[Path | None, setting("tags", Panel.MAP)] = None,
    tag_model: Annotated[str | None, setting("tag_model", Panel.MAP, "PRESET|FOLDER")] = None,
    tag_vectors: Annotated[Path | None, setting("tag_vectors", Panel.MAP)] = None,
    similarity: Similarity = None,
    examples: Annotated[Path | None, setting("examples", Panel.MAP)] = None,
    main_map: Annotated[str | None, setting("main_map", Panel.MAP, "NAME")] = None,
    pca: Annotated[int | None, setting("pca", Panel.MAP)] = None,
    perplexity: Annotated[float | None, setting("perplexity", Panel.MAP)] = None,
    eps: Annotated[str | None, setting("eps", Panel.MAP, "auto|X")] = None,
    min_samples: Annotated[str | None, setting("min_samples", Panel.MAP, "auto|N")] = None,
    seed: Annotated[int | None, setting("seed", Panel.MAP)] = None,
    within: Annotated[str | None, setting("within", Panel.REPORT, "FIELD")] = None,
    benchmark: Annotated[Path | None, setting("benchmark", Panel.REPORT, "FILE|SITE")] = None,
    title: Title = None,
    lang: Lang = None,
    strict: Annotated[bool | None, setting("strict", Panel.PUBLISH)] = None,
    max_missing: Annotated[str | None, setting("max_missing", Panel.PUBLISH, "N|N%")] = None,
    max_report_size: Annotated[str | None, setting("max_report_size", Panel.PUBLISH, "SIZE")] = None,
    config: Config = None,
    cache_dir: CacheDir = None,
    previous: Previous = None,
    fresh_map: FreshMap = False,
    scheduler: Annotated[str | None, setting("scheduler", Panel.RUN, "tcp://HOST:PORT|local:N")] = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Build the report of a spreadsheet of posts.

    Work is kept: a second run does only what is new, an interrupted one continues where it stopped, and the old
    report stays in place until the new one is complete.
    """
    from generator.pipeline.build import Baseline, build_site
    from generator.pipeline.dry_run import plan_build

    chosen = {name: value for name, value in context.params.items() if name in setting_names()}
    if similarity is not None:
        chosen |= parse_mix(similarity)
    run = open_run(load_chosen(config, **chosen), cache_dir, quiet)
    baseline = Baseline(previous, fresh_map)
    inputs = open_inputs(posts, run.settings, cache_dir, run.progress)
    if dry_run:
        steps = plan_build(inputs, out, run, baseline)
        if as_json:
            print_json([dataclasses.asdict(step) for step in steps])
        else:
            for step in steps:
                print(f"{step.name:<12} {step.said}")
        return
    summary = build_site(inputs, out, run, baseline)
    print_summary(summary, run.progress.warnings, as_json, quiet, verbose)
