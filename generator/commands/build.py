"""The command `brandscape build`: make the report of a spreadsheet of posts."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer

from generator.commands.context import load_chosen, open_run
from generator.commands.options import (
    DEFAULT_OUT,
    CacheDir,
    Config,
    Debug,
    Exclude,
    Json,
    Lang,
    Model,
    Out,
    Panel,
    Posts,
    Quiet,
    Sheet,
    Title,
    Verbose,
    Weights,
    setting,
)
from generator.commands.output import print_summary
from generator.settings.load import setting_names
from generator.similarity.mixes import parse_mix


def build(
    context: typer.Context,
    posts: Posts,
    out: Out = DEFAULT_OUT,
    sheet: Sheet = None,
    images_root: Annotated[Path | None, setting("images_root", "--images-root", panel=Panel.IMAGES)] = None,
    workers: Annotated[int | None, setting("workers", "--workers", panel=Panel.IMAGES)] = None,
    offline: Annotated[bool | None, setting("offline", "--offline", panel=Panel.IMAGES)] = None,
    allow_private: Annotated[bool | None, setting("allow_private", "--allow-private", panel=Panel.IMAGES)] = None,
    exclude: Exclude = None,
    model: Model = None,
    weights: Weights = None,
    pooling: Annotated[str | None, setting("pooling", "--pooling", panel=Panel.MAP, metavar="max|avg")] = None,
    precision: Annotated[
        str | None, setting("precision", "--precision", panel=Panel.MAP, metavar="float32|mixed")
    ] = None,
    vectors: Annotated[Path | None, setting("vectors", "--vectors", panel=Panel.MAP)] = None,
    save_vectors: Annotated[Path | None, setting("save_vectors", "--save-vectors", panel=Panel.MAP)] = None,
    similarity: Annotated[
        str | None,
        typer.Option(
            "--similarity",
            metavar="FACET=WEIGHT,…",
            help="What counts as similar, such as content=1,colour=0.3: how much say each of content, colour and "
            "composition has; one that is not named has none. [default: content=1,colour=0.3,composition=0.7]",
            rich_help_panel=Panel.MAP,
            show_default=False,
        ),
    ] = None,
    examples: Annotated[Path | None, setting("examples", "--examples", panel=Panel.MAP)] = None,
    main_map: Annotated[str | None, setting("main_map", "--main-map", panel=Panel.MAP, metavar="NAME")] = None,
    pca: Annotated[int | None, setting("pca", "--pca", panel=Panel.MAP)] = None,
    perplexity: Annotated[float | None, setting("perplexity", "--perplexity", panel=Panel.MAP)] = None,
    eps: Annotated[str | None, setting("eps", "--eps", panel=Panel.MAP, metavar="auto|X")] = None,
    min_samples: Annotated[
        str | None, setting("min_samples", "--min-samples", panel=Panel.MAP, metavar="auto|N")
    ] = None,
    seed: Annotated[int | None, setting("seed", "--seed", panel=Panel.MAP)] = None,
    title: Title = None,
    lang: Lang = None,
    strict: Annotated[bool | None, setting("strict", "--strict", panel=Panel.PUBLISH)] = None,
    max_missing: Annotated[
        str | None, setting("max_missing", "--max-missing", panel=Panel.PUBLISH, metavar="N|N%")
    ] = None,
    max_report_size: Annotated[
        str | None, setting("max_report_size", "--max-report-size", panel=Panel.PUBLISH, metavar="SIZE")
    ] = None,
    config: Config = None,
    cache_dir: CacheDir = None,
    previous: Annotated[
        Path | None,
        typer.Option(
            "--previous",
            metavar="SITE|ZIP",
            help="Earlier report to go on from: its images keep their places. By default the one in --out.",
            rich_help_panel=Panel.MAP,
        ),
    ] = None,
    fresh_map: Annotated[
        bool,
        typer.Option(
            "--fresh-map",
            help="Make the map anew instead of adding to the earlier one. Clusters keep their keys where they can.",
            rich_help_panel=Panel.MAP,
        ),
    ] = False,
    scheduler: Annotated[
        str | None, setting("scheduler", "--scheduler", panel=Panel.RUN, metavar="tcp://HOST:PORT|local:N")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.", rich_help_panel=Panel.RUN)
    ] = False,
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
    if dry_run:
        steps = plan_build(posts, out, run, baseline)
        if as_json:
            print(json.dumps([dataclasses.asdict(step) for step in steps], indent=2))
        else:
            for step in steps:
                print(f"{step.name:<12} {step.said}")
        return
    summary = build_site(posts, out, run, baseline)
    print_summary(summary, run.progress.warnings, as_json, quiet, verbose)
