"""Connect to public addresses only, and never wait for long.

A spreadsheet's addresses must not read the private network of the machine that builds the report. Every connection is
checked as it is made, after its name was looked up, so that neither a redirect nor a name that changes its address a
moment later leads inside.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection
from urllib3.util.url import parse_url

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Where IPv6 carries IPv4 to be translated (RFC 6052, RFC 8215).
_TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48")))


class PrivateAddress(Exception):
    """A server whose address is not public."""


class TooSlow(Exception):
    """A server that took too long for the head of its answer, however steadily it sent."""


def is_public(address: str) -> bool:
    """Return whether an IP address is public: not private, loopback, link-local, shared, or multicast.

    An IPv6 address that stands for IPv4 addresses is judged by those. Raises ValueError for text that is no address.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return all(part.is_global and not part.is_multicast for part in _unwrap(parsed))


def _unwrap(address: Address) -> list[Address]:
    """Return the address, or the IPv4 addresses that it carries."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.teredo is not None:
        return list(address.teredo)
    if address.sixtofour is not None:
        return [address.sixtofour]
    if any(address in network for network in _TRANSLATED):
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address]


def look_up(host: str, port: int) -> list[str]:
    """Return the public addresses of a host. Raises PrivateAddress if it has only others, and OSError."""
    answers = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(place[0]) for *_, place in answers))
    public = [address for address in addresses if is_public(address)]
    if not public:
        raise PrivateAddress(f"{host} is {addresses[0]}" if host != addresses[0] else host)
    return public


class GuardedAdapter(HTTPAdapter):
    """Transport for a `requests.Session`: answers begin within `seconds`, servers are public unless `allow_private`.

    Raises PrivateAddress and TooSlow besides what HTTPAdapter raises. A proxy looks names up itself; they are then
    checked as far as this machine can tell.
    """

    def __init__(self, seconds: float, allow_private: bool, **settings: Any) -> None:
        self._allow_private = allow_private
        self._pools = {
            "http": _guarded_pool(HTTPConnectionPool, HTTPConnection, seconds, allow_private),
            "https": _guarded_pool(HTTPSConnectionPool, HTTPSConnection, seconds, allow_private),
        }
        super().__init__(**settings)

    def init_poolmanager(self, *arguments: Any, **settings: Any) -> None:
        """Open pools of guarded connections."""
        super().init_poolmanager(*arguments, **settings)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def send(self, request: requests.PreparedRequest, *arguments: Any, **settings: Any) -> requests.Response:
        """Send a request, also through a proxy, once its address is checked. Raises PrivateAddress and TooSlow."""
        proxied = select_proxy(request.url or "", settings.get("proxies"))
        if proxied and not self._allow_private:
            where = parse_url(request.url or "")
            with suppress(OSError):
                look_up(where.host or "", where.port or 0)
        return super().send(request, *arguments, **settings)


class _GuardedConnection(HTTPConnection):
    """A connection to a public address, unless `allow_private`, whose answer begins within `seconds`."""

    seconds: float
    allow_private: bool

    def _new_conn(self) -> socket.socket:
        if self.allow_private:
            opened: socket.socket = super()._new_conn()
            return opened
        try:
            addresses = look_up(self.host, self.port or 0)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        problem: OSError | None = None
        for address in addresses:
            try:
                return create_connection((address, self.port), self.timeout, self.source_address, self.socket_options)
            except OSError as error:
                problem = error
        if isinstance(problem, TimeoutError):
            raise urllib3.exceptions.ConnectTimeoutError(self, f"{self.host} did not answer") from problem
        raise NewConnectionError(self, f"{self.host} cannot be reached: {problem}") from problem

    def getresponse(self) -> Any:
        """Return the head of the answer. Raises TooSlow."""
        # the socket's time-outs begin anew with every byte
        gave_up = threading.Event()
        watch = threading.Timer(self.seconds, _cut_off, (self.sock, gave_up.set))
        watch.daemon = True
        watch.start()
        try:
            answer = super().getresponse()
        except Exception:
            if not gave_up.is_set():
                raise
        finally:
            watch.cancel()
        if gave_up.is_set():
            # headers that were cut off can pass for complete ones
            raise TooSlow
        return answer


def _guarded_pool(pool: type[Any], base: type[HTTPConnection], seconds: float, allow_private: bool) -> type[Any]:
    """Return a class like `pool` whose connections are guarded ones of the class `base`."""
    limits = {"seconds": seconds, "allow_private": allow_private}
    connection = type(f"Guarded{base.__name__}", (_GuardedConnection, base), limits)
    return type(f"Guarded{pool.__name__}", (pool,), {"ConnectionCls": connection})


def _cut_off(connected: socket.socket, note: Callable[[], None]) -> None:
    note()
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)
