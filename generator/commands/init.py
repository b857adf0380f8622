"""The command `brandscape init`: write a settings file, and a workflow for CI."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.commands.options import DEFAULT_CONFIG, Debug
from generator.errors import SettingsError
from generator.settings.load import describe_settings


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
