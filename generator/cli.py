"""The `brandscape` command: parse, call, print. The only place that exits."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator import __version__
from generator.amounts import parse_size, say_size
from generator.errors import EXIT_MEANINGS, BrandscapeError, SettingsError
from generator.settings import Settings, default_of, describe_settings, help_for, load_settings
from generator.summary import megabytes, print_edition, print_failure, print_outcome, print_summary

if TYPE_CHECKING:
    from generator.progress import Progress
    from generator.store import Store

DEFAULT_CONFIG = Path("brandscape.toml")
DEFAULT_OUT = Path("site")

INTERRUPTED = 130

EXIT_CODES = "Exit codes: " + ", ".join(f"{code} {meaning}" for code, meaning in EXIT_MEANINGS.items()) + "."

app = typer.Typer(
    name="brandscape",
    help=(
        "See how brands differ in the images they publish.\n\n"
        "`brandscape build posts.xlsx` turns a spreadsheet of posts (brand, image, caption, likes, date) into a "
        "static report: every image on one screen, grouped by visual similarity, with a page for each brand and "
        "each cluster. It opens by a double click, with no server and no network.\n\n"
        "Start with `brandscape demo` to see one, or `brandscape check posts.xlsx` to see what would be read."
    ),
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line and exit with its code."""
    debug = "--debug" in sys.argv
    # threads that spin while they wait make t-SNE three times as slow on a busy machine
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        app()
    except BrandscapeError as error:
        _tell_scripts(error)
        if debug:
            raise
        _complain(error)
        sys.exit(error.exit_code)
    except SystemExit as stop:
        if stop.code == INTERRUPTED:  # typer turns Ctrl-C into this
            print(f"\n{_INTERRUPTED}", file=sys.stderr)
        _tell_scripts(_explain_stop(stop))
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        _tell_scripts(BrandscapeError(said, _FAULT))
        if debug:
            raise
        print(f"Error: {said}", file=sys.stderr)
        print(_FAULT, file=sys.stderr)
        sys.exit(1)


_INTERRUPTED = "Interrupted. What was done is kept: the same command goes on from there."
_FAULT = "This is a fault in Brandscape. Run the same command with --debug to see where."


def _complain(error: BrandscapeError) -> None:
    print(f"Error: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"       {error.hint}", file=sys.stderr)


def _tell_scripts(error: BrandscapeError | None) -> None:
    """Where --json was asked for, a failure is an object on standard output too."""
    if error is not None and "--json" in sys.argv:
        print_failure(error)


def _explain_stop(stop: SystemExit) -> BrandscapeError | None:
    """Why typer ends the command by itself, or None where there is nothing to explain."""
    usage = getattr(stop.__context__, "format_message", None)
    if usage is not None:
        return SettingsError(usage())
    if stop.code != INTERRUPTED:
        return None
    error = BrandscapeError(_INTERRUPTED)
    error.exit_code = INTERRUPTED
    return error


def _setting(name: str, *flags: str, panel: str, **extra: Any) -> Any:
    """A flag for the setting `name`, explained by the setting's own help."""
    default = default_of(name)
    shown = "" if default is None or default in ("", False, ()) else f" [default: {default}]"
    return typer.Option(*flags, help=help_for(name) + shown, rich_help_panel=panel, show_default=False, **extra)


_READ, _IMAGES, _MAP, _REPORT, _RUN = "Reading", "Images", "Likeness and map", "Report", "Run"
_PUBLISH = "Before the old report is replaced"

Sheet = Annotated[str | None, _setting("sheet", "--sheet", panel=_READ)]
Exclude = Annotated[list[str] | None, _setting("exclude", "--exclude", panel=_READ, metavar="POST")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for the report.", rich_help_panel=_REPORT)]
Config = Annotated[
    Path | None,
    typer.Option("--config", help="Settings file; by default brandscape.toml, if there is one.", rich_help_panel=_RUN),
]
CacheDir = Annotated[
    Path | None,
    typer.Option(
        "--cache-dir",
        help="Where fetched images and embeddings are kept; by default the platform's cache folder.",
        rich_help_panel=_RUN,
        envvar="BRANDSCAPE_CACHE_DIR",
        show_envvar=False,
    ),
]
Model = Annotated[str | None, _setting("model", "--model", panel=_MAP, metavar="NAME|FILE")]
Weights = Annotated[Path | None, _setting("weights", "--weights", panel=_MAP)]
Lang = Annotated[str | None, _setting("lang", "--lang", panel=_REPORT, metavar="en|fr")]
Title = Annotated[str | None, _setting("title", "--title", panel=_REPORT)]
Json = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON on standard output.", rich_help_panel=_RUN)
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only problems.", rich_help_panel=_RUN)]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print more, row by row.", rich_help_panel=_RUN)]
Debug = Annotated[
    bool, typer.Option("--debug", help="Show where an error comes from, with its traceback.", rich_help_panel=_RUN)
]
Posts = Annotated[
    Path,
    typer.Argument(metavar="POSTS", help="Spreadsheet of posts: .xlsx, .csv, .json or .parquet.", show_default=False),
]


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    if version:
        print(f"brandscape {__version__}")
        raise typer.Exit


@app.command(epilog=EXIT_CODES)
def build(
    posts: Posts,
    out: Out = DEFAULT_OUT,
    sheet: Sheet = None,
    images_root: Annotated[Path | None, _setting("images_root", "--images-root", panel=_IMAGES)] = None,
    workers: Annotated[int | None, _setting("workers", "--workers", panel=_IMAGES)] = None,
    offline: Annotated[bool, _setting("offline", "--offline", panel=_IMAGES)] = False,
    exclude: Exclude = None,
    model: Model = None,
    weights: Weights = None,
    pooling: Annotated[str | None, _setting("pooling", "--pooling", panel=_MAP, metavar="max|avg")] = None,
    vectors: Annotated[Path | None, _setting("vectors", "--vectors", panel=_MAP)] = None,
    save_vectors: Annotated[Path | None, _setting("save_vectors", "--save-vectors", panel=_MAP)] = None,
    pca: Annotated[int | None, _setting("pca", "--pca", panel=_MAP)] = None,
    perplexity: Annotated[float | None, _setting("perplexity", "--perplexity", panel=_MAP)] = None,
    eps: Annotated[str | None, _setting("eps", "--eps", panel=_MAP, metavar="auto|X")] = None,
    min_samples: Annotated[str | None, _setting("min_samples", "--min-samples", panel=_MAP, metavar="auto|N")] = None,
    seed: Annotated[int | None, _setting("seed", "--seed", panel=_MAP)] = None,
    title: Title = None,
    lang: Lang = None,
    strict: Annotated[bool, _setting("strict", "--strict", panel=_PUBLISH)] = False,
    max_missing: Annotated[str | None, _setting("max_missing", "--max-missing", panel=_PUBLISH, metavar="N|N%")] = None,
    fail_over: Annotated[str | None, _setting("fail_over", "--fail-over", panel=_PUBLISH, metavar="SIZE")] = None,
    config: Config = None,
    cache_dir: CacheDir = None,
    previous: Annotated[
        Path | None,
        typer.Option(
            "--previous",
            metavar="SITE|ZIP",
            help="Earlier report to go on from: its images keep their places. By default the one in --out.",
            rich_help_panel=_MAP,
        ),
    ] = None,
    fresh_map: Annotated[
        bool,
        typer.Option(
            "--fresh-map",
            help="Make the map anew instead of adding to the earlier one. Clusters keep their keys where they can.",
            rich_help_panel=_MAP,
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.", rich_help_panel=_RUN)
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
    from generator import pipeline, planning

    settings = _load(
        config,
        sheet=sheet,
        images_root=images_root,
        workers=workers,
        offline=offline or None,
        exclude=exclude,
        model=model,
        weights=weights,
        pooling=pooling,
        vectors=vectors,
        save_vectors=save_vectors,
        pca=pca,
        perplexity=perplexity,
        eps=eps,
        min_samples=min_samples,
        seed=seed,
        title=title,
        lang=lang,
        strict=strict or None,
        max_missing=max_missing,
        fail_over=fail_over,
    )
    progress = _progress(quiet)
    store = _store(cache_dir, progress)
    origin = pipeline.Origin(previous, fresh_map)
    if dry_run:
        steps = planning.plan_build(posts, out, settings, store, origin)
        if as_json:
            print(json.dumps([dataclasses.asdict(step) for step in steps], indent=2))
        else:
            for step in steps:
                print(f"{step.name:<12} {step.said}")
        return
    summary = pipeline.build_site(posts, out, settings, store, _now(), progress, origin)
    print_summary(summary, progress.warnings, as_json, quiet, verbose)


@app.command(epilog=EXIT_CODES)
def check(
    posts: Posts,
    sheet: Sheet = None,
    images_root: Annotated[Path | None, _setting("images_root", "--images-root", panel=_IMAGES)] = None,
    exclude: Exclude = None,
    config: Config = None,
    as_json: Json = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Read a spreadsheet and say what a report would hold. Downloads nothing, writes nothing."""
    from generator import checking

    settings = _load(config, sheet=sheet, images_root=images_root, exclude=exclude)
    findings = checking.check_posts(posts, settings)
    if as_json:
        print(json.dumps(dataclasses.asdict(findings), indent=2, ensure_ascii=False))
    else:
        print(checking.describe_findings(findings, verbose))


@app.command(epilog=EXIT_CODES)
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

    from generator import pipeline
    from generator.demo import TITLE, write_sample
    from generator.staging import check_output

    settings = _load(None, model=model or "builtin", weights=weights, lang=lang, title=TITLE, offline=True)
    progress = _progress(quiet)
    store = _store(cache_dir, progress)
    check_output(out)
    with tempfile.TemporaryDirectory(prefix="brandscape-demo-") as folder:
        spreadsheet = write_sample(Path(folder), progress=progress)
        summary = pipeline.build_site(spreadsheet, out, settings, store, _now(), progress)
    print_summary(summary, progress.warnings, as_json, quiet, verbose)
    if quiet and not as_json:
        print(summary.site.resolve() / "index.html")


@app.command(epilog=EXIT_CODES)
def init(
    file: Annotated[Path, typer.Argument(help="Settings file to write.")] = DEFAULT_CONFIG,
    ci: Annotated[
        str | None,
        typer.Option(
            "--ci",
            metavar="github|gitlab",
            help="Write a workflow beside it that builds the report and publishes it; settings that are there stay.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file if it exists; with --ci, the workflow.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Write a settings file that explains every setting and shows its default."""
    if ci is not None:
        from generator.workflow_files import write_workflow

        workflow, package = write_workflow(ci, file.parent, force)
        print(f"Wrote {workflow}. Its first lines say what to do before the first run; pip will install {package}.")
        if file.exists():
            print(f"{file} stays as it is.")
            return
    if file.exists() and not force:
        raise SettingsError(f"{file} exists already.", "Give another name, or --force to replace it.")
    file.write_text(describe_settings(), encoding="utf-8")
    print(f"Wrote {file}. Every line shows a default; remove the # to change it.")


@app.command(epilog=EXIT_CODES)
def serve(
    site: Annotated[Path, typer.Argument(help="Folder of the report.")] = DEFAULT_OUT,
    port: Annotated[
        int, typer.Option("--port", help="Port to listen on; 0 takes a free one.", min=0, max=65535)
    ] = 8000,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
    debug: Debug = False,
) -> None:
    """Preview a report on this machine only (127.0.0.1). A report also opens by a double click."""
    from generator.serve import serve_site

    serve_site(site, port, open_browser)


@app.command("zip", epilog=EXIT_CODES)
def zip_command(
    site: Annotated[Path, typer.Argument(help="Folder of the report.")] = DEFAULT_OUT,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            help="File to write; by default SITE.zip, SITE-email.zip or SITE.html.",
            show_default=False,
        ),
    ] = None,
    email: Annotated[
        bool,
        typer.Option("--email", help="Make an edition that mail systems let through: small, without script files."),
    ] = False,
    single_file: Annotated[
        bool, typer.Option("--single-file", help="Make one HTML file that holds the whole report.")
    ] = False,
    max_size: Annotated[
        str | None,
        typer.Option(
            "--max-size", metavar="SIZE", help="Most that an edition may take, as 10MB or 900KB. [default: 20MB]"
        ),
    ] = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Pack a report into one archive, or make an edition of it for the post.

    An edition has all pages and everything the viewer does. Its images are encoded anew, as large and as fine as
    --max-size allows, and the command says what it chose. The same report gives the same bytes.
    """
    if email and single_file:
        raise SettingsError("--email and --single-file are two editions.", "Give one of them.")
    if email or single_file:
        _make_edition(site, output, max_size or "20MB", email, quiet)
        return
    if max_size is not None:
        raise SettingsError("--max-size is for editions.", "Give --email or --single-file with it.")
    from generator.package import zip_site

    archive = zip_site(site, output or site.resolve().with_suffix(".zip"))
    if not quiet:
        print(f"{archive} ({megabytes(archive.stat().st_size)}). Extract it all, then open index.html.")


@app.command(epilog=EXIT_CODES)
def verify(
    site: Annotated[Path, typer.Argument(help="Folder of the report, or a zip of it.")] = DEFAULT_OUT,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Check that a report holds exactly the files it was built with, byte for byte."""
    from generator.verify import refuse_faults, verify_site

    verdict = verify_site(site)
    refuse_faults(verdict, verbose)
    if as_json:
        print_outcome(verdict.as_facts(), 0)
    elif not quiet:
        print(f"{site} is whole: {verdict.files:,} files, {say_size(verdict.bytes)}, as they were built.")


def _make_edition(site: Path, output: Path | None, max_size: str, email: bool, quiet: bool) -> None:
    from generator.edition.email import write_email_edition
    from generator.edition.single_file import write_single_file

    write = write_email_edition if email else write_single_file
    place = site.resolve()
    output = output or place.with_name(f"{place.name}-email.zip" if email else f"{place.name}.html")
    limit = parse_size(max_size)
    edition = write(site, output, limit, _progress(quiet))
    if not quiet:
        print_edition(edition, limit, output)


cache = typer.Typer(
    help="What earlier runs have kept: fetched images, and everything computed from them.",
    invoke_without_command=True,
    rich_markup_mode="markdown",
)
app.add_typer(cache, name="cache", epilog=EXIT_CODES)


@cache.callback()
def _cache(context: typer.Context, cache_dir: CacheDir = None) -> None:
    if context.invoked_subcommand is None:
        size(cache_dir)


@cache.command(epilog=EXIT_CODES)
def size(cache_dir: CacheDir = None) -> None:
    """Show where the cache is and what each kind of work takes."""
    store = _store(cache_dir, _progress(quiet=True))
    print(store.root)
    sizes = store.sizes()
    for kind in sizes:
        print(f"  {kind.kind:<12}{kind.entries:>10,} entries {megabytes(kind.bytes):>12}")
    print(f"  {'total':<12}{sum(s.entries for s in sizes):>10,} entries {megabytes(sum(s.bytes for s in sizes)):>12}")


@cache.command(epilog=EXIT_CODES)
def prune(
    cache_dir: CacheDir = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Remove fetched images too. Image links expire: they may be gone for good."),
    ] = False,
) -> None:
    """Remove what can be computed again; fetched images stay unless --all is given."""
    from generator.store import PRECIOUS_KINDS, WITHDRAWN_KIND

    store = _store(cache_dir, _progress(quiet=True))
    kinds = [kind.kind for kind in store.sizes() if everything or kind.kind not in PRECIOUS_KINDS]
    # nothing but digests, without which a withdrawn image could come back under another address
    kinds = [kind for kind in kinds if kind != WITHDRAWN_KIND]
    print(f"Freed {megabytes(store.prune(kinds))} in {store.root}.")


def _load(config: Path | None, **flags: object) -> Settings:
    """Settings from the file (the one asked for, or brandscape.toml here), the environment and flags."""
    file = config or (Path(named) if (named := os.environ.get("BRANDSCAPE_CONFIG")) else None)
    if file is None and DEFAULT_CONFIG.is_file():
        file = DEFAULT_CONFIG
    return load_settings(file, flags=flags)


def _progress(quiet: bool) -> "Progress":
    from generator.progress import TerminalProgress

    return TerminalProgress(quiet=quiet)


def _store(cache_dir: Path | None, progress: "Progress") -> "Store":
    from platformdirs import user_cache_path

    from generator.store import Store

    return Store(cache_dir or user_cache_path("brandscape", appauthor=False), progress.warn)


def _now() -> datetime:
    """The time of the build; SOURCE_DATE_EPOCH sets it where the same input must give the same bytes."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch and not epoch.isdigit():
        raise SettingsError(f"SOURCE_DATE_EPOCH={epoch!r} is not a number of seconds.")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.fromtimestamp(int(time.time()), UTC)
