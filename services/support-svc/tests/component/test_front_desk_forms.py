"""The forms of the Front Desk, filled in and sent as a caseworker does: what goes on, what is shown again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from deskkit.testing import parse_page
from support_svc.clients.commands import AddMember, add_member
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.placements.feature import REASON_NOT_SECURED, REFERRAL_SOURCE


def on(name: str, day: dt.date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


async def send(browser: Any, page: str, status: int = 303, /, *, to: str | None = None, **typed: str) -> Any:
    """Open a page, fill in its form (or the one that goes to `to`), and send it."""
    shown = await browser.get(page)
    assert shown.status_code == 200, f"{page}: {shown.status_code}"
    fields = parse_page(shown.text).fields(to or page)
    names = {name.replace("__", "-"): text for name, text in typed.items()}
    return await sent(browser, to or page, status, {**fields, **names})


async def sent(browser: Any, to: str, status: int, fields: dict[str, str]) -> Any:
    answer = await browser.post(to, data=fields)
    shown = "" if answer.status_code == 303 else parse_page(answer.text).text
    assert answer.status_code == status, f"{to} answered {answer.status_code}: {shown}"
    return answer.headers["location"] if status == 303 else parse_page(answer.text)


@pytest.mark.row("C3")
async def test_an_empty_list_of_clients_explains_why_it_is_empty(world):
    async with world.desk("caseworker") as browser:
        for asked, shown in (
            ("", "Nobody is recorded yet."),
            ("?q=Sample", "Nobody by that name is known."),
            ("?state=deceased", "No record is in this state."),
        ):
            assert shown in parse_page((await browser.get(f"/front-desk/clients{asked}")).text).text


@pytest.mark.row("C1", "C2", "C3", "C5", "C6")
async def test_a_client_is_recorded_changed_and_taken_into_a_household_by_forms(world):
    _, child = await world.family()
    async with world.desk("caseworker") as browser:
        empty = await send(browser, "/front-desk/clients/new", 422)
        assert "There is a problem" in empty.text
        robin = await send(browser, "/front-desk/clients/new", given_name="Robin", family_name="Sample")
        alike = await send(browser, "/front-desk/clients/new", 422, given_name="Robin", family_name="Sample")
        assert robin in alike.html, "people alike are shown first"

        assert await send(browser, f"{robin}/edit", preferred_name="Rob") == robin
        stale = parse_page((await browser.get(f"{robin}/edit")).text).fields(f"{robin}/edit")
        await send(browser, f"{robin}/edit", preferred_name="Robbie")
        both = await sent(browser, f"{robin}/edit", 422, {**stale, "preferred_name": "Bobby"})
        table = next(both.root.iter("table"))
        differences = [[cell.text for cell in row.iter("td")] for row in table.iter("tr")][1:]
        assert differences == [["Robbie", "Bobby"]], "what both wrote alike is no difference"

        find = f"{robin}/household?q=milo"
        taken = await send(browser, find, 422, member_id=str(child))
        assert "There is a problem" in taken.text
        friend = await world.client("Kim", "Sample")
        assert await send(browser, f"{robin}/household?q=kim", member_id=str(friend)) == robin
        member = f"{robin}/household/{friend}"
        assert await send(browser, member, to=f"{member}/leave") == robin
        gone = parse_page((await browser.get(f"{robin}/edit")).text).fields(f"{robin}/edit")
        refused = await sent(browser, f"{member}/head", 422, {"_csrf": gone["_csrf"]})
        assert "Kim" in refused.text

        consents = await send(browser, f"{robin}/consents/new", purpose="be_housed")
        await send(browser, f"{robin}/consents/new", 422)
        assert consents == f"{robin}/consents"
        (given,) = await world.rows("SELECT id FROM consent")
        withdraw = f"{robin}/consents/{given['id']}/withdraw"
        reads = parse_page((await browser.get(withdraw)).text).fields(withdraw)
        assert await sent(browser, withdraw, 303, reads) == consents
        await sent(browser, withdraw, 422, {"_csrf": reads["_csrf"]})

        kind = str(await world.value(HOUSING_TYPE, "apartment"))
        began = on("started_on", world.today - dt.timedelta(days=90))
        history = f"{robin}/housing-history"
        await send(browser, f"{history}/new", 422)
        assert await send(browser, f"{history}/new", housing_type_id=kind, rent="900", **began) == history
        (stay,) = await world.rows("SELECT id FROM housing_record")
        assert await send(browser, f"{history}/{stay['id']}/rent", rent="950") == history
        assert await send(browser, f"{history}/{stay['id']}/end") == history
        await send(browser, f"{history}/{stay['id']}/end", 422)


@pytest.mark.row("P2", "P3", "P4", "P6", "P7", "P8")
async def test_a_placement_goes_from_its_start_to_a_follow_up_by_forms(world):
    head, _ = await world.family()
    unit = await world.home()
    kind = str(await world.value(HOUSING_TYPE, "apartment"))
    reason = str(await world.value(REASON_NOT_SECURED, "other"))
    async with world.desk("caseworker") as browser:
        start = f"/front-desk/placements/new?client={head}"
        await send(browser, start, 422)
        placement = await send(browser, start, housing_types=kind, agrees_to_be_housed="verbal")
        await send(browser, start, 422, housing_types=kind)

        assert (
            await send(browser, f"{placement}/edit", housing_types=kind, referral_person="Sam") == placement
        )
        attempts = await send(browser, f"{placement}/attempts/new", reason_id=reason)
        assert attempts == f"{placement}/attempts"
        await send(browser, f"{placement}/attempts/new", 422)

        assert await send(browser, f"{placement}/secure/{unit}") == placement
        again = await send(browser, f"{placement}/secure/{unit}", 422)
        assert "There is a problem" in again.text
        assert await send(browser, f"{placement}/give-up") == placement
        await send(browser, f"{placement}/give-up", 422)
        await send(browser, f"{placement}/move-in", 422)
        await send(browser, f"{placement}/follow-ups/new", 422)


@pytest.mark.row("P6")
async def test_who_comes_of_age_before_the_move_is_counted_when_the_form_is_sent_again(world):
    move = world.today + dt.timedelta(days=30)
    birthday = world.today + dt.timedelta(days=20)
    head = await world.client("Ana", "Sample", date_of_birth=dt.date(1980, 1, 2))
    nearly = await world.client("Leo", "Sample", date_of_birth=birthday.replace(year=birthday.year - 18))
    await world.do(add_member, AddMember(client_id=head, member_id=nearly))
    placement = await world.placement(head, nearly)
    confirm = f"/front-desk/placements/{placement}/secure/{await world.home()}"
    async with world.desk("caseworker") as browser:
        shown = await send(browser, confirm, 422, **on("expected_move_in", move))
        assert "2 adults and 0 children" in shown.text
        fields = shown.fields(confirm)
        assert (fields["adults"], fields["children"]) == ("2", "0")
        await sent(browser, confirm, 303, fields)


@pytest.mark.row("X2")
async def test_the_lists_are_maintained_by_forms(world):
    async with world.desk("support_administrator") as browser:
        new = "/front-desk/lists/referral_source/new"
        await send(browser, new, 422)
        value = {"label_en": "Night work", "label_fr": "Travail de nuit", "code": "night_work"}
        assert await send(browser, new, **value) == "/front-desk/lists"
        await send(browser, new, 422, **value)
        edit = f"/front-desk/lists/values/{await world.value(REFERRAL_SOURCE, 'night_work')}"
        assert await send(browser, edit, label_en="Night work outdoors") == "/front-desk/lists"
        await send(browser, edit, 422, label_en="")


@pytest.mark.row("W4")
async def test_a_signing_is_answered_by_a_form(world):
    placement = await world.placement(await world.client())
    request = await world.held(placement, await world.home())
    referral = await world.referral(request)
    starts_at = world.clock.now() + dt.timedelta(days=5)
    await world.receive("application_opened", referral=referral)
    await world.receive("signing_scheduled", referral=referral, starts_at=starts_at)
    (row,) = await world.rows("SELECT signing FROM signing")
    signing = f"/front-desk/signings/{row['signing']}"
    async with world.desk("caseworker") as browser:
        await send(browser, signing, 422)
        assert await send(browser, signing, attendance="attending") == "/front-desk/signings"
