"""Every form that a person can find is sent hostile values, and every route is requested by every role.

Each answer is a page: never a failure of ours, never raw text, and nothing is done without a permission.
"""

from __future__ import annotations

import random
import re
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx
import pytest

from chassis.http.routes import account_for
from deskkit.testing import parse_page
from deskkit.testing.pages import fields_of
from partywall.runtimes import definition_of, settings_of

DESKS = {
    "units": ("property", "property_administrator", "/inventory-desk"),
    "tenancy": ("property", "property_manager", "/property-desk"),
    "support": ("support", "supervisor", "/front-desk"),
    "support/gateway": ("support", "support_administrator", "/staff"),
}
MOST_PAGES = 120
VALUES_FOR_A_FORM = 5

# As they are in a body: a half of a surrogate pair can't be written any other way.
HOSTILE = {
    "NUL": "a%00b",
    "half a character": "%ED%A0%80",
    "not UTF-8": "%FF%FE",
    "beyond every number": "9" * 60,
    "infinity": "1e400",
    "not a number": "NaN",
    "below zero": "-1",
    "the first day": "0001-01-01",
    "the last day": "9999-12-31",
    "no day": "2026-02-30",
    "markup": quote("<script>alert('x')</script>\"'"),
    "SQL": quote("'; DROP TABLE client; --"),
    "a template": quote("{{ 7*7 }} ${7*7} %s {0}"),
    "backwards": quote("\u202e\u2066abc\u0301\u0301\u0301"),
    "long": "x" * 40_000,
    "another script": quote("王 الاحمد ᐃᓄᒃ 🏠"),
    "a wildcard": "%25",
    "only spaces": quote(" \u00a0\u3000 "),
    "deep": quote("[" * 2_000),
    "": "",
}
# What ends the session, what only shows another language, and what isn't a page of ours.
_LEFT_OUT = re.compile("sign-out|session|language|/docs")
_FAILURE = re.compile(r"Traceback|Internal Server Error|asyncpg|sqlalchemy|pydantic", re.IGNORECASE)


@dataclass(frozen=True)
class Form:
    """A form of a page: its page, where and how it is sent, and what its fields hold."""

    page: str
    action: str
    method: str
    fields: tuple[tuple[str, str], ...]

    @property
    def kind(self) -> tuple[str, str, tuple[str, ...]]:
        """A key that is equal for forms which differ in the record alone."""
        return _template(self.action), self.method, tuple(sorted({name for name, _ in self.fields}))


class Visitor:
    """A person signed in at one desk, who calls the service directly, without the router's limits."""

    def __init__(self, attacked: Any, part: str, role: str) -> None:
        entity = attacked.entity(part)
        self.host = attacked.host(entity)
        self.client = httpx.Client(
            base_url=attacked.address(part),
            headers={"Host": self.host, "Origin": f"http://{self.host}", "Accept": "text/html"},
            cookies={"partywall_token": attacked.token(entity, role)},
            timeout=60,
        )

    def crawl(self, start: str) -> list[Form]:
        """Follow the links of a desk; return one form of each kind."""
        seen, kinds, found = {start}, set(), []
        ahead, templates = deque([start]), dict[str, int]()
        while ahead and len(seen) < MOST_PAGES * 4 and sum(templates.values()) < MOST_PAGES:
            path = ahead.popleft()
            template = _template(path)
            if templates.get(template, 0) >= 2:
                continue  # two records of a kind show what their page has
            templates[template] = templates.get(template, 0) + 1
            answer = self.client.get(path)
            assert answer.status_code < 500, f"{path}: {answer.status_code}"
            if "text/html" not in answer.headers.get("Content-Type", "") or not answer.is_success:
                continue
            page = parse_page(answer.text)
            for form in page.root.iter("form"):
                action = urljoin(path, form.get("action") or "")
                if urlsplit(action).netloc or _LEFT_OUT.search(action):
                    continue
                one = Form(path, action, (form.get("method") or "get").lower(), tuple(fields_of(form)))
                if one.kind not in kinds:
                    kinds.add(one.kind)
                    found.append(one)
            for link in page.root.iter("a"):
                to = urljoin(path, link.get("href") or "")
                parts = urlsplit(to)
                if not parts.netloc and not _LEFT_OUT.search(to) and to not in seen:
                    seen.add(to)
                    ahead.append(parts.path + (f"?{parts.query}" if parts.query else ""))
        return found

    def token(self, start: str) -> dict[str, str]:
        """Return a valid form token, taken from any form of the desk."""
        for form in self.crawl_until_form(start):
            return {name: value for name, value in form.fields if "csrf" in name}
        return {}

    def crawl_until_form(self, start: str) -> list[Form]:
        """Return the first form that is posted, in a list, or none."""
        return [form for form in self.crawl(start) if form.method == "post"][:1]

    def send(self, form: Form, hostile: str) -> httpx.Response:
        """Send a form with a hostile value in every field that a person fills in."""
        pairs = [
            f"{quote(name)}={quote(value) if 'csrf' in name else hostile}" for name, value in form.fields
        ]
        body = "&".join(pairs)
        if form.method == "get":
            address = f"{form.action.split('?', 1)[0]}?{body}"
            return self.client.get(address[:30_000])
        return self.client.post(
            form.action,
            content=body.encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )


def _template(path: str) -> str:
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "{id}", path.split("?", 1)[0])
    return re.sub(r"/\d+(?=/|$)", "/{n}", path)


@pytest.mark.row("X3")
@pytest.mark.parametrize("part", DESKS)
def test_no_form_is_answered_by_a_failure_of_ours(attacked: Any, part: str) -> None:
    _, role, start = DESKS[part]
    visitor = Visitor(attacked, part, role)
    forms = visitor.crawl(start)
    assert len(forms) >= 4, "the crawl found hardly any form"
    chosen = random.Random(part)  # noqa: S311 - the same in every run
    wrong: list[str] = []
    refused = 0
    for form in forms:
        for name in chosen.sample(list(HOSTILE), VALUES_FOR_A_FORM):
            try:
                answer = visitor.send(form, HOSTILE[name])
            except httpx.InvalidURL:
                continue
            where = f"{form.method} {_template(form.action)} ({name}, on {_template(form.page)})"
            if answer.status_code >= 500:
                wrong.append(f"{where}: {answer.status_code}")
            elif answer.is_client_error:
                refused += 1
                if "text/html" not in answer.headers.get("Content-Type", ""):
                    wrong.append(f"{where}: {answer.status_code} is no page")
                elif _FAILURE.search(answer.text):
                    wrong.append(f"{where}: the page speaks of our insides")
                elif "<script>alert('x')" in answer.text:
                    wrong.append(f"{where}: markup is markup")
                else:
                    parse_page(answer.text, fragment="<html" not in answer.text)
    assert not wrong, "\n".join(wrong)
    assert refused >= len(forms), "hardly anything was refused: the values don't arrive"


@pytest.mark.row("W10")
@pytest.mark.parametrize("part", DESKS)
def test_every_route_is_closed_to_a_role_that_has_nothing_to_do_there(attacked: Any, part: str) -> None:
    """Every route, with a valid form token and references that exist, by every role of the organisation."""
    entity, widest, start = DESKS[part]
    definition = definition_of(attacked.part(part))
    runtime = definition.build_runtime(settings_of(attacked.back.stack.programs, attacked.part(part)))
    routes = [route for route in account_for(definition.create_app(runtime)) if route.guards]
    known = attacked.known[part]
    wrong: list[str] = []
    done = 0
    for role in attacked.roles(entity):
        visitor = Visitor(attacked, part, role)
        outsider = not runtime.access.roles.get(role)
        form_token = visitor.token(start)
        for route in routes:
            if _LEFT_OUT.search(route.path):
                continue
            path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: (known.get(found[1]) or ["x"])[0], route.path)
            headers = {}
            if "bearer" in route.guards:
                headers = {"Authorization": f"Bearer {attacked.token(entity, role)}"}
            answer = visitor.client.request(
                route.method,
                path,
                headers=headers,
                **({} if route.method == "GET" else _nothing(route.guards, form_token)),
            )
            if answer.status_code >= 500:
                wrong.append(f"{role}: {route.method} {route.path}: {answer.status_code}")
            if outsider and answer.status_code not in (401, 403, 404):
                wrong.append(
                    f"{role} has no permission, and {route.method} {route.path}: {answer.status_code}"
                )
            done += answer.status_code < 400 and role == widest
    assert not wrong, "\n".join(wrong)
    assert done > 5, "even who may do most got nowhere"


def _nothing(guards: tuple[str, ...], form_token: dict[str, str]) -> dict[str, Any]:
    return {"json": {}} if "bearer" in guards else {"data": form_token}
