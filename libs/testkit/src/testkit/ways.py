"""Following every link that a desk shows to a person: each must open for that person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import httpx

from deskkit.testing import Page, parse_page

MOST = 400
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_LEFT_OUT = ("/language/", "/static/")


@dataclass(frozen=True, slots=True)
class Reached:
    """A page that was reached, and the page with the link to it."""

    path: str
    offered_by: str
    page: Page


async def follow_ways(client: httpx.AsyncClient, start: str, *, most: int = MOST) -> list[Reached]:
    """Go from `start` along every link and search form below it, each kind of address once.

    Raises AssertionError naming the page with a link that doesn't open, or a page that isn't valid.
    """
    waiting, seen, reached = [(start, "")], {_kind(start)}, list[Reached]()
    while waiting and len(reached) < most:
        path, offered_by = waiting.pop(0)
        answer = await client.get(path, follow_redirects=True)
        assert answer.status_code == httpx.codes.OK, (
            f"{offered_by} offers {path}, which answers {answer.status_code}"
        )
        if "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        page = parse_page(answer.text)
        reached.append(Reached(path, offered_by, page))
        for way in _ways(page):
            inside = way == start or way.startswith((f"{start}/", f"{start}?"))
            if inside and not any(part in way for part in _LEFT_OUT) and _kind(way) not in seen:
                seen.add(_kind(way))
                waiting.append((way, path))
    return reached


def _ways(page: Page) -> list[str]:
    links = [link.get("href", "").split("#")[0] for link in page.root.iter("a")]
    forms = [
        f"{form.get('action')}?q=a"
        for form in page.root.iter("form")
        if form.get("method", "get").lower() == "get" and any(e.get("name") == "q" for e in form.iter())
    ]
    return [way for way in (*links, *forms) if way.startswith("/")]


def _kind(way: str) -> tuple[str, tuple[str, ...]]:
    """Addresses that differ in ids and in values of filters alone are of one kind."""
    parts = urlsplit(way)
    return _ID.sub("…", parts.path), tuple(sorted({name for name, _ in parse_qsl(parts.query)}))
