"""Files that another program has open: what Windows refuses is tried again."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.cache import held_files
from generator.cache.held_files import insist, remove_tree
from generator.cache.store import Store
from generator.digests import digest_of
from tests.support.held import refuse_times, refused

KEY = digest_of("a")


def test_what_is_refused_is_tried_again_until_it_is_let_go() -> None:
    change = refuse_times(lambda: "done", 5)
    assert insist(change) == "done"


@pytest.mark.parametrize("winerror", [5, 32, 33])
def test_a_program_that_never_lets_go_is_an_error_in_the_end(winerror: int) -> None:
    change = refuse_times(lambda: "done", 10**9, winerror)
    with pytest.raises(PermissionError):
        insist(change, patience=0.05)


def test_nothing_else_is_tried_again() -> None:
    tries = []

    def change() -> None:
        tries.append(1)
        raise PermissionError(13, "Permission denied")

    with pytest.raises(PermissionError):
        insist(change)
    assert len(tries) == 1


def test_pauses_grow_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(held_files.time, "sleep", pauses.append)
    insist(refuse_times(lambda: None, 20))
    assert pauses == sorted(pauses) and len(pauses) == 20
    assert pauses[0] <= 0.005 and pauses[-1] == pauses[-2] <= 0.2


class TestStore:
    """Entries of the cache."""

    @pytest.mark.parametrize("name", ["replace", "unlink"])
    def test_an_entry_that_is_being_read_is_written_a_little_later(
        self, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = Store(tmp_path)
        store.put("cells", KEY, b"old")
        owner = os if name == "replace" else Path
        change: Callable[..., object] = refuse_times(getattr(owner, name), 3)
        monkeypatch.setattr(owner, name, lambda *arguments, **options: change(*arguments, **options))
        store.put("cells", KEY, b"new")
        assert store.get("cells", KEY) == b"new"
        assert store.keys("cells") == [KEY]
        store.remove("cells", KEY)
        assert not store.has("cells", KEY)

    def test_an_entry_that_is_being_replaced_is_read_a_little_later(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        warnings: list[str] = []
        store = Store(tmp_path, warnings.append)
        store.put("cells", KEY, b"value")
        monkeypatch.setattr("builtins.open", refuse_times(open, 3))
        assert store.get("cells", KEY) == b"value" and warnings == []

    def test_a_half_written_file_that_is_open_stays_for_the_next_time(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = Store(tmp_path)
        half = store.path("cells", KEY).with_name(f"x.{10**9}.part")
        half.parent.mkdir(parents=True)
        half.touch()
        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", refused)
            store.tidy()
        assert half.exists()
        store.tidy()
        assert not half.exists()


class TestRemoveTree:
    """Folders with files that Windows does not remove at once."""

    def test_a_folder_that_is_not_there_is_removed_already(self, tmp_path: Path) -> None:
        remove_tree(tmp_path / "none")

    def test_files_that_may_only_be_read_go_too(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = tmp_path / "folder"
        folder.mkdir()
        (folder / "a").touch()
        (folder / "a").chmod(stat.S_IREAD)
        remove = os.unlink

        def unlink(path: str, **options: object) -> None:
            if not (folder / "a").stat().st_mode & stat.S_IWRITE:
                refused()
            remove(path, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(os, "unlink", unlink)
        monkeypatch.setattr(os, "access", lambda path, mode: bool(os.stat(path).st_mode & stat.S_IWRITE))
        remove_tree(folder, patience=0.0)
        assert not folder.exists()

    def test_a_file_that_is_open_keeps_its_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = tmp_path / "folder"
        folder.mkdir()
        (folder / "a").touch()
        monkeypatch.setattr(os, "unlink", refused)
        with pytest.raises(PermissionError):
            remove_tree(folder, patience=0.02)
        assert (folder / "a").exists()
