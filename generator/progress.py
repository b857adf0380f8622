"""Progress of long steps: bars on a terminal, plain lines elsewhere, or nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.progress import Task as RichTask
from rich.text import Text

#: Characters of the longest usual label, such as "Giving images their cells: Composition".
_LABEL_WIDTH = 38


class Step(Protocol):
    """A long step that is running."""

    def advance(self, steps: int = 1) -> None:
        """Count `steps` more units of work as done; safe to call from any thread."""


class Progress(Protocol):
    """A run's messages to its user, all on standard error."""

    warnings: list[str]  # every message given to `warn`

    def step(self, name: str, total: int | None = None) -> AbstractContextManager[Step]:
        """Show a step of `total` units (None: unknown) for the length of a `with` block."""

    def say(self, message: str) -> None:
        """Report something worth knowing."""

    def warn(self, message: str) -> None:
        """Report something the user may want to change."""


class _Silent:
    def advance(self, steps: int = 1) -> None:
        pass


class SilentProgress:
    """A collector of warnings that prints nothing; for tests and callers from Python."""

    def __init__(self, warnings: list[str] | None = None) -> None:
        self.warnings = warnings if warnings is not None else []

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Step]:
        """Show nothing."""
        yield _Silent()

    def say(self, message: str) -> None:
        """Print nothing."""

    def warn(self, message: str) -> None:
        """Keep the message."""
        self.warnings.append(message)


class PartProgress:
    """A run's messages about a part of it, each of which begins with the name of the part."""

    def __init__(self, progress: Progress, part: str) -> None:
        self._progress, self._part = progress, part
        self.warnings = progress.warnings

    def step(self, name: str, total: int | None = None) -> AbstractContextManager[Step]:
        """Show a step of the part."""
        return self._progress.step(self._name(name), total)

    def say(self, message: str) -> None:
        """Report something worth knowing of the part."""
        self._progress.say(self._name(message))

    def warn(self, message: str) -> None:
        """Report something of the part that the user may want to change."""
        self._progress.warn(self._name(message))

    def _name(self, text: str) -> str:
        return f"{self._part}: {text}"


class _Rate(ProgressColumn):
    """Units a second, such as 190/s."""

    def render(self, task: RichTask) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if not speed else f"{speed:,.0f}/s" if speed >= 10 else f"{speed:.1f}/s", style="dim")


class _Bar:
    def __init__(self, bars: RichProgress, total: int | None, name: str) -> None:
        self._bars = bars
        self._task = bars.add_task(name, total=total)
        self.done = 0

    def advance(self, steps: int = 1) -> None:
        self.done += steps
        self._bars.advance(self._task, steps)

    def remove(self) -> None:
        self._bars.remove_task(self._task)


class _Counter:
    """Counter for a log file: one line every ten seconds, none for short steps."""

    def __init__(self, console: Console, name: str, total: int | None) -> None:
        self._console, self._name, self._total = console, name, total
        self._start = self._last = time.monotonic()
        self.done = 0

    def advance(self, steps: int = 1) -> None:
        self.done += steps
        now = time.monotonic()
        if now - self._last < 10:
            return
        self._last = now
        rate = self.done / (now - self._start)
        left = f", {(self._total - self.done) / rate:,.0f} s left" if self._total and rate else ""
        of = f" of {self._total:,}" if self._total else ""
        self._console.print(f"  {self._name}: {self.done:,}{of}, {rate:,.1f}/s{left}")


class TerminalProgress:
    """Bars with rate and time left on a terminal; a few lines elsewhere."""

    def __init__(self, console: Console | None = None, quiet: bool = False) -> None:
        self._console = console or Console(file=sys.stderr, highlight=False, soft_wrap=True)
        self._quiet = quiet
        self._bars: RichProgress | None = None
        self.warnings: list[str] = []

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Step]:
        """Show a bar or lines while a step runs, and one line with its figures when it ends."""
        if self._quiet:
            yield _Silent()
            return
        start = time.monotonic()
        if self._console.is_terminal:
            with self._open_bar(name, total) as bar:
                yield bar
            count = bar.done or total
        else:
            counter = _Counter(self._console, name, total)
            yield counter
            count = counter.done or total
        seconds = time.monotonic() - start
        amount = f"{count:>9,}" if count else " " * 9
        rate = f"{count / seconds:>9,.0f}/s" if count and seconds >= 0.05 else " " * 11
        self._console.print(f"[bold]{escape(f'{name:<{_LABEL_WIDTH}}')}[/bold]{amount}{rate}{seconds:>9.1f} s")

    @contextmanager
    def _open_bar(self, name: str, total: int | None) -> Iterator[_Bar]:
        """Show a bar below those of the other running steps."""
        if self._bars is None:
            columns = (
                TextColumn(f"{{task.description:<{_LABEL_WIDTH}}}", markup=False),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                _Rate(),
                TimeRemainingColumn(compact=True),
            )
            self._bars = RichProgress(*columns, console=self._console, transient=True)
            self._bars.start()
        bar = _Bar(self._bars, total, name)
        try:
            yield bar
        finally:
            bar.remove()
            if not self._bars.tasks:
                self._bars.stop()
                self._bars = None

    def say(self, message: str) -> None:
        """Print a message, unless quiet."""
        if not self._quiet:
            self._console.print(message, markup=False)

    def warn(self, message: str) -> None:
        """Print and keep a message, even when quiet."""
        self.warnings.append(message)
        self._console.print("[yellow]Note[/yellow] ", end="")
        self._console.print(message, markup=False)
