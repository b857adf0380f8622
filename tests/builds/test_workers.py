"""Work spread over real workers gives the report of one machine, byte for byte, whichever of them are lost."""

from __future__ import annotations

import csv
import hashlib
import importlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import psutil
import pytest

from generator.cache.store import Store
from generator.collection import fill
from generator.collection.image_cache import ImageCache
from generator.collection.image_pool import ImagePool
from generator.errors import SettingsError, WorkersError
from generator.images.fetch import FetchedImage
from generator.pipeline import build
from generator.pipeline.run import Run
from generator.progress import SilentProgress
from generator.settings import Settings
from generator.spreadsheet.sources import find_inputs
from generator.workers import Scheduler, Workers, client, parse_scheduler, scheduler, worker
from tests.support import ROOT
from tests.support.builds import quick_settings
from tests.support.drawn import draw_image
from tests.support.misbehaving_server import draw_jpeg, run_server
from tests.support.stand_in import builtin_recipe
from tests.support.stumbling import die, double

BUILT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
POSTS = 120


def _settings(**flags: Any) -> Settings:
    return quick_settings(perplexity=5, title="Houses", **flags)


def _build(spreadsheet: Path, out: Path, cache: Path | str, **flags: Any) -> list[str]:
    """The build's warnings."""
    progress = SilentProgress()
    build.build_site(
        find_inputs([spreadsheet]), out, Run(_settings(**flags), Store(cache, progress.warn), progress, BUILT)
    )
    return progress.warnings


def _bytes(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    with (folder / "posts.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["brand", "thumbnail", "caption", "likes"])
        for index in range(POSTS):
            draw_image(index % 5, index).save(folder / f"{index:04d}.jpg", quality=85)
            rows.writerow([f"House {index % 3}", f"{index:04d}.jpg", f"Look {index}", str(100 + 7 * index % 90)])
        rows.writerow(["House 0", "none.jpg", "", "1"])
        (folder / "text.jpg").write_text("<html>not found</html>")
        rows.writerow(["House 0", "text.jpg", "", "1"])
    return folder / "posts.csv"


@pytest.fixture(scope="module")
def alone(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what one machine builds of the sample, and its cache. Not to be written to."""
    folder = tmp_path_factory.mktemp("alone")
    _build(sample, folder / "site", folder / "cache")
    return folder


@pytest.fixture(scope="module")
def site(alone: Path) -> dict[str, bytes]:
    return _bytes(alone / "site")


def _own_workers() -> list[psutil.Process]:
    """The worker processes that this one has started."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
    return found


@contextmanager
def _meanwhile(work: Callable[[], None]) -> Iterator[None]:
    """`work` in a thread of its own; its failure is the block's."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as failure:
            failures.append(failure)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    thread.join()
    assert not failures, failures


def _wait_for(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 600  # bounds a hang alone
    while not there():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that start slowly, on a busy machine, are waited for."""
    monkeypatch.setattr(client, "_CONNECT_SECONDS", 300)
    monkeypatch.setattr(client, "_WORKERS_SECONDS", 300)


def _strike_after_first(monkeypatch: pytest.MonkeyPatch, *strikes: Callable[[], None]) -> None:
    """Call the first of `strikes` once the first result of the first kind of work is in, and so on."""
    real, left = Workers.map, list(strikes)

    def struck(self: Workers, work: Any, tasks: Any) -> Iterator[Any]:
        for count, pair in enumerate(real(self, work, tasks)):
            if count == 0 and left:
                left.pop(0)()
            yield pair

    monkeypatch.setattr(Workers, "map", struck)


@contextmanager
def _dask(folder: Path, count: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and `count` workers that nobody starts again, as processes: its address, and these."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    here = ["--host", "127.0.0.1", "--no-dashboard"]
    start: list[subprocess.Popen[bytes]] = []
    quiet: dict[str, Any] = {"stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "env": _environment()}
    try:
        start.append(subprocess.Popen([sys.executable, "-m", "dask", "scheduler", "--port", str(port), *here], **quiet))
        start += [start_worker(address, folder) for _ in range(count)]
        yield address, start[1:]
    finally:
        for process in start:
            process.kill()
            process.wait()


def _environment() -> dict[str, str]:
    """Where processes find this module too."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def start_worker(address: str, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dask", "worker", address, "--host", "127.0.0.1", "--no-dashboard", "--no-nanny"]
    command += ["--nthreads", "1", "--local-directory", str(folder)]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=_environment())


class TestSameReport:
    def test_with_a_worker_killed_among_the_images_and_one_among_the_tiles(
        self, sample: Path, site: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = Store(tmp_path / "cache")
        killed = []

        def kill() -> None:
            killed.append(_own_workers()[0])
            killed[-1].kill()

        _strike_after_first(monkeypatch, kill, kill)
        assert _build(sample, tmp_path / "site", tmp_path / "cache", scheduler="local:2") == []
        assert len({process.pid for process in killed}) == 2
        assert _bytes(tmp_path / "site") == site
        assert not any(key.endswith(".part") for kind in store.kinds() for key in store.keys(kind))
        assert store.keys("workers") == []

    def test_by_workers_elsewhere_one_of_them_lost_and_over_a_cache_behind_a_url(
        self, sample: Path, site: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with _dask(tmp_path, 2) as (address, processes):
            _strike_after_first(monkeypatch, processes[0].kill)
            assert _build(sample, tmp_path / "site", f"file://{tmp_path / 'cache'}", scheduler=address) == []
            assert processes[0].wait() != 0
        assert _bytes(tmp_path / "site") == site

    def test_when_all_workers_are_gone_for_a_while(
        self, sample: Path, site: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(client, "_ALONE_SECONDS", 0.5)
        monkeypatch.setattr(client, "_LOOK_SECONDS", 0.2)
        store, progress = Store(tmp_path / "cache"), SilentProgress()
        more = []
        with _dask(tmp_path, 1) as (address, processes):

            def replace() -> None:
                processes[0].wait()
                _wait_for(lambda: bool(progress.warnings))
                more.append(start_worker(address, tmp_path))

            _strike_after_first(monkeypatch, processes[0].kill)
            with _meanwhile(replace):
                settings = _settings(scheduler=address)
                build.build_site(find_inputs([sample]), tmp_path / "site", Run(settings, store, progress, BUILT))
            more[0].kill()
            more[0].wait()
        assert [warning.partition(".")[0] for warning in progress.warnings] == ["All workers are gone"]
        assert _bytes(tmp_path / "site") == site

    def test_of_images_that_servers_withhold_and_of_withdrawn_ones(self, tmp_path: Path) -> None:
        names = ["status/404.jpg", "page.jpg", "empty.jpg", "cut.jpg", "later.jpg", "loop.jpg", "announced.jpg"]
        names += [f"{'b' * length}.jpg" for length in range(1, 24)]
        shade = sum(b"bbb.jpg") % 256
        withdrawn = hashlib.sha256(draw_jpeg(shade)).hexdigest()
        with run_server() as server:
            lines = [f"House {place % 3},{server.url(name)}" for place, name in enumerate(names)]
            (tmp_path / "posts.csv").write_text("brand,thumbnail\n" + "\n".join(lines))
            flags = {"allow_private": True, "retries": 0, "read_timeout": 30.0, "exclude": [withdrawn]}
            said = []
            for name, more in (("alone", {}), ("spread", {"scheduler": "local:2"})):
                server.asked.clear()
                folder = tmp_path / name
                said.append(_build(tmp_path / "posts.csv", folder / "site", folder / "cache", **flags, **more))
            asked = dict(server.asked)
        alone, spread = (_bytes(tmp_path / name / "site") for name in ("alone", "spread"))
        refused = json.loads(alone["data/report.json"])["counts"]["refused"]
        assert refused["withdrawn"] == 1 and refused["download_failed"] >= 3
        assert said[0] == said[1] != []
        assert asked["bb.jpg"] == 1
        assert alone == spread
        assert not Store(tmp_path / "spread/cache").has("images", withdrawn)

    def test_nothing_to_do_starts_no_worker(
        self, sample: Path, alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shutil.copytree(alone, tmp_path, dirs_exist_ok=True)
        monkeypatch.setattr(Workers, "_connect", lambda self: pytest.fail("connected"))
        _build(sample, tmp_path / "site", tmp_path / "cache", scheduler="local:2")


def test_images_that_no_worker_sees_are_made_here_and_said_once(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = sample.parent

    class Elsewhere:
        """Workers on a machine without these images."""

        def threads(self) -> int:
            return 1

        def map(self, work: Callable[[Any], Any], tasks: Iterator[Any]) -> Iterator[tuple[Any, Any]]:
            for task in tasks:
                folder.rename(tmp_path / "away")
                try:
                    made = work(task)
                finally:
                    (tmp_path / "away").rename(folder)
                yield task, made

    monkeypatch.setattr(fill, "count_own_threads", lambda: 1)
    store, progress, settings = Store(tmp_path / "cache"), SilentProgress(), _settings()
    paths = [folder / f"{index:04d}.jpg" for index in range(40)]
    images = [FetchedImage(hashlib.sha256(path.read_bytes()).hexdigest(), path) for path in paths]
    recipe = builtin_recipe()
    image_cache = ImageCache(recipe, settings.images, store)
    context = fill.ShareContext(tmp_path / "cache", recipe, settings.fetch, settings.images, frozenset())
    with closing(ImagePool(lambda images: fill.open_converted(recipe, store), 1)) as image_pool:
        others: Any = Elsewhere()
        assert fill.fill_by_workers(image_cache, images, [], context, image_pool, others, progress) == {}
    worker.release("")
    assert len(progress.warnings) == 1 and str(paths[0]) in progress.warnings[0]
    assert image_cache.missing(images) == [] and not any(map(image_cache.refusal, images))


class TestErrors:
    """Each says what is wrong and what to do."""

    def _connect(self, text: str, tmp_path: Path) -> None:
        scheduler = parse_scheduler(text)
        assert scheduler is not None
        with closing(Workers(scheduler, Store(tmp_path / "cache"), SilentProgress())) as opened:
            opened.threads()

    @pytest.mark.parametrize(
        "text", ["local", "local:0", "local:x", "http://a:1", "tcp://a", "tcp://:1", "8786", "x y"]
    )
    def test_a_malformed_address(self, text: str) -> None:
        with pytest.raises(SettingsError, match="not an address") as caught:
            parse_scheduler(text)
        assert "local:N" in caught.value.hint

    def test_no_dask(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(scheduler.importlib.util, "find_spec", lambda name: None)
        with pytest.raises(SettingsError, match="not installed") as caught:
            parse_scheduler("tcp://[::1]:8786")
        assert 'pip install "brandscape[cluster]"' in caught.value.hint

    def test_no_scheduler_and_no_workers(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        monkeypatch.setattr(client, "_CONNECT_SECONDS", 1)
        with pytest.raises(WorkersError, match=f"No scheduler answers at tcp://127.0.0.1:{port}"):
            self._connect(f"tcp://127.0.0.1:{port}", tmp_path)
        monkeypatch.setattr(client, "_CONNECT_SECONDS", 300)
        monkeypatch.setattr(client, "_WORKERS_SECONDS", 0.5)
        with _dask(tmp_path, 0) as (address, _), pytest.raises(WorkersError, match="has no workers") as caught:
            self._connect(address, tmp_path)
        assert f"dask worker {address}" in caught.value.hint

    def test_workers_that_are_not_fit_and_tasks_that_bring_them_down(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = Store(tmp_path / "cache")
        with _dask(tmp_path, 1) as (address, processes):
            scheduler = Scheduler(address=address)
            with pytest.raises(SettingsError, match="needs certificates"):
                self._connect(address.replace("tcp", "tls"), tmp_path)
            with closing(Workers(scheduler, store, SilentProgress())) as opened:
                assert sorted(opened.map(double, range(40))) == [(task, 2 * task) for task in range(40)]
            with monkeypatch.context() as patch:
                patch.setattr(client, "describe_program", lambda: {"pillow": "0.1"})
                with (
                    closing(Workers(scheduler, store, SilentProgress())) as opened,
                    pytest.raises(WorkersError, match=r"has pillow .*, the machine of the build 0\.1"),
                ):
                    opened.threads()
            with closing(Workers(scheduler, store, SilentProgress())) as opened:
                patched: Any = opened
                patched._requirements = worker.Requirements(tmp_path / "other", "ab" * 32, opened._requirements.program)
                with pytest.raises(WorkersError, match="does not see the cache"):
                    opened.threads()
            with closing(Workers(scheduler, store, SilentProgress())) as opened:
                more = [start_worker(address, tmp_path) for _ in range(4)]
                try:
                    with pytest.raises(WorkersError, match="brought down one worker after another"):
                        list(opened.map(die, [1]))
                finally:
                    for process in more:
                        process.kill()
                        process.wait()
            assert processes[0].poll() is not None or any(process.poll() is not None for process in more)

    def test_a_scheduler_that_goes(self, tmp_path: Path) -> None:
        with (
            _dask(tmp_path, 1) as (address, _),
            closing(Workers(Scheduler(address=address), Store(tmp_path / "cache"), SilentProgress())) as opened,
        ):
            results = opened.map(time.sleep, [0.05] * 200)
            next(results)
            for child in psutil.Process().children():
                if "scheduler" in child.cmdline():
                    child.kill()
            with pytest.raises(WorkersError, match="has gone"):
                list(results)

    @pytest.mark.parametrize("error", ["CancelledError", "CommClosedError"])
    def test_a_scheduler_that_goes_while_it_hands_over_a_result(self, tmp_path: Path, error: str) -> None:
        raised = getattr(importlib.import_module("distributed.comm.core"), error, CancelledError)
        workers = Workers(Scheduler(address="tcp://127.0.0.1:1"), Store(tmp_path / "cache"), SilentProgress())
        with pytest.raises(WorkersError, match="has gone"):
            workers._take(mock.Mock(result=mock.Mock(side_effect=raised)))
