"""The preview: files of the report, on this machine only."""

from __future__ import annotations

import http.client
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from generator.errors import BrandscapeError, SettingsError
from generator.site.serve import make_server


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "site/brands").mkdir(parents=True)
    (tmp_path / "site/index.html").write_text("<p>report</p>")
    (tmp_path / "secret.txt").write_text("secret")
    with make_server(tmp_path / "site", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_it_serves_the_report_and_nothing_beside_it(address: str) -> None:
    assert requests.get(address, timeout=60).text == "<p>report</p>"
    assert requests.get(f"{address}/brands/", timeout=60).status_code == 404
    assert requests.get(f"{address}/%2e%2e/secret.txt", timeout=60).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "con", "CON", "nul.html", "aux", "brands/prn", "com1", "LPT9.txt", "com%C2%B9", "con%20", "conin%24", "nul/x",
        "c:", "C:%5CWindows%5Cwin.ini", "index.html::%24DATA", "brands%5C..%5Cindex.html", "%00", "a%00.html",
        "a" * 5_000, "~root", "none",
    ],
)  # fmt: skip
def test_what_is_no_file_of_a_report_is_not_found_and_the_connection_stays(address: str, name: str) -> None:
    connection = http.client.HTTPConnection(address.partition("//")[2], timeout=60)
    for path in (f"/{name}", f"/{name}/", f"/{name}?a=1"):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 404
    connection.request("GET", "/index.html?con")
    assert connection.getresponse().status == 200
    connection.close()


def test_it_listens_on_this_machine_only(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("x")
    with make_server(tmp_path, 0) as server:
        assert server.server_address[0] == "127.0.0.1"
        with pytest.raises(BrandscapeError, match="cannot be used"):
            make_server(tmp_path, int(server.server_address[1]))


def test_a_folder_without_a_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no report"):
        make_server(tmp_path, 0)


def test_every_file_comes_with_a_policy_that_allows_nothing_from_elsewhere(address: str, tmp_path: Path) -> None:
    (tmp_path / "site/a.js").write_text("1")
    for name, kind in (("index.html", "text/html"), ("a.js", "text/javascript"), ("none.html", "text/html")):
        headers = requests.get(f"{address}/{name}", timeout=60).headers
        assert headers["Content-Type"].startswith(kind)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ") and "form-action 'none'" in policy
        assert "http:" not in policy and "*" not in policy


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:{port}", 200),
        ("localhost:{port}", 200),
        ("evil.example:{port}", 421),
        ("evil.example", 421),
        ("", 421),
    ],
)
def test_another_name_for_this_machine_is_refused(address: str, host: str, status: int) -> None:
    port = int(address.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/index.html", headers={"Host": host.format(port=port)})
    assert connection.getresponse().status == status
    connection.close()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_out_of_the_report_leads_nowhere(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("home")
    (tmp_path / "secret.txt").write_text("secret")
    (site / "secret.txt").symlink_to(tmp_path / "secret.txt")
    (site / "home.html").symlink_to(site / "index.html")
    with make_server(site, 0) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        assert requests.get(f"{address}/home.html", timeout=60).text == "home"
        assert requests.get(f"{address}/secret.txt", timeout=60).status_code == 404
        server.shutdown()
