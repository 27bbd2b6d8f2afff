"""Middleware for ASGI servers and frameworks, such as Starlette, FastAPI and Django.

It needs no framework: the types are those of the ASGI specification.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias

from ._exchange import Question
from ._guard import Answer, ClientIP, Guard, Scopes, conclude, rate_limit_headers

if TYPE_CHECKING:
    from ._client import AsyncClient
    from ._verdict import Allowed

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

VERDICT = "arxkeys"
"""The item of ``scope["state"]`` that holds the verdict, an `arxkeys.Allowed`."""


class AccessKeyMiddleware:
    """Calls the application only for requests and WebSockets with one access key that is valid for the Arx.

    The application finds the verdict in ``scope["state"]["arxkeys"]``, which is ``request.state.arxkeys`` in Starlette
    and FastAPI. Other requests are answered with problem documents: 401, 403, 429, or 503 if the key could not be
    verified.

    Args:
        app: The application to protect.
        client: Asks Arxkeys.
        arx: The id of the Arx that you serve, or ``"*"`` to accept the keys of every Arx.
        scopes: Scopes that the key must grant, all of them; or a function that returns those for a scope of ASGI.
        header: The header with the access key. A ``Bearer`` before the key is taken off.
        client_ip: Where the client's address comes from: `arxkeys.CONNECTION`, an `arxkeys.TrustedHeader`, or a
            function of the ASGI scope. Without it, no address is sent, and keys with allowed IPs are refused.

    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        client: AsyncClient,
        arx: str,
        scopes: Scopes[Scope] = (),
        header: str = "x-api-key",
        client_ip: ClientIP[Scope] | None = None,
    ) -> None:
        self._app = app
        self._client = client
        self._guard: Guard[Scope] = Guard(arx=arx, scopes=scopes, header=header, client_ip=client_ip)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a refused request, and pass on any other."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] not in ("http", "websocket"):
            raise ValueError(f"A connection of the type {scope['type']!r} can't be protected.")
        decision = await decide(self._client, self._guard, scope)
        if isinstance(decision, Answer):
            await _refuse(scope, send, decision)
            return
        state = {**scope.get("state", {}), VERDICT: decision}
        await self._app({**scope, "state": state}, receive, _adding(send, decision))


async def decide(client: AsyncClient, guard: Guard[Scope], scope: Scope) -> Allowed | Answer:
    """Return the verdict that lets a request pass, or the answer that refuses it."""
    started = time.monotonic()
    asked = guard.question(scope, _Incoming(scope))
    outcome = await client._ask(asked) if isinstance(asked, Question) else asked  # noqa: SLF001
    return conclude(client, outcome, started)


class _Incoming:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def values(self, header: str) -> list[str]:
        """Return the values, one for each time that the header was sent."""
        name = header.lower().encode()
        return [value.decode("latin-1") for sent, value in self._scope["headers"] if sent.lower() == name]

    @property
    def peer(self) -> str:
        """The address of the connection."""
        return str((self._scope.get("client") or ("",))[0])


def _fields(headers: tuple[tuple[str, str], ...]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers]


async def _refuse(scope: Scope, send: Send, answer: Answer) -> None:
    kind = "http"
    if scope["type"] == "websocket":
        if "websocket.http.response" not in (scope.get("extensions") or {}):
            await send({"type": "websocket.close"})  # The server answers 403.
            return
        kind = "websocket.http"
    # A server leaves the body out where the method is HEAD.
    await send({"type": f"{kind}.response.start", "status": answer.status, "headers": _fields(answer.headers)})
    await send({"type": f"{kind}.response.body", "body": answer.body})


def _adding(send: Send, verdict: Allowed) -> Send:
    """Return a send that adds the headers that tell what remains of the key's rate limit."""
    fields = _fields(rate_limit_headers(verdict.rate_limit))

    async def adding(message: Message) -> None:
        if fields and message["type"] in ("http.response.start", "websocket.accept"):
            message = {**message, "headers": [*message.get("headers", ()), *fields]}
        await send(message)

    return adding
