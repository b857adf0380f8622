"""The command `brandscape demo`: draw a sample of invented houses and build its report."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

from generator.commands.context import load_chosen, open_run
from generator.commands.options import DEFAULT_OUT, CacheDir, Debug, Json, Lang, Model, Out, Quiet, Verbose, Weights
from generator.commands.output import print_summary
from generator.settings import FACETS, MapMix


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
    from generator.demo import TITLE, write_sample
    from generator.language import open_language
    from generator.pipeline.build import build_site
    from generator.report.wording import facet_label
    from generator.site.staging import check_output
    from generator.spreadsheet.sources import find_inputs

    settings = load_chosen(
        None, model=model or "builtin", weights=weights, lang=lang, title=TITLE, offline=True, images="all"
    )
    language = open_language(settings.site.lang)
    maps = tuple(MapMix(facet_label(facet, language), **{facet: 1.0}) for facet in FACETS)
    run = open_run(dataclasses.replace(settings, maps=maps), cache_dir, quiet)
    check_output(out)
    with tempfile.TemporaryDirectory(prefix="brandscape-demo-") as folder:
        spreadsheet = write_sample(Path(folder), progress=run.progress)
        summary = build_site(find_inputs([spreadsheet]), out, run)
    print_summary(summary, run.progress.warnings, as_json, quiet, verbose)
    if quiet and not as_json:
        print(summary.site.resolve() / "index.html")
