"""Tests of verification: the same for a folder and a zip, without unpacking and without trust in either."""

from __future__ import annotations

import json
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import NotWholeError, SettingsError
from generator.site.archive import zip_site
from generator.site.manifest import write_manifest
from generator.site.verify import refuse_faults, verify_site

FILES = {
    "index.html": b"<p>home</p>" * 100,
    "assets/site.css": b"p{}",
    "brands/a.html": b"a",
    "images/b.jpg": b"\xff\xd8" + bytes(range(250)) * 4,
    "data/report.json": b"{}",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return _write_site(tmp_path / "site")


def _write_site(site: Path) -> Path:
    for name, content in FILES.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(content)
    write_manifest(site, {"key": "k"})
    return site


def _zip(site: Path) -> Path:
    """The whole folder as somebody else might pack it, with everything that lies in it."""
    archive = site.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(site.rglob("*")):
            packed.write(path, f"client/{path.relative_to(site).as_posix()}")
    return archive


@pytest.mark.parametrize("pack", [lambda site: site, _zip], ids=["folder", "zip"])
class TestBoth:
    def test_an_unchanged_report_is_whole(self, site: Path, pack: Callable[[Path], Path]) -> None:
        verdict = verify_site(pack(site))
        assert verdict.whole
        assert (verdict.files, verdict.bytes) == (len(FILES), sum(map(len, FILES.values())))
        refuse_faults(verdict)

    def test_every_fault_is_named(self, site: Path, pack: Callable[[Path], Path]) -> None:
        (site / "brands/a.html").unlink()
        (site / "assets/site.css").write_bytes(b"p{ }")  # another size
        (site / "index.html").write_bytes(FILES["index.html"].replace(b"home", b"hame", 1))  # the same size
        (site / "images/secret.jpg").write_bytes(b"x")
        (site / "notes.txt").write_bytes(b"x")
        verdict = verify_site(pack(site))
        assert verdict.missing == ("brands/a.html",)
        assert verdict.altered == ("assets/site.css", "index.html")
        assert verdict.extra == ("images/secret.jpg", "notes.txt")
        with pytest.raises(NotWholeError) as caught:
            refuse_faults(verdict)
        assert "of 5 files, 1 missing, 2 altered, 2 extra" in caught.value.message
        assert "  missing  brands/a.html" in caught.value.message.splitlines()
        assert caught.value.exit_code == 1
        assert caught.value.facts["altered"] == ("assets/site.css", "index.html")

    def test_a_hosts_own_files_and_folders_are_no_fault(self, site: Path, pack: Callable[[Path], Path]) -> None:
        for name in (
            "CNAME",
            "README.md",
            ".nojekyll",
            "robots.txt",
            "images/.DS_Store",
            ".well-known/key",
            "old/x.html",
        ):
            (site / name).parent.mkdir(exist_ok=True)
            (site / name).write_bytes(b"x")
        assert verify_site(pack(site)).whole

    def test_without_a_manifest_there_is_no_report(self, site: Path, pack: Callable[[Path], Path]) -> None:
        (site / "data/manifest.json").unlink()
        with pytest.raises(SettingsError, match="no report"):
            verify_site(pack(site))

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"files": []}', '{"files": {"a": {}}}', '{"files": {"a": 1}}'])
    def test_a_broken_manifest_is_refused(self, site: Path, pack: Callable[[Path], Path], text: str) -> None:
        (site / "data/manifest.json").write_text(text)
        with pytest.raises(SettingsError, match="no report"):
            verify_site(pack(site))

    @pytest.mark.parametrize("name", ["../outside.txt", "/etc/hostname", "a/../../b", "a\\b"])
    def test_a_manifest_cannot_point_elsewhere(self, site: Path, pack: Callable[[Path], Path], name: str) -> None:
        (site / "data/manifest.json").write_text(json.dumps({"files": {name: {"bytes": 1, "sha256": ""}}}))
        with pytest.raises(SettingsError, match="no file of a report"):
            verify_site(pack(site))


@given(data=st.data())
def test_any_changed_byte_is_found(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    site = _write_site(tmp_path_factory.mktemp("any") / "site")
    name = data.draw(st.sampled_from(sorted(FILES)))
    content = bytearray(FILES[name])
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    (site / name).write_bytes(content)
    for place in (site, _zip(site)):
        verdict = verify_site(place)
        assert (verdict.missing, verdict.altered, verdict.extra) == ((), (name,), ())


def test_the_zip_that_brandscape_makes_is_whole(site: Path, tmp_path: Path) -> None:
    assert verify_site(zip_site(site, tmp_path / "client.zip")).whole


def test_a_zip_may_hold_the_report_at_its_root(site: Path, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "flat"), "zip", site)
    assert verify_site(tmp_path / "flat.zip").whole


def test_a_long_list_is_cut_unless_all_is_asked_for(site: Path) -> None:
    for index in range(30):
        (site / f"images/{index}.jpg").write_bytes(b"x")
    verdict = verify_site(site)
    with pytest.raises(NotWholeError) as short:
        refuse_faults(verdict)
    with pytest.raises(NotWholeError) as whole:
        refuse_faults(verdict, verbose=True)
    assert "20 more extra" in short.value.message and short.value.message.count("images/") == 10
    assert whole.value.message.count("images/") == 30


class TestHostileZips:
    @staticmethod
    def _add(site: Path, **entries: Any) -> Path:
        archive = _zip(site)
        with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as packed:
            for name, content in entries.items():
                packed.writestr(name, content)
        return archive

    @pytest.mark.parametrize(
        "name", ["../x", "/x", "client/../../x", "client/brands/../../x", "client/brands\\..\\x", "x"]
    )
    def test_names_that_lead_out_are_extra_and_never_written(self, site: Path, name: str) -> None:
        before = sorted(site.parent.rglob("*"))
        archive = self._add(site, **{name: "evil"})
        assert len(verify_site(archive).extra) == 1
        assert sorted(site.parent.rglob("*")) == sorted([*before, archive])

    def test_files_added_by_macos_are_no_fault(self, site: Path) -> None:
        assert verify_site(self._add(site, **{"__MACOSX/client/._index.html": "x"})).whole

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_a_file_that_comes_twice_is_altered(self, site: Path) -> None:
        archive = self._add(site, **{"client/index.html": FILES["index.html"]})
        assert verify_site(archive).altered == ("index.html",)

    def test_a_bomb_is_refused_before_it_is_read(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        archive = self._add(site, **{"client/index.txt": bytes(30_000_000)})
        monkeypatch.setattr(zipfile.ZipFile, "open", lambda *a, **k: pytest.fail("read"))
        with pytest.raises(SettingsError, match="no report does"):
            verify_site(archive)

    def test_a_file_of_another_size_is_not_read(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (site / "images/b.jpg").write_bytes(bytes(20_000))
        archive, real = _zip(site), zipfile.ZipFile.open

        def open_others(self: zipfile.ZipFile, name: Any, *more: Any, **options: Any) -> Any:
            assert "b.jpg" not in str(name)
            return real(self, name, *more, **options)

        monkeypatch.setattr(zipfile.ZipFile, "open", open_others)
        assert verify_site(archive).altered == ("images/b.jpg",)

    def test_a_directory_that_lies_about_a_size_gains_nothing(self, site: Path) -> None:
        """The central directory names the listed size, but the data is longer: what is read is cut there."""
        longer = FILES["index.html"] + b"<script>"
        (site / "index.html").write_bytes(longer)
        archive = _zip(site)
        data = bytearray(archive.read_bytes())
        at = data.rindex(b"client/index.html") - 46  # its entry in the central directory
        assert data[at : at + 4] == b"PK\x01\x02"
        data[at + 24 : at + 28] = struct.pack("<I", len(FILES["index.html"]))
        archive.write_bytes(data)
        assert verify_site(archive).altered == ("index.html",)

    @pytest.mark.parametrize(("offset", "value"), [(8, 1), (10, 99)])
    def test_encrypted_and_oddly_packed_files_are_altered(self, site: Path, offset: int, value: int) -> None:
        archive = _zip(site)
        data = bytearray(archive.read_bytes())
        at = data.rindex(b"client/images/b.jpg") - 46
        data[at + offset] = value
        archive.write_bytes(data)
        assert verify_site(archive).altered == ("images/b.jpg",)

    def test_broken_data_is_altered(self, site: Path) -> None:
        archive = _zip(site)
        data = bytearray(archive.read_bytes())
        at = data.index(b"client/images/b.jpg") + 40
        data[at] ^= 0xFF
        archive.write_bytes(data)
        assert verify_site(archive).altered == ("images/b.jpg",)

    @pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + bytes(100)])
    def test_a_file_that_is_not_a_zip_is_refused(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "x.zip").write_bytes(content)
        with pytest.raises(SettingsError, match="cannot be read as a zip"):
            verify_site(tmp_path / "x.zip")

    def test_a_missing_path_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="There is no"):
            verify_site(tmp_path / "x.zip")
