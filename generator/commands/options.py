"""The flags of the command line: what several commands take, and how a setting becomes a flag."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from generator.errors import EXIT_MEANINGS
from generator.settings.load import default_of, help_for

DEFAULT_CONFIG = Path("brandscape.toml")
DEFAULT_OUT = Path("site")

EXIT_CODES = "Exit codes: " + ", ".join(f"{code} {meaning}" for code, meaning in EXIT_MEANINGS.items()) + "."


class Panel:
    """The parts that --help is set in."""

    READ, IMAGES, MAP, REPORT, RUN = "Reading", "Images", "Likeness and map", "Report", "Run"
    PUBLISH = "Before the old report is replaced"


def setting(name: str, *flags: str, panel: str, **extra: Any) -> Any:
    """Return a flag for the setting `name`, explained by the help of the setting."""
    default = default_of(name)
    shown = "" if default is None or default in ("", False, ()) else f" [default: {default}]"
    return typer.Option(*flags, help=help_for(name) + shown, rich_help_panel=panel, show_default=False, **extra)


Sheet = Annotated[str | None, setting("sheet", "--sheet", panel=Panel.READ)]
Exclude = Annotated[list[str] | None, setting("exclude", "--exclude", panel=Panel.READ, metavar="POST")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for the report.", rich_help_panel=Panel.REPORT)]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config", help="Settings file; by default brandscape.toml, if there is one.", rich_help_panel=Panel.RUN
    ),
]
CacheDir = Annotated[
    str | None,
    typer.Option(
        "--cache-dir",
        metavar="PATH|URL",
        help="Where fetched images and embeddings are kept: a folder, or an fsspec URL (s3://bucket/cache). By default "
        "the platform's cache folder.",
        rich_help_panel=Panel.RUN,
        envvar="BRANDSCAPE_CACHE_DIR",
        show_envvar=False,
    ),
]
Model = Annotated[str | None, setting("model", "--model", panel=Panel.MAP, metavar="NAME|FILE")]
Weights = Annotated[Path | None, setting("weights", "--weights", panel=Panel.MAP)]
Lang = Annotated[str | None, setting("lang", "--lang", panel=Panel.REPORT, metavar="en|fr")]
Title = Annotated[str | None, setting("title", "--title", panel=Panel.REPORT)]
Json = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON on standard output.", rich_help_panel=Panel.RUN)
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only problems.", rich_help_panel=Panel.RUN)]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print more, row by row.", rich_help_panel=Panel.RUN)]
Debug = Annotated[
    bool, typer.Option("--debug", help="Show where an error comes from, with its traceback.", rich_help_panel=Panel.RUN)
]
Posts = Annotated[
    Path,
    typer.Argument(metavar="POSTS", help="Spreadsheet of posts: .xlsx, .csv, .json or .parquet.", show_default=False),
]
