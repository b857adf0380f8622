"""The scheduler that hands out work: one elsewhere, or one started here for a build."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass

from generator.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Scheduler:
    """A scheduler at `address`, or one that is started here for `processes` workers."""

    address: str = ""
    processes: int = 0


def parse_scheduler(text: str) -> Scheduler | None:
    """Return the scheduler that `--scheduler` names; None for "".

    Raises SettingsError, also if Dask is not installed.
    """
    if not text:
        return None
    here = re.fullmatch(r"local:([1-9][0-9]{0,3})", text)
    if not here and not re.fullmatch(r"(tcp|tls)://(\[[0-9a-fA-F:.]+\]|[^\s/:]+):[0-9]{1,5}", text):
        raise SettingsError(
            f"--scheduler {text} is not an address of workers.",
            "Give tcp://HOST:PORT or tls://HOST:PORT of a Dask scheduler, or local:N for N workers on this machine.",
        )
    if importlib.util.find_spec("distributed") is None:
        raise SettingsError(
            "--scheduler needs Dask, which is not installed.", 'Install it with: pip install "brandscape[cluster]"'
        )
    return Scheduler(processes=int(here[1])) if here else Scheduler(address=text)
