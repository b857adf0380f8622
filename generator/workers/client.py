"""Hand work to Dask workers, on this machine or on others. Dask is imported only once there is work for them.

Work under way on a worker that is lost is done again by another. Only enough is handed out to keep all of them busy, so
the number of tasks has no bound.
"""

from __future__ import annotations

import itertools
import logging
import queue
import secrets
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from generator.cache.store import Store
from generator.errors import SettingsError, WorkersError
from generator.progress import Progress
from generator.workers.scheduler import Scheduler
from generator.workers.worker import KIND, Requirements, check_in, describe_program, do_task, release

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

_CONNECT_SECONDS = 10
#: How long to wait for the first worker.
_WORKERS_SECONDS = 30
#: How long to go without workers before a warning.
_ALONE_SECONDS = 20
#: Between checks of the workers while no result comes.
_LOOK_SECONDS = 1.0
#: Tasks handed out for each thread: one that it works on, one or two that wait for it.
_TASKS_AHEAD = 3


class Workers:
    """The workers of one scheduler, connected to when there is something to do. All of them must see the cache."""

    def __init__(self, scheduler: Scheduler, store: Store, progress: Progress) -> None:
        self._scheduler = scheduler
        self._store = store
        self._progress = progress
        self._cluster: Any = None
        self._client: Any = None
        self._seen: set[str] = set()  # addresses of all workers so far
        self._alone_since: float | None = None
        self._warned_alone = False
        #: The cache's place, as workers find it.
        self.cache = store.place.resolve() if isinstance(store.place, Path) else store.place
        self._requirements = Requirements(self.cache, secrets.token_hex(32), tuple(describe_program().items()))

    def threads(self) -> int:
        """Return how many tasks they do at a time. Raises WorkersError and SettingsError if there are none."""
        self._connect()
        return max(1, self._count_threads())

    def map(self, work: Callable[[_Task], _Result], tasks: Iterable[_Task]) -> Iterator[tuple[_Task, _Result]]:
        """Yield each task with its result, in the order in which they are done. `work` is a function of a module.

        Raises what `work` raises, and WorkersError if a task kills one worker after another or the scheduler goes.
        """
        threads = self.threads()
        done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        under_way: dict[str, tuple[Any, _Task]] = {}
        rest = iter(tasks)
        checked = time.monotonic()
        try:
            while True:
                for task in itertools.islice(rest, max(0, _TASKS_AHEAD * threads - len(under_way))):
                    future = self._client.submit(do_task, self._requirements, work, task, pure=False)
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
                if time.monotonic() > checked + _LOOK_SECONDS:
                    threads = max(1, self._count_threads())
                    checked = time.monotonic()
        finally:
            if under_way:
                with suppress(Exception):
                    self._client.cancel([future for future, _ in under_way.values()], force=True)

    def close(self) -> None:
        """Disconnect from them, and end those that were started here."""
        if self._client is not None:
            with suppress(Exception):
                lost = self._seen.difference(self._ask_threads())
                self._client.run(release, self._requirements.sign)
                if lost:
                    self._store.tidy()  # removes what they were writing
            with suppress(OSError):
                self._store.remove(KIND, self._requirements.sign)
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
        from distributed.comm.core import CommClosedError

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
                f"No scheduler answers at {self._scheduler.address}.",
                "Start one with: dask scheduler --host HOST",
            ) from error
        self._store.put(KIND, self._requirements.sign, b"")
        self._wait_for_workers()
        try:
            self._check_versions()
        except CommClosedError as error:
            raise self._gone() from error
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
        """Compare versions before any task is sent, since other ones could not read it. Raises WorkersError."""
        same = "Give the scheduler and all workers the same environment."
        versions = self._client.get_versions(check=False)
        ours = versions["client"]["host"]["python"]
        for name, process in {"scheduler": versions["scheduler"], **versions["workers"]}.items():
            theirs = process["host"]["python"]
            if theirs.split(".")[:2] != ours.split(".")[:2]:
                raise WorkersError(f"Python is {theirs} on the {_call(name)}, {ours} on this machine.", same)

        def is_there() -> bool:  # pickled by value, since Brandscape may be missing there
            from importlib.util import find_spec

            return find_spec("generator") is not None

        for name, there in {
            "scheduler": self._client.run_on_scheduler(is_there),
            **self._client.run(is_there),
        }.items():
            if not there:
                raise WorkersError(f"Brandscape is not installed on the {_call(name)}.", same)
        self._client.run(check_in, self._requirements)

    def _count_threads(self) -> int:
        """Return the number of worker threads; warn if there are none for long."""
        threads = self._ask_threads()
        self._seen.update(threads)
        now = time.monotonic()
        if threads:
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = now
        elif now > self._alone_since + _ALONE_SECONDS and not self._warned_alone:
            self._warned_alone = True
            self._progress.warn("All workers are gone. The build continues as soon as one comes back; Ctrl-C ends it.")
        return sum(threads.values())

    def _ask_threads(self) -> Mapping[str, int]:
        if self._client.status != "running":
            raise self._gone()
        try:
            threads: Mapping[str, int] = self._client.nthreads()
        except (OSError, TimeoutError, ValueError) as error:
            raise self._gone() from error
        return threads

    def _take(self, future: Any) -> Any:
        from concurrent.futures import CancelledError

        from distributed import KilledWorker
        from distributed.comm.core import CommClosedError

        try:
            return future.result()
        except KilledWorker as error:
            raise WorkersError(
                "One piece of the work brought down one worker after another.",
                "See whether they have enough memory, or leave out --scheduler. Finished work is kept.",
            ) from error
        except (CancelledError, CommClosedError) as error:  # the latter while it hands the result over
            raise self._gone() from error

    def _gone(self) -> WorkersError:
        return WorkersError(
            f"The scheduler at {self._scheduler.address or '127.0.0.1'} has gone.",
            "Start it again, then the same command, which continues from there.",
        )


def _call(name: str) -> str:
    """Return "scheduler", or "worker" and its address."""
    return name if name == "scheduler" else f"worker {name}"


def _has_certificates() -> bool:
    """Return whether Dask's settings name certificates for TLS; its client fails while connecting without them."""
    import distributed

    security: Any = distributed.Security()  # type: ignore[no-untyped-call, unused-ignore]
    return bool(security.get_connection_args("client")["ssl_context"])


@contextmanager
def _hold_interrupts() -> Iterator[None]:
    """Keep Ctrl-C from processes and threads that are started meanwhile, and from their children."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _silence() -> None:
    """Switch off Dask's own log, which would go to the terminal through the progress bars."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    for name in list(logging.root.manager.loggerDict):
        if name.startswith("distributed."):
            logging.getLogger(name).setLevel(logging.CRITICAL)
