"""Connections that keep one deadline for a whole request.

The timeouts of HTTP libraries hold for one step, such as one read, so a server that sends a byte a second is never too
slow. For blocking connections, the value that `httpcore2` hands on as a timeout is here a deadline of the monotonic
clock, and each step gets what remains of it. The asynchronous client has a cancel scope around all steps.
"""

from __future__ import annotations

import socket
import threading
import time
from concurrent import futures
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio
import httpcore2

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

Addresses: TypeAlias = "list[tuple[Any, ...]]"


def remaining(deadline: float | None) -> float:
    """Return the seconds until the deadline, or raise `httpcore2.TimeoutException`."""
    if deadline is None:
        raise AssertionError("a request without a deadline")
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.TimeoutException
    return left


class DeadlineBackend(httpcore2.NetworkBackend):
    """Connects to one host. Its timeouts are deadlines."""

    def __init__(self) -> None:
        self._backend = httpcore2.SyncBackend()
        self._lock = threading.Lock()
        self._resolving: futures.Future[Addresses] | None = None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Try the addresses of the host in turn. Each gets an equal share of the time that is left."""
        addresses = self._resolve(host, port, timeout)
        refused: httpcore2.ConnectError | httpcore2.ConnectTimeout | None = None
        for tried, (_, _, _, _, address) in enumerate(addresses):
            share = remaining(timeout) / (len(addresses) - tried)
            try:
                stream = self._backend.connect_tcp(address[0], port, share, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as exc:
                refused = exc
            else:
                return DeadlineStream(stream)
        raise refused or httpcore2.ConnectError("the host has no address")

    def _resolve(self, host: str, port: int, deadline: float | None) -> Addresses:
        """Return the addresses of the host. The resolver knows no time limit, so it runs in a thread, one at a time."""
        with self._lock:
            future = self._resolving
            if future is None or future.done():
                future = self._resolving = futures.Future()
                threading.Thread(target=_look_up, args=(host, port, future), name="arxkeys-dns", daemon=True).start()
        try:
            return future.result(remaining(deadline))
        except futures.TimeoutError:
            raise httpcore2.TimeoutException from None
        except OSError as exc:
            raise httpcore2.ConnectError(str(exc)) from None


def _look_up(host: str, port: int, future: futures.Future[Addresses]) -> None:
    try:
        future.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except OSError as exc:
        future.set_exception(exc)
    except Exception as exc:  # noqa: BLE001 - such as a UnicodeError for a name that no DNS can have
        future.set_exception(OSError(str(exc)))


class DeadlineStream(httpcore2.NetworkStream):
    """A connection whose timeouts are deadlines.

    A read is one call of the operating system, and so is a write: a question fits into the send buffer. A TLS handshake
    takes several, but the ssl module limits them together.
    """

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, remaining(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, remaining(timeout)))

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401
        return self._stream.get_extra_info(info)


class CancellableBackend(httpcore2.AnyIOBackend):
    """Connects, and closes a connection whose TLS handshake is cancelled, which `httpcore2` alone does not."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the base class has it
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        return _CancellableStream(await super().connect_tcp(host, port, timeout, local_address, socket_options))


class _CancellableStream(httpcore2.AsyncNetworkStream):
    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore2.AsyncNetworkStream:
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self._stream.aclose()
            raise

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401
        return self._stream.get_extra_info(info)
