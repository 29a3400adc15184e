"""A form is carried out, or its page is shown again with what stands in the way; nothing else happens."""

from __future__ import annotations

from typing import Any

import pytest

from deskkit.testing import parse_page

VISITS = "/gallery/homes/shuter/visits"
MONDAY = {"visit_on-day": "30", "visit_on-month": "11", "visit_on-year": "2026"}
SUNDAY = MONDAY | {"visit_on-day": "29"}
SAME = {"Sec-Fetch-Site": "same-origin"}


async def form_of(client: Any) -> dict[str, str]:
    return dict(parse_page((await client.get(VISITS)).text).fields(VISITS))


async def send(client: Any, typed: dict[str, str], *, to: str = VISITS) -> Any:
    return await client.post(to, data={**await form_of(client), **typed}, headers=SAME)


def messages_of(answer: Any) -> tuple[int, str]:
    page = parse_page(answer.text)
    return answer.status_code, " ".join(page.root.find(".//*[@id='problem']").itertext())


def days(page_text: str) -> int:
    return sum(1 for item in parse_page(page_text).root.iter("li") if item.find("time") is not None)


@pytest.mark.row("X5")
async def test_the_outcome_is_shown_and_a_form_sent_twice_is_carried_out_once(
    gallery_with_records: Any,
) -> None:
    client = await gallery_with_records()
    sent = {**await form_of(client), **MONDAY}
    first = await client.post(VISITS, data=sent, headers=SAME)
    again = await client.post(VISITS, data=sent, headers=SAME)
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert first.headers["location"].startswith(f"{VISITS}?visit=")
    shown = await client.get(VISITS)
    assert "The visit is arranged." in parse_page(shown.text).text
    assert days(shown.text) == 1


@pytest.mark.row("X2")
async def test_what_is_typed_wrong_never_reaches_the_use_case(gallery_with_records: Any) -> None:
    client = await gallery_with_records()
    answer = await send(client, MONDAY | {"visit_on-day": "31"})
    status, message = messages_of(answer)
    assert (status, "real date" in message) == (422, True)
    assert "visit_on-error" in parse_page(answer.text).ids()
    assert days(answer.text) == 0


@pytest.mark.row("X1")
async def test_a_refusal_is_shown_at_the_field_it_names(gallery_with_records: Any) -> None:
    client = await gallery_with_records()
    await send(client, MONDAY)
    answer = await send(client, MONDAY)
    assert messages_of(answer) == (422, "Somebody else visits on 30 November 2026.")
    page = parse_page(answer.text)
    assert "visit_on-error" in page.ids()
    assert page.fields(VISITS)["visit_on-day"] == "30", "what was typed stays"


@pytest.mark.row("X1")
async def test_a_refusal_that_names_no_field_is_shown_for_the_whole_form(gallery_with_records: Any) -> None:
    client = await gallery_with_records()
    answer = await send(client, SUNDAY)
    assert messages_of(answer) == (422, "Nobody opens the door on Sundays.")
    page = parse_page(answer.text)
    assert "There is a problem" in page.text
    assert "visit_on-error" not in page.ids()


async def test_a_record_that_is_gone_is_a_page_of_its_own(gallery_with_records: Any) -> None:
    client = await gallery_with_records()
    nowhere = VISITS.replace("shuter", "nowhere")
    assert (await send(client, MONDAY, to=nowhere)).status_code == 404


@pytest.mark.row("W10")
async def test_who_may_only_look_is_informed_where_they_look(gallery_with_records: Any) -> None:
    client = await gallery_with_records(role="supervisor")
    answer = await send(client, MONDAY)
    assert messages_of(answer) == (422, "Your role doesn't permit this.")
    assert days(answer.text) == 0
    stranger = await gallery_with_records(role="inventory_keeper")
    csrf = parse_page((await stranger.get("/gallery/form")).text).fields("/gallery/form")["_csrf"]
    sent = await stranger.post(VISITS, data={**MONDAY, "_csrf": csrf}, headers=SAME)
    assert sent.status_code == 403, "who may not even look sees no page"


@pytest.mark.row("X5")
async def test_a_form_sent_again_with_other_content_gets_a_new_token(gallery_with_records: Any) -> None:
    client = await gallery_with_records()
    sent = {**await form_of(client), **MONDAY}
    await client.post(VISITS, data=sent, headers=SAME)
    answer = await client.post(VISITS, data={**sent, "visit_on-month": "12"}, headers=SAME)
    assert "already sent" in messages_of(answer)[1]
    fresh = parse_page(answer.text).fields(VISITS)
    assert fresh["form_token"] != sent["form_token"]
    assert (await client.post(VISITS, data=fresh, headers=SAME)).status_code == 303


@pytest.mark.row("X3", "X5")
@pytest.mark.parametrize("token", ["a\0b", "x" * 5000, "\ud7ff\u0085"])
async def test_a_token_that_is_none_of_ours_is_as_good_as_none(gallery_with_records: Any, token: str) -> None:
    client = await gallery_with_records()
    sent = {**await form_of(client), **MONDAY, "form_token": token}
    assert (await client.post(VISITS, data=sent, headers=SAME)).status_code == 303
    refused = await client.post(VISITS, data=sent, headers=SAME)
    assert messages_of(refused) == (422, "Somebody else visits on 30 November 2026.")


@pytest.mark.row("X3")
async def test_what_no_page_may_hold_is_shown_as_what_it_is(gallery_with_records: Any) -> None:
    client = await gallery_with_records()
    sent = {**await form_of(client), **MONDAY, "visit_on-day": "3\0\x01\x9f\ufffe"}
    answer = await client.post(VISITS, data=sent, headers=SAME)
    assert answer.status_code == 422
    assert "3\N{REPLACEMENT CHARACTER}" in parse_page(answer.text).fields(VISITS)["visit_on-day"]


async def test_a_button_alone_goes_the_same_way(gallery_with_records: Any) -> None:
    client = await gallery_with_records()
    cancel = f"{VISITS}/cancel"
    assert messages_of(await send(client, {}, to=cancel)) == (422, "There are no visits to cancel.")
    await send(client, MONDAY)
    answer = await send(client, {}, to=cancel)
    assert (answer.status_code, answer.headers["location"]) == (303, VISITS), "it has no result, and is done"
    shown = await client.get(VISITS)
    assert "The visits are cancelled." in parse_page(shown.text).text
    assert days(shown.text) == 0
