"""The pets API as a FastAPI server, behind the dependency of the Python client."""

import os
from typing import Annotated

from arxkeys import Allowed, AsyncClient
from arxkeys.fastapi import AccessKey
from fastapi import FastAPI, Security

app = FastAPI()
client = AsyncClient(os.environ["ARXKEYS_URL"], os.environ["ARXKEYS_KEY"])
access_key = AccessKey(app, client=client, arx=os.environ["ARX_ID"])


@app.get("/pets")
async def pets(verdict: Annotated[Allowed, Security(access_key, scopes=["pets:read"])]) -> dict[str, str | list[str]]:
    return {"pets": ["Tom", "Rex"], "application": verdict.application.name}
