"""Open what a command works with: its settings, its progress, its cache and the time of the build."""

from __future__ import annotations

import atexit
import os
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from generator.commands.options import DEFAULT_CONFIG
from generator.errors import SettingsError
from generator.report.address import find_address
from generator.settings import Settings
from generator.settings.load import load_settings
from generator.similarity.mixes import plan_maps

if TYPE_CHECKING:
    from generator.cache.store import Store
    from generator.pipeline.run import Run
    from generator.progress import Progress
    from generator.spreadsheet.sources import Inputs


def load_chosen(config: Path | None, **flags: object) -> Settings:
    """Return settings from the file (`config`, or brandscape.toml here), the environment and `flags`.

    Raises SettingsError for a setting that does not fit.
    """
    file = config or (Path(named) if (named := os.environ.get("BRANDSCAPE_CONFIG")) else None)
    if file is None and DEFAULT_CONFIG.is_file():
        file = DEFAULT_CONFIG
    settings = load_settings(file, flags=flags)
    # before hours of work
    find_address(settings.site)
    plan_maps(settings)
    return settings


def open_progress(quiet: bool) -> Progress:
    """Return progress as bars on a terminal and lines elsewhere; only problems if `quiet`."""
    from generator.progress import TerminalProgress

    return TerminalProgress(quiet=quiet)


def open_store(cache_dir: str | None, progress: Progress) -> Store:
    """Return the cache at `cache_dir`, a path or URL, by default in the platform's own folder. Raises SettingsError."""
    from platformdirs import user_cache_path

    from generator.cache.store import Store

    return Store(cache_dir or user_cache_path("brandscape", appauthor=False), progress.warn)


def open_run(settings: Settings, cache_dir: str | None, quiet: bool) -> Run:
    """Return what a build works with, at the time of now."""
    from generator.pipeline.run import Run

    progress = open_progress(quiet)
    return Run(settings, open_store(cache_dir, progress), progress, now())


def open_inputs(
    posts: Sequence[str], settings: Settings, cache_dir: str | None = None, progress: Progress | None = None
) -> Inputs:
    """Return what the arguments of a command name: files, folders, and addresses of spreadsheets, which it downloads.

    Raises SpreadsheetError.
    """
    from generator.collection.linked_sheets import LinkedSheets, is_address
    from generator.spreadsheet.sources import find_inputs

    linked = []
    if addresses := list(dict.fromkeys(filter(is_address, posts))):
        told = progress or open_progress(False)
        folder = tempfile.TemporaryDirectory(prefix="brandscape-")
        atexit.register(folder.cleanup)
        sheets = LinkedSheets(settings.fetch, open_store(cache_dir, told), told.warn, Path(folder.name))
        linked = [sheets.read(address, now()) for address in addresses]
    return find_inputs([Path(text) for text in posts if not is_address(text)], linked)


def now() -> datetime:
    """Return the time of the build, which SOURCE_DATE_EPOCH sets where the same input must give the same bytes."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch and not epoch.isdigit():
        raise SettingsError(f"SOURCE_DATE_EPOCH={epoch!r} is not a number of seconds.")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.fromtimestamp(int(time.time()), UTC)
