"""Everything that one build works with, handed along as one record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from generator.similarity.mixes import plan_maps

if TYPE_CHECKING:
    from generator.cache.store import Store
    from generator.progress import Progress
    from generator.settings import Settings
    from generator.similarity.mixes import Mix
    from generator.workers import Workers


@dataclass(frozen=True)
class Run:
    """One build: its settings, its cache, its time, and the workers that share its work, if any."""

    settings: Settings
    store: Store
    progress: Progress
    built: datetime
    workers: Workers | None = None

    @cached_property
    def maps(self) -> tuple[Mix, ...]:
        """The maps of the report, the main one first."""
        return plan_maps(self.settings)
