"""What the vectors do not say: other servers, WebSockets, and options that can't work."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest
import servers
from api import MANAGEMENT_KEY, serving
from asking import ARX, KEY, VALID
from fastapi import FastAPI
from pets import pets_app
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

import arxkeys.asgi
import arxkeys.wsgi
from arxkeys import AsyncClient, Client, TrustedHeader
from arxkeys.fastapi import AccessKey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request
    from starlette.websockets import WebSocket


async def pets(request: Request) -> JSONResponse:
    return JSONResponse({"key_id": request.state.arxkeys.key.id})


async def live(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(websocket.state.arxkeys.key.id)
    await websocket.close()


def protected(url: str) -> Starlette:
    client = AsyncClient(url, MANAGEMENT_KEY, timeout=30)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    return Starlette(
        lifespan=lifespan,
        routes=[Route("/pets", pets), WebSocketRoute("/live", live)],
        middleware=[
            Middleware(CORSMiddleware, allow_origins=["https://shop.example"], allow_headers=["x-api-key"]),
            Middleware(arxkeys.asgi.AccessKeyMiddleware, client=client, arx=ARX),
        ],
    )


def test_starlette_with_cors() -> None:
    with serving([VALID]) as api, servers.asgi(protected(api.url), lifespan="on") as port:
        origin = ("Origin", "https://shop.example")
        asks = [("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "x-api-key")]
        preflight, _ = servers.call(port, "OPTIONS", "/pets", [origin, *asks])
        assert (preflight.status, preflight.headers["Access-Control-Allow-Origin"]) == (200, "https://shop.example")
        refused, body = servers.call(port, "GET", "/pets", [origin])
        assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (401, "https://shop.example")
        assert json.loads(body)["code"] == "unauthenticated"
        passed, body = servers.call(port, "GET", "/pets", [origin, ("x-api-key", KEY)])
        assert (passed.status, json.loads(body)) == (200, {"key_id": "key_01J9Zk3V8QpTfW2x"})


def test_websocket() -> None:
    limited = {"limit": 10, "remaining": 9, "reset_at": "2026-11-28T00:01:00.000Z", "window_seconds": 60}
    answers = [{**VALID, "body": {**VALID["body"], "rate_limit": limited}}]
    with serving(answers) as api, servers.asgi(protected(api.url), lifespan="on") as port:
        with pytest.raises(InvalidStatus) as refused:
            connect(f"ws://127.0.0.1:{port}/live")
        assert refused.value.response.status_code == 401
        assert json.loads(refused.value.response.body)["code"] == "unauthenticated"
        with connect(f"ws://127.0.0.1:{port}/live", additional_headers={"x-api-key": KEY}) as websocket:
            assert websocket.response is not None
            assert websocket.response.headers["RateLimit-Policy"] == '"key";q=10;w=60'
            assert websocket.recv() == "key_01J9Zk3V8QpTfW2x"


def test_server_without_answers_for_websockets_closes_it() -> None:
    sent: list[Any] = []

    async def run() -> None:
        async def send(message: Any) -> None:
            sent.append(message)

        middleware = arxkeys.asgi.AccessKeyMiddleware(
            unreachable, client=AsyncClient("http://127.0.0.1:1", MANAGEMENT_KEY), arx=ARX
        )
        await middleware({"type": "websocket", "headers": []}, unreachable, send)

    anyio.run(run)
    assert sent == [{"type": "websocket.close"}]


def test_only_the_lifespan_is_not_protected() -> None:
    passed: list[str] = []

    async def app(scope: Any, _: Any, __: Any) -> None:
        passed.append(scope["type"])

    middleware = arxkeys.asgi.AccessKeyMiddleware(
        app, client=AsyncClient("http://127.0.0.1:1", MANAGEMENT_KEY), arx=ARX
    )
    anyio.run(middleware, {"type": "lifespan"}, unreachable, unreachable)
    with pytest.raises(ValueError, match="webtransport"):
        anyio.run(middleware, {"type": "webtransport"}, unreachable, unreachable)
    assert passed == ["lifespan"]


async def unreachable(*_: Any) -> Any:
    raise AssertionError("it is called")


def test_flask_behind_gunicorn_that_forks() -> None:
    with serving([VALID] * 4) as api, socket.create_server(("127.0.0.1", 0)) as listener:
        settings = {"ARXKEYS_URL": api.url, "ARXKEYS_MANAGEMENT_KEY": MANAGEMENT_KEY, "ARX_ID": ARX}
        here = Path(__file__).parent
        listener.set_inheritable(True)
        gunicorn = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--preload", "--workers=2", "--no-control-socket", "--log-level=error"]
            + [f"--bind=fd://{listener.fileno()}", "flask_app:app"],
            cwd=here,
            env={**os.environ, **settings, "PYTHONPATH": f"{here.parent / 'src'}:{here}"},
            pass_fds=[listener.fileno()],
        )
        try:
            port = listener.getsockname()[1]
            for _ in range(4):
                response, body = servers.call(port, "GET", "/pets", [("x-api-key", KEY)])
                assert (response.status, json.loads(body)) == (200, {"key_id": "key_01J9Zk3V8QpTfW2x"})
            assert api.sent == [{"key": KEY, "arx_id": ARX, "ip": "127.0.0.1"}] * 4
            for headers in ([], [("x-api-key", KEY), ("X-Api-Key", KEY)], [("x-api-key", f"{KEY}, {KEY}")]):
                response, body = servers.call(port, "GET", "/pets", headers)
                assert (response.status, json.loads(body)["code"]) == (401, "unauthenticated")
            response, body = servers.call(port, "HEAD", "/pets", [])
            assert (response.status, body) == (401, b"")
            assert len(api.sent) == 4
        finally:
            gunicorn.terminate()
            gunicorn.wait(60)


def test_fastapi_documents_the_header() -> None:
    app = pets_app(AsyncClient("http://127.0.0.1:1", MANAGEMENT_KEY), {"arx": ARX}, {"GET": ["pets:read"]}, [])
    document = app.openapi()
    assert document["components"]["securitySchemes"]["AccessKey"]["name"] == "x-api-key"
    assert document["paths"]["/pets"]["get"]["security"] == [{"AccessKey": ["pets:read"]}]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"arx": ""}, ValueError),
        ({"arx": "pets"}, ValueError),
        ({"arx": ARX, "header": ""}, ValueError),
        ({"arx": ARX, "header": "x-api-key:"}, ValueError),
        ({"arx": ARX, "client_ip": TrustedHeader("x real ip")}, ValueError),
        ({"arx": ARX, "client_ip": "x-real-ip"}, TypeError),
        ({"arx": ARX, "scopes": "pets:read"}, TypeError),
        ({}, TypeError),
    ],
    ids=repr,
)
def test_options_that_cannot_work_are_refused_at_the_start(wrong: dict[str, Any], error: type[Exception]) -> None:
    makers: list[Callable[..., object]] = [
        lambda **options: arxkeys.wsgi.AccessKeyMiddleware(
            lambda *_: [], client=Client("https://keys.example", MANAGEMENT_KEY), **options
        ),
        lambda **options: arxkeys.asgi.AccessKeyMiddleware(
            unreachable, client=AsyncClient("https://keys.example", MANAGEMENT_KEY), **options
        ),
    ]
    if "scopes" not in wrong:
        makers.append(
            lambda **options: AccessKey(
                FastAPI(), client=AsyncClient("https://keys.example", MANAGEMENT_KEY), **options
            )
        )
    for make in makers:
        with pytest.raises(error):
            make(**wrong)


def test_function_of_the_scopes_that_fails_is_undecided() -> None:
    answered: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _: Any = None, /) -> Callable[[bytes], object]:
        answered.append((status, headers))
        return lambda _: None

    with serving([]) as api, Client(api.url, MANAGEMENT_KEY) as client:
        middleware = arxkeys.wsgi.AccessKeyMiddleware(
            lambda *_: [b"passed"], client=client, arx=ARX, scopes=lambda environ: [environ["no such item"]]
        )
        body = b"".join(middleware({"REQUEST_METHOD": "GET", "HTTP_X_API_KEY": KEY}, start))
        assert api.sent == []
    assert [status for status, _ in answered] == ["503 Service Unavailable"]
    assert json.loads(body)["code"] == "unavailable"
