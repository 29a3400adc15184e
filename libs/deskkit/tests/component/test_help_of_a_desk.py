"""The help page of a desk, and the "?" that leads from a page to its part."""

from __future__ import annotations

from typing import Any

import pytest

from deskkit.help import UnreadableHelp, help_of, read_help
from deskkit.testing import parse_page
from deskkit.testing.pages import text_of

pytestmark = pytest.mark.row("X1", "X2")
WORDS = {"en": "Help with this page (in a new tab)", "fr": "Aide sur cette page (dans un nouvel onglet)"}


def help_link(html: str, locale: str = "en") -> str:
    header = next(parse_page(html).root.iter("header"))
    (link,) = [one for one in header.iter("a") if text_of(one) == f"?{WORDS[locale]}"]
    assert link.get("target") == "_blank"  # what was typed into the page stays where it is
    return link.get("href", "")


@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_each_page_leads_to_its_part_of_the_help(gallery: Any, locale: str) -> None:
    client = await gallery(locale=locale)
    form = await client.get("/gallery/form")
    assert help_link(form.text, locale) == "/gallery/help#visit"
    record = await client.get("/gallery/record")
    assert help_link(record.text, locale) == "/gallery/help#others"
    answer = await client.get("/gallery/help")
    assert answer.status_code == 200
    page = parse_page(answer.text)
    assert {"visit", "others"} <= set(page.ids())
    contents = next(element for element in page.root.iter("nav") if element.get("class") == "help-parts")
    assert [link.get("href") for link in contents.iter("a")] == ["#visit", "#others"]


async def test_a_page_without_a_part_of_its_own_has_that_of_the_page_above(gallery: Any) -> None:
    client = await gallery()
    assert help_link((await client.get("/gallery/report")).text) == "/gallery/help#visit"
    missing = await client.get("/gallery/record/nothing-here")
    assert missing.status_code == 404
    assert help_link(missing.text) == "/gallery/help#others"


async def test_a_form_that_is_shown_again_has_the_part_of_its_page(gallery: Any) -> None:
    client = await gallery()
    fields = parse_page((await client.get("/gallery/form")).text).fields()
    again = await client.post("/gallery/form", data=fields)
    assert again.status_code == 422
    assert help_link(again.text) == "/gallery/help#visit"


async def test_pictures_say_in_words_what_they_show(gallery: Any) -> None:
    page = parse_page((await (await gallery()).get("/gallery/help")).text)
    way, wall = list(page.root.iter("figure"))
    assert [text_of(turn) for turn in way.iter("li")] == [
        "You – ask for a visit",
        "The landlord – answers",
    ]
    assert [text_of(line) for line in wall.iter("li")] == [
        "From “Here” to “There”: the day of the visit",
        "From “There” to “Here”: the answer",
        "Not shared: your notes",
    ]


async def test_html_in_a_help_text_is_shown_and_not_obeyed(gallery: Any) -> None:
    html = (await (await gallery()).get("/gallery/help")).text
    assert "<strong>Save</strong> &lt;b&gt;not bold" in html


async def test_help_is_for_who_is_signed_in_and_absent_from_the_header_of_others(gallery: Any) -> None:
    answer = await (await gallery(signed_in=False)).get("/gallery/help", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/session/renew")


def test_the_names_of_buttons_are_found() -> None:
    found = help_of("gallery_desk")
    assert found is not None
    assert found.texts["fr"].parts[0].names == ("Enregistrer",)


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("## No heading {#first}", "begins with its heading"),
        ("# Help\n\n## No anchor", "a part begins with"),
        ("# Help\n\n## One {#same}\n\n## Two {#same}", "two parts have the anchor same"),
        ("# Help\n\n## One {#one}\n\n```way\nYou: go\n```", "with a caption"),
        ("# Help\n\n## One {#one}\n\n```way Going\nYou go\n```", "'Who: what'"),
        ("# Help\n\n## One {#one}\n\n```wall What passes\nHere\n```", "'One | Other'"),
        (
            "# Help\n\n## One {#one}\n\n```wall What passes\nHere | There\n- this\n```",
            "begins with →, ← or ×",
        ),
    ],
)
def test_a_text_that_is_not_written_as_help_is_refused(source: str, wrong: str) -> None:
    with pytest.raises(UnreadableHelp, match=wrong):
        read_help(source)
