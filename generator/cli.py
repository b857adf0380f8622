"""The `brandscape` command: its commands, and why one failed. The only place that exits."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from generator import __version__
from generator.commands import build, cache, check, demo, doctor, init, serve, slides, verify, zip
from generator.commands.options import EXIT_CODES
from generator.commands.output import print_failure
from generator.commands.streams import open_streams
from generator.errors import BrandscapeError, SettingsError, explain_system

INTERRUPTED = 130

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
    open_streams()
    debug = "--debug" in sys.argv
    try:
        app()
    except BrandscapeError as error:
        _fail(error, debug)
    except SystemExit as stop:
        if stop.code == INTERRUPTED:  # typer turns Ctrl-C into this
            print(f"\n{_INTERRUPTED}", file=sys.stderr)
        _tell_scripts(_explain_stop(stop))
        raise
    except OSError as error:
        _fail(explain_system(error) or _as_fault(error), debug)
    except MemoryError:
        _fail(BrandscapeError("There is not enough memory.", "Close other programs, or split the spreadsheet."), debug)
    except Exception as error:
        _fail(_as_fault(error), debug)


def _as_fault(error: Exception) -> BrandscapeError:
    return BrandscapeError(
        f"{type(error).__name__}: {error}",
        "This is a fault in Brandscape. Run the same command with --debug to see where.",
    )


def _fail(error: BrandscapeError, debug: bool) -> None:
    """Print what went wrong and exit; raise it again with --debug."""
    _tell_scripts(error)
    if debug:
        raise
    _complain(error)
    sys.exit(error.exit_code)


_INTERRUPTED = "Interrupted. What was done is kept: the same command continues from there."


def _complain(error: BrandscapeError) -> None:
    from generator.text import clean_caption

    # names from a spreadsheet may hold what a terminal takes for orders
    print(f"Error: {clean_caption(error.message)}", file=sys.stderr)
    if error.hint:
        print(f"       {clean_caption(error.hint)}", file=sys.stderr)


def _tell_scripts(error: BrandscapeError | None) -> None:
    """Print a failure as an object on standard output too, if --json is given."""
    if error is not None and "--json" in sys.argv:
        print_failure(error)


def _explain_stop(stop: SystemExit) -> BrandscapeError | None:
    """Return why typer ends the command by itself; None if there is nothing to explain."""
    usage = getattr(stop.__context__, "format_message", None)
    if usage is not None:
        return SettingsError(usage())
    if stop.code != INTERRUPTED:
        return None
    error = BrandscapeError(_INTERRUPTED)
    error.exit_code = INTERRUPTED
    return error


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    if version:
        print(f"brandscape {__version__}")
        raise typer.Exit


for command in (
    build.build,
    check.check,
    demo.demo,
    init.init,
    serve.serve,
    zip.zip,
    slides.slides,
    verify.verify,
    doctor.doctor,
):
    app.command(epilog=EXIT_CODES)(command)
app.add_typer(cache.cache, name="cache", epilog=EXIT_CODES)
