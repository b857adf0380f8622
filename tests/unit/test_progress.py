"""Progress: bars side by side on a terminal, lines in a log, and nothing where it is quiet."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from generator import progress as progress_module
from generator.progress import PartProgress, TerminalProgress


def _open(terminal: bool, quiet: bool = False) -> tuple[TerminalProgress, io.StringIO]:
    written = io.StringIO()
    console = Console(file=written, force_terminal=terminal, width=100, highlight=False, soft_wrap=True)
    return TerminalProgress(console, quiet), written


@pytest.mark.parametrize("terminal", [True, False])
def test_steps_may_run_side_by_side_and_each_says_what_it_did(terminal: bool) -> None:
    progress, written = _open(terminal)
    with progress.step("Downloads", 30) as downloads, progress.step("Images", 30) as images:
        downloads.advance(30)
        images.advance(27)  # three could not be downloaded
    with progress.step("Map"):
        pass
    lines = [line for line in written.getvalue().splitlines() if " s" in line]
    for name in ("Downloads", "Images", "Map"):
        assert sum(name in line and line.rstrip().endswith("s") for line in lines) >= 1
    assert "27" in next(line for line in reversed(lines) if "Images" in line)
    assert progress._bars is None


def test_the_one_that_began_first_may_end_first() -> None:
    progress, _ = _open(True)
    first = progress.step("Downloads", 3)
    second = progress.step("Images", 3)
    first.__enter__().advance(3)
    second.__enter__()
    first.__exit__(None, None, None)
    assert progress._bars is not None
    second.__exit__(None, None, None)
    assert progress._bars is None


def test_an_error_leaves_no_bar_behind() -> None:
    progress, _ = _open(True)
    with pytest.raises(KeyError), progress.step("Images", 3):
        raise KeyError
    assert progress._bars is None


def test_a_log_gets_a_line_now_and_then_with_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: now[0])
    progress, written = _open(False)
    with progress.step("Images", 100) as images:
        for _ in range(10):
            now[0] += 3
            images.advance(5)
    said = written.getvalue()
    assert "Images: 20 of 100, 1.7/s, 48 s left" in said
    assert said.count("left") == 2 and "30.0 s" in said.splitlines()[-1]


def test_quiet_says_only_what_is_to_be_changed() -> None:
    progress, written = _open(False, quiet=True)
    with progress.step("Images", 3) as images:
        images.advance(3)
    progress.say("for your information")
    assert written.getvalue() == ""
    progress.warn("[bold]look[/bold]")
    assert "[bold]look[/bold]" in written.getvalue() and progress.warnings == ["[bold]look[/bold]"]


@pytest.mark.parametrize("terminal", [True, False])
def test_the_name_of_a_map_is_printed_as_it_is(terminal: bool) -> None:
    progress, written = _open(terminal)
    with progress.step("Laying out the map: [red]Colour[/red]"):
        pass
    assert "Laying out the map: [red]Colour[/red]" in written.getvalue()


def test_messages_about_a_part_begin_with_its_name() -> None:
    progress, written = _open(False)
    part = PartProgress(progress, "Benchmark")
    with part.step("Reading images", 2) as step:
        step.advance(2)
    part.say("Ready.")
    part.warn("One is missing.")
    assert part.warnings == progress.warnings == ["Benchmark: One is missing."]
    lines = written.getvalue().splitlines()
    assert lines[0].startswith("Benchmark: Reading images") and lines[1] == "Benchmark: Ready."
