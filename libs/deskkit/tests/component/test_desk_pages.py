"""Every kind of page, in both languages, parsed as HTML5."""

from __future__ import annotations

from typing import Any

import pytest

from deskkit.testing import parse_page

KINDS = ["", "list", "list?empty=1", "record", "form", "confirm", "step", "report", "pending"]


@pytest.mark.row("X1", "X2")
@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_page_is_complete_html(gallery: Any, kind: str, locale: str) -> None:
    client = await gallery(locale=locale)
    answer = await client.get(f"/gallery/{kind}")
    assert answer.status_code == 200
    page = parse_page(answer.text)
    assert page.root.find("head") is not None
    assert ("Sign out" if locale == "en" else "Fermer la session") in answer.text
