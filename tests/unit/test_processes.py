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
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil
import pytest

from generator.processes import TRIES, ProcessPool, TaskFailed, is_alive
from tests.support import ROOT

MEMORY = 300_000_000
#: For tests in which a signal ends a process from outside.
needs_signals = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")


def work(task: tuple[str, int]) -> object:
    """A task of a kind, in another process."""
    kind, value = task
    if kind == "hang":
        while True:
            pass
    if kind == "die":
        os.abort()
    if kind == "crash":
        ctypes.string_at(0)
    if kind == "raise":
        raise ValueError("no such thing")
    if kind == "hoard":
        return len(bytearray(2 * MEMORY))
    return os.getpid() if kind == "who" else value


@pytest.fixture
def processes() -> Iterator[ProcessPool[tuple[str, int], object]]:
    with closing(ProcessPool(work, 60.0, MEMORY)) as opened:
        yield opened


def test_processes_are_used_again(processes: ProcessPool[tuple[str, int], object]) -> None:
    assert processes.run(("who", 0)) == processes.run(("who", 0)) != os.getpid()
    assert [processes.run(("echo", value)) for value in range(20)] == list(range(20))


@pytest.mark.parametrize("kind", ["die", "crash"])
def test_one_that_dies_costs_its_task(processes: ProcessPool[tuple[str, int], object], kind: str) -> None:
    with pytest.raises(TaskFailed) as caught:
        processes.run((kind, 0))
    assert not caught.value.timed_out and not caught.value.killed
    assert processes.run(("echo", 7)) == 7


def test_one_that_hangs_costs_its_task(processes: ProcessPool[tuple[str, int], object]) -> None:
    processes.seconds = 1.0
    with pytest.raises(TaskFailed) as caught:
        processes.run(("hang", 0))
    assert caught.value.timed_out
    processes.seconds = 60.0
    assert processes.run(("echo", 7)) == 7


def test_errors_of_the_work_are_the_callers(processes: ProcessPool[tuple[str, int], object]) -> None:
    with pytest.raises(ValueError, match="no such thing"):
        processes.run(("raise", 0))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
def test_memory_is_held_to_its_limit(processes: ProcessPool[tuple[str, int], object]) -> None:
    with pytest.raises(MemoryError):
        processes.run(("hoard", 0))
    assert processes.run(("echo", 7)) == 7


@needs_signals
def test_one_that_is_killed_while_idle_costs_nothing(processes: ProcessPool[tuple[str, int], object]) -> None:
    for _ in range(10):
        process = processes.run(("who", 0))
        assert isinstance(process, int)
        os.kill(process, signal.SIGKILL)
        assert processes.run(("echo", 7)) == 7


class _Killing(ProcessPool[tuple[str, int], object]):
    """A pool whose processes are killed from outside as they begin, `kills` times."""

    kills = 0
    begun = 0

    def _begin(self, task: tuple[str, int]) -> Any:
        process = super()._begin(task)
        self.begun += 1
        if self.begun <= self.kills:
            os.kill(process.number, signal.SIGKILL)
        return process


@needs_signals
@pytest.mark.parametrize("kills", [1, TRIES - 1])
def test_a_task_that_is_killed_from_outside_is_run_again(kills: int) -> None:
    with closing(_Killing(work, 1.0, MEMORY)) as processes:
        processes.kills = kills
        with pytest.raises(TaskFailed) as caught:
            processes.run(("hang", 0))
        assert caught.value.timed_out
        assert processes.begun == kills + 1


@needs_signals
def test_a_task_that_is_killed_every_time_fails() -> None:
    with closing(_Killing(work, 60.0, MEMORY)) as processes:
        processes.kills = TRIES
        with pytest.raises(TaskFailed) as caught:
            processes.run(("hang", 0))
        assert caught.value.killed
        assert processes.begun == TRIES
        assert processes.run(("echo", 7)) == 7


@needs_signals
def test_many_that_are_killed_while_idle_cost_nothing(processes: ProcessPool[tuple[str, int], object]) -> None:
    idle = [processes._begin(("echo", value)) for value in range(5)]
    for process in idle:
        os.kill(process.number, signal.SIGKILL)
        process.await_end()
        processes._idle.put(process)
    assert processes.run(("echo", 7)) == 7


def test_any_number_of_threads_share_it(processes: ProcessPool[tuple[str, int], object]) -> None:
    def call(value: int) -> object:
        try:
            return processes.run(("die" if value % 7 == 3 else "echo", value))
        except TaskFailed:
            return None

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(call, range(60))) == [None if value % 7 == 3 else value for value in range(60)]


def test_closing_ends_a_task_under_way() -> None:
    processes = ProcessPool(work, 60.0, MEMORY)
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(processes.run, ("hang", 0))
        while not any(process.has_begun for process in processes._all):
            time.sleep(0.01)
        processes.close()
        with pytest.raises(TaskFailed):
            under_way.result()
    with pytest.raises(TaskFailed):
        processes.run(("echo", 1))


def _start_caller(tmp_path: Path, seconds: float) -> tuple[subprocess.Popen[bytes], int]:
    """Start a process of whose tasks one hangs; return it and the number of the process that hangs."""
    told = tmp_path / "process"
    code = f"""
import sys, time
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from tests.unit.test_processes import MEMORY, work
from generator.processes import ProcessPool
if __name__ == "__main__":
    process = ProcessPool(work, {seconds}, MEMORY)._begin(("hang", 0))
    Path({str(told)!r}).write_text(f"{{process.number}}.", encoding="utf-8")
    time.sleep(600)
"""
    script = tmp_path / "caller.py"
    script.write_text(code, encoding="utf-8")
    caller = subprocess.Popen([sys.executable, str(script)])
    while not (told.exists() and told.read_text(encoding="utf-8").endswith(".")):
        assert caller.poll() is None
        time.sleep(0.05)
    return caller, int(told.read_text(encoding="utf-8").rstrip("."))


def _await_end(process: int) -> None:
    while is_alive(process):
        time.sleep(0.05)


def test_a_hanging_process_ends_with_its_caller(tmp_path: Path) -> None:
    caller, process = _start_caller(tmp_path, 3600.0)
    caller.kill()
    caller.wait()
    _await_end(process)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="nothing stops a process here")
def test_a_hanging_process_ends_after_its_time_even_if_its_caller_is_stopped(tmp_path: Path) -> None:
    caller, process = _start_caller(tmp_path, 1.0)
    caller.send_signal(signal.SIGSTOP)
    try:
        while psutil.Process(process).status() != psutil.STATUS_ZOMBIE:  # nobody asks after it yet
            time.sleep(0.05)
    except psutil.NoSuchProcess:
        pass
    finally:
        caller.kill()
        caller.wait()


def die_unpickling() -> object:
    os._exit(3)


class _Deadly:
    """Work that ends its process while that is still starting, before the process has its end of the pipe."""

    def __reduce__(self) -> tuple[Any, ...]:
        return die_unpickling, ()

    def __call__(self, task: object) -> object:
        return task


@pytest.fixture
def _held_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ends of each pipe stay with the caller, as on Windows until a process takes its own over."""
    held: list[Connection] = []
    monkeypatch.setattr(Connection, "close", lambda end: held.append(end))


@pytest.mark.usefixtures("_held_ends")
def test_processes_that_die_while_they_start_are_noticed_if_their_end_of_the_pipe_stays_open() -> None:
    with closing(ProcessPool(_Deadly(), 60.0, MEMORY)) as processes, pytest.raises(RuntimeError, match="comes up"):
        processes.run(("echo", 7))


@pytest.mark.usefixtures("_held_ends")
def test_a_process_that_dies_at_work_is_noticed_if_its_end_of_the_pipe_stays_open() -> None:
    with closing(ProcessPool(work, 60.0, MEMORY)) as processes:
        assert processes.run(("echo", 7)) == 7
        with pytest.raises(TaskFailed):
            processes.run(("die", 0))


def test_a_number_that_no_process_has_is_of_none_alive() -> None:
    assert is_alive(os.getpid())
    assert not is_alive(10**8) and not is_alive(10**30)
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    assert not is_alive(done.pid)
