"""The command `brandscape cache`: what earlier runs have kept."""

from __future__ import annotations

from typing import Annotated

import typer

from generator.commands.context import open_progress, open_store
from generator.commands.options import EXIT_CODES, CacheDir
from generator.commands.output import megabytes

cache = typer.Typer(
    help="What earlier runs have kept: fetched images, and everything computed from them.",
    invoke_without_command=True,
    rich_markup_mode="markdown",
)


@cache.callback()
def _cache(context: typer.Context, cache_dir: CacheDir = None) -> None:
    if context.invoked_subcommand is None:
        size(cache_dir)


@cache.command(epilog=EXIT_CODES)
def size(cache_dir: CacheDir = None) -> None:
    """Show where the cache is and what each kind of work takes."""
    store = open_store(cache_dir, open_progress(quiet=True))
    print(store.place)
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
    from generator.cache.store import PRECIOUS_KINDS, WITHDRAWN_KIND

    store = open_store(cache_dir, open_progress(quiet=True))
    kinds = [kind.kind for kind in store.sizes() if everything or kind.kind not in PRECIOUS_KINDS]
    # nothing but digests, without which a withdrawn image could come back under another address
    kinds = [kind for kind in kinds if kind != WITHDRAWN_KIND]
    print(f"Freed {megabytes(store.prune(kinds))} in {store.place}.")
