"""Builds that are killed after a given number of changes to the disk, however fast the machine is.

Each line of their program's input names a spreadsheet, an output folder, a cache and a number of changes, as JSON. It
forks a build, which kills itself with SIGKILL at that change, and prints whether it was "killed", or how many changes
it made until it was done. It never opens a network itself, whose threads no fork would have.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing.forkserver
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from generator.embedding.openvino_engine import import_openvino
from generator.processes import ProcessPool
from generator.spreadsheet.sources import find_inputs
from tests.support import ROOT
from tests.support.stand_in import use_stand_in
from tests.support.templates import keep_compiled_templates

#: Audit events by which a process changes what is on disk.
CHANGES = frozenset({"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree", "shutil.copyfile"})
#: A process with threads of a library for parallel work cannot be forked.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
#: What takes long to import, and starts no threads by that.
_SLOW = ("generator.pipeline.build", "sklearn.decomposition", "sklearn.manifold", "pandas", "openpyxl")


class KilledBuilds:
    """A program that builds and is killed, many times over."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            # not as a module of its own, which every decoder would import again
            [sys.executable, "-c", "from tests.support.killed_builds import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **_ONE_THREAD},
        )

    def build(self, spreadsheet: Path, folder: Path, at_change: int = 0) -> str:
        """Build into `folder` and die at that change; 0 lets it end, and returns how many changes it made."""
        assert self._process.stdin and self._process.stdout
        order = [str(spreadsheet), str(folder / "site"), str(folder / "cache"), at_change]
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        """End the program."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()


def _build(spreadsheet: str, out: str, cache: str, at_change: int) -> int:
    """Build a report; return how many changes to the disk that took."""
    from generator.cache.store import Store
    from generator.pipeline.build import build_site
    from generator.pipeline.run import Run
    from generator.progress import SilentProgress
    from tests.support.builds import BUILT, quick_settings

    count = 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        writes = event == "open" and isinstance(arguments[1], str) and "r" not in arguments[1]
        if writes or event in CHANGES:
            count += 1
            if count == at_change:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    run = Run(quick_settings(perplexity=5), Store(Path(cache)), SilentProgress(), BUILT)
    build_site(find_inputs([Path(spreadsheet)]), Path(out), run)
    return count


def main() -> None:
    """Import here what a build takes long to import, and fork for each order."""
    for name in _SLOW:
        importlib.import_module(name)
    import_openvino()
    with TemporaryDirectory() as templates, keep_compiled_templates(Path(templates)), use_stand_in(), _serve_forks():
        for line in sys.stdin:
            print(_carry_out(line), flush=True)


@contextmanager
def _serve_forks() -> Iterator[None]:
    """Start the server of decoder processes; builds forked from this process use it too, but cannot ask after it."""
    pool: ProcessPool[int, int] = ProcessPool(abs, 60, 1_000_000_000)
    with closing(pool):
        pool.run(0)
    with mock.patch.object(multiprocessing.forkserver.ForkServer, "ensure_running"):
        yield


def _carry_out(order: str) -> str:
    """Build in a process of its own; return "killed" or the number of changes."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.write(writer, str(_build(*json.loads(order))).encode())
        finally:
            os._exit(0)
    os.close(writer)
    _, status = os.waitpid(process, 0)
    with os.fdopen(reader, "rb") as answer:
        count = answer.read(20).decode()
    return "killed" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else count
