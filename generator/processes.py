"""Run work in child processes: code that hangs, dies or needs too much memory costs no more than its own task.

Each process has its own pipe and shares no lock with the others, so that one killed at any moment stops nothing else.
(`concurrent.futures` gives up a whole pool for one death. Pebble's workers share a lock; one killed while it holds the
lock stops them all.)
"""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

#: Seconds over its time after which a process ends itself, in case its caller is gone.
_ORPHAN_SECONDS = 5
#: Seconds to wait for the exit code of a process whose pipe broke.
_EXIT_SECONDS = 10
#: Times that a process may die by itself before it begins a task.
_STARTS = 3
#: Times that a task may be killed from outside. Generous, since the task is not at fault; bounded, since a system short
#: of memory may kill it every time.
TRIES = 10
#: Exit codes of processes that a signal from outside ended; code that crashes raises others, such as SIGSEGV.
_OUTSIDE_SIGNALS = {
    -getattr(signal, name) for name in ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT") if hasattr(signal, name)
}
#: Imported once for all processes on Linux: the modules that readers of files and decoders of images need.
_PRELOADED = [
    "generator.spreadsheet.reader", "generator.spreadsheet.formats.workbook_rows", "generator.collection.derive",
    "scipy.fft", __name__,
]  # fmt: skip


class TaskFailed(Exception):
    """A task without a result: its process `timed_out`, was `killed` from outside every time, or died by itself."""

    def __init__(self, timed_out: bool = False, killed: bool = False) -> None:
        super().__init__("timed out" if timed_out else "the process was killed" if killed else "the process died")
        self.timed_out = timed_out
        self.killed = killed


class ProcessPool(Generic[_Task, _Result]):
    """A pool of processes that run `work` on one task after another, started as callers need them and used again.

    `work`, tasks and results are pickled. A task whose process is killed from outside is run again, so `work` must bear
    repetition. A task may take `seconds`, and on Linux a process may take `memory` bytes more than when idle; beyond
    that, allocations fail.
    """

    def __init__(self, work: Callable[[_Task], _Result], seconds: float, memory: int) -> None:
        self._work = work
        self.seconds = seconds
        self._memory = memory
        if sys.platform == "linux":
            self._context: Any = multiprocessing.get_context("forkserver")
            self._context.set_forkserver_preload(_PRELOADED)
        else:  # libraries of macOS may crash in a process that is forked after they were loaded
            self._context = multiprocessing.get_context("spawn")
        self._idle: queue.LifoQueue[_Process] = queue.LifoQueue()
        self._all: list[_Process] = []
        self._closed = False

    def run(self, task: _Task) -> _Result:
        """Return the result of one task; may be called from any thread.

        Raises TaskFailed, what `work` raises, and RuntimeError where processes die before they begin.
        """
        for _ in range(TRIES):
            process = self._begin(task)
            begun = time.monotonic()
            try:
                if not process.answers(self.seconds):
                    process.end()
                    raise TaskFailed(timed_out=True)
                result, error = process.pipe.recv()
                break
            except (EOFError, OSError):
                process.await_end()
                if not process.was_killed:
                    # a process ends itself if its caller was stopped for longer than the task may take
                    raise TaskFailed(timed_out=time.monotonic() - begun > self.seconds) from None
        else:
            raise TaskFailed(killed=True)
        if isinstance(error, MemoryError):
            process.end()  # earlier tasks may have filled its memory
        else:
            self._idle.put(process)
        if error is not None:
            raise error
        done: _Result = result
        return done

    def close(self) -> None:
        """End all processes; tasks under way fail, and no more can be run."""
        self._closed = True
        for process in list(self._all):
            process.end()

    def _begin(self, task: _Task) -> _Process:
        """Return a process that has begun the task, passing over processes that died before they could."""
        deaths = kills = 0
        while deaths < _STARTS and kills < TRIES:
            process = self._take()
            try:
                process.begin(task)
                return process
            except (EOFError, OSError):
                process.await_end()
                if not process.has_begun:  # one that was ready before says nothing about new ones
                    kills += process.was_killed
                    deaths += not process.was_killed
        if kills == TRIES:
            raise TaskFailed(killed=True)
        raise RuntimeError("No process to work in comes up; a script needs `if __name__ == '__main__':` around it.")

    def _take(self) -> _Process:
        """Return an idle process or a new one. Raises TaskFailed once the pool is closed."""
        if self._closed:
            raise TaskFailed
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            process = _Process(self._context, self._work, self.seconds, self._memory)
            self._all.append(process)
            if self._closed:
                process.end()
            return process


class _Process:
    """One process and the pipe to it."""

    def __init__(self, context: Any, work: Callable[[Any], Any], seconds: float, memory: int) -> None:
        self.pipe, theirs = context.Pipe()
        self.has_begun = False  # whether it ever took up a task
        self._is_ready = False
        self._process = context.Process(target=_serve, args=(theirs, work, seconds, memory), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def number(self) -> int:
        """The process's number."""
        return int(self._process.pid)

    @property
    def was_killed(self) -> bool:
        """Whether a signal from outside ended it, as one of the system's when memory runs out."""
        code: int | None = self._process.exitcode
        return code in _OUTSIDE_SIGNALS

    def begin(self, task: Any) -> None:
        """Give it a task and wait until it has begun. Raises EOFError or OSError if it died before."""
        if not self._is_ready:
            # nothing is sent before: until the process has its end of the pipe, nobody would notice that it died
            self._receive()
            self._is_ready = True
        self.pipe.send(task)
        self._receive()
        self.has_begun = True

    def answers(self, seconds: float | None = None) -> bool:
        """Return whether something can be received within `seconds`. Raises EOFError if the process ends instead.

        On Windows a pipe alone does not tell: this process holds both of its ends until the other takes one over.
        """
        ready = wait([self.pipe, self._process.sentinel], seconds)
        if ready and self.pipe not in ready and not self.pipe.poll():
            raise EOFError
        return bool(ready)

    def _receive(self) -> Any:
        self.answers()
        return self.pipe.recv()

    def await_end(self) -> None:
        """Wait until a process whose pipe broke has ended, so that its exit code tells why."""
        self._process.join(_EXIT_SECONDS)
        if self._process.exitcode is None:
            self.end()

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.join()


def _serve(pipe: Connection, work: Callable[[Any], Any], seconds: float, memory: int) -> None:
    """Answer tasks until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller is interrupted, and ends this process
    threading.Thread(target=_follow_caller, daemon=True).start()
    _expect_crashes()
    _limit_memory(memory)
    with contextlib.suppress(OSError):
        pipe.send(None)  # ready
    silence = open(os.devnull, "wb")  # noqa: SIM115 (as long as the process)
    while True:
        try:
            task = pipe.recv()
            # ends the process on every system, even if a decoder never returns to Python
            faulthandler.dump_traceback_later(seconds + _ORPHAN_SECONDS, exit=True, file=silence)
            pipe.send(None)  # the task is begun
        except (EOFError, OSError, RuntimeError):  # the last if there is no memory for another thread
            return
        os.dup2(silence.fileno(), 2)  # decoders in C print warnings
        result, error = None, None
        try:
            result = work(task)
        except Exception as problem:
            error = problem
        faulthandler.cancel_dump_traceback_later()
        with contextlib.suppress(OSError):
            pipe.send((result, error))


def _follow_caller() -> None:
    """End this process when its caller has ended, whatever it is doing."""
    caller = multiprocessing.parent_process()
    if caller is not None:
        caller.join()
        os._exit(1)


def _expect_crashes() -> None:
    """Let this process crash without a dump or a window, which nobody would look at."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.SetErrorMode(msvcrt.SEM_FAILCRITICALERRORS | msvcrt.SEM_NOGPFAULTERRORBOX)
    else:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_memory(memory: int) -> None:
    """Limit this process to `memory` bytes more than it has; only Linux enforces it."""
    if sys.platform != "linux":
        return
    import resource

    with open("/proc/self/statm", encoding="ascii") as file:
        size = int(file.read().split()[0]) * resource.getpagesize()
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = size + memory
    resource.setrlimit(resource.RLIMIT_AS, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


def count_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def is_alive(process: int) -> bool:
    """Return whether a process has this number."""
    import psutil

    try:
        return psutil.pid_exists(process)
    except OverflowError:  # larger than any
        return False
