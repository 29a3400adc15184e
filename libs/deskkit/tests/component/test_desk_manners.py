"""What every page does.

Policy headers, weight, languages, pending without and with JavaScript, error pages.
"""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from deskkit.i18n import load_catalogue
from deskkit.rendering import _EscapedTranslations
from deskkit.testing import parse_page


async def test_the_content_security_policy_allows_nothing_inline(gallery: Any) -> None:
    client = await gallery()
    policy = (await client.get("/gallery/form")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.row("X2")
@pytest.mark.parametrize("kind", ["", "list", "record", "form", "report"])
async def test_a_page_and_all_it_needs_weighs_less_than_100_kb(gallery: Any, kind: str) -> None:
    client = await gallery()
    html = (await client.get(f"/gallery/{kind}")).text
    weight = len(html.encode())
    root = parse_page(html).root
    files = [el.get("src") for el in root.iter("script")] + [el.get("href") for el in root.iter("link")]
    for address in files:
        answer = await client.get(str(address), headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
        weight += len(gzip.compress(answer.content, 9))
    assert weight < 100_000


@pytest.mark.row("X1")
async def test_the_language_is_a_choice_that_stays(gallery: Any) -> None:
    client = await gallery(locale="en")
    page = parse_page((await client.get("/gallery/list?q=x")).text)
    answer = await client.get(page.links()["Français"])
    assert answer.headers["location"] == "/gallery/list?q=x"
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert '<html lang="fr-CA">' in (await client.get("/gallery/")).text
    assert (await client.get("/gallery/language/fr?back=//evil.example")).headers["location"] == "/gallery"
    assert "set-cookie" not in (await client.get("/gallery/language/xx")).headers


@pytest.mark.row("P6")
async def test_pending_polls_by_itself_stops_by_itself_and_works_by_a_link(gallery: Any) -> None:
    client = await gallery()
    page = parse_page((await client.get("/gallery/pending")).text)
    poll = next(el for el in page.root.iter() if el.get("hx-get"))
    assert poll.get("hx-trigger") == "every 2s"
    assert "See whether there is an answer" in page.links()
    waiting = await client.get(poll.get("hx-get"))
    assert waiting.status_code == 200
    parse_page(waiting.text, fragment=True)
    answered = await client.get(f"{poll.get('hx-get')}?state=answered")
    assert answered.status_code == 286, "htmx stops polling"
    assert "hx-get" not in answered.text


async def test_a_poll_whose_session_is_over_renews_the_whole_page(gallery: Any) -> None:
    client = await gallery(signed_in=False)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://support.localhost/gallery/pending?x=1"}
    answer = await client.get("/gallery/pending/part", headers=headers)
    assert answer.headers["hx-redirect"] == "/session/renew?next=%2Fgallery%2Fpending%3Fx%3D1"


@pytest.mark.parametrize(("locale", "words"), [("en", "Page not found"), ("fr", "Page introuvable")])
async def test_what_is_not_there_says_so_and_what_to_do(gallery: Any, locale: str, words: str) -> None:
    client = await gallery(locale=locale)
    answer = await client.get("/gallery/nothing/here")
    assert answer.status_code == 404
    assert parse_page(answer.text).h1 == words
    assert (await client.get("/api/none")).headers["content-type"] == "application/problem+json"


async def test_navigation_shows_only_what_ones_roles_open(gallery: Any) -> None:
    page = parse_page((await (await gallery()).get("/gallery/")).text)
    assert "Housing searches" in page.links()
    assert "Only for others" not in page.links()
    assert page.links()["Another desk"] == "/another-desk/"
    assert "Desk of its kind" in page.links()
    assert "Desk of another kind" not in page.links(), "the organisation keeps no inventory"
    assert 'id="desk-search"' in page.html
    looking_on = parse_page((await (await gallery(role="supervisor")).get("/gallery/")).text)
    assert 'id="desk-search"' not in looking_on.html, "nobody sees a search that they may not use"
    assert "go to search" not in looking_on.html


async def test_a_variable_in_a_translation_is_never_trusted_as_html(gallery: Any) -> None:
    translations = _EscapedTranslations(load_catalogue("fr", ("deskkit",)))
    assert str(translations.gettext("<b>100%</b>")) == "&lt;b&gt;100%&lt;/b&gt;"
    assert str(translations.gettext("%(other)s will receive, word for word", other="<i>")).startswith(
        "&lt;i&gt;"
    )
    assert str(translations.gettext("%s")) == "%s"
