"""Middleware for WSGI servers and frameworks, such as Flask and Django."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ._exchange import Question
from ._guard import Answer, ClientIP, Guard, Scopes, conclude, rate_limit_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from ._client import Client
    from ._verdict import Allowed

VERDICT = "arxkeys.verdict"
"""The item of the environ that holds the verdict, an `Allowed`."""


class AccessKeyMiddleware:
    """Calls the application only for requests with one access key that is valid for the Arx.

    The application finds the verdict in ``environ["arxkeys.verdict"]``. Other requests are answered with problem
    documents: 401, 403, 429, or 503 if the key could not be verified.

    Args:
        app: The application to protect.
        client: Asks Arxkeys.
        arx: The id of the Arx that you serve, or ``"*"`` to accept the keys of every Arx.
        scopes: Scopes that the key must grant, all of them; or a function that returns those for an environ.
        header: The header with the access key. A ``Bearer`` before the key is taken off.
        client_ip: Where the client's address comes from: `arxkeys.CONNECTION`, an `arxkeys.TrustedHeader`, or a
            function of the environ. Without it, no address is sent, and keys with allowed IPs are refused.

    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        client: Client,
        arx: str,
        scopes: Scopes[WSGIEnvironment] = (),
        header: str = "x-api-key",
        client_ip: ClientIP[WSGIEnvironment] | None = None,
    ) -> None:
        self._app = app
        self._client = client
        self._guard: Guard[WSGIEnvironment] = Guard(arx=arx, scopes=scopes, header=header, client_ip=client_ip)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a refused request, and pass on any other."""
        decision = self._decide(environ)
        if isinstance(decision, Answer):
            start_response(decision.line, list(decision.headers))
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [decision.body]
        environ[VERDICT] = decision
        limits = rate_limit_headers(decision.rate_limit)
        return self._app(environ, _adding(start_response, limits) if limits else start_response)

    def _decide(self, environ: WSGIEnvironment) -> Allowed | Answer:
        started = time.monotonic()
        asked = self._guard.question(environ, _Incoming(environ))
        outcome = self._client._ask(asked) if isinstance(asked, Question) else asked  # noqa: SLF001
        return conclude(self._client, outcome, started)


class _Incoming:
    def __init__(self, environ: WSGIEnvironment) -> None:
        self._environ = environ

    def values(self, header: str) -> list[str]:
        """Return the one value: servers join those of a repeated header with commas."""
        value = self._environ.get("HTTP_" + header.upper().replace("-", "_"))
        return [] if value is None else [value]

    @property
    def peer(self) -> str:
        """The address of the connection."""
        return str(self._environ.get("REMOTE_ADDR", ""))


def _adding(start_response: StartResponse, headers: tuple[tuple[str, str], ...]) -> StartResponse:
    def start(status: str, own: list[tuple[str, str]], exc_info: Any = None, /) -> Callable[[bytes], object]:  # noqa: ANN401
        return (
            start_response(status, [*own, *headers], exc_info) if exc_info else start_response(status, [*own, *headers])
        )

    return start
