"""Workers on this machine or on others, which Dask hands work to. Dask is imported only once there is work for them.

Work under way on a worker that is lost is done again by another. No more is handed out than keeps all of them busy, so
that the number of tasks has no bound.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import itertools
import logging
import multiprocessing
import platform
import queue
import re
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from generator import __version__
from generator.cache.store import Store
from generator.errors import SettingsError, WorkersError
from generator.progress import Progress

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

_CONNECT_SECONDS = 10
#: How long to wait for the first worker.
_WORKERS_SECONDS = 30
#: How long to be without any worker before it is said.
_ALONE_SECONDS = 20
#: Between looks at whether all is well, while no result comes.
_LOOK_SECONDS = 1.0
#: Tasks handed out to each thread: one at work, one or two that wait for it.
_TASKS_AHEAD = 3
#: Where workers show that they see the same cache.
_KIND = "workers"
#: What the bytes of a report depend on besides Brandscape itself.
_LIBRARIES = ("pillow", "numpy", "scipy", "ai-edge-litert")


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Where work is handed out: at `address`, or by one that is started here for `processes` workers."""

    address: str = ""
    processes: int = 0


def parse_scheduler(text: str) -> Scheduler | None:
    """What `--scheduler` names; None for nothing. Raises SettingsError, also where Dask is not installed."""
    if not text:
        return None
    here = re.fullmatch(r"local:([1-9][0-9]{0,3})", text)
    if not here and not re.fullmatch(r"(tcp|tls)://(\[[0-9a-fA-F:.]+\]|[^\s/:]+):[0-9]{1,5}", text):
        raise SettingsError(
            f"--scheduler {text} is not an address of workers.",
            "Give tcp://HOST:PORT or tls://HOST:PORT of a Dask scheduler, or local:N for N workers on this machine.",
        )
    if importlib.util.find_spec("distributed") is None:
        raise SettingsError(
            "--scheduler needs Dask, which is not installed.", "Install it with: pip install 'brandscape[cluster]'"
        )
    return Scheduler(processes=int(here[1])) if here else Scheduler(address=text)


@dataclass(frozen=True, slots=True)
class _Meeting:
    """What a worker must share with this machine before it is given work."""

    cache: Path | str
    sign: str  # key of an entry in the cache, put there for this build
    program: tuple[tuple[str, str], ...]


class Workers:
    """Those of one scheduler, asked for when there is something to do. The cache must be one that all of them see."""

    def __init__(self, scheduler: Scheduler, store: Store, progress: Progress) -> None:
        self._scheduler = scheduler
        self._store = store
        self._progress = progress
        self._cluster: Any = None
        self._client: Any = None
        self._seen: set[str] = set()  # addresses of all workers that ever were
        self._alone_since: float | None = None
        self._said_alone = False
        #: Where workers find the cache.
        self.cache = store.place.resolve() if isinstance(store.place, Path) else store.place
        self._meeting = _Meeting(self.cache, secrets.token_hex(32), tuple(describe_program().items()))

    def threads(self) -> int:
        """How many tasks they do at a time. Raises WorkersError and SettingsError where there are none to be had."""
        self._connect()
        return max(1, self._look())

    def map(self, work: Callable[[_Task], _Result], tasks: Iterable[_Task]) -> Iterator[tuple[_Task, _Result]]:
        """Each task with what `work` made of it, as they are done. `work` is a function of a module.

        Raises what `work` raises, and WorkersError where a task brings down worker after worker or the scheduler goes.
        """
        threads = self.threads()
        done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        under_way: dict[str, tuple[Any, _Task]] = {}
        rest = iter(tasks)
        looked = time.monotonic()
        try:
            while True:
                for task in itertools.islice(rest, max(0, _TASKS_AHEAD * threads - len(under_way))):
                    future = self._client.submit(_do, self._meeting, work, task, pure=False)
                    under_way[future.key] = future, task
                    future.add_done_callback(done.put)
                if not under_way:
                    return
                try:
                    future = done.get(timeout=_LOOK_SECONDS)
                except queue.Empty:
                    future = None
                if future is not None:
                    result = self._take(future)
                    _, task = under_way.pop(future.key)
                    yield task, result
                if time.monotonic() > looked + _LOOK_SECONDS:
                    threads = max(1, self._look())
                    looked = time.monotonic()
        finally:
            if under_way:
                with suppress(Exception):
                    self._client.cancel([future for future, _ in under_way.values()], force=True)

    def close(self) -> None:
        """Let go of them; those that were started here are ended."""
        if self._client is not None:
            with suppress(Exception):
                lost = self._seen.difference(self._ask_threads())
                self._client.run(release, self._meeting.sign)
                if lost:
                    self._store.tidy()  # of what they were writing
            with suppress(OSError):
                self._store.remove(_KIND, self._meeting.sign)
            with suppress(Exception):
                self._client.close(timeout=5)
        if self._cluster is not None:
            with suppress(Exception):
                self._cluster.close(timeout=10)
        self._client = self._cluster = None

    def _connect(self) -> None:
        if self._client is not None:
            return
        import dask
        import distributed

        _silence()
        address: Any = self._scheduler.address
        if self._scheduler.processes:
            no_pages: dict[str, list[str]] = {
                "distributed.scheduler.http.routes": [],
                "distributed.worker.http.routes": [],
            }
            with dask.config.set(no_pages), _hold_interrupts():
                address = self._cluster = distributed.LocalCluster(  # type: ignore[no-untyped-call, unused-ignore]
                    n_workers=self._scheduler.processes,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                    memory_limit=None,
                    security=True,  # certificates for this build alone: nobody else on the machine can send work
                    silence_logs=logging.CRITICAL,
                )
        elif address.startswith("tls:") and not _has_certificates():
            raise SettingsError(
                f"--scheduler {address} needs certificates, and Dask's settings name none.",
                "Set distributed.comm.tls in Dask's configuration, as its documentation shows.",
            )
        try:
            self._client = distributed.Client(  # type: ignore[no-untyped-call, unused-ignore]
                address, timeout=_CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, TimeoutError) as error:
            raise WorkersError(
                f"There is no scheduler to be reached at {self._scheduler.address}.",
                "Start one with: dask scheduler --host HOST",
            ) from error
        self._store.put(_KIND, self._meeting.sign, b"")
        self._wait_for_workers()
        self._check_versions()
        count = len(self._ask_threads())
        self._progress.say(f"Working with {count:,} worker{'' if count == 1 else 's'}.")

    def _wait_for_workers(self) -> None:
        end = time.monotonic() + _WORKERS_SECONDS
        while not self._ask_threads():
            if time.monotonic() > end:
                raise WorkersError(
                    f"The scheduler at {self._scheduler.address} has no workers.",
                    f"Start some, on this machine or others, with: dask worker {self._scheduler.address}",
                )
            time.sleep(0.1)

    def _check_versions(self) -> None:
        """Before any task is sent, since one that does not fit cannot be read there. Raises WorkersError."""
        same = "Give the scheduler and all workers the same environment."
        found = self._client.get_versions(check=False)
        ours = found["client"]["host"]["python"]
        for name, process in {"scheduler": found["scheduler"], **found["workers"]}.items():
            theirs = process["host"]["python"]
            if theirs.split(".")[:2] != ours.split(".")[:2]:
                raise WorkersError(f"Python is {theirs} on the {_call(name)}, {ours} on this machine.", same)

        def is_there() -> bool:  # travels whole, where nothing of Brandscape can be imported
            from importlib.util import find_spec

            return find_spec("generator") is not None

        for name, there in {
            "scheduler": self._client.run_on_scheduler(is_there),
            **self._client.run(is_there),
        }.items():
            if not there:
                raise WorkersError(f"Brandscape is not installed on the {_call(name)}.", same)
        self._client.run(_check_in, self._meeting)

    def _look(self) -> int:
        """See who is there: how many tasks they do at a time. Says so where nobody is for long."""
        there = self._ask_threads()
        self._seen.update(there)
        now = time.monotonic()
        if there:
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = now
        elif now > self._alone_since + _ALONE_SECONDS and not self._said_alone:
            self._said_alone = True
            self._progress.warn("All workers are gone. The build goes on as soon as one comes back; Ctrl-C ends it.")
        return sum(there.values())

    def _ask_threads(self) -> Mapping[str, int]:
        if self._client.status != "running":
            raise self._gone()
        try:
            found: Mapping[str, int] = self._client.nthreads()
        except (OSError, TimeoutError, ValueError) as error:
            raise self._gone() from error
        return found

    def _take(self, future: Any) -> Any:
        from concurrent.futures import CancelledError

        from distributed import KilledWorker

        try:
            return future.result()
        except KilledWorker as error:
            raise WorkersError(
                "One piece of the work brought down one worker after another.",
                "See whether they have enough memory, or leave out --scheduler. What was done is kept.",
            ) from error
        except CancelledError as error:
            raise self._gone() from error

    def _gone(self) -> WorkersError:
        return WorkersError(
            f"The scheduler at {self._scheduler.address or '127.0.0.1'} has gone.",
            "Start it again, then the same command, which goes on from there.",
        )


def _call(name: str) -> str:
    """The scheduler, or a worker by its address, in words."""
    return name if name == "scheduler" else f"worker {name}"


def _has_certificates() -> bool:
    """Whether Dask's settings name what TLS needs; without, its client fails in the middle of connecting."""
    import distributed

    security: Any = distributed.Security()  # type: ignore[no-untyped-call, unused-ignore]
    return bool(security.get_connection_args("client")["ssl_context"])


@contextmanager
def _hold_interrupts() -> Iterator[None]:
    """Keep Ctrl-C to the build alone: processes and threads that are started meanwhile never get it, nor theirs."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _silence() -> None:
    """Dask's own log goes to the terminal otherwise, through our bars; what matters of it is said in our words."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    for name in list(logging.root.manager.loggerDict):
        if name.startswith("distributed."):
            logging.getLogger(name).setLevel(logging.CRITICAL)


@cache
def describe_program() -> dict[str, str]:
    """All that the bytes of a report depend on besides its input and settings, by name."""
    from generator.resources import source_digest

    found = {"Python": ".".join(platform.python_version_tuple()[:2]), "Brandscape": __version__}
    for name in _LIBRARIES:
        with suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return {**found, "Brandscape's source": source_digest()[:12]}


def count_own_threads() -> int:
    """On a worker: how many tasks it does at a time."""
    from distributed import get_worker

    return max(1, int(get_worker().state.nthreads))


class _Closing(Protocol):
    def close(self) -> None: ...


_Kept = TypeVar("_Kept", bound=_Closing)

#: On a worker: the builds it is fit for, and what it keeps for each from task to task.
_kept: dict[str, list[_Closing]] = {}
_lock = threading.Lock()
_sign: ContextVar[str] = ContextVar("sign", default="")  # of the build that the task under way belongs to


def keep(make: Callable[[], _Kept]) -> _Kept:
    """On a worker: what `make` made for the first task of this build; it is closed once the build is over.

    All threads of a worker share it. A build keeps one thing.
    """
    with _lock:
        kept = _kept.setdefault(_sign.get(), [])
        if not kept:
            kept.append(make())
        found: _Kept = kept[0]  # type: ignore[assignment]
        return found


def release(sign: str) -> None:
    """On a worker: close what was kept for a build."""
    with _lock:
        kept = _kept.pop(sign, [])
    for each in kept:
        each.close()


def _check_in(meeting: _Meeting) -> None:
    """On a worker: see that it is fit for this build. Raises WorkersError."""
    if meeting.sign in _kept:
        return
    where = f"The worker on {platform.node()}"
    ours = describe_program()
    for name, theirs in meeting.program:
        if ours.get(name) != theirs:
            raise WorkersError(
                f"{where} has {name} {ours.get(name, 'not at all')}, the machine of the build {theirs}.",
                "Give all of them the same environment, or their results would not be the same.",
            )
    if Store(meeting.cache, asks=True).get(_KIND, meeting.sign) is None:
        raise WorkersError(
            f"{where} does not see the cache at {meeting.cache}.",
            "With --cache-dir, give a folder that all workers see at the same path, or a URL such as s3://bucket/cache.",
        )
    # decoders are processes that a worker starts; a daemonic one, as Dask's are, may start none
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    with _lock:
        _kept.setdefault(meeting.sign, [])


def _do(meeting: _Meeting, work: Callable[[_Task], _Result], task: _Task) -> _Result:
    _check_in(meeting)
    _sign.set(meeting.sign)
    try:
        return work(task)
    except OSError as error:
        said = f"{error.strerror or error}, on the worker {platform.node()}"
        raise OSError(error.errno, said, error.filename) from error
