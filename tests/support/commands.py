"""The command as its user runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT


def hear_interrupts() -> None:
    """In a process about to be started: heed Ctrl-C, which one that was started in the background ignores."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(*arguments: object, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `brandscape` as a user would, in `folder`."""
    return subprocess.run(
        [sys.executable, "-m", "generator", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


QUICK = "[mosaic]\nscatter_size = 400\nflat_size = 600\n[embedding]\nmodel = 'builtin'\n"
