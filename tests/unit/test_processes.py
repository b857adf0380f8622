"""Work in processes of its own: what hangs, dies or asks for too much costs one task."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from generator.processes import ProcessPool, TaskFailed
from tests.support import ROOT

MEMORY = 300_000_000


def work(task: tuple[str, int]) -> object:
    """A task of a kind, in another process."""
    kind, value = task
    if kind == "hang":
        while True:
            pass
    if kind == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "crash":
        ctypes.string_at(0)
    if kind == "raise":
        raise ValueError("no such thing")
    if kind == "hoard":
        return len(bytearray(2 * MEMORY))
    return os.getpid() if kind == "who" else value


@pytest.fixture
def isolated() -> Iterator[ProcessPool[tuple[str, int], object]]:
    with closing(ProcessPool(work, 1.0, MEMORY)) as made:
        yield made


def test_processes_are_used_again(isolated: ProcessPool[tuple[str, int], object]) -> None:
    assert isolated.run(("who", 0)) == isolated.run(("who", 0)) != os.getpid()
    assert [isolated.run(("echo", value)) for value in range(20)] == list(range(20))


@pytest.mark.parametrize(("kind", "timed_out"), [("hang", True), ("die", False), ("crash", False)])
def test_one_that_hangs_or_dies_costs_its_task(
    isolated: ProcessPool[tuple[str, int], object], kind: str, timed_out: bool
) -> None:
    start = time.monotonic()
    with pytest.raises(TaskFailed) as caught:
        isolated.run((kind, 0))
    assert caught.value.timed_out is timed_out
    assert time.monotonic() - start < 10
    assert isolated.run(("echo", 7)) == 7


def test_errors_of_the_work_are_the_callers(isolated: ProcessPool[tuple[str, int], object]) -> None:
    with pytest.raises(ValueError, match="no such thing"):
        isolated.run(("raise", 0))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
def test_memory_is_held_to_its_limit(isolated: ProcessPool[tuple[str, int], object]) -> None:
    with pytest.raises(MemoryError):
        isolated.run(("hoard", 0))
    assert isolated.run(("echo", 7)) == 7


def test_one_that_is_killed_while_idle_costs_nothing(isolated: ProcessPool[tuple[str, int], object]) -> None:
    for _ in range(10):
        process = isolated.run(("who", 0))
        assert isinstance(process, int)
        os.kill(process, signal.SIGKILL)
        assert isolated.run(("echo", 7)) == 7


def test_any_number_of_threads_share_it(isolated: ProcessPool[tuple[str, int], object]) -> None:
    def call(value: int) -> object:
        try:
            return isolated.run(("die" if value % 7 == 3 else "echo", value))
        except TaskFailed:
            return None

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(call, range(60))) == [None if value % 7 == 3 else value for value in range(60)]


def test_closing_ends_a_task_under_way() -> None:
    isolated = ProcessPool(work, 60.0, MEMORY)
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(isolated.run, ("hang", 0))
        time.sleep(0.5)
        isolated.close()
        with pytest.raises(TaskFailed):
            under_way.result(10)
    with pytest.raises(TaskFailed):
        isolated.run(("echo", 1))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no alarm to end an orphan by")
def test_a_hanging_process_outlives_a_killed_caller_only_for_its_time(tmp_path: Path) -> None:
    told = tmp_path / "process"
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.unit.test_processes import MEMORY, work
from generator.processes import Isolated
if __name__ == "__main__":
    isolated = Isolated(work, 1.0, MEMORY)
    open({str(told)!r}, "w").write(str(isolated.run(("who", 0))))
    isolated._seconds = 60
    isolated.run(("hang", 0))
"""
    script = tmp_path / "caller.py"
    script.write_text(code)
    caller = subprocess.Popen([sys.executable, str(script)])
    deadline = time.monotonic() + 30
    while not (told.exists() and told.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    caller.kill()
    caller.wait()
    process = int(told.read_text())
    while Path(f"/proc/{process}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
