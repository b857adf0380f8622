"""Serve a report on this machine only, as a preview."""

from __future__ import annotations

import os
import webbrowser
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from generator.errors import BrandscapeError, SettingsError

HOST = "127.0.0.1"
_HOSTS = {HOST, "localhost"}

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
        # no symbolic link leads out of the report
        inside = Path(target).resolve().is_relative_to(Path(self.directory).resolve())
        return target if inside else f"{os.devnull}/nothing"

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
