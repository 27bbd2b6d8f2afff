"""Verifies access keys with Arxkeys.

`Client` and `AsyncClient` ask. `arxkeys.wsgi`, `arxkeys.asgi` and `arxkeys.fastapi` protect a server with them.
"""

from ._client import AsyncClient, Client, Event, Hook
from ._exchange import Undecided
from ._guard import CONNECTION, TrustedHeader
from ._verdict import Allowed, Application, Arx, Key, RateLimit, RefusalCode, Refused, Verdict

__all__ = [
    "CONNECTION",
    "Allowed",
    "Application",
    "Arx",
    "AsyncClient",
    "Client",
    "Event",
    "Hook",
    "Key",
    "RateLimit",
    "RefusalCode",
    "Refused",
    "TrustedHeader",
    "Undecided",
    "Verdict",
]
