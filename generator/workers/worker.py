"""The part that runs on a worker: check that it suits the build, do a task, keep things from task to task."""

from __future__ import annotations

import importlib.metadata
import multiprocessing
import platform
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

from generator import __version__
from generator.cache.store import Store
from generator.errors import WorkersError

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

#: The kind of entries by which workers show that they see the same cache.
KIND = "workers"
#: Libraries that the bytes of a report depend on besides Brandscape itself.
_LIBRARIES = ("pillow", "numpy", "scipy", "openvino")


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a worker must share with the machine of the build before it is given work."""

    cache: Path | str
    sign: str  # key of an entry in the cache, put there for this build
    program: tuple[tuple[str, str], ...]


@cache
def describe_program() -> dict[str, str]:
    """Return the versions, by name, that the bytes of a report depend on besides its input and settings."""
    from generator.resources import source_digest

    versions = {"Python": ".".join(platform.python_version_tuple()[:2]), "Brandscape": __version__}
    for name in _LIBRARIES:
        with suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return {**versions, "Brandscape's source": source_digest()[:12]}


def count_own_threads() -> int:
    """Return the number of tasks that this worker does at a time."""
    from distributed import get_worker

    return max(1, int(get_worker().state.nthreads))


class _Closing(Protocol):
    def close(self) -> None: ...


_Held = TypeVar("_Held", bound=_Closing)

#: The builds that this worker suits, and what it holds for each from task to task.
_held: dict[str, list[_Closing]] = {}
_lock = threading.Lock()
_sign: ContextVar[str] = ContextVar("sign", default="")  # of the build that the current task belongs to


def keep(make: Callable[[], _Held]) -> _Held:
    """Return what `make` made for the first task of this build; it is closed when the build is over.

    All threads of a worker share it. A build keeps one thing.
    """
    with _lock:
        held = _held.setdefault(_sign.get(), [])
        if not held:
            held.append(make())
        thing: _Held = held[0]  # type: ignore[assignment]
        return thing


def release(sign: str) -> None:
    """Close what is held for a build."""
    with _lock:
        held = _held.pop(sign, [])
    for thing in held:
        thing.close()


def check_in(requirements: Requirements) -> None:
    """Check that this worker suits the build. Raises WorkersError."""
    if requirements.sign in _held:
        return
    where = f"The worker on {platform.node()}"
    ours = describe_program()
    for name, theirs in requirements.program:
        if ours.get(name) != theirs:
            raise WorkersError(
                f"{where} has {name} {ours.get(name, 'not at all')}, the machine of the build {theirs}.",
                "Give all of them the same environment, or their results would not be the same.",
            )
    if Store(requirements.cache, asks=True).get(KIND, requirements.sign) is None:
        raise WorkersError(
            f"{where} does not see the cache at {requirements.cache}.",
            "With --cache-dir, give a folder that all workers see at the same path, or a URL such as s3://bucket/cache.",
        )
    # decoders are processes that a worker starts; a daemonic one, as Dask's are, may start none
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    with _lock:
        _held.setdefault(requirements.sign, [])


def do_task(requirements: Requirements, work: Callable[[_Task], _Result], task: _Task) -> _Result:
    """Return what `work` makes of the task. Raises WorkersError, and what `work` raises."""
    check_in(requirements)
    _sign.set(requirements.sign)
    try:
        return work(task)
    except OSError as error:
        message = f"{error.strerror or error}, on the worker {platform.node()}"
        raise OSError(error.errno, message, error.filename) from error
