"""The command `brandscape zip`: pack a report, or make an edition of it for e-mail or as one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.commands.context import open_progress
from generator.commands.options import DEFAULT_OUT, Debug, Quiet
from generator.commands.output import megabytes, print_edition
from generator.errors import SettingsError
from generator.settings.sizes import parse_size


def zip(
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
        typer.Option(
            "--email", help="Make an edition for e-mail: small, without script files, which mail systems refuse."
        ),
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
    """Pack a report into one archive, or make an edition of it for e-mail.

    An edition has all pages and everything the viewer does. Its images are encoded again, as large and fine as
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
