"""A server on the loopback interface that plays the API: it answers as a vector says, and records what it was sent."""

from __future__ import annotations

import json
import socket
import struct
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

MANAGEMENT_KEY = "arxm_0123456789abcdef" + "s" * 43 + "c0ffee"
# The time limit of clients in tests that are not about time. Machines of tests are busy.
PATIENCE_MS = 30_000
VECTORS = Path(__file__).parents[2] / "vectors"


def vectors(file: str) -> list[dict[str, Any]]:
    """Return the cases of a file, of which there have to be some."""
    cases: list[dict[str, Any]] = json.loads((VECTORS / file).read_text("utf-8"))
    assert cases
    return cases


class API(ThreadingHTTPServer):
    """The server. Its answers are for one request each; further requests are answered with 500."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, answers: list[dict[str, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = list(answers)
        self.sent: list[Any] = []
        self.wrong: list[str] = []
        self.peers: set[Any] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is what some cases are about."""


class Handler(BaseHTTPRequestHandler):
    server: API
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.peers.add(self.client_address)
        self.server.sent.append(json.loads(body))
        got = (self.path, self.headers["Content-Type"], self.headers["Authorization"])
        if got != ("/v1/keys/verify", "application/json", f"Bearer {MANAGEMENT_KEY}"):
            self.server.wrong.append(repr(got))
        answer: dict[str, Any] = self.server.answers.pop(0) if self.server.answers else {"status": 500}
        fault: str | None = answer.get("fault")
        if fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
        elif fault == "hang":
            self.wait_until_gone()
        elif fault == "drip":
            self.drip(answer)
        else:
            self.answer(answer, fault)

    def answer(self, answer: dict[str, Any], fault: str | None) -> None:
        text = answer["text"] if "text" in answer else json.dumps(answer["body"]) if "body" in answer else ""
        body = text.encode().ljust(answer.get("pad") or 0)
        self.send_response(answer["status"])
        for name, value in (answer.get("headers") or {}).items():
            self.send_header(name, value)
        if fault == "redirect":
            self.send_header("Location", "/v1/keys/verify")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if fault in ("truncated", "stall"):
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            if fault == "stall":
                self.wait_until_gone()
            return
        self.wfile.write(body)

    def drip(self, answer: dict[str, Any]) -> None:
        """Send a byte of headers or of a body at a time, each of them soon enough for a time limit of one read.

        It ends when the client has gone, or after so many bytes that no limit held.
        """
        gone = threading.Event()

        def watch() -> None:
            self.wait_until_gone()
            gone.set()

        threading.Thread(target=watch, daemon=True).start()
        body = answer["of"] == "body"
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: 1000000\r\n\r\n" if body else b"X-Padding: "))
        for _ in range(3000):
            if gone.wait(0.02):
                return
            self.wfile.write(b" " if body else b"x")

    def wait_until_gone(self) -> None:
        self.close_connection = True
        try:
            while self.connection.recv(1024):
                pass
        except OSError:
            pass

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


@contextmanager
def serving(answers: list[dict[str, Any]], tls: ssl.SSLContext | None = None) -> Iterator[API]:
    """Serve the answers. Where they are all refusals of the connection, the server does not listen any more."""
    api = API(answers)
    if tls is not None:
        api.socket = tls.wrap_socket(api.socket, server_side=True)
    thread = threading.Thread(target=api.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        if any(answer.get("fault") == "refused" for answer in answers):
            stop(api, thread)
        yield api
    finally:
        stop(api, thread)
    assert api.wrong == []


def stop(api: API, thread: threading.Thread) -> None:
    if thread.is_alive():
        api.shutdown()
        thread.join()
        api.server_close()
