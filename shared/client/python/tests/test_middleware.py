"""Which requests pass each middleware, and what the caller gets: the vectors that all clients of Arxkeys share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import servers
from api import MANAGEMENT_KEY, PATIENCE_MS, serving, vectors
from pets import pets_app

from arxkeys import CONNECTION, Allowed, AsyncClient, Client, Event, TrustedHeader
from arxkeys import asgi as arxkeys_asgi
from arxkeys import wsgi as arxkeys_wsgi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from arxkeys.asgi import Receive, Scope, Send

CASES = vectors("middleware.json")


class Case:
    """A vector that is being tested."""

    def __init__(self, vector: dict[str, Any], url: str) -> None:
        self.vector = vector
        self.events: list[Event] = []
        self.passed: list[Allowed] = []
        self.url = url
        self.settings: dict[str, Any] = {"hook": self.hook, "timeout": vector.get("timeout_ms", PATIENCE_MS) / 1000}
        options = vector["options"]
        self.options: dict[str, Any] = {"arx": options["arx"]}
        if options.get("header"):
            self.options["header"] = options["header"]
        address = options.get("client_ip")
        if address is not None:
            ready: dict[str, Any] = {"connection": CONNECTION, "fails": self.fail}
            self.options["client_ip"] = TrustedHeader(address["header"]) if "header" in address else ready[address]

    def hook(self, event: Event) -> None:
        self.events.append(event)
        if self.vector["options"].get("hook") == "fails":
            self.fail(None)

    @staticmethod
    def fail(_: object) -> str:
        raise RuntimeError("it fails")

    def scopes(self, method: Callable[[Any], str]) -> Any:
        by_method = self.vector["options"].get("scopes_by_method")
        if by_method:
            return lambda request: by_method[method(request)]
        return self.vector["options"].get("scopes") or ()


class Servers:
    """One server of each kind for all cases. It serves the case of the moment."""

    case: Case

    def wsgi(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        case = self.case

        def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            verdict = environ[arxkeys_wsgi.VERDICT]
            case.passed.append(verdict)
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps({"key_id": verdict.key.id}).encode()]

        with Client(case.url, MANAGEMENT_KEY, **case.settings) as client:
            scopes = case.scopes(lambda environ: environ["REQUEST_METHOD"])
            middleware = arxkeys_wsgi.AccessKeyMiddleware(app, client=client, scopes=scopes, **case.options)
            return middleware(environ, start_response)

    async def asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        case = self.case

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            verdict = scope["state"][arxkeys_asgi.VERDICT]
            case.passed.append(verdict)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": json.dumps({"key_id": verdict.key.id}).encode()})

        async with AsyncClient(case.url, MANAGEMENT_KEY, **case.settings) as client:
            scopes = case.scopes(lambda scope: scope["method"])
            await arxkeys_asgi.AccessKeyMiddleware(app, client=client, scopes=scopes, **case.options)(
                scope, receive, send
            )

    async def fastapi(self, scope: Scope, receive: Receive, send: Send) -> None:
        case = self.case
        async with AsyncClient(case.url, MANAGEMENT_KEY, **case.settings) as client:
            options, method = case.vector["options"], case.vector["request"]["method"]
            required = options.get("scopes_by_method") or {method: options.get("scopes") or ()}
            await pets_app(client, case.options, required, case.passed)(scope, receive, send)


@pytest.fixture(scope="module", params=["wsgi", "asgi", "fastapi"])
def running(request: pytest.FixtureRequest) -> Iterator[tuple[Servers, int]]:
    servers_of_case = Servers()
    if request.param == "wsgi":
        with servers.wsgi(servers_of_case.wsgi) as port:
            yield servers_of_case, port
    else:
        with servers.asgi(getattr(servers_of_case, request.param)) as port:
            yield servers_of_case, port


@pytest.mark.parametrize("vector", [pytest.param(vector, id=vector["name"]) for vector in CASES])
def test_vector(
    vector: dict[str, Any],
    running: tuple[Servers, int],
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> None:
    if request.node.callspec.params["running"] == "fastapi" and "none for this method" in vector["name"]:
        pytest.skip("FastAPI states the scopes of each route, so no function can miss one")
    caplog.set_level("DEBUG")
    application, port = running
    asked, expected = vector["request"], vector["response"]
    with serving(vector["answers"]) as api:
        case = application.case = Case(vector, api.url)
        response, body = servers.call(port, asked["method"], asked["path"], asked["headers"])
        assert api.sent == vector["sent"]
    assert len(case.passed) == (1 if vector["passed"] else 0)
    assert response.status == expected["status"]
    if expected.get("body") is not None:
        assert json.loads(body) == expected["body"]
    for name, value in (expected.get("headers") or {}).items():
        assert response.headers.get_all(name, []) == ([] if value is None else [value]), name
    event = {"status": None, "key_id": None, "application_id": None, "arx_id": None, **vector["event"]}
    assert [{name: getattr(got, name) for name in event} for got in case.events] == [event]
    for secret in [MANAGEMENT_KEY, *(value for name, value in asked["headers"] if "key" in name.lower() and value)]:
        assert secret not in repr(case.events)
        assert secret not in body.decode()
        assert secret not in str(response.headers)
        assert secret not in "".join(record.getMessage() for record in caplog.records if record.name != "asyncio")
    if not vector["passed"]:
        assert vector["event"]["code"] not in body.decode() + str(response.headers)
