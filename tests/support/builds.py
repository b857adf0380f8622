"""Settings of builds that tests can afford."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from generator.settings import Settings
from generator.settings.load import load_settings

BUILT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def quick_settings(**flags: Any) -> Settings:
    quick = {"model": "builtin", "disturbed": 0, "scatter_size": 400, "flat_size": 600}
    return load_settings(environment={}, flags={**quick, **flags})
