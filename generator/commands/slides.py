"""The command `brandscape slides`: a finished report as a deck for PowerPoint."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from generator.commands.context import load_chosen, open_progress
from generator.commands.options import DEFAULT_OUT, Debug, Quiet
from generator.commands.output import megabytes
from generator.errors import SettingsError, suggest_name
from generator.settings.sizes import parse_size


def slides(
    site: Annotated[Path, typer.Argument(help="Folder of the report, or a zip of it.")] = DEFAULT_OUT,
    output: Annotated[
        Path | None, typer.Option("--output", help="File to write; by default SITE.pptx.", show_default=False)
    ] = None,
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang", metavar="en|fr", help="Language of the deck. [default: the report's]", show_default=False
        ),
    ] = None,
    brand: Annotated[
        list[str] | None,
        typer.Option(
            "--brand", metavar="NAME", help="Brand the deck is about; of two or more, each pair is set side by side."
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option("--template", metavar="FILE", help="Your own .pptx or .potx, whose layouts the slides take."),
    ] = None,
    max_size: Annotated[
        str, typer.Option("--max-size", metavar="SIZE", help="Most that the deck may take, as 10MB or 900KB.")
    ] = "20MB",
    pdf: Annotated[bool, typer.Option("--pdf", help="Write a PDF beside the deck too, by LibreOffice.")] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write a finished report as a deck for PowerPoint, to be edited and shown.

    It has the map, a slide for each finding and each brand, tables and charts, with the report's own figures. The same
    report gives the same bytes.
    """
    if find_spec("pptx") is None:
        raise SettingsError(
            "Slides need python-pptx, which is not installed.", 'Install it: pip install "brandscape[slides]"'
        )
    from generator.language import LANGUAGES

    if lang is not None and lang not in LANGUAGES:
        raise SettingsError(f"--lang: there is no language {lang!r}.", suggest_name(lang, list(LANGUAGES), "There are"))
    from generator.slides.deck import Wishes, write_deck
    from generator.slides.pdf import write_pdf

    place = site.resolve()
    deck_path = output or place.with_name(f"{place.name.removesuffix('.zip')}.pptx")
    wishes = Wishes(lang or "", tuple(brand or ()), template, _find_address(), parse_size(max_size))
    deck = write_deck(site, deck_path, wishes, open_progress(quiet))
    if not quiet:
        print(f"{deck_path} ({deck.slides} slides, {megabytes(deck.size)})")
    if pdf:
        written = write_pdf(deck_path)
        if not quiet:
            print(f"{written} ({megabytes(written.stat().st_size)})")


def _find_address() -> str:
    """Return where the report is published, as [site] url has it, ending in a slash; "" if it is not set."""
    address = load_chosen(None).site.url.strip()
    return f"{address.removesuffix('index.html').rstrip('/')}/" if address else ""
