"""Downloads that cannot hang, flood the memory, or hammer a server that asked for patience."""

from __future__ import annotations

import email.utils
import os
import random
import threading
import time
from urllib.parse import urlsplit

import requests
import urllib3
from requests.utils import get_environ_proxies

from generator import __version__
from generator.images.decode import sniff_image
from generator.images.public_addresses import GuardedAdapter, PrivateAddress, TooSlow
from generator.settings import FetchSettings

_PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOST_REDIRECTS = 5
#: A host that could not be reached this often in a row is not asked again.
_GIVE_UP_AFTER = 5
#: Never wait longer than this because a server said so, in seconds.
_LONGEST_WAIT = 60.0
#: One image may take this many times the read time-out in all, however slowly it drips.
_WHOLE_TIME = 4
_CHUNK = 16_384


class DownloadFailed(Exception):
    """An image that could not be downloaded; `reason` is one of the ledger's codes."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class _MayPass(Exception):
    """A failure worth another try, after `wait` seconds where the server named them."""

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

    def __init__(self, settings: FetchSettings) -> None:
        self.session = requests.Session()
        # passwords that ~/.netrc holds for a host are not for whoever names the host in a spreadsheet
        self.session.trust_env = False
        self.session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        self.session.max_redirects = _MOST_REDIRECTS
        self.session.headers["User-Agent"] = f"brandscape/{__version__}"
        self.session.headers["Accept"] = "image/*"
        adapter = GuardedAdapter(_longest_answer(settings), settings.allow_private, pool_maxsize=settings.workers)
        self.session.mount("http://", adapter)
        self.session.mount("https://", adapter)
        self.unreachable = 0


def _longest_answer(settings: FetchSettings) -> float:
    """Seconds that one answer may take in all."""
    return settings.connect_timeout + _WHOLE_TIME * settings.read_timeout


class HttpClient:
    """Fetches images, one session a host; safe to share between threads."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let downloads under way end at their next bytes, and no wait outlast this call."""
        self._stopped.set()

    def get(self, url: str) -> bytes:
        """The image's bytes. Raises DownloadFailed."""
        try:
            name = urlsplit(url).netloc.lower()
        except ValueError:
            raise DownloadFailed("bad_address", f"{url[:80]} is no address") from None
        with self._lock:
            host = self._hosts.setdefault(name, _Host(self._settings))
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
                data = self._try(host.session, url)
            except _MayPass as failure:
                problem = failure
                host.unreachable = host.unreachable + 1 if failure.unreachable else 0
                if failure.refused and attempt:
                    break
                continue
            host.unreachable = 0
            return data
        raise DownloadFailed("download_failed", f"{problem.detail}, after {attempt + 1} tries")

    def _wait(self, seconds: float) -> None:
        self._stopped.wait(seconds)

    def _try(self, session: requests.Session, url: str) -> bytes:
        settings = self._settings
        deadline = time.monotonic() + _longest_answer(settings)
        timeouts = (settings.connect_timeout, settings.read_timeout)
        try:
            with session.get(url, stream=True, timeout=timeouts, proxies=get_environ_proxies(url)) as answer:
                _check_status(answer)
                data = self._read(answer, deadline)
        except PrivateAddress as refused:
            raise DownloadFailed("private_address", f"{refused}, on a private network") from None
        except TooSlow:
            raise DownloadFailed("download_failed", "it came too slowly") from None
        except requests.TooManyRedirects:
            raise DownloadFailed("download_failed", "too many redirects") from None
        except requests.exceptions.SSLError:
            raise DownloadFailed("download_failed", "the server's certificate is not trusted") from None
        except requests.Timeout:
            raise _MayPass("no answer in time", unreachable=True) from None
        except requests.ConnectionError:
            raise _MayPass("the connection failed", unreachable=True, refused=True) from None
        except urllib3.exceptions.ReadTimeoutError:
            raise _MayPass("no more bytes in time") from None
        except (urllib3.exceptions.ProtocolError, urllib3.exceptions.DecodeError):
            raise _MayPass("the connection broke") from None
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError) as error:
            raise DownloadFailed("bad_address", str(error)[:120]) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise DownloadFailed("download_failed", f"{type(error).__name__}: {str(error)[:120]}") from None
        if not data:
            raise DownloadFailed("empty_file", "the server sent nothing")
        said = sniff_image(data)
        if said is not None:
            raise DownloadFailed("not_an_image", f"the server sent {said}")
        return data

    def _read(self, answer: requests.Response, deadline: float) -> bytes:
        most = self._settings.max_bytes
        announced = answer.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) > most:
            raise DownloadFailed("too_large", f"{int(announced):,} bytes; at most {most:,} are read")
        data = bytearray()
        # read1 hands over what has come so far, so that neither a slow drip nor a small archive outgrows its limit
        while chunk := answer.raw.read1(_CHUNK, decode_content=True):
            data += chunk
            if len(data) > most:
                raise DownloadFailed("too_large", f"more than {most:,} bytes")
            if time.monotonic() > deadline:
                raise DownloadFailed("download_failed", "it came too slowly")
            if self._stopped.is_set():
                raise DownloadFailed("download_failed", "interrupted")
        return bytes(data)


def _check_status(answer: requests.Response) -> None:
    status = answer.status_code
    if status in _PASSING_STATUS:
        raise _MayPass(f"the server answered {status}", _retry_after(answer))
    if status in (401, 403, 410):
        raise DownloadFailed("download_failed", f"the server answered {status}; the link may have expired")
    if status != 200:
        raise DownloadFailed("download_failed", f"the server answered {status}")


def _retry_after(answer: requests.Response) -> float | None:
    """Seconds the server asks to wait, which it may write as a number or as a date."""
    said = answer.headers.get("Retry-After", "").strip()
    if said.isdigit():
        return float(said)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
