"""Download images without hanging, filling the memory, or pressing a server that asked for patience."""

from __future__ import annotations

import email.message
import email.utils
import os
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies
from urllib3.exceptions import DecodeError, HTTPError, ProtocolError, ReadTimeoutError

from generator import __version__
from generator.images.decode import is_video, sniff_image
from generator.images.public_addresses import GuardedAdapter, PrivateAddress, TooSlow
from generator.settings import FetchSettings

_PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOST_REDIRECTS = 5
#: A host that could not be reached this often in a row is given up.
_GIVE_UP_AFTER = 5
#: Seconds that a server can make a download wait at most.
_LONGEST_WAIT = 60.0
#: One image may take this many times the read time-out in all, however slowly it drips.
_WHOLE_TIME = 4
_HEAD = 32  # bytes that a video is told by
_CHUNK = 16_384


class DownloadFailed(Exception):
    """An image that could not be downloaded; `reason` is one of the ledger's codes."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class _MayPass(Exception):
    """A failure worth another try, after `wait` seconds if the server named them."""

    def __init__(
        self, detail: str, wait: float | None = None, unreachable: bool = False, refused: bool = False
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.wait = wait
        self.unreachable = unreachable
        self.refused = refused  # nobody listens, or there is no such host: tried once more, not again and again


class _Host:
    """One server: its session, and how often in a row it could not be reached."""

    def __init__(self, settings: FetchSettings, accept: str) -> None:
        self.session = requests.Session()
        # passwords in ~/.netrc are not for hosts that a spreadsheet names
        self.session.trust_env = False
        self.session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        self.session.max_redirects = _MOST_REDIRECTS
        self.session.headers["User-Agent"] = f"brandscape/{__version__}"
        self.session.headers["Accept"] = accept
        adapter = GuardedAdapter(_longest_answer(settings), settings.allow_private, pool_maxsize=settings.workers)
        self.session.mount("http://", adapter)
        self.session.mount("https://", adapter)
        self.unreachable = 0


def _longest_answer(settings: FetchSettings) -> float:
    """Return the seconds that one answer may take in all."""
    return settings.connect_timeout + _WHOLE_TIME * settings.read_timeout


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent."""

    data: bytes
    name: str  # that the server gives the file, "" if it gives none


class HttpClient:
    """Fetches images, one session a host; safe to share between threads.

    `accept` is what it asks for, and `refuse` says in words what an answer is that it does not want.
    """

    def __init__(
        self,
        settings: FetchSettings,
        accept: str = "image/*,video/*;q=0.5",
        refuse: Callable[[bytes], str | None] = sniff_image,
    ) -> None:
        self._settings = settings
        self._accept = accept
        self._refuse = refuse
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let downloads under way end at their next bytes, and waits end at once."""
        self._stopped.set()

    def get(self, url: str) -> bytes:
        """Return the image's bytes. Raises DownloadFailed."""
        return self.fetch(url).data

    def fetch(self, url: str) -> Answer:
        """Return what the server sends, with its name. Raises DownloadFailed."""
        try:
            name = urlsplit(url).netloc.lower()
        except ValueError:
            raise DownloadFailed("bad_address", f"{url[:80]} is no address") from None
        with self._lock:
            host = self._hosts.setdefault(name, _Host(self._settings, self._accept))
        problem = _MayPass("")
        for attempt in range(self._settings.retries + 1):
            if host.unreachable >= _GIVE_UP_AFTER:
                raise DownloadFailed("download_failed", f"{name} could not be reached again and again")
            if attempt:
                back_off = 0.5 * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311
                self._wait(min(back_off if problem.wait is None else problem.wait, _LONGEST_WAIT))
            if self._stopped.is_set():
                raise DownloadFailed("download_failed", "interrupted")
            try:
                answer = self._try(host.session, url)
            except _MayPass as failure:
                problem = failure
                host.unreachable = host.unreachable + 1 if failure.unreachable else 0
                if failure.refused and attempt:
                    break
                continue
            host.unreachable = 0
            return answer
        raise DownloadFailed("download_failed", f"{problem.detail}, after {attempt + 1} tries")

    def _wait(self, seconds: float) -> None:
        self._stopped.wait(seconds)

    def _try(self, session: requests.Session, url: str) -> Answer:
        settings = self._settings
        deadline = time.monotonic() + _longest_answer(settings)
        timeouts = (settings.connect_timeout, settings.read_timeout)
        try:
            with session.get(url, stream=True, timeout=timeouts, proxies=get_environ_proxies(url)) as answer:
                _check_status(answer)
                data = self._read(answer, deadline)
                name = _file_name(answer.headers.get("Content-Disposition", ""))
        except (PrivateAddress, TooSlow, requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise _explain(error) from None
        if not data:
            raise DownloadFailed("empty_file", "the server sent nothing")
        other = self._refuse(data)
        if other is not None:
            raise DownloadFailed("not_an_image", f"the server sent {other}")
        return Answer(data, name)

    def _read(self, answer: requests.Response, deadline: float) -> bytes:
        most = self._settings.max_bytes
        announced = answer.headers.get("Content-Length", "")
        told = answer.headers.get("Content-Type", "").startswith(("video/", "application/octet-stream", "binary/"))
        if announced.isdigit() and int(announced) > most and not told:
            raise DownloadFailed("too_large", f"{int(announced):,} bytes; at most {most:,} are read")
        data = bytearray()
        # read1 returns what has come so far, so that a slow drip or a small archive cannot exceed its limit
        while chunk := answer.raw.read1(_CHUNK, decode_content=True):
            data += chunk
            if is_video(bytes(data[:_HEAD])):  # of which the start is enough
                if len(data) >= self._settings.video_bytes:
                    return bytes(data[: self._settings.video_bytes])
            elif len(data) > most:
                raise DownloadFailed("too_large", f"more than {most:,} bytes")
            if time.monotonic() > deadline:
                raise DownloadFailed("download_failed", "it came too slowly")
            if self._stopped.is_set():
                raise DownloadFailed("download_failed", "interrupted")
        return bytes(data)


#: The failure that each kind of error means. The first that fits counts: some are subclasses of later ones.
_FAILURES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Callable[[Exception], Exception]], ...] = (
    (PrivateAddress, lambda error: DownloadFailed("private_address", f"{error}, on a private network")),
    (TooSlow, lambda _: DownloadFailed("download_failed", "it came too slowly")),
    (requests.TooManyRedirects, lambda _: DownloadFailed("download_failed", "too many redirects")),
    (
        requests.exceptions.SSLError,
        lambda _: DownloadFailed("download_failed", "the server's certificate is not trusted"),
    ),
    (requests.Timeout, lambda _: _MayPass("no answer in time", unreachable=True)),
    (requests.ConnectionError, lambda _: _MayPass("the connection failed", unreachable=True, refused=True)),
    (ReadTimeoutError, lambda _: _MayPass("no more bytes in time")),
    ((ProtocolError, DecodeError), lambda _: _MayPass("the connection broke")),
    (
        (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError),
        lambda error: DownloadFailed("bad_address", str(error)[:120]),
    ),
)


def _explain(error: Exception) -> Exception:
    """Return the DownloadFailed or _MayPass that an error of a request means."""
    for kinds, failure in _FAILURES:
        if isinstance(error, kinds):
            return failure(error)
    return DownloadFailed("download_failed", f"{type(error).__name__}: {str(error)[:120]}")


def _file_name(disposition: str) -> str:
    """Return the name in a header such as `attachment; filename="a.csv"`, by RFC 6266."""
    disposition = disposition[:1000]
    if "filename*" in disposition:  # which goes before the other, and which `email` takes second
        disposition = re.sub(r";\s*filename=(\"[^\"]*\"|[^;]*)", "", disposition)
    message = email.message.Message()
    message["Content-Disposition"] = disposition
    try:
        return message.get_filename("") or ""
    except (LookupError, ValueError):  # of an encoding that is none
        return ""


def _check_status(answer: requests.Response) -> None:
    status = answer.status_code
    if status in _PASSING_STATUS:
        raise _MayPass(f"the server answered {status}", _retry_after(answer))
    if status in (401, 403, 410):
        raise DownloadFailed("download_failed", f"the server answered {status}; the link may have expired")
    if status != 200:
        raise DownloadFailed("download_failed", f"the server answered {status}")


def _retry_after(answer: requests.Response) -> float | None:
    """Return the seconds that the server asks to wait, which it may write as a number or as a date."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
