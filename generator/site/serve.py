"""Serve a report on this machine only, as a preview."""

from __future__ import annotations

import os
import re
import webbrowser
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from generator.errors import BrandscapeError, SettingsError
from generator.text import DEVICE_NAMES

HOST = "127.0.0.1"
_HOSTS = {HOST, "localhost"}
#: In no name of a report's files, and of a meaning of their own on Windows.
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f:\\]")

#: Pages carry much the same in meta tags; headers hold for all files, and before the first byte of a page is read.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self' data:; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
#: Some systems have other types for these; with nosniff, browsers would then run no script.
_TYPES = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".dzi": "application/xml",
    ".html": "text/html",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".npy": "application/octet-stream",
    ".svg": "image/svg+xml",
    ".toml": "text/plain",
}


class _Handler(SimpleHTTPRequestHandler):
    """A handler that serves files only: it lists no folders and logs no requests."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | _TYPES

    def parse_request(self) -> bool:
        if not super().parse_request():
            return False
        # a page elsewhere may let its own name mean this machine (DNS rebinding), to read what is served here
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if host not in _HOSTS:
            self.send_error(421)
            return False
        return True

    def translate_path(self, path: str) -> str:
        target = super().translate_path(path)
        return target if self._is_file_name(path) and self._is_inside(target) else f"{os.devnull}/nothing"

    @staticmethod
    def _is_file_name(path: str) -> bool:
        """Return whether no part of an address is what Windows takes for a device, a drive or a stream of a file."""
        parts = unquote(path.partition("?")[0].partition("#")[0]).split("/")
        return not any(
            part.partition(".")[0].rstrip(" ").lower() in DEVICE_NAMES or _NOT_IN_NAMES.search(part) for part in parts
        )

    def _is_inside(self, target: str) -> bool:
        """Return whether a path leads into the report, where no symbolic link leads out of it."""
        try:
            return Path(target).resolve().is_relative_to(Path(self.directory).resolve())
        except (OSError, RuntimeError, ValueError):  # links that lead round, names too long
            return False

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def list_directory(self, path: object) -> None:
        self.send_error(404)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def make_server(site: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of the files in `site`, bound to 127.0.0.1. Raises BrandscapeError if it cannot start."""
    if not (site / "index.html").is_file():
        raise SettingsError(f"There is no report in {site}.", "Build one first: brandscape build posts.xlsx")
    try:
        return ThreadingHTTPServer((HOST, port), partial(_Handler, directory=str(site)))
    except OSError as error:
        raise BrandscapeError(
            f"Port {port} cannot be used: {error.strerror}.", "Give another with --port; 0 takes a free one."
        ) from error


def serve_site(site: Path, port: int, open_browser: bool) -> None:
    """Print the address and serve until interrupted."""
    with make_server(site, port) as server:
        address = f"http://{HOST}:{server.server_address[1]}/"
        print(f"{site} is at {address} (Ctrl-C stops)")
        if open_browser:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
