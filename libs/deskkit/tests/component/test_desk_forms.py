"""Forms on pages: what is typed stays, what is wrong is shown, what is hostile does nothing."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from deskkit.testing import parse_page

FORM = "/gallery/form"
SAME = {"Sec-Fetch-Site": "same-origin"}
GOOD = {
    "address": "120 Shuter Street",
    "visit_on-day": "30",
    "visit_on-month": "novembre",
    "visit_on-year": "2026",
    "housing_type": "apartment",
}


async def send(client: Any, typed: dict[str, str], headers: dict[str, str] = SAME) -> Any:
    page = parse_page((await client.get(FORM)).text)
    hidden = {
        name: value for name, value in page.fields(FORM).items() if name in {"_csrf", "form_token", "version"}
    }
    return await client.post(FORM, data={**hidden, **typed}, headers=headers)


@pytest.mark.row("X2")
async def test_a_good_form_goes_on_and_the_notice_is_shown_once(gallery: Any) -> None:
    client = await gallery()
    answer = await send(client, GOOD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/gallery/record")
    assert "Saved." in parse_page((await client.get("/gallery/record")).text).text
    assert "Saved." not in parse_page((await client.get("/gallery/record")).text).text


@pytest.mark.row("X1", "X2")
@pytest.mark.parametrize(
    ("locale", "words"),
    [
        (
            "en",
            [
                "Enter the address",
                "Date of the visit must be a real date: February 2027 has 28 days",
                "Select the housing type",
                "Bedrooms must be 9 or less",
                "Monthly rent must be an amount of money",
                "Start must be a time",
            ],
        ),
        (
            "fr",
            [
                "Remplissez le champ «\u00a0Address\u00a0»",
                "février 2027 compte 28 jours",
                "Choisissez une réponse pour «\u00a0Housing type\u00a0»",
                "doit être 9 ou moins",
                "doit être une somme d’argent",
                "doit être une heure",
            ],
        ),
    ],
)
async def test_every_mistake_is_named_in_the_persons_language_and_nothing_typed_is_lost(
    gallery: Any, locale: str, words: list[str]
) -> None:
    client = await gallery(locale=locale)
    typed = {
        "visit_on-day": "29",
        "visit_on-month": "feb",
        "visit_on-year": "2027",
        "bedrooms": "12",
        "rent": "lots",
        "starts_at-day": "1",
        "starts_at-month": "2",
        "starts_at-year": "2027",
        "starts_at-time": "teatime",
        "notes": "Zoë",
        "guests-0-first_name": "",
        "guests-0-born_on": "",
        "guests-3-first_name": "Ana",
        "guests-3-born_on": "31/04/2000",
    }
    answer = await send(client, typed)
    assert answer.status_code == 422
    page = parse_page(answer.text)
    assert "– Error" in page.title or "– Erreur" in page.title
    for text in words:
        assert text.replace("\u00a0", " ") in page.text
    again = page.fields(FORM)
    for name, value in typed.items():
        if value and not name.startswith("guests-0"):
            # A date that came as one text is shown in the first of its three boxes.
            assert value in (again.get(name), again.get(f"{name}-day")), name
    anchors = [link.get("href", "") for link in page.root.iter("a") if link.get("href", "").startswith("#")]
    assert {anchor[1:] for anchor in anchors} <= set(page.ids())


@pytest.mark.row("X2")
async def test_hostile_input_stays_text(gallery: Any) -> None:
    client = await gallery()
    evil = '"><script>alert(1)</script>{{ 7*7 }}<img src=x onerror=alert(1)>'
    answer = await send(client, {"address": evil, "notes": evil, "guests-0-first_name": evil})
    assert "<script>alert" not in answer.text
    page = parse_page(answer.text)
    assert page.fields(FORM)["address"] == evil
    assert not list(page.root.iter("img"))
    search = await client.get("/gallery/list", params={"q": evil})
    parse_page(search.text)


@pytest.mark.row("X4")
async def test_the_second_editor_sees_what_differs_and_may_send_again(gallery: Any) -> None:
    client = await gallery()
    answer = await send(client, {**GOOD, "notes": "edited"})
    page = parse_page(answer.text)
    assert answer.status_code == 422
    for text in ("Somebody else changed this record", "99 King Street", "120 Shuter Street", "What differs"):
        assert text in page.text
    (differences,) = page.root.iter("tbody")
    assert len(differences) == 1, "what isn't named is stored as it was typed"
    assert page.fields(FORM)["version"] == "7"
    assert page.fields(FORM)["address"] == "120 Shuter Street"


@pytest.mark.row("X1")
async def test_a_refusal_of_the_domain_is_shown_at_its_field_with_its_date_in_words(gallery: Any) -> None:
    client = await gallery()
    page = parse_page((await send(client, {**GOOD, "notes": "refuse"})).text)
    assert "A visit on 30 November 2026 isn't possible." in page.text
    assert "visit_on-error" in page.ids()


@pytest.mark.parametrize("token", ["", "forged", "1.2.3.4", "99999999999.x.y.z"])
async def test_a_missing_or_forged_token_changes_nothing_and_keeps_what_was_typed(
    gallery: Any, token: str
) -> None:
    client = await gallery()
    answer = await client.post(FORM, data={**GOOD, "_csrf": token}, headers=SAME)
    assert answer.status_code == 403
    page = parse_page(answer.text)
    assert page.fields(FORM)["address"] == GOOD["address"]
    again = await client.post(FORM, data=page.fields(FORM), headers=SAME)
    assert again.status_code == 303, "sent again with a fresh token it is accepted"
    unattested = await client.post(FORM, data={**GOOD, "_csrf": token})
    assert GOOD["address"] not in unattested.text, (
        "without the browser's word nothing is offered for sending again"
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://property.localhost"},
    ],
)
async def test_another_site_can_send_nothing_even_with_a_good_token(
    gallery: Any, headers: dict[str, str]
) -> None:
    client = await gallery()
    assert (await send(client, GOOD, headers)).status_code == 403


async def test_a_token_of_another_person_or_session_does_not_hold(gallery: Any) -> None:
    mine, earlier = await gallery(session="s1"), await gallery(session="s0")
    old = parse_page((await earlier.get(FORM)).text).fields(FORM)["_csrf"]
    assert (await mine.post(FORM, data={**GOOD, "_csrf": old})).status_code == 403
    assert (await mine.post(FORM, data={**GOOD, "_csrf": old}, headers=SAME)).status_code == 303, (
        "signed in again, same page"
    )
    other = await gallery(locale="fr")
    del other.cookies["partywall_token"]
    assert (await other.post(FORM, data={**GOOD, "_csrf": old}, headers=SAME)).status_code == 307


@pytest.mark.row("X6")
async def test_without_sign_in_pages_and_forms_go_to_renewal_with_their_address(gallery: Any) -> None:
    client = await gallery(signed_in=False)
    answer = await client.get("/gallery/list?q=King")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/session/renew?next=%2Fgallery%2Flist%3Fq%3DKing",
    )
    answer = await client.post(FORM, data=GOOD, headers=SAME)
    assert (answer.status_code, answer.headers["location"]) == (307, "/session/renew?next=%2Fgallery%2Fform")
    expired = await gallery(lifetime=-5)
    assert (await expired.get("/gallery/")).status_code == 303


@pytest.mark.row("X2")
async def test_a_line_can_be_added_without_javascript_and_nothing_is_judged_yet(gallery: Any) -> None:
    client = await gallery()
    answer = await send(client, {"guests-0-first_name": "Ana", "_more": "guests"})
    assert answer.status_code == 200
    page = parse_page(answer.text)
    assert "There is a problem" not in page.text
    assert {"guests-0-first_name", "guests-1-first_name", "guests-2-first_name"} <= set(page.ids())
    assert page.fields(FORM)["guests-0-first_name"] == "Ana"


async def _sought(client: Any, query: str) -> tuple[dict[str, Any], Any]:
    page = parse_page((await client.get(f"/gallery/list{query}")).text)
    return json.loads(re.search(r"\{.*?\}", page.text)[0]), page  # type: ignore[index]


@pytest.mark.row("X6")
async def test_a_filter_is_what_its_address_says_and_else_what_is_usual(gallery: Any) -> None:
    client = await gallery()
    usual = {"address": "", "bedrooms": 1, "free_from": None, "housing_type": None, "accessible": True}
    assert (await _sought(client, ""))[0] == usual
    asked, _ = await _sought(client, "?q=Shuter&bedrooms=&free_from=3+December+2026&accessible-present=")
    assert asked == usual | {
        "address": "Shuter",
        "bedrooms": None,
        "free_from": "2026-12-03",
        "accessible": False,
    }


@pytest.mark.row("X2", "X6")
async def test_what_cant_be_read_in_an_address_is_shown_at_its_field_and_left_out(gallery: Any) -> None:
    client = await gallery()
    asked, page = await _sought(
        client, "?address=Bloor&bedrooms=many&free_from=31+February+2026&housing_type=castle"
    )
    assert (asked["address"], asked["bedrooms"], asked["free_from"], asked["housing_type"]) == (
        "Bloor",
        None,
        None,
        None,
    )
    assert page.text.count("Error:") == 3
