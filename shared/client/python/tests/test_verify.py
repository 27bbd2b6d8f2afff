"""What clients send, and what they make of each answer: the vectors that all clients of Arxkeys share."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from api import MANAGEMENT_KEY, PATIENCE_MS, serving, vectors
from asking import ARX, KEY, VALID, both

from arxkeys import AsyncClient, Client, Event, Undecided, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = vectors("verify.json")


@both
@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_vector(case: dict[str, Any], ask: Callable[..., Verdict]) -> None:
    events: list[Event] = []
    options: dict[str, Any] = {"hook": events.append, "timeout": case.get("timeout_ms", PATIENCE_MS) / 1000}
    request = {name: value for name, value in case["request"].items() if value is not None}
    with serving(case["answers"]) as api:
        if case.get("error"):
            with pytest.raises((TypeError, ValueError)) as wrong:
                ask(api.url, options, request)
            assert request["key"] == "" or request["key"] not in repr(wrong.value)
            assert events == []
        elif case.get("undecided") is not None:
            with pytest.raises(Undecided) as undecided:
                ask(api.url, options, request)
            error = undecided.value
            assert (error.status, error.request_id) == tuple(case["undecided"].get(n) for n in ("status", "request_id"))
            assert (error.attempts, [event.code for event in events]) == (case["attempts"], ["UNDECIDED"])
            for secret in (request["key"], MANAGEMENT_KEY):
                assert secret not in f"{error} {error!r} {events}"
        else:
            verdict = ask(api.url, options, request)
            assert_same(verdict, case["verdict"])
            assert [(event.code, event.status, event.attempts) for event in events] == [
                (case["verdict"]["code"], None, case["attempts"])
            ]
            assert not request["key"] or request["key"] not in repr(events)
        assert api.sent == case["sent"]


def assert_same(ours: object, expected: Any) -> None:
    """Compare the members that this client knows."""
    if dataclasses.is_dataclass(ours):
        for field in dataclasses.fields(ours):
            value = getattr(ours, field.name)
            if field.name in expected or value not in (None, "", (), 0, {}):
                assert_same(value, expected.get(field.name))
        assert {name for name in expected if not hasattr(ours, name)} <= {"colour"}
    elif isinstance(ours, datetime):
        assert ours == datetime.fromisoformat(expected.replace("Z", "+00:00"))
    else:
        assert json.dumps(ours) == json.dumps(expected)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in vectors("client.json")])
def test_settings(case: dict[str, Any], kind: type[Client | AsyncClient]) -> None:
    if case["ok"]:
        client = kind(case["base_url"], case["management_key"])
        assert case["management_key"] not in repr(client)
    else:
        with pytest.raises(ValueError, match="must be") as wrong:
            kind(case["base_url"], case["management_key"])
        assert not case["management_key"] or case["management_key"] not in str(wrong.value)


@both
@pytest.mark.parametrize(
    ("wrong", "error"),
    [({"scopes": "pets:read"}, TypeError), ({"cost": 0}, ValueError), ({"arx": "arx_1"}, ValueError)],
    ids=["a string of scopes", "no cost", "half an Arx"],
)
def test_wrong_argument_is_not_sent(wrong: dict[str, Any], error: type[Exception], ask: Callable[..., Verdict]) -> None:
    with serving([]) as api:
        with pytest.raises(error):
            ask(api.url, {}, {"key": KEY, "arx": ARX, **wrong})
        assert api.sent == []


@both
def test_json_that_is_nested_too_deeply_is_undecided(ask: Callable[..., Verdict]) -> None:
    with serving([{"status": 200, "text": "[" * 500_000}]) as api, pytest.raises(Undecided, match="not JSON"):
        ask(api.url, {}, {"key": KEY, "arx": ARX})


def test_connection_is_kept_but_not_shared_with_a_forked_process(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving([VALID] * 3) as api, Client(api.url, MANAGEMENT_KEY) as client:
        assert client.verify(KEY, arx=ARX).valid
        assert client.verify(KEY, arx=ARX).valid
        assert len(api.peers) == 1
        parents = client._pool
        assert parents is not None
        monkeypatch.setattr("os.getpid", lambda: -1)
        assert client.verify(KEY, arx=ARX).valid
        assert len(api.peers) == 2
        parents.close()
