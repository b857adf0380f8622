"""Faults of machines: after each the old report is whole, and the next run ends as if nothing had happened.

FAULT_RUNS says how often a build is killed; by default 3 times.
"""

from __future__ import annotations

import csv
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from generator.cache.lock import sole_build
from generator.cache.store import Store
from generator.cli import main
from generator.collection import image_cache
from generator.errors import BusyError, explain_system
from generator.pipeline import build
from generator.pipeline.run import Run
from generator.processes import TRIES, ProcessPool
from generator.progress import SilentProgress
from generator.site.verify import verify_site
from generator.spreadsheet.sources import find_inputs
from tests.support.builds import quick_settings
from tests.support.commands import run
from tests.support.drawn import SampleMaker, draw_image
from tests.support.killed_builds import KilledBuilds
from tests.support.quick_command import COMMAND, quick_environment
from tests.support.stumbling import MARK, stumble_dying, stumble_hanging, stumble_hoarding, stumble_killed

RUNS = int(os.environ.get("FAULT_RUNS", "3"))
BUILT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
#: For tests in which a signal ends a process from outside.
needs_signals = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")


class _Told(SilentProgress):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def warn(self, message: str) -> None:
        self.said.append(message)


def _build(spreadsheet: Path, folder: Path, built: datetime = BUILT, **flags: Any) -> dict[str, Any]:
    settings = quick_settings(title="Houses", perplexity=5, **flags)
    told = _Told()
    store = Store(folder / "cache", told.warn)
    build.build_site(find_inputs([spreadsheet]), folder / "site", Run(settings, store, told, built))
    report: dict[str, Any] = json.loads((folder / "site/data/report.json").read_text(encoding="utf-8"))
    report["warnings"] = told.said
    return report


def _bytes(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}


def _add_rows(spreadsheet: Path, count: int) -> None:
    with spreadsheet.open("a", newline="", encoding="utf-8") as file:
        for index in range(500, 500 + count):
            name = f"images/{index:04d}.jpg"
            draw_image(index % 5, index).save(spreadsheet.parent / name, quality=85)
            csv.writer(file).writerow(["House A", name, f"Look {index}", "120", "2026-05-01", ""])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
class TestKilled:
    """A build killed at any of its changes to the disk."""

    @pytest.fixture
    def builds(self) -> Iterator[KilledBuilds]:
        builds = KilledBuilds()
        yield builds
        builds.close()

    def test_the_old_report_is_whole_and_the_next_run_completes_as_if_undisturbed(
        self, builds: KilledBuilds, make_sample: SampleMaker, tmp_path: Path
    ) -> None:
        spreadsheet = make_sample(50)
        before = tmp_path / "before"
        assert int(builds.build(spreadsheet, before)) > 100
        _add_rows(spreadsheet, 12)
        undisturbed = tmp_path / "undisturbed"
        shutil.copytree(before / "site", undisturbed / "site")
        changes = int(builds.build(spreadsheet, undisturbed))
        old, new = _bytes(before / "site"), _bytes(undisturbed / "site")
        assert old != new

        # the first change, the last ones, where the old site gives way to the new, and evenly between them
        moments = [
            1,
            changes - 3,
            changes - 1,
            *range(changes // RUNS, changes - 4, changes // RUNS),
        ]
        ends: list[str] = []
        for turn, moment in enumerate(moments):
            folder = tmp_path / f"at {moment}"
            shutil.copytree(before / "site", folder / "site")
            if turn % 2:  # as often with a cache as without; with one there are fewer changes
                shutil.copytree(before / "cache", folder / "cache")
            ends.append(builds.build(spreadsheet, folder, moment))
            retired = folder / ".site.old"
            # in the instant between two renames the old report lies beside its place, whole, and goes back
            found = _bytes(folder / "site" if (folder / "site").exists() else retired)
            assert found in (old, new)
            again = Run(quick_settings(perplexity=5), Store(folder / "cache"), SilentProgress(), BUILT)
            build.build_site(find_inputs([spreadsheet]), folder / "site", again)
            assert _bytes(folder / "site") == new
            assert verify_site(folder / "site").whole
            assert {path.name for path in folder.iterdir()} == {"cache", "site"}
            left = [path.name for path in (folder / "cache").rglob("*") if path.suffix in (".part", ".begun")]
            assert left == []
            shutil.rmtree(folder)
        assert ends[0] == "killed" and ends.count("killed") >= len(ends) // 2


class TestDisks:
    """A disk that is full, or not to be written on."""

    @pytest.fixture
    def small_disk(self, tmp_path: Path) -> Iterator[Callable[[str], Path]]:
        """Mounts a disk of a size."""
        mounted: list[Path] = []

        def mount(size: str) -> Path:
            folder = tmp_path / "disk"
            folder.mkdir()
            command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
            if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
                pytest.skip("a disk of a size can only be mounted by root, on Linux")
            mounted.append(folder)
            return folder

        yield mount
        for folder in mounted:
            subprocess.run(["umount", str(folder)], check=True)

    def _run(self, monkeypatch: pytest.MonkeyPatch, spreadsheet: Path, folder: Path, cache: Path) -> int:
        arguments = ["build", str(spreadsheet), "--model", "builtin", "-q", "--out", str(folder / "site")]
        monkeypatch.setattr(sys, "argv", ["brandscape", *arguments, "--cache-dir", str(cache)])
        for name, value in {"SCATTER_SIZE": "400", "FLAT_SIZE": "600", "DISTURBED": "0"}.items():
            monkeypatch.setenv(f"BRANDSCAPE_{name}", value)
        try:
            main()
        except SystemExit as stop:
            return int(stop.code or 0)
        return 0

    @pytest.mark.parametrize("full", ["cache", "site"])
    def test_a_full_disk_is_said_and_loses_nothing(
        self,
        make_sample: SampleMaker,
        tmp_path: Path,
        small_disk: Callable[[str], Path],
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
        full: str,
    ) -> None:
        spreadsheet = make_sample(30)
        disk = small_disk("8m")
        folder, cache = (tmp_path, disk / "cache") if full == "cache" else (disk, tmp_path / "cache")
        assert self._run(monkeypatch, spreadsheet, folder, cache) == 0
        before = _bytes(folder / "site")
        _add_rows(spreadsheet, 20)
        # leaves room for a few files
        filler = disk / "filler"
        with pytest.raises(OSError, match="space"), filler.open("wb") as file:
            while True:
                file.write(bytes(1000))
                file.flush()
        with filler.open("r+b") as file:
            file.truncate(filler.stat().st_size - 60_000)
        capfd.readouterr()
        assert self._run(monkeypatch, spreadsheet, folder, cache) == 1
        said = capfd.readouterr().err
        assert "The disk is full" in said and "Free some space" in said and "Traceback" not in said
        assert _bytes(folder / "site") == before
        filler.unlink()
        assert self._run(monkeypatch, spreadsheet, folder, cache) == 0
        assert _bytes(folder / "site") != before and verify_site(folder / "site").whole

    @pytest.mark.parametrize("closed", ["cache", "site"])
    def test_a_disk_that_cannot_be_written_on_is_said(
        self,
        make_sample: SampleMaker,
        tmp_path: Path,
        small_disk: Callable[[str], Path],
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
        closed: str,
    ) -> None:
        spreadsheet = make_sample(20)
        disk = small_disk("8m")
        folder, cache = (tmp_path, disk / "cache") if closed == "cache" else (disk, tmp_path / "cache")
        assert self._run(monkeypatch, spreadsheet, folder, cache) == 0
        before = _bytes(folder / "site")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        monkeypatch.setenv("BRANDSCAPE_TITLE", "Another title")
        capfd.readouterr()
        assert self._run(monkeypatch, spreadsheet, folder, cache) == 1
        said = capfd.readouterr().err
        assert "no permission to read or write" in said and str(disk) in said and "Traceback" not in said
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        assert _bytes(folder / "site") == before
        assert self._run(monkeypatch, spreadsheet, folder, cache) == 0
        assert _bytes(folder / "site") != before

    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EMFILE, errno.EIO])
    def test_what_the_system_refuses_is_explained(self, number: int) -> None:
        said = explain_system(OSError(number, os.strerror(number), "/somewhere"))
        assert said is not None and said.message and said.hint
        assert explain_system(OSError(errno.ESPIPE, "Illegal seek")) is None


class TestCache:
    """A cache that is damaged."""

    def test_every_entry_at_once_is_made_again(self, make_sample: SampleMaker, tmp_path: Path) -> None:
        spreadsheet = make_sample(40)
        _build(spreadsheet, tmp_path / "whole")
        whole = _bytes(tmp_path / "whole/site")
        for harm in ("cut", "flipped", "emptied"):
            shutil.copytree(tmp_path / "whole/cache", tmp_path / harm / "cache")
            self._check(spreadsheet, tmp_path / harm, harm, whole)

    def _check(self, spreadsheet: Path, tmp_path: Path, harm: str, whole: dict[str, bytes]) -> None:
        for path in sorted((tmp_path / "cache").rglob("*")):
            if path.is_file() and path.parent != tmp_path / "cache":
                data = bytearray(path.read_bytes())
                if harm == "flipped":
                    data[len(data) // 3] ^= 0x10
                path.write_bytes(data[: {"cut": len(data) * 2 // 3, "flipped": len(data), "emptied": 0}[harm]])
        report = _build(spreadsheet, tmp_path)
        assert any("damaged" in said for said in report["warnings"])
        assert _bytes(tmp_path / "site") == whole
        assert _build(spreadsheet, tmp_path)["warnings"] == []

    def test_an_entry_cut_or_altered_at_any_byte_is_none(self, tmp_path: Path) -> None:
        store = Store(tmp_path)
        store.put("cells", "ab" * 32, b"what was kept")
        path = store.path("cells", "ab" * 32)
        data = path.read_bytes()
        for place in range(len(data)):
            for harmed in (data[:place], data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]):
                path.write_bytes(harmed)
                assert store.get("cells", "ab" * 32) is None
                assert not path.exists()
        path.write_bytes(data)
        assert store.get("cells", "ab" * 32) == b"what was kept"

    def test_what_a_killed_run_was_writing_is_removed(self, tmp_path: Path) -> None:
        store = Store(tmp_path)
        store.put("cells", "ab" * 32, b"kept")
        gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
        folder = store.path("cells", "ab" * 32).parent
        half, ours = (folder / f"x.{process}-1-1.part" for process in (gone.stdout.strip(), os.getpid()))
        for path in (half, ours):
            path.write_bytes(b"half")
        with sole_build(tmp_path / "site", store):
            assert half.exists()  # no build was killed as far as can be told
            (tmp_path / "copy").write_text("")
        begun = [path for path in tmp_path.iterdir() if path.suffix == ".begun"]
        assert begun == []
        with sole_build(tmp_path / "site", store):
            (begun,) = [path for path in tmp_path.iterdir() if path.suffix == ".begun"]
        begun.touch()
        with sole_build(tmp_path / "site", store):
            assert not half.exists() and ours.exists()
        assert store.get("cells", "ab" * 32) == b"kept"


class TestTwoBuilds:
    """Builds at one time."""

    def test_a_second_in_the_same_folder_is_told(self, make_sample: SampleMaker, tmp_path: Path) -> None:
        spreadsheet = make_sample(20)
        with (
            sole_build(tmp_path / "site", Store(tmp_path / "cache")),
            pytest.raises(BusyError, match="Another build is writing"),
        ):
            _build(spreadsheet, tmp_path)
        assert _build(spreadsheet, tmp_path)["counts"]["posts"] == 20

    def test_the_command_says_so_until_the_first_is_done(self, make_sample: SampleMaker, tmp_path: Path) -> None:
        spreadsheet = make_sample(20)
        command = ["build", spreadsheet, "--model", "builtin", "-q"]
        command += ["--out", tmp_path / "site", "--cache-dir", tmp_path / "cache"]
        with sole_build(tmp_path / "site", Store(tmp_path / "cache")):
            second = run(*command, folder=tmp_path)
        assert second.returncode == 1
        assert "Another build is writing" in second.stderr and "Traceback" not in second.stderr
        assert run(*command, folder=tmp_path).returncode == 0
        assert verify_site(tmp_path / "site").whole
        assert {path.name for path in tmp_path.iterdir()} == {"cache", "sample", "site"}

    def test_two_folders_share_a_cache(
        self, make_sample: SampleMaker, tmp_path: Path, compiled_templates: Path
    ) -> None:
        spreadsheet = make_sample(20)
        command = [*COMMAND, "build", str(spreadsheet), "-q"]
        command += ["--cache-dir", str(tmp_path / "cache")]
        environment = {**os.environ, **quick_environment(compiled_templates), "SOURCE_DATE_EPOCH": "1767323045"}
        builds = [
            subprocess.Popen([*command, "--out", str(tmp_path / name / "site")], env=environment) for name in ("a", "b")
        ]
        assert [build.wait() for build in builds] == [0, 0]
        assert _bytes(tmp_path / "a/site") == _bytes(tmp_path / "b/site")


def test_a_clock_that_went_back_changes_nothing_but_the_time(make_sample: SampleMaker, tmp_path: Path) -> None:
    spreadsheet = make_sample(50)
    _build(spreadsheet, tmp_path / "early", BUILT)
    shutil.copytree(tmp_path / "early", tmp_path / "late")
    _add_rows(spreadsheet, 6)
    reports = [
        _build(spreadsheet, tmp_path / name, BUILT + timedelta(days=days))
        for name, days in (("early", -900), ("late", 9))
    ]
    for report in reports:
        del report["built"]
    assert reports[0] == reports[1]
    assert verify_site(tmp_path / "early/site").whole


class TestDecoders:
    """Processes that decode, and do not come back."""

    @pytest.fixture
    def marked(self, make_sample: SampleMaker) -> Path:
        """A spreadsheet of 20 posts whose 18th image is marked."""
        spreadsheet = make_sample(20)
        path = spreadsheet.parent / "images/0017.jpg"
        with Image.open(path) as image:
            image.load()
        image.paste(MARK, (0, 0, 16, 16))
        image.save(path, quality=95)
        return spreadsheet

    @pytest.mark.parametrize(
        ("stumble", "reason", "said"),
        [
            (stumble_hanging, "decoder_failed", "longer than 8"),
            (stumble_dying, "decoder_failed", "broke down"),
            pytest.param(stumble_killed, "decoder_failed", "killed", marks=needs_signals),
            (stumble_hoarding, "too_many_pixels", "does not fit"),
        ],
    )
    def test_one_image_is_lost_for_one_run(
        self, marked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stumble: Any, reason: str, said: str
    ) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(image_cache, "early_preparation", lambda recipe: stumble)
            patched.setattr("generator.processes.TRIES", 3)
            report = _build(marked, tmp_path, decode_seconds=8.0 if stumble is stumble_hanging else 60.0)
        assert report["counts"]["posts"] == 19
        (refusal,) = [row for row in report["refused"] if row["reason"] == reason]
        assert refusal["row"] == 19 and said in refusal["detail"]
        healed = _build(marked, tmp_path)
        assert healed["counts"] == {"rows": 20, "posts": 20, "images": 20, "refused": {}}

    @needs_signals
    def test_processes_killed_from_outside_change_nothing(
        self, make_sample: SampleMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spreadsheet = make_sample(60)
        _build(spreadsheet, tmp_path / "undisturbed")
        begin = ProcessPool._begin
        kills: list[int] = []

        def kill_the_first(pool: ProcessPool[Any, Any], task: Any) -> Any:
            process = begin(pool, task)
            if len(kills) < TRIES - 1:  # fewer than end any one task
                kills.append(process.number)
                os.kill(process.number, signal.SIGKILL)
            return process

        monkeypatch.setattr(ProcessPool, "_begin", kill_the_first)
        report = _build(spreadsheet, tmp_path)
        assert len(kills) == TRIES - 1 and report["counts"]["posts"] == 60 and report["warnings"] == []
        assert _bytes(tmp_path / "site") == _bytes(tmp_path / "undisturbed/site")

    def test_an_image_that_changes_while_it_is_read_is_not_taken_for_the_other(
        self, make_sample: SampleMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spreadsheet = make_sample(20)
        path = spreadsheet.parent / "images/0003.jpg"
        original = path.read_bytes()
        real = image_cache.ImageCache.fill

        def change(self: image_cache.ImageCache, *arguments: Any) -> None:
            path.write_bytes((spreadsheet.parent / "images/0004.jpg").read_bytes())
            real(self, *arguments)

        with monkeypatch.context() as patched:
            patched.setattr(image_cache.ImageCache, "fill", change)
            report = _build(spreadsheet, tmp_path)
        assert [row["reason"] for row in report["refused"]] == ["missing_file"]
        path.write_bytes(original)
        assert _build(spreadsheet, tmp_path)["counts"]["posts"] == 20
