"""The verdict on an access key, and how it is read from an answer of the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

RefusalCode: TypeAlias = Literal[
    "MALFORMED",
    "NOT_FOUND",
    "DISABLED",
    "EXPIRED",
    "WRONG_ARX",
    "APPLICATION_INACTIVE",
    "ARX_INACTIVE",
    "IP_NOT_ALLOWED",
    "ORIGIN_NOT_ALLOWED",
    "INSUFFICIENT_SCOPE",
    "RATE_LIMITED",
    "USAGE_EXHAUSTED",
]
"""The codes of refusals that this version knows, in the order in which they are checked."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The API key that an access key belongs to. It does not contain the access key."""

    id: str
    name: str = ""
    scopes: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None
    """In UTC. None if the key does not expire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The application that calls."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arx:
    """The Arx that the key opens."""

    id: str
    name: str = ""
    purpose: str = ""
    endpoint: str = ""
    regions: tuple[str, ...] = ()
    encryption_method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """A rate limit of the key, and what remains of it."""

    limit: int
    remaining: int
    reset_at: datetime
    """When the next window starts, in UTC."""
    window_seconds: int = 0
    """How long a window is. 0 if the API is too old to say so."""
    reset_seconds: int = 0
    """From the verdict to the next window, rounded up, by the API's clock. 0 if the API is too old to say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The verdict on an access key that is valid for the request."""

    key: Key
    application: Application
    arx: Arx
    rate_limit: RateLimit | None = None
    remaining_uses: int | None = None
    valid: Literal[True] = True
    code: Literal["VALID"] = "VALID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The verdict on an access key that is not valid for the request.

    ``key``, ``application`` and ``arx`` are those of a known key, and None for any other text.
    """

    code: RefusalCode | str
    """A later version of the API may have codes that `RefusalCode` lacks."""
    key: Key | None = None
    application: Application | None = None
    arx: Arx | None = None
    rate_limit: RateLimit | None = None
    remaining_uses: int | None = None
    valid: Literal[False] = False


Verdict: TypeAlias = Allowed | Refused
"""Test ``verdict.valid``, or match on the class."""


class Inconsistent(ValueError):  # noqa: N818
    """An answer is not a verdict."""


def parse(answer: object, asked: str) -> Verdict:
    """Return the verdict in a decoded answer to a question about the Arx, or raise Inconsistent.

    Fields that this version does not know are ignored.
    """
    if not isinstance(answer, dict):
        raise Inconsistent("not an object")
    valid, code = _take(answer, "valid", bool), _take(answer, "code", str)
    key, application, arx = _key(answer), _application(answer), _arx(answer)
    rate_limit, uses = _rate_limit(answer), _optional(answer, "remaining_uses", int)
    if not code or valid != (code == "VALID"):
        raise Inconsistent("valid and code disagree")
    if not valid:
        return Refused(code=code, key=key, application=application, arx=arx, rate_limit=rate_limit, remaining_uses=uses)
    if key is None or application is None or arx is None:
        raise Inconsistent("valid, without key, application and arx")
    if asked not in ("*", arx.id):
        raise Inconsistent("valid for another Arx")
    return Allowed(key=key, application=application, arx=arx, rate_limit=rate_limit, remaining_uses=uses)


def _key(answer: Mapping[str, Any]) -> Key | None:
    if (found := _optional(answer, "key", dict)) is None:
        return None
    return Key(
        id=_identifier(found),
        name=_text(found, "name"),
        scopes=_texts(found, "scopes"),
        metadata=_optional(found, "metadata", dict) or {},
        expires_at=None if (text := _optional(found, "expires_at", str)) is None else _time(text),
    )


def _application(answer: Mapping[str, Any]) -> Application | None:
    if (found := _optional(answer, "application", dict)) is None:
        return None
    return Application(id=_identifier(found), name=_text(found, "name"))


def _arx(answer: Mapping[str, Any]) -> Arx | None:
    if (found := _optional(answer, "arx", dict)) is None:
        return None
    return Arx(
        id=_identifier(found),
        name=_text(found, "name"),
        purpose=_text(found, "purpose"),
        endpoint=_text(found, "endpoint"),
        regions=_texts(found, "regions"),
        encryption_method=_text(found, "encryption_method"),
    )


def _rate_limit(answer: Mapping[str, Any]) -> RateLimit | None:
    if (found := _optional(answer, "rate_limit", dict)) is None:
        return None
    return RateLimit(
        limit=_take(found, "limit", int),
        remaining=_take(found, "remaining", int),
        reset_at=_time(_take(found, "reset_at", str)),
        window_seconds=_optional(found, "window_seconds", int) or 0,
        reset_seconds=_optional(found, "reset_seconds", int) or 0,
    )


def _take(fields: Mapping[str, Any], name: str, kind: type[T]) -> T:
    value = fields.get(name)
    # A bool is an int for isinstance.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise Inconsistent(f"{name} is missing or not of its type")
    return value


def _optional(fields: Mapping[str, Any], name: str, kind: type[T]) -> T | None:
    return None if fields.get(name) is None else _take(fields, name, kind)


def _identifier(fields: Mapping[str, Any]) -> str:
    if not (text := _take(fields, "id", str)):
        raise Inconsistent("id is empty")
    return text


def _text(fields: Mapping[str, Any], name: str) -> str:
    return _optional(fields, name, str) or ""


def _texts(fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    texts = _optional(fields, name, list) or []
    if not all(isinstance(text, str) for text in texts):
        raise Inconsistent(f"{name} is not of its type")
    return tuple(texts)


def _time(text: str) -> datetime:
    try:
        # Python 3.10 does not read the Z of RFC 3339.
        at = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    except ValueError:
        raise Inconsistent("a time is not of its format") from None
    if at.tzinfo is None:
        raise Inconsistent("a time is not of its format")
    return at
