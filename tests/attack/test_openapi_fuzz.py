"""Every operation of every API is called with what its description allows, and with what it doesn't.

Seeded and bounded: the same requests in every run. It finds answers of 5xx, a status that the description
doesn't list, and a refusal that isn't a problem document.
"""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

EXAMPLES = 8
"""Questions of each kind for each operation."""
_LONGEST = 30.0
# Ends the session that asks, or follows a redirect to another organisation.
_LEFT_OUT = {"/session/end", "/sign-out", "/oauth/token", "/api/gateway/v1/sign-in"}

WIDEST = {
    "units": ("property", "inventory_keeper"),
    "tenancy": ("property", "property_manager"),
    "support": ("support", "supervisor"),
    "support/gateway": ("support", "support_administrator"),
}
"""Who may do most at each service."""


class Fuzz:
    """Calls one service, and records each wrong answer."""

    def __init__(self, attacked: Any, part: str) -> None:
        entity, role = WIDEST[part]
        self._known = attacked.known[part]
        self._random = random.Random(part)  # noqa: S311 - the same questions in every run
        self.client = httpx.Client(
            base_url=attacked.address(part),
            headers={
                "Authorization": f"Bearer {attacked.token(entity, role)}",
                "Host": attacked.host(entity),
            },
            timeout=_LONGEST,
        )
        self.wrong: dict[str, str] = {}
        self.asked = self.done = 0

    def document(self) -> dict[str, Any]:
        """Return the service's own description."""
        found: dict[str, Any] = (
            self.client.get(f"/api/{self.name()}/v1/openapi.json").raise_for_status().json()
        )
        return found

    def name(self) -> str:
        """Return the service's name in paths."""
        for name in ("units", "tenancy", "support", "gateway"):
            if self.client.get(f"/api/{name}/v1/openapi.json").is_success:
                return name
        raise AssertionError("the service has no description")

    def ask(self, operation: Any, case: Case) -> None:
        """Send one case; half of the time its path names a record that exists."""
        for parameter, known in self._known.items():
            if parameter in (case.path_parameters or {}) and known and self._random.random() < 0.7:
                case.path_parameters[parameter] = self._random.choice(known)
        try:
            given = case.as_transport_kwargs(base_url=str(self.client.base_url))
            request = self.client.build_request(
                given["method"],
                given["url"],
                params=given.get("params"),
                headers=_sendable(given.get("headers") or {}),
                cookies=None,
                **_body(given),
            )
        except (ValueError, TypeError, UnicodeError, httpx.InvalidURL):
            return  # what no client of HTTP can write
        self.asked += 1
        try:
            answer = self.client.send(request)
        except httpx.TransportError as error:
            self._note(operation, request, type(error).__name__)
            return
        self.done += answer.is_success
        listed = {str(status) for status in operation.definition.raw["responses"]}
        if answer.status_code >= 500:
            self._note(operation, request, f"{answer.status_code} {answer.text[:200]}")
        elif str(answer.status_code) not in listed and answer.status_code != 405:
            self._note(operation, request, f"{answer.status_code} isn't described")
        elif answer.is_client_error and "problem+json" not in answer.headers.get("Content-Type", ""):
            self._note(operation, request, f"{answer.status_code} is {answer.headers.get('Content-Type')}")

    def _note(self, operation: Any, request: httpx.Request, what: str) -> None:
        self.wrong.setdefault(
            f"{operation.method.upper()} {operation.path}: {what[:60]}",
            f"{what}\n    {request.method} {str(request.url)[:300]!r}\n    {request.content[:300]!r}",
        )


def _sendable(headers: dict[str, Any]) -> dict[str, str]:
    own = {"authorization", "host", "cookie", "user-agent", "content-length"}
    return {
        name: value
        for name, value in headers.items()
        if name.lower() not in own and isinstance(value, str) and value.isascii() and value.isprintable()
    }


def _body(given: dict[str, Any]) -> dict[str, Any]:
    """Return the body as httpx takes it: parts of a form are texts or bytes."""
    body = {name: given[name] for name in ("json", "data", "files") if given.get(name) is not None}
    if isinstance(body.get("data"), bytes | str):
        return {"content": body["data"]}
    if isinstance(body.get("files"), list):
        body["files"] = [
            (name, part if isinstance(part, bytes | str) else _part(part)) for name, part in body["files"]
        ]
    return body


def _part(part: Any) -> Any:
    if isinstance(part, tuple):
        return tuple(_part(each) if number == 1 else each for number, each in enumerate(part))
    return part if isinstance(part, bytes | str) else str(part)


@pytest.mark.row("X3")
@pytest.mark.parametrize("part", WIDEST)
def test_no_question_is_answered_by_a_failure_of_ours(attacked: Any, part: str) -> None:
    fuzz = Fuzz(attacked, part)
    schema = schemathesis.openapi.from_dict(fuzz.document())
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in operations:
        if operation.path not in _LEFT_OUT:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                _questions(fuzz, operation, mode)
    assert not fuzz.wrong, "\n".join(f"{name}\n    {how}" for name, how in fuzz.wrong.items())
    # Requests that are never accepted would find nothing.
    assert fuzz.asked > len(operations) * EXAMPLES / 2
    assert fuzz.done > len(operations) / 4


def _questions(fuzz: Fuzz, operation: Any, mode: GenerationMode) -> None:
    @seed(7)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        fuzz.ask(operation, case)

    # A request without a single parameter can't be made wrongly.
    with suppress(Unsatisfiable):
        ask()
