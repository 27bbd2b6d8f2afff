"""Asks with either client, so that a test holds for both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import pytest
from api import MANAGEMENT_KEY

from arxkeys import AsyncClient, Client, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "arxk_prd_01J9Zk3V8QpTfW2x" + "s" * 43 + "c0ffee"
ARX = "arx_01J9Zk3V8QpTfW2x"
VALID: dict[str, Any] = {
    "status": 200,
    "body": {
        "valid": True,
        "code": "VALID",
        "key": {"id": "key_01J9Zk3V8QpTfW2x"},
        "application": {"id": "app_01J9Zk3V8QpTfW2x"},
        "arx": {"id": ARX},
    },
}


def sync(url: str, options: dict[str, Any], request: dict[str, Any]) -> Verdict:
    with Client(url, MANAGEMENT_KEY, **options) as client:
        return client.verify(**request)


def with_backend(backend: str) -> Callable[..., Verdict]:
    async def ask(url: str, options: dict[str, Any], request: dict[str, Any]) -> Verdict:
        async with AsyncClient(url, MANAGEMENT_KEY, **options) as client:
            return await client.verify(**request)

    return lambda *args: anyio.run(ask, *args, backend=backend)


both = pytest.mark.parametrize(
    "ask",
    [
        pytest.param(sync, id="sync"),
        pytest.param(with_backend("asyncio"), id="asyncio"),
        pytest.param(with_backend("trio"), id="trio"),
    ],
)
