"""What all middleware does: takes the access key from a request, and turns a verdict into an answer."""

from __future__ import annotations

import http
import ipaddress
import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, Literal, Protocol, TypeAlias, TypeVar

from ._client import AsyncClient, Client, Event, event_of
from ._exchange import Outcome, Question, Undecided, check_arx, question
from ._verdict import Allowed, RateLimit, Refused

R = TypeVar("R")

CONNECTION: Final = "connection"
"""The client's address is that of the connection: for servers that no proxy stands before."""


@dataclass(frozen=True, slots=True)
class TrustedHeader:
    """The client's address is in a header that your proxy overwrites in every request, and it is the only one there.

    A header to which proxies append, such as X-Forwarded-For, is not one.
    """

    name: str


ClientIP: TypeAlias = Literal["connection"] | TrustedHeader | Callable[[R], str]
"""`CONNECTION`, a `TrustedHeader`, or a function of the request. Without an address, the answer is 503."""

Scopes: TypeAlias = Iterable[str] | Callable[[R], Iterable[str]]
"""Scopes that the key must grant, all of them, or a function of the request that returns them."""


class Incoming(Protocol):
    """What a guard reads of a request."""

    def values(self, header: str) -> list[str]:
        """Return the values of a header. Some servers join the values of a repeated header with commas."""

    @property
    def peer(self) -> str:
        """The address of the connection, or an empty text."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A refusal, as a problem document (RFC 9457)."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def line(self) -> str:
        """The status with its phrase, as WSGI wants it."""
        return f"{self.status} {http.HTTPStatus(self.status).phrase}"


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Why a request is refused without a question."""

    code: Literal["NO_KEY", "TWO_KEYS"]


class Guard(Generic[R]):
    """The settings of a middleware."""

    def __init__(self, *, arx: str, scopes: Scopes[R], header: str, client_ip: ClientIP[R] | None) -> None:
        check_arx(arx)
        if isinstance(scopes, str):
            raise TypeError("scopes must be a list of scopes, not a string.")
        for name in (header, client_ip.name) if isinstance(client_ip, TrustedHeader) else (header,):
            if not re.fullmatch(r"[!#$%&'*+.^`|~0-9A-Za-z-]+", name):
                raise ValueError(f"{name!r} is not the name of a header, such as x-api-key.")
        if not (client_ip in (None, CONNECTION) or isinstance(client_ip, TrustedHeader) or callable(client_ip)):
            raise TypeError("client_ip must be CONNECTION, a TrustedHeader, a function or None.")
        self._arx = arx
        self._scopes: Scopes[R] = scopes if callable(scopes) else tuple(scopes)
        self._header = header
        self._client_ip = client_ip

    def question(self, request: R, incoming: Incoming) -> Question | NotAsked | Outcome:
        """Return what to ask, or why nothing is asked. An outcome is undecided: the set-up is wrong."""
        key = _access_key(incoming.values(self._header))
        if isinstance(key, NotAsked):
            return key
        try:
            return question(
                key,
                arx=self._arx,
                scopes=self._scopes(request) if callable(self._scopes) else self._scopes,
                ip=self._address(request, incoming),
                origin=", ".join(incoming.values("origin")),
                cost=None,
            )
        except Exception:  # noqa: BLE001 - whatever the operator's functions raise; its text may quote the request
            return Outcome(
                Undecided("the function or header for the client's address or the scopes failed", attempts=0), 0
            )

    def _address(self, request: R, incoming: Incoming) -> str | None:
        if self._client_ip is None:
            return None
        if isinstance(self._client_ip, TrustedHeader):
            (text,) = incoming.values(self._client_ip.name)
        elif callable(self._client_ip):
            text = self._client_ip(request)
        else:
            text = incoming.peer
        address = ipaddress.ip_address(text.strip())
        # Sockets that accept IPv4 and IPv6 write an IPv4 address as ::ffff:203.0.113.7.
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        return str(mapped or address)


def _access_key(values: list[str]) -> str | NotAsked:
    """Return the only key in a header. A header that is repeated or holds several is refused."""
    if len(values) > 1:
        return NotAsked("TWO_KEYS")
    text = re.sub(r"(?i)^bearer(?: +|$)", "", values[0].strip()) if values else ""
    if not text:
        return NotAsked("NO_KEY")
    return NotAsked("TWO_KEYS") if re.search(r"[,\s]", text) else text


def conclude(client: Client | AsyncClient, outcome: Outcome | NotAsked, started: float) -> Allowed | Answer:
    """Return the verdict that lets a request pass, or the answer that refuses it, and tell the hook."""
    result = outcome if isinstance(outcome, NotAsked) else outcome.result
    decision = result if isinstance(result, Allowed) else _refusal(result)
    status = decision.status if isinstance(decision, Answer) else None
    if isinstance(outcome, NotAsked):
        client._emit(Event(code=outcome.code, status=status))  # noqa: SLF001
    else:
        client._emit(event_of(outcome, time.monotonic() - started, status))  # noqa: SLF001
    return decision


def _refusal(result: Refused | Undecided | NotAsked) -> Answer:
    if isinstance(result, Undecided):
        return _problem(503, ("Retry-After", "1"))
    if result.code == "NO_KEY":
        return _problem(401, ("WWW-Authenticate", "Bearer"))
    if isinstance(result, NotAsked) or result.code in ("MALFORMED", "NOT_FOUND"):
        return _problem(401, ("WWW-Authenticate", 'Bearer error="invalid_token"'))
    limits = rate_limit_headers(result.rate_limit)
    if result.code == "RATE_LIMITED":
        seconds = max(1, result.rate_limit.reset_seconds) if result.rate_limit else 1
        return _problem(429, ("Retry-After", str(seconds)), *limits)
    if result.code == "USAGE_EXHAUSTED":
        return _problem(429, ("Retry-After", "3600"), *limits)
    return _problem(403, *limits)


def rate_limit_headers(state: RateLimit | None) -> tuple[tuple[str, str], ...]:
    """Return the headers that tell what remains of a rate limit (draft-ietf-httpapi-ratelimit-headers)."""
    if state is None or not state.window_seconds:
        return ()
    return (
        ("RateLimit-Policy", f'"key";q={state.limit};w={state.window_seconds}'),
        ("RateLimit", f'"key";r={state.remaining};t={state.reset_seconds}'),
    )


# The answers say nothing about a key that a stranger should not know.
_PROBLEMS: Final = {
    401: ("unauthenticated", "Send one valid access key."),
    403: ("forbidden", "This access key is not allowed to do this."),
    429: ("too_many_requests", "The limit of this access key is reached."),
    503: ("unavailable", "The access key could not be verified. Try again."),
}


def _problem(status: int, *headers: tuple[str, str]) -> Answer:
    code, detail = _PROBLEMS[status]
    title = http.HTTPStatus(status).phrase
    document = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
    body = json.dumps(document).encode()
    common = (
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    )
    return Answer(status, common + headers, body)
