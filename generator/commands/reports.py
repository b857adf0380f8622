"""Commands that make a report of a spreadsheet: build, check, demo."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer

from generator.commands.context import load_chosen, now, open_progress, open_store
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
from generator.similarity.mixes import parse_mix


def build(
    posts: Posts,
    out: Out = DEFAULT_OUT,
    sheet: Sheet = None,
    images_root: Annotated[Path | None, setting("images_root", "--images-root", panel=Panel.IMAGES)] = None,
    workers: Annotated[int | None, setting("workers", "--workers", panel=Panel.IMAGES)] = None,
    offline: Annotated[bool, setting("offline", "--offline", panel=Panel.IMAGES)] = False,
    allow_private: Annotated[bool, setting("allow_private", "--allow-private", panel=Panel.IMAGES)] = False,
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
    strict: Annotated[bool, setting("strict", "--strict", panel=Panel.PUBLISH)] = False,
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

    Work is kept: a second run does only what is new, an interrupted one goes on where it stopped, and
    the old report stays in place until the new one is whole.
    """
    from generator.pipeline.build import Baseline, build_site
    from generator.pipeline.dry_run import plan_build

    settings = load_chosen(
        config,
        sheet=sheet,
        images_root=images_root,
        workers=workers,
        offline=offline or None,
        allow_private=allow_private or None,
        exclude=exclude,
        model=model,
        weights=weights,
        pooling=pooling,
        precision=precision,
        vectors=vectors,
        save_vectors=save_vectors,
        **(parse_mix(similarity) if similarity is not None else {}),
        examples=examples,
        main_map=main_map,
        pca=pca,
        perplexity=perplexity,
        eps=eps,
        min_samples=min_samples,
        seed=seed,
        title=title,
        lang=lang,
        strict=strict or None,
        max_missing=max_missing,
        max_report_size=max_report_size,
        scheduler=scheduler,
    )
    progress = open_progress(quiet)
    store = open_store(cache_dir, progress)
    origin = Baseline(previous, fresh_map)
    if dry_run:
        steps = plan_build(posts, out, settings, store, origin)
        if as_json:
            print(json.dumps([dataclasses.asdict(step) for step in steps], indent=2))
        else:
            for step in steps:
                print(f"{step.name:<12} {step.said}")
        return
    summary = build_site(posts, out, settings, store, now(), progress, origin)
    print_summary(summary, progress.warnings, as_json, quiet, verbose)


def check(
    posts: Posts,
    sheet: Sheet = None,
    images_root: Annotated[Path | None, setting("images_root", "--images-root", panel=Panel.IMAGES)] = None,
    exclude: Exclude = None,
    config: Config = None,
    as_json: Json = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Read a spreadsheet and say what a report would hold. Downloads nothing, writes nothing."""
    from generator.commands import check

    settings = load_chosen(config, sheet=sheet, images_root=images_root, exclude=exclude)
    findings = check.check_posts(posts, settings)
    if as_json:
        print(json.dumps(dataclasses.asdict(findings), indent=2, ensure_ascii=False))
    else:
        print(check.describe_findings(findings, verbose))


def demo(
    out: Out = DEFAULT_OUT,
    model: Model = None,
    weights: Weights = None,
    lang: Lang = None,
    cache_dir: CacheDir = None,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Draw a sample of invented houses and build its report, offline, in under two minutes."""
    import tempfile

    from generator.demo import TITLE, write_sample
    from generator.language import open_language
    from generator.pipeline.build import build_site
    from generator.report.wording import facet_label
    from generator.settings import FACETS, MapMix
    from generator.site.staging import check_output

    settings = load_chosen(None, model=model or "builtin", weights=weights, lang=lang, title=TITLE, offline=True)
    language = open_language(settings.site.lang)
    maps = tuple(MapMix(facet_label(facet, language), **{facet: 1.0}) for facet in FACETS)
    settings = dataclasses.replace(settings, maps=maps)
    progress = open_progress(quiet)
    store = open_store(cache_dir, progress)
    check_output(out)
    with tempfile.TemporaryDirectory(prefix="brandscape-demo-") as folder:
        spreadsheet = write_sample(Path(folder), progress=progress)
        summary = build_site(spreadsheet, out, settings, store, now(), progress)
    print_summary(summary, progress.warnings, as_json, quiet, verbose)
    if quiet and not as_json:
        print(summary.site.resolve() / "index.html")
