"""The command `brandscape serve`: preview a report on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.commands.options import DEFAULT_OUT, Debug


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
