"""The command as its user runs it."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from unittest import mock

#: Settings of builds that take a second: small pictures, the built-in features, no perturbed copies.
QUICK = "[mosaic]\nscatter_size = 400\nflat_size = 600\n[embedding]\nmodel = 'builtin'\n[similarity]\ndisturbed = 0\n"


def hear_interrupts() -> None:
    """Heed Ctrl-C in a process about to be started: one that was started in the background ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(*arguments: object, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `brandscape` in `folder`, in this process: starting one of its own takes longer than most commands do."""
    from generator.cli import main

    command = ["brandscape", *map(str, arguments)]
    output, errors = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", command),
        mock.patch.dict(os.environ, {"NO_COLOR": "1", **environment}),
        contextlib.chdir(folder),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
    ):
        code: str | int | None = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code
        except Exception:
            traceback.print_exc()
            code = 1
    return subprocess.CompletedProcess(command, int(code or 0), output.getvalue(), errors.getvalue())
