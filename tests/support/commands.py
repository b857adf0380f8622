"""The command as its user runs it."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from unittest import mock

from tests.support import ROOT
from tests.support.drawn import write_sample
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.stand_in import keep_stand_in

#: Settings of builds that take a second: small pictures, the network that comes along, no perturbed copies.
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


def interrupt_build(
    folder: Path, cache: Path, server: MisbehavingServer, *flags: str
) -> subprocess.CompletedProcess[str]:
    """Build 40 drawn posts and one whose image is waited for, and interrupt that once images are embedded.

    A build that is interrupted ends when the image has come.
    """
    (folder / "brandscape.toml").write_text(QUICK + "[fetch]\nallow_private = true\n")
    waited = ["House A", server.url("wait.jpg"), "", "1", "", ""]
    spreadsheet = write_sample(folder / "sample", 40, extra=[waited])
    keep_stand_in(cache)
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", "build", str(spreadsheet), "--cache-dir", str(cache), *flags],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_interrupts,
    )
    while not any((cache / "embeddings").rglob("*")):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    server.gate.set()
    said, faults = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, said, faults)
