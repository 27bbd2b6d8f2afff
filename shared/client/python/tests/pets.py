"""An application with FastAPI.

Its annotations are evaluated at once, because they refer to local variables.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from fastapi import FastAPI, Security

from arxkeys import Allowed, AsyncClient
from arxkeys.fastapi import AccessKey


def pets_app(
    client: AsyncClient, options: dict[str, Any], required: Mapping[str, Iterable[str]], passed: list[Allowed]
) -> FastAPI:
    """Return an app with the route /pets, which requires other scopes for each method."""
    app = FastAPI()
    access_key = AccessKey(app, client=client, **options)
    for method, scopes in required.items():

        @app.api_route("/pets", methods=[method])
        async def pets(verdict: Annotated[Allowed, Security(access_key, scopes=list(scopes))]) -> dict[str, str]:
            passed.append(verdict)
            return {"key_id": verdict.key.id}

    return app
