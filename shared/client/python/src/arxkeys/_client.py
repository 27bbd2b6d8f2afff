"""The clients. Both send the same questions and read the same answers; see `_exchange`."""

from __future__ import annotations

import logging
import os
import time
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar
from urllib.parse import urlsplit

import anyio
import httpcore2

from ._exchange import (
    DEFAULT_TIMEOUT,
    MALFORMED,
    MAX_BODY_BYTES,
    Failure,
    Outcome,
    Question,
    Reply,
    Response,
    Undecided,
    check_settings,
    pause_before_repeat,
    question,
    read,
)
from ._network import CancellableBackend, DeadlineBackend

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from typing_extensions import Self

    from ._verdict import Verdict

logger = logging.getLogger("arxkeys")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened with one question, for logs and metrics. It never holds the access key."""

    code: str
    """The code of the verdict; UNDECIDED; or, from middleware that did not ask, NO_KEY or TWO_KEYS."""
    status: int | None = None
    """The status of the middleware's answer. None if the request went on, or outside of middleware."""
    key_id: str | None = None
    application_id: str | None = None
    arx_id: str | None = None
    duration: float = 0.0
    """In seconds."""
    attempts: int = 0
    """How many requests were sent or tried: 0 to 2."""
    error: str | None = None
    """Why it is undecided."""


Hook: TypeAlias = "Callable[[Event], None]"

Pool = TypeVar("Pool", httpcore2.ConnectionPool, httpcore2.AsyncConnectionPool)

REQUEST_ID: Final = b"x-request-id"

# Idle connections end before those of servers and load balancers do, which mostly keep them for 60 seconds or more.
_KEEP_ALIVE_SECONDS: Final = 30
_MAX_CONNECTIONS: Final = 100


class _Client(Generic[Pool]):
    """What both clients have in common."""

    _new_pool: Callable[[], Pool]

    def __init__(
        self,
        base_url: str,
        management_key: str,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        hook: Hook | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._base_url = base_url
        self._url = check_settings(base_url, management_key, timeout)
        self._headers = [
            ("Host", urlsplit(base_url).netloc),
            ("Authorization", f"Bearer {management_key}"),
            ("Content-Type", "application/json"),
            ("User-Agent", "arxkeys-python"),
        ]
        self._timeout = timeout
        self._hook = hook
        if ssl_context is None and self._url.startswith("https"):
            ssl_context = httpcore2.default_ssl_context()  # Without one, each connection would load one.
        self._ssl_context = ssl_context
        self._pool: Pool | None = None
        self._process = 0

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._base_url!r})"

    def _connections(self) -> Pool:
        """Return the pool of this process. A forked process must not share its parent's connections."""
        if self._pool is None or self._process != os.getpid():
            self._pool, self._process = self._new_pool(), os.getpid()
        return self._pool

    def _emit(self, event: Event) -> None:
        """Call the hook. It changes no answer, even if it fails."""
        if self._hook is None:
            return
        try:
            self._hook(event)
        except Exception:
            logger.exception("The hook failed.")


class Client(_Client[httpcore2.ConnectionPool]):
    """Verifies access keys, for synchronous code. It is safe for concurrent use by threads; make one per process.

    Args:
        base_url: Where Arxkeys is. It begins with ``https://``; only a loopback host may have ``http://``.
        management_key: A management key with the role verifier.
        timeout: Seconds for one question, with all that belongs to it: looking up the host, connecting, a repetition,
            reading the answer.
        hook: Called with an `Event` after each question. It must not block.
        ssl_context: For a private certificate authority. The default trusts what the system trusts.

    Raises:
        ValueError: A setting is wrong.

    """

    def _new_pool(self) -> httpcore2.ConnectionPool:
        return httpcore2.ConnectionPool(
            ssl_context=self._ssl_context,
            max_connections=_MAX_CONNECTIONS,
            keepalive_expiry=_KEEP_ALIVE_SECONDS,
            network_backend=DeadlineBackend(),
        )

    def verify(
        self,
        key: str,
        *,
        arx: str,
        scopes: Iterable[str] = (),
        ip: str | None = None,
        origin: str | None = None,
        cost: int | None = None,
    ) -> Verdict:
        """Return the verdict on the access key.

        Args:
            key: The access key as it was presented.
            arx: The id of the Arx that the caller serves, or ``"*"`` to accept the keys of every Arx.
            scopes: Scopes that the key must grant, all of them.
            ip: The address of the client that presented the key. Keys with allowed IPs are refused without it.
            origin: The client's Origin header. Keys of client applications are refused without it.
            cost: Uses to charge. The API's default is 1.

        Raises:
            Undecided: The key could not be verified. Do not allow the request.
            ValueError: ``arx`` or ``cost`` is wrong. Nothing was sent.

        """
        asked = question(key, arx=arx, scopes=scopes, ip=ip, origin=origin, cost=cost)
        del key  # Error reporters record the local variables of a traceback.
        started = time.monotonic()
        outcome = self._ask(asked)
        self._emit(event_of(outcome, time.monotonic() - started))
        if isinstance(outcome.result, Undecided):
            raise outcome.result
        return outcome.result

    def _ask(self, asked: Question) -> Outcome:
        if not asked.body:
            return MALFORMED
        deadline = time.monotonic() + self._timeout
        attempts, reply = 1, self._send(asked, deadline)
        pause = pause_before_repeat(reply, deadline - time.monotonic())
        if pause is not None:
            time.sleep(pause)
            attempts, reply = 2, self._send(asked, deadline)
        return read(reply, asked, attempts)

    def _send(self, asked: Question, deadline: float) -> Reply:
        status, request_id = None, None
        limits = {"pool": deadline - time.monotonic(), "connect": deadline, "write": deadline, "read": deadline}
        try:
            with self._connections().stream(
                "POST", self._url, headers=self._headers, content=asked.body, extensions={"timeout": limits}
            ) as response:
                status, request_id = (
                    response.status,
                    Response(response.status, response.headers, b"").header(REQUEST_ID),
                )
                body = bytearray()
                if status == 200:
                    for chunk in response.iter_stream():
                        body += chunk
                        if len(body) > MAX_BODY_BYTES:
                            return Failure("the answer is too long", status=status, request_id=request_id)
                return Response(status, response.headers, bytes(body))
        except Exception as exc:  # noqa: BLE001 - whatever happened, the question is undecided
            return _failure(exc, status, request_id)

    def close(self) -> None:
        """Close all connections."""
        if self._pool is not None and self._process == os.getpid():
            self._pool.close()
        self._pool = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(_Client[httpcore2.AsyncConnectionPool]):
    """Verifies access keys, for asyncio and Trio. Make one per event loop.

    Its arguments are those of `Client`.
    """

    def _new_pool(self) -> httpcore2.AsyncConnectionPool:
        return httpcore2.AsyncConnectionPool(
            ssl_context=self._ssl_context,
            max_connections=_MAX_CONNECTIONS,
            keepalive_expiry=_KEEP_ALIVE_SECONDS,
            network_backend=CancellableBackend(),
        )

    async def verify(
        self,
        key: str,
        *,
        arx: str,
        scopes: Iterable[str] = (),
        ip: str | None = None,
        origin: str | None = None,
        cost: int | None = None,
    ) -> Verdict:
        """Return the verdict on the access key, as `Client.verify` does."""
        asked = question(key, arx=arx, scopes=scopes, ip=ip, origin=origin, cost=cost)
        del key  # Error reporters record the local variables of a traceback.
        started = time.monotonic()
        outcome = await self._ask(asked)
        self._emit(event_of(outcome, time.monotonic() - started))
        if isinstance(outcome.result, Undecided):
            raise outcome.result
        return outcome.result

    async def _ask(self, asked: Question) -> Outcome:
        if not asked.body:
            return MALFORMED
        deadline = anyio.current_time() + self._timeout
        attempts, reply = 1, await self._send(asked, deadline)
        pause = pause_before_repeat(reply, deadline - anyio.current_time())
        if pause is not None:
            await anyio.sleep(pause)
            attempts, reply = 2, await self._send(asked, deadline)
        return read(reply, asked, attempts)

    async def _send(self, asked: Question, deadline: float) -> Reply:
        status, request_id = None, None
        try:
            # The scope limits all steps together.
            with anyio.CancelScope(deadline=deadline):
                async with self._connections().stream(
                    "POST", self._url, headers=self._headers, content=asked.body
                ) as response:
                    status, request_id = (
                        response.status,
                        Response(response.status, response.headers, b"").header(REQUEST_ID),
                    )
                    body = bytearray()
                    if status == 200:
                        async with aclosing(response.aiter_stream()) as chunks:
                            async for chunk in chunks:
                                body += chunk
                                if len(body) > MAX_BODY_BYTES:
                                    return Failure("the answer is too long", status=status, request_id=request_id)
                    return Response(status, response.headers, bytes(body))
        except Exception as exc:  # noqa: BLE001 - whatever happened, the question is undecided
            return _failure(exc, status, request_id)
        return _failure(httpcore2.TimeoutException(), status, request_id)

    async def aclose(self) -> None:
        """Close all connections."""
        if self._pool is not None and self._process == os.getpid():
            await self._pool.aclose()
        self._pool = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def _failure(exc: Exception, status: int | None, request_id: str | None) -> Failure:
    """Describe the exception without its text where that may repeat what was sent or received."""
    if isinstance(exc, httpcore2.TimeoutException):
        reason = "it took too long"
    elif isinstance(exc, (httpcore2.NetworkError, OSError)):
        reason = f"{type(exc).__name__}: {exc}".removesuffix(": ")
    else:
        reason = type(exc).__name__
    return Failure(reason, not isinstance(exc, httpcore2.ConnectError), status, request_id)


def event_of(outcome: Outcome, duration: float, status: int | None = None) -> Event:
    """Return the event for an outcome. The status is that of middleware's answer, if it has answered."""
    result = outcome.result
    if isinstance(result, Undecided):
        return Event(code="UNDECIDED", status=status, duration=duration, attempts=outcome.attempts, error=str(result))
    return Event(
        code=result.code,
        status=status,
        key_id=result.key.id if result.key else None,
        application_id=result.application.id if result.application else None,
        arx_id=result.arx.id if result.arx else None,
        duration=duration,
        attempts=outcome.attempts,
    )
