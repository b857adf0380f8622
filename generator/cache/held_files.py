"""Change files that other programs may have open: Windows refuses to rename, replace or remove those meanwhile.

Scanners and backups let go within seconds, and another build within milliseconds, so what is refused is tried again.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from generator.errors import is_held

_Result = TypeVar("_Result")

#: Seconds for which what is refused is tried again.
PATIENCE = 10.0
#: Seconds between two tries, at first and at most; each pause is twice the one before.
_FIRST_PAUSE = 0.001
_LONGEST_PAUSE = 0.1


def insist(change: Callable[[], _Result], patience: float = PATIENCE) -> _Result:
    """Return what `change` returns, tried again for `patience` seconds while another program holds a file of it."""
    give_up = time.monotonic() + patience
    pause = _FIRST_PAUSE
    while True:
        try:
            return change()
        except OSError as error:
            if not is_held(error) or time.monotonic() >= give_up:
                raise
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def remove_tree(folder: Path, patience: float = PATIENCE) -> None:
    """Remove a folder with all it holds, if it exists, files that may only be read too. Raises OSError."""
    # the older name is deprecated from 3.12 on
    refused: dict[str, Any] = {"onexc" if sys.version_info >= (3, 12) else "onerror": _remove_read_only}
    if folder.is_dir():
        insist(lambda: shutil.rmtree(folder, **refused), patience)


def _remove_read_only(remove: Callable[[str], object], path: str, problem: Any) -> None:
    """Carry on after rmtree failed at `path`: Windows refuses to remove files that may only be read."""
    error = problem[1] if isinstance(problem, tuple) else problem
    if isinstance(error, FileNotFoundError):  # removed by another process
        return
    if not isinstance(error, PermissionError) or os.access(path, os.W_OK):
        raise error
    os.chmod(path, stat.S_IWRITE | stat.S_IREAD | stat.S_IEXEC)
    remove(path)
