"""The time limit holds for everything together.

No test measures time: where a limit does not hold, the server gives up first, which is another reason for the error.
"""

from __future__ import annotations

import inspect
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from api import MANAGEMENT_KEY, serving
from asking import ARX, KEY, VALID, both

from arxkeys import AsyncClient, Client, Undecided, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

QUESTION = {"key": KEY, "arx": ARX}


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_two_seconds_are_the_default(kind: type[Client | AsyncClient]) -> None:
    assert inspect.signature(kind).parameters["timeout"].default == 2


@both
@pytest.mark.parametrize("of", ["headers", "body"])
def test_server_that_sends_a_byte_at_a_time(of: str, ask: Callable[..., Verdict]) -> None:
    with serving([{"fault": "drip", "of": of}]) as api, pytest.raises(Undecided, match="too long") as undecided:
        ask(api.url, {"timeout": 0.3}, QUESTION)
    assert (undecided.value.attempts, undecided.value.status) == (1, 200 if of == "body" else None)


@both
def test_server_that_does_not_finish_the_tls_handshake(ask: Callable[..., Verdict]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(Undecided, match="too long") as undecided:
        ask(f"https://127.0.0.1:{listener.getsockname()[1]}", {"timeout": 0.3}, QUESTION)
    assert undecided.value.attempts == 1


def refuse_numeric(*args: Any, **options: Any) -> None:
    """Answer as for a name. Trio first asks, without a thread, whether a host is an address."""
    flags = options.get("flags", args[5] if len(args) > 5 else 0)
    if flags & socket.AI_NUMERICHOST:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@both
def test_resolver_that_does_not_answer(ask: Callable[..., Verdict], monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answered = threading.Event(), threading.Event()

    def never(*args: Any, **options: Any) -> Any:
        refuse_numeric(*args, **options)
        asked.set()
        assert answered.wait(60)
        raise socket.gaierror("too late")

    def hook(_: object) -> None:
        # The event loop waits for its threads when it closes.
        answered.set()

    monkeypatch.setattr(socket, "getaddrinfo", never)
    with pytest.raises(Undecided, match="too long") as undecided:
        ask("https://keys.example", {"timeout": 0.3, "hook": hook}, QUESTION)
    assert asked.is_set()
    assert undecided.value.attempts == 1


@both
def test_host_without_an_address_is_asked_twice(ask: Callable[..., Verdict], monkeypatch: pytest.MonkeyPatch) -> None:
    lookups = []

    def unknown(*args: Any, **options: Any) -> Any:
        refuse_numeric(*args, **options)
        lookups.append(1)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Undecided, match="Name or service not known") as undecided:
        ask("https://keys.example", {}, QUESTION)
    assert (len(lookups), undecided.value.attempts) == (2, 2)


@both
def test_next_address_is_tried(ask: Callable[..., Verdict], monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo

    def two(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        addresses = ["127.0.0.2", "127.0.0.1"] if host in ("localhost", b"localhost") else [host]
        return [found for address in addresses for found in resolve(address, port, *args, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    with serving([VALID]) as api:
        assert ask(api.url.replace("127.0.0.1", "localhost"), {}, QUESTION).valid


@both
def test_client_recovers_after_answers_that_took_too_long(ask: Callable[..., Verdict]) -> None:
    with serving([{"fault": "hang"}, {"fault": "hang"}, VALID]) as api:
        for _ in range(2):
            with pytest.raises(Undecided):
                ask(api.url, {"timeout": 0.3}, QUESTION)
        assert ask(api.url, {"timeout": 30}, QUESTION).valid


@both
def test_certificate_that_is_not_trusted(ask: Callable[..., Verdict]) -> None:
    authority = trustme.CA()
    server, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.configure_trust(trusting)
    with serving([VALID], server) as api:
        url = api.url.replace("http:", "https:")
        with pytest.raises(Undecided, match="ConnectError") as undecided:
            ask(url, {}, QUESTION)
        assert (undecided.value.attempts, api.sent) == (2, [])
        assert ask(url, {"ssl_context": trusting}, QUESTION).valid
    assert MANAGEMENT_KEY not in str(undecided.value)
