"""An application with Flask. A server that loads it before it forks shares the client with its workers."""

from __future__ import annotations

import os

from flask import Flask, request

from arxkeys import CONNECTION, Client
from arxkeys.wsgi import VERDICT, AccessKeyMiddleware

app = Flask(__name__)
client = Client(os.environ["ARXKEYS_URL"], os.environ["ARXKEYS_MANAGEMENT_KEY"], timeout=30)
app.wsgi_app = AccessKeyMiddleware(  # type: ignore[method-assign]
    app.wsgi_app, client=client, arx=os.environ["ARX_ID"], client_ip=CONNECTION
)


@app.get("/pets")
def pets() -> dict[str, str]:
    return {"key_id": request.environ[VERDICT].key.id}
