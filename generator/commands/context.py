"""What a command runs with: its settings, its progress, its cache and the time of the build."""

from __future__ import annotations

import os
import time
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
    from generator.progress import Progress


def load_chosen(config: Path | None, **flags: object) -> Settings:
    """Settings from the file (the one asked for, or brandscape.toml here), the environment and flags."""
    file = config or (Path(named) if (named := os.environ.get("BRANDSCAPE_CONFIG")) else None)
    if file is None and DEFAULT_CONFIG.is_file():
        file = DEFAULT_CONFIG
    settings = load_settings(file, flags=flags)
    # before hours of work
    find_address(settings.site)
    plan_maps(settings)
    return settings


def open_progress(quiet: bool) -> Progress:
    """Bars on a terminal, lines elsewhere; only problems where `quiet`."""
    from generator.progress import TerminalProgress

    return TerminalProgress(quiet=quiet)


def open_store(cache_dir: str | None, progress: Progress) -> Store:
    """The cache at `cache_dir`, a path or URL, by default the platform's own folder. Raises SettingsError."""
    from platformdirs import user_cache_path

    from generator.cache.store import Store

    return Store(cache_dir or user_cache_path("brandscape", appauthor=False), progress.warn)


def now() -> datetime:
    """The time of the build; SOURCE_DATE_EPOCH sets it where the same input must give the same bytes."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch and not epoch.isdigit():
        raise SettingsError(f"SOURCE_DATE_EPOCH={epoch!r} is not a number of seconds.")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.fromtimestamp(int(time.time()), UTC)
