"""Images on disk: hashed once, and known even when they are gone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from generator.cache.store import Store
from generator.images import local_files
from generator.images.file_finder import FileFinder
from generator.images.local_files import LocalFiles
from generator.images.places import ImagePlaces

DIGEST = hashlib.sha256(b"image").hexdigest()


def _open(folder: Path) -> LocalFiles:
    return LocalFiles(FileFinder(ImagePlaces(folder / "posts")), 1000, Store(folder / "cache"))


def _make_image(folder: Path) -> Path:
    path = folder / "posts" / "images" / "a.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"image")
    return path


def test_a_file_found_by_name_is_told_apart(tmp_path: Path) -> None:
    path = _make_image(tmp_path).resolve()
    files = _open(tmp_path)
    assert files.find("images/a.jpg") == (DIGEST, path)
    assert not files.by_name
    assert files.find(r"C:\veille\images\a.JPG") == (DIGEST, path)
    assert files.by_name == {r"C:\veille\images\a.JPG": "images/a.jpg"}


def test_a_file_of_known_size_and_time_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _make_image(tmp_path).resolve()
    files = _open(tmp_path)
    files.find("a.jpg")
    files.remember()
    monkeypatch.setattr(local_files, "hash_file", lambda path: pytest.fail("it was read"))
    assert _open(tmp_path).find("x/a.jpg") == (DIGEST, path)


@pytest.mark.parametrize("text", ["images/a.jpg", "a.jpg", r"C:\veille\images\a.jpg", "A.JPG"])
def test_what_a_text_showed_is_known_when_the_file_is_gone(tmp_path: Path, text: str) -> None:
    path = _make_image(tmp_path)
    files = _open(tmp_path)
    files.find(text)
    files.remember()
    assert _open(tmp_path).trace(text) == {DIGEST}
    path.unlink()
    assert _open(tmp_path).trace(text) == {DIGEST}
    assert _open(tmp_path).trace("images/b.jpg") == set()
