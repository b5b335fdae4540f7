"""A local mirror that serves files well or badly, as the first part of the address says."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class MirrorServer:
    """``url("good")`` and so on are folders; ``asked`` lists (behaviour, file name)."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[tuple[str, str]] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                behaviour, name = self.path.partition("?")[0].strip("/").split("/")
                asked.append((behaviour, name))
                content = (folder / name).read_bytes()
                if behaviour == "missing":
                    self.send_error(404)
                    return
                if behaviour == "redirected":
                    self.send_response(302)
                    self.send_header("Location", f"/good/{name}")
                    self.end_headers()
                    return
                if behaviour == "circling":
                    time.sleep(0.2)
                    self.send_response(302)
                    self.send_header("Location", f"/circling/{name}?{len(asked)}")
                    self.end_headers()
                    return
                if behaviour == "dripping-headers":
                    self._drip(b"HTTP/1.1 200 OK\r\n" + b"X-Patience: " + b"a" * 400)
                    return
                if behaviour == "corrupt":
                    content = content[:-1] + bytes([content[-1] ^ 1])
                if behaviour == "page":
                    content = b"<html>Please log in</html>"
                self.send_response(200)
                if behaviour == "encoded":  # what the file itself is
                    self.send_header("Content-Encoding", "gzip")
                if behaviour != "endless":
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if behaviour == "truncated":
                    content = content[: len(content) // 2]
                try:
                    if behaviour == "stalled":
                        self.wfile.write(content[:10])
                        self.wfile.flush()
                        time.sleep(2.0)
                    elif behaviour == "slow":
                        self.wfile.write(content[:10])
                        self.wfile.flush()
                        time.sleep(0.5)
                        self.wfile.write(content[10:])
                    elif behaviour == "dripping":
                        self._drip(content[:400])
                    elif behaviour == "endless":
                        while True:
                            self.wfile.write(bytes(1 << 16))
                    else:
                        self.wfile.write(content)
                except OSError:
                    pass  # the client has given up, as it should

            def _drip(self, content: bytes) -> None:
                for position in range(len(content)):
                    self.wfile.write(content[position : position + 1])
                    self.wfile.flush()
                    time.sleep(0.05)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> MirrorServer:
        self._thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def url(self, behaviour: str) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/{behaviour}/"


@contextlib.contextmanager
def dripping_handshake() -> Iterator[str]:
    """An address whose TLS record is long, and comes byte by byte."""

    def drip(connection: socket.socket) -> None:
        record = b"\x16\x03\x03\x40\x00" + bytes(400)
        with connection, contextlib.suppress(OSError):
            for position in range(len(record)):
                connection.sendall(record[position : position + 1])
                time.sleep(0.05)

    def accept() -> None:
        with contextlib.suppress(OSError):  # closed: the test is over
            while True:
                threading.Thread(target=drip, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/"
        # A thread that waits in accept is not woken by a close.
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def refused_url() -> str:
    """An address at which nobody listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    port = server.server_address[1]
    server.server_close()
    return f"http://127.0.0.1:{port}/"
