"""Builds that are killed after a given number of changes to the disk, however fast the machine is.

Run as a program, it imports what a build needs once. Each line of its input then names a spreadsheet, an output folder,
a cache and a number of changes, as JSON; it forks a build, which kills itself with SIGKILL at that change, and prints
whether it was "killed", or how many changes it made until it was done.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from generator.spreadsheet.sources import find_inputs
from tests.support import ROOT

#: Imported once: what a build imports late.
LATE = (
    "PIL.Image", "babel.numbers", "generator.site.pages", "generator.site.workbook", "lxml.etree", "openpyxl",
    "scipy.optimize", "scipy.sparse.csgraph", "scipy.stats", "sklearn.manifold", "sklearn.neighbors",
)  # fmt: skip
#: Audit events by which a process changes what is on disk.
CHANGES = frozenset({"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree", "shutil.copyfile"})


class KilledBuilds:
    """A program that builds and is killed, many times over."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.killed_builds"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
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
    """Read orders and carry each out in a process of its own."""
    for name in LATE:
        importlib.import_module(name)
    for line in sys.stdin:
        reader, writer = os.pipe()
        process = os.fork()
        if process == 0:
            try:
                os.write(writer, str(_build(*json.loads(line))).encode())
            finally:
                os._exit(0)
        os.close(writer)
        _, status = os.waitpid(process, 0)
        with os.fdopen(reader, "rb") as answer:
            count = answer.read(20).decode()
        print("killed" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else count, flush=True)


if __name__ == "__main__":
    main()
