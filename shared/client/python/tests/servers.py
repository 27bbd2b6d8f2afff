"""Real servers on the loopback interface for the applications under test, and a client that sends what it is told."""

from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed.wsgi import WSGIApplication

    from arxkeys.asgi import ASGIApp


class ThreadingWSGIServer(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


@contextmanager
def wsgi(app: WSGIApplication) -> Iterator[int]:
    """Serve the application with wsgiref, and give the port."""
    server = ThreadingWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(app)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def asgi(app: ASGIApp, *, lifespan: str = "off") -> Iterator[int]:
    """Serve the application with uvicorn, and give the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    # By default, uvicorn takes the address of a connection from 127.0.0.1 out of X-Forwarded-For.
    config: Any = {
        "interface": "asgi3",
        "proxy_headers": False,
        "log_level": "error",
        "ws": "websockets-sansio",
        "lifespan": lifespan,
        "loop": "asyncio",
    }
    server = uvicorn.Server(uvicorn.Config(app, **config))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def call(port: int, method: str, path: str, headers: list[tuple[str, str]]) -> tuple[HTTPResponse, bytes]:
    """Send exactly these headers, in this order."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        response = HTTPResponse(connection, method=method)
        response.begin()
        return response, response.read()
