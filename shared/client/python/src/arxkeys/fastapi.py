"""A dependency for FastAPI, which requires other scopes on each route."""

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.openapi.models import APIKey, APIKeyIn
from fastapi.requests import HTTPConnection
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase

from ._client import AsyncClient
from ._guard import Answer, ClientIP, Guard, rate_limit_headers
from ._verdict import Allowed
from .asgi import Scope, decide


class AccessKeyRefused(Exception):  # noqa: N818 - it is an answer, and no error
    """A request without one access key that is valid for it."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.line)
        self._answer = answer

    def response(self) -> Response:
        """Return the problem document."""
        return Response(self._answer.body, self._answer.status, dict(self._answer.headers))


class AccessKey(SecurityBase):
    """A dependency that returns the verdict on the access key of a request, an `arxkeys.Allowed`.

    ::

        access_key = AccessKey(app, client=client, arx="arx_…")

        @app.get("/pets")
        async def pets(verdict: Annotated[Allowed, Security(access_key, scopes=["pets:read"])]) -> list[Pet]: ...

    Each use of it in a route, or in what a route depends on, with other scopes asks again, and is charged again. It
    appears in the OpenAPI document of the app.

    Args:
        app: The app whose routes depend on it. It gets a handler that answers refusals with problem documents.
        client: Asks Arxkeys.
        arx: The id of the Arx that you serve, or ``"*"`` to accept the keys of every Arx.
        header: The header with the access key. A ``Bearer`` before the key is taken off.
        client_ip: As in `arxkeys.asgi.AccessKeyMiddleware`.

    """

    def __init__(
        self,
        app: FastAPI,
        *,
        client: AsyncClient,
        arx: str,
        header: str = "x-api-key",
        client_ip: ClientIP[Scope] | None = None,
    ) -> None:
        self.model = APIKey.model_validate(
            {"in": APIKeyIn.header, "name": header, "description": "An access key of Arxkeys."}
        )
        self.scheme_name = "AccessKey"
        self._client = client
        self._options: dict[str, Any] = {"arx": arx, "header": header, "client_ip": client_ip}
        Guard[Scope](scopes=(), **self._options)  # so that a wrong option raises here
        app.add_exception_handler(AccessKeyRefused, _answer)

    async def __call__(self, connection: HTTPConnection, required: SecurityScopes, response: Response) -> Allowed:
        """Return the verdict, or raise `AccessKeyRefused`."""
        guard: Guard[Scope] = Guard(scopes=required.scopes, **self._options)
        decision = await decide(self._client, guard, connection.scope)
        if isinstance(decision, Answer):
            raise AccessKeyRefused(decision)
        response.headers.update(dict(rate_limit_headers(decision.rate_limit)))
        return decision


async def _answer(_: Request, exc: Exception) -> Response:
    if not isinstance(exc, AccessKeyRefused):
        raise exc
    return exc.response()
