"""The installed package against the running stack. `make test-clients` starts the stack, and sets the environment."""

from __future__ import annotations

import json
import os
import secrets
import socket
import urllib.request
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio
import pytest
import servers
from pets import pets_app

import arxkeys
from arxkeys import AsyncClient, Client, Refused, Undecided
from arxkeys.asgi import AccessKeyMiddleware as ASGIMiddleware
from arxkeys.wsgi import VERDICT
from arxkeys.wsgi import AccessKeyMiddleware as WSGIMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from arxkeys.asgi import Receive, Scope, Send

Serve: TypeAlias = "Callable[[str, str, dict[str, Any]], AbstractContextManager[int]]"

API = os.environ["ARXKEYS_API"]
CREDENTIAL = os.environ["ARXKEYS_CREDENTIAL"]


def manage(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{API}/v1/{path}", method=method, data=data)
    request.add_header("Authorization", f"Bearer {CREDENTIAL}")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as response:
        return json.load(response)


class Tenant:
    """An application, two Arxes, and a management key of the role verifier."""

    def __init__(self) -> None:
        name = f"python {secrets.token_hex(8)}"
        self.application: str = manage("POST", "applications", {"name": name, "technology": "server"})["id"]
        self.arx, self.other = (
            manage("POST", "arxes", {"name": f"{name} {n}", "regions": ["eu-central-1"]})["id"] for n in (1, 2)
        )
        self.verifier: str = manage("POST", "management-keys", {"name": name, "role": "verifier"})["secret"]

    def key(self, **settings: Any) -> tuple[str, str]:
        """Return the id of a new key, and its access key."""
        fields = {"application_id": self.application, "arx_id": self.arx, "scopes": ["pets:read"], **settings}
        created = manage("POST", "keys", fields)
        return created["key"]["id"], created["access_key"]


@pytest.fixture(scope="module")
def tenant() -> Tenant:
    return Tenant()


def wsgi(url: str, credential: str, options: dict[str, Any]) -> AbstractContextManager[int]:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"key_id": environ[VERDICT].key.id}).encode()]

    def protected(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with Client(url, credential, timeout=30) as client:
            return WSGIMiddleware(app, client=client, **options)(environ, start_response)

    return servers.wsgi(protected)


def asgi(url: str, credential: str, options: dict[str, Any]) -> AbstractContextManager[int]:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        body = json.dumps({"key_id": scope["state"]["arxkeys"].key.id}).encode()
        await send({"type": "http.response.body", "body": body})

    async def protected(scope: Scope, receive: Receive, send: Send) -> None:
        async with AsyncClient(url, credential, timeout=30) as client:
            await ASGIMiddleware(app, client=client, **options)(scope, receive, send)

    return servers.asgi(protected)


def fastapi(url: str, credential: str, options: dict[str, Any]) -> AbstractContextManager[int]:
    required = {"GET": options.get("scopes", [])}
    settings = {name: value for name, value in options.items() if name != "scopes"}

    async def protected(scope: Scope, receive: Receive, send: Send) -> None:
        async with AsyncClient(url, credential, timeout=30) as client:
            await pets_app(client, settings, required, [])(scope, receive, send)

    return servers.asgi(protected)


@pytest.fixture(params=[wsgi, asgi, fastapi], ids=["wsgi", "asgi", "fastapi"])
def serve(request: pytest.FixtureRequest) -> Serve:
    kind: Serve = request.param
    return kind


@pytest.fixture
def pets(serve: Serve, tenant: Tenant) -> Iterator[int]:
    with serve(API, tenant.verifier, {"arx": tenant.arx, "scopes": ["pets:read"]}) as port:
        yield port


def ask(port: int, access_key: str) -> tuple[int, Any]:
    response, body = servers.call(port, "GET", "/pets", [("x-api-key", access_key)])
    return response.status, json.loads(body)


def refused(port: int, access_key: str) -> tuple[int, str]:
    status, document = ask(port, access_key)
    return status, document["code"]


def test_life_of_a_key(pets: int, tenant: Tenant) -> None:
    key, access_key = tenant.key()
    assert ask(pets, access_key) == (200, {"key_id": key})
    manage("POST", f"keys/{key}/disable")
    assert refused(pets, access_key) == (403, "forbidden")
    manage("POST", f"keys/{key}/enable")
    assert ask(pets, access_key) == (200, {"key_id": key})
    manage("DELETE", f"keys/{key}")
    assert refused(pets, access_key) == (401, "unauthenticated")


def test_key_of_another_arx_key_without_the_scope_and_no_key(pets: int, tenant: Tenant) -> None:
    assert refused(pets, tenant.key(arx_id=tenant.other)[1]) == (403, "forbidden")
    assert refused(pets, tenant.key(scopes=["pets:write"])[1]) == (403, "forbidden")
    assert refused(pets, "not-an-access-key") == (401, "unauthenticated")
    assert refused(pets, "") == (401, "unauthenticated")


def test_limits(pets: int, tenant: Tenant) -> None:
    _, access_key = tenant.key(rate_limit={"limit": 1, "window_seconds": 30 * 24 * 60 * 60})
    first, _ = servers.call(pets, "GET", "/pets", [("x-api-key", access_key)])
    assert (first.status, first.headers["RateLimit-Policy"]) == (200, '"key";q=1;w=2592000')
    second, _ = servers.call(pets, "GET", "/pets", [("x-api-key", access_key)])
    assert second.status == 429
    assert second.headers["RateLimit"] == f'"key";r=0;t={second.headers["Retry-After"]}'
    _, access_key = tenant.key(remaining_uses=1)
    assert ask(pets, access_key)[0] == 200
    assert refused(pets, access_key) == (429, "too_many_requests")


def test_wrong_management_key_and_api_that_is_down(serve: Serve, tenant: Tenant) -> None:
    _, access_key = tenant.key()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = f"http://127.0.0.1:{listener.getsockname()[1]}"
    for url, credential in ((API, tenant.verifier[:-1] + "!"), (closed, tenant.verifier)):
        with serve(url, credential, {"arx": tenant.arx}) as port:
            assert refused(port, access_key) == (503, "unavailable")


def test_client_without_middleware(tenant: Tenant) -> None:
    key, access_key = tenant.key(metadata={"team": "billing"}, allowed_ips=["203.0.113.0/24"])
    with Client(API, tenant.verifier, timeout=30) as client:
        verdict = client.verify(access_key, arx=tenant.arx, scopes=["pets:read"], ip="203.0.113.7")
        assert verdict.valid
        assert (verdict.key.id, verdict.key.metadata) == (key, {"team": "billing"})
        assert (verdict.application.id, verdict.arx.id) == (tenant.application, tenant.arx)
        elsewhere = client.verify(access_key, arx="*", ip="198.51.100.1")
        assert isinstance(elsewhere, Refused)
        assert elsewhere.code == "IP_NOT_ALLOWED"
    with Client(API, tenant.verifier[:-1] + "!", timeout=30) as client, pytest.raises(Undecided) as undecided:
        client.verify(access_key, arx=tenant.arx)
    assert undecided.value.status == 401
    assert undecided.value.request_id


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_async_client_without_middleware(backend: str, tenant: Tenant) -> None:
    _, access_key = tenant.key()

    async def verify() -> list[str]:
        async with AsyncClient(API, tenant.verifier, timeout=30) as client:
            return [(await client.verify(access_key, arx=arx)).code for arx in (tenant.arx, tenant.other, "*")]

    assert anyio.run(verify, backend=backend) == ["VALID", "WRONG_ARX", "VALID"]


def test_package_is_the_installed_one() -> None:
    assert "site-packages" in arxkeys.__file__
