"""A browser without a screen: every page it is shown is parsed as HTML5 and checked against house rule 9."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpx
from fastapi import FastAPI

from deskkit.testing import Page, parse_page
from partywall.layout import Door

REDIRECTS = 10
"""More than that is a circle."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it was shown: its address, its status, and its content parsed and checked."""

    url: str
    status: int
    page: Page
    headers: Mapping[str, str]


class NoPage(AssertionError):
    """The answer is not an HTML page; the message holds its beginning."""


class PageClient:
    """Goes from page to page as a person does: stores cookies, follows redirects to other hosts, fills forms.

    Raises AssertionError for a page that breaks a rule, and `NoPage` for an answer that is none.
    """

    def __init__(self, *clients: httpx.AsyncClient) -> None:
        self._clients = {_host_of(client): client for client in clients}
        self._first = clients[0]

    @classmethod
    def of_app(cls, app: FastAPI, host: str = "desk.localhost") -> Self:
        """Return a client of an application in this process."""
        transport = httpx.ASGITransport(app)
        return cls(httpx.AsyncClient(transport=transport, base_url=f"http://{host}", headers={"Host": host}))

    @classmethod
    def of_doors(cls, *doors: Door) -> Self:
        """Return a client of a running stack; relative addresses are those of the first door."""
        return cls(*(door.client(timeout=30.0) for door in doors))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def get(self, url: str, **params: Any) -> Shown:
        """Show the page at `url`."""
        return await self._go("GET", url, params=params or None)

    async def post(self, url: str, fields: Mapping[str, Any]) -> Shown:
        """Send a form's fields to `url` and show what follows."""
        return await self._go("POST", url, data=dict(fields))

    async def submit(self, shown: Shown, action: str | None = None, **typed: Any) -> Shown:
        """Fill in the form of `shown` with this action (the first POST form otherwise), and send it.

        Hidden fields, the CSRF token among them, and what is filled in already are sent along. Raises
        LookupError when there is no such form.
        """
        form = shown.page.form(action)
        fields = shown.page.fields(action) | typed
        return await self.post(urljoin(shown.url, form.get("action") or ""), fields)

    async def _go(self, method: str, url: str, **options: Any) -> Shown:
        for _ in range(REDIRECTS):
            client, path = self._route(url)
            origin = {"Origin": f"{client.base_url.scheme}://{_host_of(client)}"} if method == "POST" else {}
            answer = await client.request(method, path, headers=origin, **options)
            if not answer.has_redirect_location:
                return self._shown(f"{client.base_url.scheme}://{_host_of(client)}{path}", answer)
            url = urljoin(f"{client.base_url.scheme}://{_host_of(client)}{path}", answer.headers["Location"])
            if answer.status_code != httpx.codes.TEMPORARY_REDIRECT:
                method, options = "GET", {}
        raise AssertionError(f"redirected in a circle, last to {url}")

    def _route(self, url: str) -> tuple[httpx.AsyncClient, str]:
        """Return who to ask and for which path; an address of a host that isn't ours is an error."""
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if not parts.netloc:
            return self._first, path
        assert parts.netloc in self._clients, f"led away to {parts.netloc}"
        return self._clients[parts.netloc], path

    def _shown(self, url: str, answer: httpx.Response) -> Shown:
        if "text/html" not in answer.headers.get("Content-Type", ""):
            raise NoPage(f"{url}: {answer.status_code} {answer.text[:300]}")
        fragment = answer.request.headers.get("HX-Request") == "true"
        page = parse_page(answer.text, fragment=fragment)
        for image in page.root.iter("img"):
            assert image.get("alt") is not None, f"{url}: an image without an alternative text"
        return Shown(url, answer.status_code, page, answer.headers)


def _host_of(client: httpx.AsyncClient) -> str:
    return client.headers["Host"]
