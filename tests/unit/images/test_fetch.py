"""Fetching: each image once and for good, whatever a server does, and never outside the images' folder."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import requests
import trustme

from generator.cache.store import Store
from generator.images import http_client
from generator.images.fetch import FetchedImage, FetchFailure, download_images, find_images, open_image
from generator.images.http_client import HttpClient
from generator.images.places import ImagePlaces
from generator.images.public_addresses import is_public
from generator.progress import SilentProgress
from generator.settings import FetchSettings
from tests.support.misbehaving_server import MisbehavingServer, draw_jpeg, run_server

#: So patient that only servers that mean to be slow are too slow, on any machine.
PATIENT = FetchSettings(connect_timeout=60, read_timeout=60, retries=2, max_bytes=2_000_000, allow_private=True)
PUBLIC_ONLY = replace(PATIENT, allow_private=False)


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    with run_server() as running:
        yield running


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client would have waited; it does not."""
    waited: list[float] = []
    monkeypatch.setattr(HttpClient, "_wait", lambda self, seconds: waited.append(seconds))
    return waited


def _fetch(
    addresses: list[str], folder: Path, settings: FetchSettings = PATIENT, progress: SilentProgress | None = None
) -> dict[str, FetchedImage | FetchFailure]:
    store = Store(folder / "cache")
    outcomes, wanted = find_images(addresses, ImagePlaces(folder), settings, store)
    with closing(download_images(wanted, settings, store, progress or SilentProgress())) as downloads:
        return {**outcomes, **dict(filter(None, downloads))}


def test_what_was_fetched_is_never_asked_for_again(server: MisbehavingServer, tmp_path: Path) -> None:
    urls = [server.url(f"{n}.jpg") for n in range(20)]
    first = _fetch([*urls, urls[0]], tmp_path)
    asked = server.asked.copy()
    assert _fetch(urls, tmp_path) == first
    assert server.asked == asked and set(asked.values()) == {1}
    store = Store(tmp_path / "cache")
    image = first[urls[3]]
    assert isinstance(image, FetchedImage) and image.local is None
    assert read_bytes(image, store) == draw_jpeg(sum(b"3.jpg") % 256)


def read_bytes(image: FetchedImage, store: Store) -> bytes:
    source = open_image(image, store)
    assert source is not None
    with source:
        return source.read()


def test_only_the_start_of_a_video_is_downloaded(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.url("film.mp4")
    image = _fetch([url], tmp_path, replace(PATIENT, video_bytes=50_000))[url]
    assert isinstance(image, FetchedImage)
    assert len(read_bytes(image, Store(tmp_path / "cache"))) == 50_000


def test_one_session_serves_a_host(server: MisbehavingServer, tmp_path: Path) -> None:
    _fetch([server.url(f"{n}.jpg") for n in range(40)], tmp_path)
    assert server.connections <= PATIENT.workers


def test_offline_asks_nothing(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.url("a.jpg")
    found = _fetch([url], tmp_path, FetchSettings(offline=True))
    assert isinstance(found[url], FetchFailure) and found[url].reason == "not_in_cache"
    assert not server.asked
    _fetch([url], tmp_path)
    assert isinstance(_fetch([url], tmp_path, FetchSettings(offline=True))[url], FetchedImage)


def test_passing_failures_are_tried_again_as_patiently_as_the_server_asks(
    server: MisbehavingServer, tmp_path: Path, waits: list[float]
) -> None:
    url = server.url("later/a.jpg")
    assert isinstance(_fetch([url], tmp_path)[url], FetchedImage)
    assert server.asked["later/a.jpg"] == 3
    assert 0.3 < waits[0] < 0.7 and waits[1] == 7


@pytest.mark.parametrize(
    ("path", "reason", "said", "tries"),
    [
        ("status/403.jpg", "download_failed", "may have expired", 1),
        ("status/404.jpg", "download_failed", "404", 1),
        ("status/503.jpg", "download_failed", "503", 3),
        ("page.jpg", "not_an_image", "a web page", 1),
        ("empty.jpg", "empty_file", "", 1),
        ("loop.jpg", "download_failed", "redirects", 6),
        ("announced.jpg", "too_large", "1,000,000,000,000", 1),
        ("endless.jpg", "too_large", "2,000,000", 1),
        ("bomb.jpg", "too_large", "2,000,000", 1),
        ("cut.jpg", "download_failed", "connection", 3),
        ("hang.jpg", "download_failed", "in time", 3),
        ("drip.jpg", "download_failed", "too slowly", 1),
        ("head.jpg", "download_failed", "too slowly", 1),
        ("reset.jpg", "download_failed", "connection", 3),
        ("headers.jpg", "download_failed", "", 2),
        ("nonsense.jpg", "download_failed", "", 2),
        ("encoded.jpg", "download_failed", "connection", 3),
        ("file.jpg", "bad_address", "file", 1),
    ],
)
def test_a_bad_answer_costs_its_own_image_and_its_time_outs(
    server: MisbehavingServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    reason: str,
    said: str,
    tries: int,
) -> None:
    good, bad = server.url("good.jpg"), server.url(path)
    settings = PATIENT
    if path == "hang.jpg":  # which sends nothing
        settings = replace(PATIENT, read_timeout=2.0)
    elif said == "too slowly":  # however patient, an answer may take only so long in all
        monkeypatch.setattr(http_client, "_longest_answer", lambda settings: 3.0)
    found = _fetch([bad], tmp_path, settings)
    monkeypatch.undo()
    found |= _fetch([good], tmp_path)
    failure = found[bad]
    assert isinstance(failure, FetchFailure)
    assert (failure.reason, server.asked[path]) == (reason, tries)
    assert said in failure.detail
    assert isinstance(found[good], FetchedImage)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_a_private_address_is_not_asked_unless_that_is_allowed(
    server: MisbehavingServer, tmp_path: Path, host: str
) -> None:
    url = f"http://{host}:{server.server_address[1]}/a.jpg"
    refused = _fetch([url], tmp_path, PUBLIC_ONLY)[url]
    assert isinstance(refused, FetchFailure)
    # a name that no resolver here knows is as good as refused
    assert refused.reason == "private_address" or "connection failed" in refused.detail
    assert server.connections == 0


def test_a_redirect_inside_is_not_followed(
    server: MisbehavingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.images.public_addresses.is_public", lambda address: address == "127.0.0.1")
    url, good = server.url("inside.jpg"), server.url("good.jpg")
    found = _fetch([url, good], tmp_path, PUBLIC_ONLY)
    refused = found[url]
    assert isinstance(refused, FetchFailure)
    assert (refused.reason, "127.0.0.2" in refused.detail) == ("private_address", True)
    assert isinstance(found[good], FetchedImage)
    assert server.asked["secret.jpg"] == 0


def test_a_name_is_asked_at_its_public_addresses_alone(
    server: MisbehavingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it means a moment later."""
    port = server.server_address[1]
    answers = [["10.0.0.1", "127.0.0.1"], ["169.254.169.254"]]

    def resolve(host: str, *arguments: object, **more: object) -> list[object]:
        if host != "images.example":  # an address, looked up for the connection itself
            return real(host, *arguments, **more)  # type: ignore[arg-type, no-any-return]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers.pop(0)]

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr("generator.images.public_addresses.is_public", lambda address: address == "127.0.0.1")
    first, second = (f"http://images.example:{port}/{name}.jpg" for name in "ab")
    assert isinstance(_fetch([first], tmp_path, PUBLIC_ONLY)[first], FetchedImage)
    refused = _fetch([second], tmp_path, PUBLIC_ONLY)[second]
    assert isinstance(refused, FetchFailure) and refused.reason == "private_address"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("127.8.8.8", False),
        ("0.0.0.0", False),
        ("169.254.169.254", False),  # where clouds keep their machines' passwords
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:0a00:0001::", False),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::93.184.216.34", True),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_certificate_nobody_trusts_is_told_and_one_that_is_trusted_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    with run_server(certificate=authority.issue_cert("127.0.0.1")) as server:
        url = server.url("a.jpg").replace("http:", "https:")
        failure = _fetch([url], tmp_path)[url]
        assert isinstance(failure, FetchFailure) and "certificate is not trusted" in failure.detail
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))
        assert isinstance(_fetch([url], tmp_path)[url], FetchedImage)


def test_passwords_of_this_machine_are_not_for_whoever_names_its_hosts(
    server: MisbehavingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    seen: list[str | None] = []
    monkeypatch.setattr(server, "look_at", lambda headers: seen.append(headers.get("Authorization")))
    _fetch([server.url("a.jpg")], tmp_path)
    assert seen == [None]


def test_a_proxy_is_not_asked_for_what_is_private(
    server: MisbehavingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url(""))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    private, public = "http://10.0.0.1/a.jpg", "http://93.184.216.34/a.jpg"
    found = _fetch([private, public], tmp_path, PUBLIC_ONLY)
    refused = found[private]
    assert isinstance(refused, FetchFailure) and refused.reason == "private_address"
    assert isinstance(found[public], FetchedImage)


def test_a_host_nobody_answers_at_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []
    real = HttpClient._try

    def count(self: HttpClient, session: requests.Session, url: str) -> bytes:
        tries.append(url)
        return real(self, session, url)

    monkeypatch.setattr(HttpClient, "_try", count)
    # a port that was free a moment ago
    with run_server() as gone:
        urls = [gone.url(f"{n}.jpg") for n in range(200)]
    found = _fetch(urls, tmp_path)
    assert len(tries) < 40
    assert all(isinstance(outcome, FetchFailure) for outcome in found.values())
    assert sum("again and again" in outcome.detail for outcome in found.values()) > 150  # type: ignore[union-attr]


def test_an_interruption_keeps_what_was_fetched(
    server: MisbehavingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = HttpClient.stop

    def stop_before_more_comes(self: HttpClient) -> None:
        stop(self)
        server.gate.set()

    monkeypatch.setattr(HttpClient, "stop", stop_before_more_comes)

    class Interrupting(SilentProgress):
        def step(self, name: str, total: int | None = None):  # type: ignore[no-untyped-def, override]
            from contextlib import contextmanager

            @contextmanager
            def interrupt() -> Iterator[object]:
                class Step:
                    done = 0

                    def advance(self, steps: int = 1) -> None:
                        Step.done += steps
                        if Step.done == 10:
                            raise KeyboardInterrupt

                yield Step()

            return interrupt()

    urls = [server.url(f"{n}.jpg" if n < 10 else f"wait/{n}.jpg") for n in range(100)]
    with pytest.raises(KeyboardInterrupt):
        _fetch(urls, tmp_path, progress=Interrupting())
    kept = sum(isinstance(o, FetchedImage) for o in _fetch(urls, tmp_path, FetchSettings(offline=True)).values())
    assert kept == 10


def test_a_signed_address_is_known_again_under_another_signature(tmp_path: Path) -> None:
    from generator.images.fetch import link_key

    one = "https://scontent-cdg4-1.cdninstagram.com/v/t51/123_n.jpg?oh=00_AY&oe=67A"
    again = "https://scontent-cdg4-1.cdninstagram.com/v/t51/123_n.jpg?oh=99_BZ&oe=99F"
    other = "https://scontent-cdg4-1.cdninstagram.com/v/t51/124_n.jpg?oh=00_AY&oe=67A"
    assert link_key(one) == link_key(again) != link_key(other)
    assert link_key("https://example.com/a.jpg?size=1") != link_key("https://example.com/a.jpg?size=2")


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "images"
    folder.mkdir(parents=True)
    (folder / "a b.jpg").write_bytes(draw_jpeg())
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "large.jpg").write_bytes(bytes(3_000_000))
    (folder / "folder.jpg").mkdir()
    (tmp_path / "secret.jpg").write_bytes(draw_jpeg(7))
    if os.name != "nt":
        (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
        (folder / "near.jpg").symlink_to(folder / "a b.jpg")
    return folder.parent


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("images/a b.jpg", ""),
        ("./images/../images/a b.jpg", ""),
        ("images/a%20b.jpg", ""),
        ("images\\a b.jpg", ""),
        ("images/near.jpg", ""),
        ("images/none.jpg", "missing_file"),
        ("images/folder.jpg", "missing_file"),
        ("images/empty.jpg", "empty_file"),
        ("images/large.jpg", "too_large"),
        ("../secret.jpg", "outside_folder"),
        ("images/../../secret.jpg", "outside_folder"),
        ("%2e%2e/secret.jpg", "outside_folder"),
        ("images/link.jpg", "outside_folder"),
        ("/etc/passwd", "outside_folder"),
        ("file:///etc/passwd", "outside_folder"),
        ("\\\\server\\share\\a.jpg", "outside_folder"),
        ("//server/share/a.jpg", "outside_folder"),
        ("\\\\?\\UNC\\server\\share\\a.jpg", "outside_folder"),
        ("not a url or a file", "missing_file"),
        ("a" * 5000, "missing_file"),
        ("nul\0byte", "missing_file"),
    ],
)
def test_local_paths_stay_in_their_folder(images: Path, tmp_path: Path, text: str, reason: str) -> None:
    outcome = _fetch([text], images)[text]
    assert (outcome.reason if isinstance(outcome, FetchFailure) else "") == reason
    if isinstance(outcome, FetchedImage):
        assert outcome.local == images / "images" / "a b.jpg"


def test_a_second_run_reads_no_local_file_that_did_not_change(images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _fetch(["images/a b.jpg"], images)
    with monkeypatch.context() as patched:
        patched.setattr("generator.images.local_files.hash_file", lambda path: pytest.fail("read again"))
        assert _fetch(["images/a b.jpg"], images) == first
    path = images / "images" / "a b.jpg"
    path.write_bytes(draw_jpeg(33))
    os.utime(path, ns=(1, 1))
    assert _fetch(["images/a b.jpg"], images) != first
