"""No exception holds a key: not in its text, not in what it was raised from, not in the variables of its traceback."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from api import MANAGEMENT_KEY, serving
from asking import ARX, KEY, VALID, both

import arxkeys
from arxkeys import Client, Undecided, Verdict
from arxkeys.wsgi import AccessKeyMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PACKAGE = Path(arxkeys.__file__).parent


def variables(exc: BaseException) -> Iterator[tuple[str, str]]:
    """Return the variables in the package's frames, as an error reporter shows them."""
    for frame, _ in traceback.walk_tb(exc.__traceback__):
        if Path(frame.f_code.co_filename).is_relative_to(PACKAGE):
            for name, value in frame.f_locals.items():
                yield f"{frame.f_code.co_name}: {name}", repr(value)


@both
@pytest.mark.parametrize("fault", ["refused", "reset", "hang", "truncated", "echo"])
def test_undecided_does_not_hold_a_key(
    fault: str, ask: Callable[..., Verdict], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    echo = {"status": 500, "text": KEY + MANAGEMENT_KEY, "headers": {"X-Request-Id": "r1"}}
    answer = echo if fault == "echo" else {**VALID, "fault": fault}
    with serving([answer] * (2 if fault == "refused" else 1)) as api, pytest.raises(Undecided) as undecided:
        ask(api.url, {"timeout": 0.3 if fault == "hang" else 30}, {"key": KEY, "arx": ARX})
    exc = undecided.value
    assert exc.__context__ is None
    assert exc.__cause__ is None
    seen = dict(variables(exc))
    assert seen
    texts = {**seen, "text": str(exc), "repr": repr(exc), "attributes": repr(vars(exc)), "log": caplog.text}
    assert [name for name, text in texts.items() if KEY in text or MANAGEMENT_KEY in text] == []


def test_failure_of_the_application_does_not_expose_the_clients_keys() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        raise RuntimeError("the application fails")

    with serving([VALID]) as api, Client(api.url, MANAGEMENT_KEY) as client:
        middleware = AccessKeyMiddleware(app, client=client, arx=ARX)
        with pytest.raises(RuntimeError) as failed:
            middleware({"REQUEST_METHOD": "GET", "HTTP_X_API_KEY": KEY}, lambda *_: lambda _: None)
    shown = {name: text for name, text in variables(failed.value) if not name.endswith("environ")}
    assert shown
    assert [name for name, text in shown.items() if KEY in text or MANAGEMENT_KEY in text] == []
