"""A question to the API and what its answers mean, without any input or output."""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlsplit

from ._verdict import Inconsistent, Refused, Verdict, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DEFAULT_TIMEOUT: Final = 2.0
MAX_BODY_BYTES: Final = 1 << 20
MAX_KEY_BYTES: Final = 512
PAUSE_SECONDS: Final = 0.05
"""Before a question is repeated, if the API does not say how long to wait."""


class Undecided(Exception):  # noqa: N818 - it says what the answer is, as the API does
    """It could not be found out whether an access key is valid. The request must not be allowed.

    It holds neither the access key nor the management key.
    """

    def __init__(
        self, reason: str, *, status: int | None = None, request_id: str | None = None, attempts: int = 1
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        """The status of the API's answer, or None without one."""
        self.request_id = request_id
        """The id of the request in the API's log, or None if no answer had one."""
        self.attempts = attempts
        """How many requests were sent or tried: 1 or 2."""

    def __str__(self) -> str:
        text = f"The access key could not be verified: {self.reason}"
        return f"{text} (request {self.request_id})" if self.request_id else text


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one access key. Its representation does not show the key."""

    arx: str
    body: bytes = field(repr=False)
    """JSON; empty for a text that the API would not accept as a key."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer of the API. The body is read only where the status is 200."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes = field(repr=False)

    def header(self, name: bytes) -> str | None:
        """Return the value of the header, whose name is given in lower case, or None if there is not exactly one."""
        values = [value for header, value in self.headers if header.lower() == name]
        return values[0].decode("latin-1") if len(values) == 1 else None


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt without a complete answer."""

    reason: str
    connected: bool = True
    """False if no connection was made, so that the API can't have seen the question."""
    status: int | None = None
    request_id: str | None = None


Reply: TypeAlias = Response | Failure


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found out, and what it took."""

    result: Verdict | Undecided
    attempts: int


def check_settings(base_url: str, management_key: str, timeout: float) -> str:
    """Return the URL to which questions are sent, or raise ValueError for a wrong setting."""
    try:
        url = urlsplit(base_url)
        host, _ = url.hostname or "", url.port
    except ValueError:
        raise ValueError("base_url must be a URL, such as https://keys.example.com.") from None
    if (
        not host
        or not base_url.isascii()
        or url.username is not None
        or url.query
        or url.fragment
        or re.search(r"\s", base_url)
    ):
        raise ValueError("base_url must be a URL without user, query and fragment, such as https://keys.example.com.")
    if url.scheme != "https" and not (url.scheme == "http" and _is_loopback(host)):
        raise ValueError("base_url must begin with https://. Only a loopback host may have http://.")
    if not re.fullmatch(r"arxm_[!-~]+", management_key):
        raise ValueError("management_key must be a management key, arxm_…, without white space.")
    if not 0 < timeout < float("inf"):
        raise ValueError("timeout must be a positive number of seconds.")
    return base_url.rstrip("/") + "/v1/keys/verify"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_arx(arx: str) -> None:
    """Raise ValueError unless the text names an Arx, or any."""
    if arx != "*" and not re.fullmatch(r"arx_[0-9A-Za-z]{16}", arx):
        raise ValueError('arx must be the id of an Arx, arx_…, or "*" to accept the keys of every Arx.')


def question(
    key: str,
    *,
    arx: str,
    scopes: Iterable[str],
    ip: str | None,
    origin: str | None,
    cost: int | None,
) -> Question:
    """Return the question. Empty fields are left out, because the API refuses them."""
    check_arx(arx)
    if isinstance(scopes, str):
        raise TypeError("scopes must be a list of scopes, not a string.")
    if cost is not None and cost < 1:
        raise ValueError("cost must be at least 1.")
    if not 0 < len(key.encode("utf-8", "surrogatepass")) <= MAX_KEY_BYTES:
        return Question(arx, b"")
    fields = {
        "key": key,
        "arx_id": "" if arx == "*" else arx,
        "scopes": list(scopes),
        "ip": ip,
        "origin": origin,
        "cost": cost,
    }
    return Question(arx, json.dumps({name: value for name, value in fields.items() if value}).encode())


def pause_before_repeat(reply: Reply, remaining: float) -> float | None:
    """Return the seconds to wait before the only repetition, or None if the question is not repeated.

    It is repeated only where nothing can have been charged: no connection was made, or the API throttled the request
    before it verified. There must be time left after the pause.
    """
    if isinstance(reply, Failure):
        pause = None if reply.connected else PAUSE_SECONDS
    elif reply.status == 429:
        wait = reply.header(b"retry-after")
        pause = PAUSE_SECONDS if wait is None else float(wait) if re.fullmatch(r"[0-9]{1,9}", wait) else None
    else:
        pause = None
    return pause if pause is not None and pause < remaining else None


def read(reply: Reply, asked: Question, attempts: int) -> Outcome:
    """Return what the last reply means. Everything except a consistent verdict is undecided."""
    if isinstance(reply, Failure):
        return _undecided(reply.reason, reply.status, reply.request_id, attempts)
    request_id = reply.header(b"x-request-id")
    if reply.status != 200:
        return _undecided(f"the API answered {reply.status}", reply.status, request_id, attempts)
    try:
        verdict = parse(json.loads(reply.body.decode("utf-8")), asked.arx)
    except Inconsistent as exc:
        return _undecided(f"the answer is not a verdict: {exc}", reply.status, request_id, attempts)
    except (ValueError, RecursionError):
        return _undecided("the answer is not JSON", reply.status, request_id, attempts)
    return Outcome(verdict, attempts)


def _undecided(reason: str, status: int | None, request_id: str | None, attempts: int) -> Outcome:
    return Outcome(Undecided(reason, status=status, request_id=request_id, attempts=attempts), attempts)


MALFORMED: Final = Outcome(Refused(code="MALFORMED"), attempts=0)
"""The outcome for a text that the API would not accept as a key."""
