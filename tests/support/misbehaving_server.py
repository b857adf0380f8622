"""A server of images on this machine that misbehaves as its path asks."""

from __future__ import annotations

import gzip
import io
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme
from PIL import Image


def draw_jpeg(shade: int = 120) -> bytes:
    """A small grey JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (60, 80), (shade, shade, shade)).save(buffer, "JPEG")
    return buffer.getvalue()


class MisbehavingServer(ThreadingHTTPServer):
    """Counts what it is asked, by path, and how many connections it was asked over."""

    daemon_threads = True

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), _Handler)
        self.asked: Counter[str] = Counter()
        self.connections = 0
        self.gate = threading.Event()
        self.released = threading.Event()  # lets hanging answers go at the end of a test

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # broken connections are the point

    def look_at(self, headers: Message) -> None:
        """For a test to see what it is asked with."""

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: MisbehavingServer

    def setup(self) -> None:
        self.server.connections += 1
        super().setup()

    def log_message(self, format: str, *arguments: object) -> None:
        pass

    def _send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        path = self.path.strip("/").partition("?")[0]
        self.server.look_at(self.headers)
        self.server.asked[path] += 1
        times = self.server.asked[path]
        kind = path.split("/")[0].split(".")[0]
        image = draw_jpeg(sum(path.encode()) % 256)
        if kind == "status":
            self._send(int(path.split("/")[1].split(".")[0]))
        elif kind == "later":  # 500, then 429 with Retry-After, then the image
            status = {1: 500, 2: 429}.get(times, 200)
            self._send(status, image if status == 200 else b"", **({"Retry_After": "7"} if status == 429 else {}))
        elif kind == "page":
            self._send(200, b"<!DOCTYPE html><html>Log in to see this</html>", Content_Type="image/jpeg")
        elif kind == "empty":
            self._send(200)
        elif kind == "loop":
            self._send(302, Location=self.path)
        elif kind == "inside":  # to a server that must not be asked
            self._send(302, Location=f"http://127.0.0.2:{self.server.server_address[1]}/secret.jpg")
        elif kind == "file":
            self._send(302, Location="file:///etc/hostname")
        elif kind == "reset":  # drops the connection in the middle of the image
            self.send_response(200)
            self.send_header("Content-Length", str(len(image)))
            self.end_headers()
            self.wfile.write(image[:200])
            self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        elif kind == "head":  # never comes to the end of its headers, a byte at a time
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.server.released.is_set():
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        elif kind == "headers":  # a flood of them
            self.send_response(200)
            while True:
                self.send_header("X-Flood", "x" * 1000)
                self.flush_headers()
        elif kind == "nonsense":
            self.wfile.write(b"\x00\xff not http at all\r\n\r\n" * 3)
            self.close_connection = True
        elif kind == "encoded":  # says it is compressed, which it is not
            self._send(200, image, Content_Encoding="gzip")
        elif kind == "announced":  # says it is enormous
            self._send(200, b"", Content_Length=str(10**12))
        elif kind == "endless":
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            while True:
                self.wfile.write(image)
        elif kind == "film":  # a video, announced as larger than any image may be
            self.send_response(200)
            self.send_header("Content-Type", "video/mp4")
            self.send_header("Content-Length", str(10**9))
            self.end_headers()
            self.wfile.write(b"\0\0\0\x20ftypisom")
            while True:
                self.wfile.write(bytes(10_000))
        elif kind == "bomb":
            self._send(200, gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")
        elif kind == "cut":  # announces more than it sends
            self._send(200, image[:200], Content_Length=str(len(image)))
            self.close_connection = True
        elif kind == "drip":
            self.send_response(200)
            self.send_header("Content-Length", str(len(image)))
            self.end_headers()
            for byte in image:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.05)
        elif kind == "wait":  # until the test lets it
            self.server.gate.wait(600)
            self._send(200, image)
        elif kind == "hang":
            self.server.released.wait(20)
        else:
            self._send(200, image, Content_Type="text/plain")


@contextmanager
def run_server(host: str = "127.0.0.1", certificate: trustme.LeafCert | None = None) -> Iterator[MisbehavingServer]:
    """The server, running for the length of a `with` block; with a certificate it speaks TLS."""
    server = MisbehavingServer(host)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
