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


def setting(name: str, panel: str, metavar: str | None = None) -> Any:
    """Return the flag of the setting `name` (`--name`), explained by the help of the setting."""
    default = default_of(name)
    shown = "" if default is None or default in ("", False, ()) else f" [default: {default}]"
    return typer.Option(
        f"--{name.replace('_', '-')}",
        help=help_for(name) + shown,
        rich_help_panel=panel,
        show_default=False,
        metavar=metavar,
    )


Sheet = Annotated[str | None, setting("sheet", Panel.READ)]
Brand = Annotated[str | None, setting("brand", Panel.READ, "NAME")]
Exclude = Annotated[list[str] | None, setting("exclude", Panel.READ, "POST")]
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
Model = Annotated[str | None, setting("model", Panel.MAP, "NAME|FILE")]
Weights = Annotated[Path | None, setting("weights", Panel.MAP)]
Lang = Annotated[str | None, setting("lang", Panel.REPORT, "en|fr")]
Title = Annotated[str | None, setting("title", Panel.REPORT)]
Json = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON on standard output.", rich_help_panel=Panel.RUN)
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only problems.", rich_help_panel=Panel.RUN)]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print more, row by row.", rich_help_panel=Panel.RUN)]
Debug = Annotated[
    bool, typer.Option("--debug", help="Show where an error comes from, with its traceback.", rich_help_panel=Panel.RUN)
]
Posts = Annotated[
    list[str],
    typer.Argument(
        metavar="POSTS…",
        help="Spreadsheets of posts (.xlsx, .csv, .json or .parquet), folders of them or of images, and links to "
        "Google Sheets; one or several.",
        show_default=False,
    ),
]
Similarity = Annotated[
    str | None,
    typer.Option(
        "--similarity",
        metavar="FACET=WEIGHT,…",
        help="What counts as similar, such as content=1,colour=0.3: how much say each of content, colour and "
        "composition has; one that is not named has none. [default: content=1,colour=0.3,composition=0.7]",
        rich_help_panel=Panel.MAP,
        show_default=False,
    ),
]
Previous = Annotated[
    Path | None,
    typer.Option(
        "--previous",
        metavar="SITE|ZIP",
        help="Earlier report to continue: its images keep their places. By default the one in --out.",
        rich_help_panel=Panel.MAP,
    ),
]
FreshMap = Annotated[
    bool,
    typer.Option(
        "--fresh-map",
        help="Make the map anew instead of adding to the earlier one. Clusters keep their keys where they can.",
        rich_help_panel=Panel.MAP,
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.", rich_help_panel=Panel.RUN)
]
