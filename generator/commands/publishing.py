"""Commands that bring a report to its readers: init, serve, zip, verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.commands.context import open_progress
from generator.commands.options import DEFAULT_CONFIG, DEFAULT_OUT, Debug, Json, Quiet, Verbose
from generator.commands.output import megabytes, print_edition, print_outcome
from generator.errors import SettingsError
from generator.settings.load import describe_settings
from generator.settings.sizes import format_size, parse_size


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
        from generator.site.ci_workflows import write_workflow

        workflow, package = write_workflow(ci, file.parent, force)
        print(f"Wrote {workflow}. Its first lines say what to do before the first run; pip will install {package}.")
        if file.exists():
            print(f"{file} stays as it is.")
            return
    if file.exists() and not force:
        raise SettingsError(f"{file} exists already.", "Give another name, or --force to replace it.")
    file.write_text(describe_settings(), encoding="utf-8")
    print(f"Wrote {file}. Every line shows a default; remove the # to change it.")


def serve(
    site: Annotated[Path, typer.Argument(help="Folder of the report.")] = DEFAULT_OUT,
    port: Annotated[
        int, typer.Option("--port", help="Port to listen on; 0 takes a free one.", min=0, max=65535)
    ] = 8000,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
    debug: Debug = False,
) -> None:
    """Preview a report on this machine only (127.0.0.1). A report also opens by a double click."""
    from generator.site.serve import serve_site

    serve_site(site, port, open_browser)


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
    from generator.site.archive import zip_site

    archive = zip_site(site, output or site.resolve().with_suffix(".zip"))
    if not quiet:
        print(f"{archive} ({megabytes(archive.stat().st_size)}). Extract it all, then open index.html.")


def _make_edition(site: Path, output: Path | None, max_size: str, email: bool, quiet: bool) -> None:
    from generator.site.edition.email import write_email_edition
    from generator.site.edition.single_file import write_single_file

    write = write_email_edition if email else write_single_file
    place = site.resolve()
    output = output or place.with_name(f"{place.name}-email.zip" if email else f"{place.name}.html")
    limit = parse_size(max_size)
    edition = write(site, output, limit, open_progress(quiet))
    if not quiet:
        print_edition(edition, limit, output)


def verify(
    site: Annotated[Path, typer.Argument(help="Folder of the report, or a zip of it.")] = DEFAULT_OUT,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Check that a report holds exactly the files it was built with, byte for byte."""
    from generator.site.verify import refuse_faults, verify_site

    verdict = verify_site(site)
    refuse_faults(verdict, verbose)
    if as_json:
        print_outcome(verdict.as_facts(), 0)
    elif not quiet:
        print(f"{site} is whole: {verdict.files:,} files, {format_size(verdict.bytes)}, as they were built.")
