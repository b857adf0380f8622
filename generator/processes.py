"""Work in processes of its own: code that hangs, dies or wants too much memory costs no more than its own task.

Every process has a pipe of its own and shares no lock with the others, so that one killed at any moment halts nothing.
(`concurrent.futures` gives up a whole pool for one death; Pebble's workers share a lock, and one that is killed while
it holds it halts them all.)
"""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import queue
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

#: Seconds over its time that a process ends itself, should nobody be left to end it.
_ORPHAN_SECONDS = 5
#: Processes a task is handed to before it is given up, where each dies before it begins.
_TRIES = 3
#: Imported once for all processes where the system can: what each of those that decode images needs.
_PRELOADED = ["generator.collection.derive", "generator.embedding.builtin", "scipy.fft", __name__]


class TaskFailed(Exception):
    """A task whose process had to be ended, or ended itself. `timed_out` tells which."""

    def __init__(self, timed_out: bool) -> None:
        super().__init__("timed out" if timed_out else "the process died")
        self.timed_out = timed_out


class ProcessPool(Generic[_Task, _Result]):
    """Runs `work` on one task after another in processes that are started as callers need them, and used again.

    `work`, tasks and results are pickled. A task may take `seconds`, and a process `memory` bytes more than it takes
    when idle, where the system can hold it to that; beyond it, allocations fail as they do when memory is used up.
    """

    def __init__(self, work: Callable[[_Task], _Result], seconds: float, memory: int) -> None:
        self._work = work
        self._seconds = seconds
        self._memory = memory
        methods = multiprocessing.get_all_start_methods()
        self._context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if "forkserver" in methods:
            self._context.set_forkserver_preload(_PRELOADED)
        self._idle: queue.LifoQueue[_Process] = queue.LifoQueue()
        self._all: list[_Process] = []
        self._closed = False

    def run(self, task: _Task) -> _Result:
        """The result of one task; may be called from any thread.

        Raises TaskFailed, what `work` raises, and RuntimeError where processes die before they begin.
        """
        process = self._hand_over(task)
        try:
            if not process.pipe.poll(self._seconds):
                process.end()
                raise TaskFailed(timed_out=True)
            result, error = process.pipe.recv()
        except (EOFError, OSError):
            process.end()
            raise TaskFailed(timed_out=False) from None
        if isinstance(error, MemoryError):
            process.end()  # what fills it may be left of earlier tasks
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

    def _hand_over(self, task: _Task) -> _Process:
        """The process that has begun the task. One that died before is not the task's fault, so another gets it."""
        for _ in range(_TRIES):
            process = self._take()
            try:
                process.pipe.send(task)
                process.pipe.recv()
                return process
            except (EOFError, OSError):
                process.end()
        raise RuntimeError("No process to work in comes up; a script needs `if __name__ == '__main__':` around it.")

    def _take(self) -> _Process:
        if self._closed:
            raise TaskFailed(timed_out=False)
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            process = _Process(self._context, self._work, self._seconds, self._memory)
            self._all.append(process)
            if self._closed:
                process.end()
            return process


class _Process:
    """One process and the pipe to it."""

    def __init__(self, context: Any, work: Callable[[Any], Any], seconds: float, memory: int) -> None:
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, work, seconds, memory), daemon=True)
        self._process.start()
        theirs.close()

    def end(self) -> None:
        self._process.kill()
        self._process.join()


def _serve(pipe: Connection, work: Callable[[Any], Any], seconds: float, memory: int) -> None:
    """Answer tasks until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller is interrupted, and ends this process
    _limit_memory(memory)
    silence = open(os.devnull, "wb")  # noqa: SIM115 (as long as the process)
    while True:
        try:
            task = pipe.recv()
            pipe.send(None)  # it is begun
        except (EOFError, OSError):
            return
        os.dup2(silence.fileno(), 2)  # decoders in C print what they think of a file, whoever listens
        result, error = None, None
        if sys.platform != "win32":
            # a signal without a handler ends the process even where a decoder never returns to Python
            signal.alarm(math.ceil(seconds) + _ORPHAN_SECONDS)
        try:
            result = work(task)
        except Exception as problem:
            error = problem
        if sys.platform != "win32":
            signal.alarm(0)
        with contextlib.suppress(OSError):
            pipe.send((result, error))


def _limit_memory(memory: int) -> None:
    """Hold this process to `memory` bytes more than it has; only Linux keeps to it."""
    if sys.platform != "linux":
        return
    import resource

    with open("/proc/self/statm", encoding="ascii") as file:
        size = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash is expected, and nobody will look into it
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = size + memory
    resource.setrlimit(resource.RLIMIT_AS, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


def is_alive(process: int) -> bool:
    """Whether there is a process of that number; on Windows, where asking would end it, always."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
