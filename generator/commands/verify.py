"""The command `brandscape verify`: compare a report with the list of files it was built with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.commands.options import DEFAULT_OUT, Debug, Json, Quiet, Verbose
from generator.commands.output import print_outcome
from generator.settings.sizes import format_size


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
