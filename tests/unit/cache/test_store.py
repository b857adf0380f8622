"""The store: whole entries or none, and damage that costs one entry."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.cache.remote import RemoteFolder
from generator.cache.store import Store, image_key, mark_image
from generator.digests import digest_of
from generator.errors import SettingsError

KEY = digest_of("a")


@pytest.fixture(params=["a folder", "a URL", "a URL that is asked", "a URL without folders"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "a folder":
        return Store(tmp_path)
    # of two kinds: one that is written beside and moved, and one that takes whole objects
    place = f"memory://{tmp_path}" if request.param == "a URL without folders" else f"file://{tmp_path}"
    return Store(place, asks=request.param == "a URL that is asked")


def test_what_was_put_comes_back(store: Store) -> None:
    assert store.get("cells", KEY) is None
    assert not store.has("cells", KEY)
    store.put("cells", KEY, b"value")
    assert store.has("cells", KEY)
    assert store.get("cells", KEY) == b"value"
    assert store.get("pictures", KEY) is None
    store.put("cells", KEY, b"another")
    assert list(store.get_many("cells", [KEY, "ab" * 32])) == [b"another", None]
    assert store.lacks([("cells", KEY), ("cells", "ab" * 32)]) == [("cells", "ab" * 32)]
    store.remove("cells", KEY)
    assert not store.has("cells", KEY) and store.get("cells", KEY) is None


@given(st.data())
def test_any_damage_is_a_miss_that_is_said(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    warnings: list[str] = []
    store = Store(tmp_path_factory.mktemp("store"), warnings.append)
    store.put("cells", KEY, b"some value worth keeping")
    path = store.path("cells", KEY)
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(
        st.sampled_from([whole[:place], whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :], whole + b"x"])
    )
    path.write_bytes(damaged)
    assert store.get("cells", KEY) is None
    assert len(warnings) == 1
    assert not path.exists()
    store.put("cells", KEY, b"again")
    assert store.get("cells", KEY) == b"again"


def test_an_empty_value_is_a_value(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("cells", KEY, b"")
    assert store.get("cells", KEY) == b""


def test_writers_at_once_leave_one_whole_entry_and_no_spare(store: Store) -> None:
    values = [bytes([n]) * 50_000 for n in range(8)]
    threads = [threading.Thread(target=store.put, args=("cells", KEY, value)) for value in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get("cells", KEY) in values
    assert store.keys("cells") == [KEY]


def test_a_failed_write_leaves_the_old_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    store.put("cells", KEY, b"old")

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("generator.cache.folders.os.replace", fail)
    with pytest.raises(OSError, match="No space"):
        store.put("cells", KEY, b"new")
    assert store.get("cells", KEY) == b"old"
    assert len(list(store.path("cells", KEY).parent.iterdir())) == 1


def test_sizes_and_pruning(store: Store) -> None:
    assert store.sizes() == []
    store.put("cells", KEY, b"x" * 100)
    store.put("images", KEY, b"y" * 1000)
    assert [(size.kind, size.entries, size.bytes) for size in store.sizes()] == [("images", 1, 1016), ("cells", 1, 116)]
    assert store.prune(["cells", "nothing"]) == 116
    assert not store.has("cells", KEY)
    assert store.has("images", KEY)


@given(st.lists(st.text()), st.lists(st.text()))
def test_different_parts_have_different_digests(one: list[str], other: list[str]) -> None:
    assert (digest_of(*one) == digest_of(*other)) == (one == other)


def test_what_was_made_of_one_image_is_found_by_its_mark(store: Store) -> None:
    one, other = "1" * 64, "2" * 64
    for sha256 in (one, other):
        for size in ("100", "200"):
            store.put("pictures", image_key(sha256, digest_of("v", size)), b"x")
    found = store.keys("pictures", mark_image(one))
    assert sorted(found) == sorted(image_key(one, digest_of("v", size)) for size in ("100", "200"))
    assert not any(one[:8] in key for key in store.keys("pictures"))
    for key in found:
        store.remove("pictures", key)
        store.remove("pictures", key)
    assert len(store.keys("pictures")) == 2
    assert store.keys("none") == store.keys("none", mark_image(one)) == []
    assert store.kinds() == ["pictures"]


def test_a_url_is_listed_once_a_kind_until_it_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other = Store(f"file://{tmp_path}"), Store(tmp_path)
    other.put("cells", KEY, b"x")
    walked = []
    real = RemoteFolder.walk
    monkeypatch.setattr(RemoteFolder, "walk", lambda self, start="": walked.append(start) or real(self, start))
    keys = [digest_of(str(number)) for number in range(50)]
    assert store.has("cells", KEY) and not any(store.has("cells", key) for key in keys)
    assert walked == ["cells"]
    other.put("cells", keys[0], b"y")
    assert not store.has("cells", keys[0]) and store.get("cells", keys[0]) == b"y"
    store.refresh()
    assert store.has("cells", keys[0])


def test_damage_behind_a_url_is_a_miss_that_is_said(tmp_path: Path) -> None:
    warnings: list[str] = []
    store, place = Store(f"file://{tmp_path}", warnings.append), Store(tmp_path).path("cells", KEY)
    store.put("cells", KEY, b"value")
    place.write_bytes(place.read_bytes()[:-1])
    assert store.get("cells", KEY) is None
    assert len(warnings) == 1 and f"file://{tmp_path}/cells" in warnings[0]
    assert not place.exists() and not store.has("cells", KEY)


def test_half_written_files_of_another_machine_stay_for_a_day(tmp_path: Path) -> None:
    for store in (Store(tmp_path), Store(f"file://{tmp_path}")):
        place = Store(tmp_path).path("cells", KEY)
        place.parent.mkdir(parents=True, exist_ok=True)
        new, old = (place.with_name(f"{name}.999999-1-1-0000aaaa.part") for name in ("new", "old"))
        for path in (new, old):
            path.write_bytes(b"half")
        os.utime(old, (0, 0))
        store.tidy()
        assert new.exists() and not old.exists()


@pytest.mark.parametrize("place", ["nonsense://bucket/cache", "s3://"])
def test_a_url_that_cannot_be_used_is_said(place: str) -> None:
    with pytest.raises(SettingsError, match="cache"):
        Store(place)


def test_a_url_needs_fsspec(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.cache.remote.importlib.util.find_spec", lambda name: None)
    with pytest.raises(SettingsError) as caught:
        Store("s3://bucket/cache")
    assert 'pip install "brandscape[cluster]"' in caught.value.hint
