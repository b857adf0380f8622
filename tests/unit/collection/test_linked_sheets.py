"""Spreadsheets by their links: what is asked for, what comes back, and the copy for when nothing does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from generator.cache.store import Store
from generator.collection import linked_sheets
from generator.collection.linked_sheets import LinkedSheets, find_export, is_address
from generator.errors import SpreadsheetError
from generator.images.http_client import HttpClient
from generator.settings import FetchSettings
from generator.spreadsheet.sources import find_inputs

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LINK = "https://docs.google.com/spreadsheets/d/abc_DEF-1/edit?usp=sharing"
CSV = "Brand,Image\nHôtel Doré,images/a.jpg\n".encode()


class _Server(ThreadingHTTPServer):
    """Answers every path with what a test sets."""

    daemon_threads = True
    status = 200
    body = CSV

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/export"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        moved = self.path.endswith("/export") and self.server.headers.get("Location")
        self.send_response(307 if moved else self.server.status)
        for name, value in self.server.headers.items():
            if name != "Location" or moved:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    """A server that answers in place of Google's."""
    running = _Server()
    monkeypatch.setattr(HttpClient, "_wait", lambda self, seconds: None)
    monkeypatch.setattr(linked_sheets, "find_export", lambda address: running.address)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def _open(folder: Path, warnings: list[str] | None = None, **flags: object) -> LinkedSheets:
    settings = FetchSettings(**{"allow_private": True, "retries": 1, **flags})  # type: ignore[arg-type]
    return LinkedSheets(settings, Store(folder / "cache"), [].append if warnings is None else warnings.append, folder)


@pytest.mark.parametrize(
    ("link", "export"),
    [
        (LINK, "https://docs.google.com/spreadsheets/d/abc_DEF-1/export?format=xlsx"),
        (
            "https://docs.google.com/spreadsheets/d/abc_DEF-1/edit#gid=0",
            "https://docs.google.com/spreadsheets/d/abc_DEF-1/export?format=csv&gid=0",
        ),
        (
            "https://docs.google.com/spreadsheets/u/1/d/abc_DEF-1/edit?gid=77#gid=77",
            "https://docs.google.com/spreadsheets/d/abc_DEF-1/export?format=csv&gid=77",
        ),
        (
            "https://docs.google.com/spreadsheets/d/abc_DEF-1",
            "https://docs.google.com/spreadsheets/d/abc_DEF-1/export?format=xlsx",
        ),
        (
            "https://docs.google.com/spreadsheets/d/abc_DEF-1/export?format=csv&gid=3",
            "https://docs.google.com/spreadsheets/d/abc_DEF-1/export?format=csv&gid=3",
        ),
        (
            "https://docs.google.com/spreadsheets/d/e/2PACX-1x/pubhtml",
            "https://docs.google.com/spreadsheets/d/e/2PACX-1x/pub?output=xlsx",
        ),
        (
            "https://docs.google.com/spreadsheets/d/e/2PACX-1x/pubhtml?gid=5&single=true",
            "https://docs.google.com/spreadsheets/d/e/2PACX-1x/pub?output=csv&gid=5&single=true",
        ),
        (
            "https://docs.google.com/spreadsheets/d/e/2PACX-1x/pub?output=csv",
            "https://docs.google.com/spreadsheets/d/e/2PACX-1x/pub?output=csv",
        ),
        ("https://drive.google.com/file/d/xYz/view?usp=sharing", "https://drive.google.com/uc?export=download&id=xYz"),
        ("https://drive.google.com/open?id=xYz", "https://drive.google.com/uc?export=download&id=xYz"),
        (
            "https://www.dropbox.com/scl/fi/q/posts.csv?rlkey=k&dl=0",
            "https://www.dropbox.com/scl/fi/q/posts.csv?rlkey=k&dl=1",
        ),
        (
            "https://docs.google.com/a/house.example/spreadsheets/d/abc/edit#gid=5",
            "https://docs.google.com/a/house.example/spreadsheets/d/abc/export?format=csv&gid=5",
        ),
        (
            "https://house-my.sharepoint.com/:x:/g/personal/a_b/EaBc?e=xYz",
            "https://house-my.sharepoint.com/:x:/g/personal/a_b/EaBc?e=xYz&download=1",
        ),
        (
            "https://onedrive.live.com/edit.aspx?resid=A1&authkey=k&cid=2",
            "https://onedrive.live.com/download?resid=A1&authkey=k",
        ),
        ("https://github.com/o/r/blob/main/p.csv", "https://github.com/o/r/blob/main/p.csv?raw=true"),
        (
            "https://docs.google.com.example/spreadsheets/d/1/edit",
            "https://docs.google.com.example/spreadsheets/d/1/edit",
        ),
        ("https://example.com/posts.csv?v=2#top", "https://example.com/posts.csv?v=2"),
    ],
)
def test_a_link_as_people_copy_it_leads_to_the_file(link: str, export: str) -> None:
    assert is_address(link)
    assert find_export(link) == export


def test_a_sheet_is_read_as_a_file_and_its_images_start_from_the_current_folder(
    server: _Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.headers = {
        "Content-Disposition": "attachment; filename=\"x.csv\"; filename*=UTF-8''Veille%20%C3%A9t%C3%A9.csv"
    }
    source = _open(tmp_path / "sheets").read(LINK, NOW)
    assert (source.path.read_bytes(), source.path.suffix, source.name) == (CSV, ".csv", "Veille été.csv")
    monkeypatch.chdir(tmp_path)
    inputs = find_inputs([], [source])
    assert (inputs.name, inputs.folder, inputs.homes) == ("Veille été.csv", tmp_path.resolve(), ("",))


@pytest.mark.parametrize(
    ("body", "ending"),
    [
        (b"PK\x03\x04...", ".xlsx"),
        (b'[{"brand": "x"}]', ".json"),
        (b"PAR1...", ".parquet"),
        (b"\xd0\xcf\x11\xe0...", ".xls"),
        (b"Brand\tImage\n", ".csv"),
    ],
)
def test_the_content_tells_the_format(server: _Server, tmp_path: Path, body: bytes, ending: str) -> None:
    server.body = body
    source = _open(tmp_path).read("https://example.com/download", NOW)
    assert (source.path.suffix, source.name) == (ending, f"linked sheet{ending}")


def test_a_redirect_is_followed(server: _Server, tmp_path: Path) -> None:
    server.headers = {"Location": server.address.replace("/export", "/elsewhere")}
    assert _open(tmp_path).read(LINK, NOW).path.read_bytes() == CSV
    assert server.asked == ["/export", "/elsewhere"]


@pytest.mark.parametrize(("status", "body"), [(200, b"<!doctype html><html>Sign in</html>"), (401, b""), (404, b"")])
def test_a_sheet_that_is_not_shared_is_said(server: _Server, tmp_path: Path, status: int, body: bytes) -> None:
    server.status, server.body = status, body
    with pytest.raises(SpreadsheetError, match="is not shared") as raised:
        _open(tmp_path).read(LINK, NOW)
    assert "Anyone with the link" in raised.value.hint
    with pytest.raises(SpreadsheetError) as other:
        _open(tmp_path).read("https://example.com/posts.csv", NOW)
    assert "Google" not in other.value.message + other.value.hint


def test_the_last_copy_serves_when_the_server_does_not(server: _Server, tmp_path: Path) -> None:
    warnings: list[str] = []
    _open(tmp_path).read(LINK, NOW)
    server.status = 503
    source = _open(tmp_path, warnings).read(LINK, datetime(2026, 3, 9, tzinfo=UTC))
    assert source.path.read_bytes() == CSV
    assert "answered 503" in warnings[0] and "the copy of 2026-03-01 is used" in warnings[1]


def test_offline_reads_the_last_copy_and_asks_nothing(server: _Server, tmp_path: Path) -> None:
    with pytest.raises(SpreadsheetError, match="not read before"):
        _open(tmp_path, offline=True).read(LINK, NOW)
    _open(tmp_path).read(LINK, NOW)
    server.asked.clear()
    assert _open(tmp_path, offline=True).read(LINK, NOW).path.read_bytes() == CSV
    assert not server.asked


def test_a_changed_sheet_replaces_the_copy(server: _Server, tmp_path: Path) -> None:
    _open(tmp_path).read(LINK, NOW)
    server.body = CSV + b"Lune,images/b.jpg\n"
    assert _open(tmp_path).read(LINK, NOW).path.read_bytes() == server.body
    assert _open(tmp_path, offline=True).read(LINK, NOW).path.read_bytes() == server.body


def test_an_address_on_a_private_network_is_not_asked(server: _Server, tmp_path: Path) -> None:
    with pytest.raises(SpreadsheetError, match="private network") as raised:
        _open(tmp_path, allow_private=False).read("https://example.com/posts.csv", NOW)
    assert "--allow-private" in raised.value.hint and not server.asked


def test_a_spreadsheet_without_end_is_refused(server: _Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linked_sheets, "_MOST_BYTES", 1000)
    server.body = bytes(5000)
    with pytest.raises(SpreadsheetError, match="too large"):
        _open(tmp_path).read(LINK, NOW)


@pytest.mark.parametrize("name", ["../../evil.csv", "..\\evil.csv", "/etc/passwd", "a\0b.csv", "x" * 500, "📊"])
def test_a_servers_name_for_a_file_names_no_place(server: _Server, tmp_path: Path, name: str) -> None:
    server.headers = {"Content-Disposition": f'attachment; filename="{name}"'.encode().decode("latin-1")}
    if "\0" in name:
        server.headers = {"Content-Disposition": "attachment; filename*=UTF-8''a%00b.csv"}
    source = _open(tmp_path / "sheets").read(LINK, NOW)
    assert source.path.parent == tmp_path / "sheets"
    assert "/" not in source.name and "\\" not in source.name and "\0" not in source.name and len(source.name) < 130


def test_a_folder_on_google_drive_is_said(tmp_path: Path) -> None:
    with pytest.raises(SpreadsheetError, match="is a folder on Google Drive"):
        _open(tmp_path).read("https://drive.google.com/drive/u/0/folders/1Fo?usp=sharing", datetime(2025, 1, 1))


def test_a_broken_address_is_said(tmp_path: Path) -> None:
    with pytest.raises(SpreadsheetError, match="no web address"):
        _open(tmp_path).read("https://[oops/posts.csv", NOW)
