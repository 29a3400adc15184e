"""My day: by urgency, nobody missing, and what changed since yesterday (F2)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.actor import Actor
from deskkit.testing import parse_page
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.my_day.queries import my_day
from support_svc.placements.model import TimelineKind
from trade.due import Urgency, in_order, urgency_of

DAY = dt.timedelta(days=1)
NOOR = Actor("staff-new", "support", frozenset({"caseworker"}), "Noor Anders")


async def tasks(world):
    return {(one.task, one.urgency, one.name) for one in (await world.see(my_day)).due}


async def front_page(world, locale="en", address="/front-desk"):
    async with world.desk("caseworker", locale=locale, subject="staff-7") as browser:
        answer = await browser.get(address)
        assert answer.status_code == 200
        return parse_page(answer.text)


@pytest.mark.row("F2")
@given(st.dates(dt.date(2026, 1, 1), dt.date(2027, 1, 1)), st.dates(dt.date(2026, 1, 1), dt.date(2027, 1, 1)))
def test_what_is_due_sooner_is_never_less_urgent(one, other):
    today = dt.date(2026, 6, 1)
    order = list(Urgency)
    if one <= other:
        assert order.index(urgency_of(one, today)) <= order.index(urgency_of(other, today))
    assert (urgency_of(one, today) is Urgency.OVERDUE) == (one < today)


@pytest.mark.row("F2", "P1", "P6")
async def test_each_state_of_a_search_has_its_task_and_nobody_is_missing(world):
    names = ("Ann", "Bo", "Cy", "Di", "Ed", "Flo")
    made = {}
    for name in names:
        target = {"Ann": -1, "Bo": 5, "Cy": 90}.get(name)
        person = await world.client(name, "Marrow", phones=["416 555 0142"])
        given = {"search_started_on": world.today - 3 * DAY}
        if target is not None:
            given["target_on"] = world.today + target * DAY
        made[name] = await world.placement(person, **given)
    await world.ask_for(made["Di"], await world.home())
    await world.held(made["Ed"], await world.home(), expected_move_in=world.today)
    declined = await world.held(made["Flo"], await world.home())
    await world.receive("application_declined", referral=await world.referral(declined))
    assert await tasks(world) == {
        ("find_home", Urgency.OVERDUE, "Ann Marrow"),
        ("find_home", Urgency.SOON, "Bo Marrow"),
        ("wait_for_answer", Urgency.WAITING, "Di Marrow"),
        ("move_in", Urgency.TODAY, "Ed Marrow"),
        ("find_another_home", Urgency.TODAY, "Flo Marrow"),
    }
    day = await world.see(my_day)
    assert {one.client_name for one in day.searches} == {f"{name} Marrow" for name in names}
    assert day.searches_count == len(names)
    assert list(day.due) == list(in_order(day.due))
    assert {day.phones[one.person] for one in day.due} == {"+1 416-555-0142"}
    assert (await world.see(my_day, actor=NOOR)).searches == ()
    page = await front_page(world)
    for name in names:
        assert f"{name} Marrow" in page.text
    assert "tel:+1416-555-0142" in page.links().values()


@pytest.mark.row("F2", "P6")
async def test_a_hold_that_ends_comes_before_the_expected_move_in(world):
    wanted = await world.placement(await world.client("Ines", "Marrow"))
    unit = await world.home()
    request = await world.held(wanted, unit)
    assert await tasks(world) == {("move_in", Urgency.SOON, "Ines Marrow")}
    zone = world.runtime.time_zone
    midnight = dt.datetime.combine(world.today + DAY, dt.time(), tzinfo=zone)
    await world.receive("unit_secured", request=request, unit=unit, deadline=world.clock.now() + 12 * DAY)
    world.clock.advance(10 * DAY)
    midnight += 10 * DAY
    await world.receive("unit_hold_ending", request=request, unit=unit, deadline=midnight + 2 * DAY)
    # The referral was never answered within the organisation's hours (F4).
    unanswered = ("ask_landlord_again", Urgency.OVERDUE, "Ines Marrow")
    assert await tasks(world) == {("use_hold", Urgency.SOON, "Ines Marrow"), unanswered}


@pytest.mark.row("F2", "F3", "W4", "X1")
@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ("Today", "What changed since yesterday", "declined", "Nothing here now: Overdue")),
        ("fr", ("Aujourd’hui", "Ce qui a changé depuis hier", "refusé", "Rien en ce moment")),
    ],
)
async def test_the_page_says_what_changed_since_yesterday(world, locale, words):
    wanted = await world.placement(await world.client("Ines", "Marrow"))
    unit = await world.home()
    request = await world.held(wanted, unit)
    world.clock.advance(3 * DAY)
    referral = await world.referral(request)
    await world.receive("application_opened", referral=referral)
    world.clock.advance(3 * DAY)
    await world.receive("application_declined", referral=referral)
    world.clock.advance(DAY)
    await world.receive("unit_released", request=request, unit=unit, reason="application_closed")
    day = await world.see(my_day)
    kinds = [TimelineKind.REFERRAL_WITHDRAWN, TimelineKind.RELEASED, TimelineKind.APPLICATION_DECLINED]
    assert sorted(one.kind for one in day.changes) == sorted(kinds)
    page = await front_page(world, locale)
    for word in words:
        assert word in page.text.replace("\u00a0", " "), word


@pytest.mark.row("F2")
async def test_my_own_changes_are_not_listed_as_new_and_a_moved_in_household_is_no_search(world):
    wanted = await world.placement(await world.client("Ines", "Marrow"))
    await world.held(wanted, await world.home())
    moved = MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1, reported_by_client=True)
    await world.do(move_in, moved)
    day = await world.see(my_day)
    assert [one.kind for one in day.changes] == [TimelineKind.SECURED]
    assert (day.searches, day.due) == ((), ())


@pytest.mark.row("F2")
async def test_a_part_that_is_cut_says_how_many_there_are(world):
    for number in range(22):
        person = await world.client(f"P{number}", "Marrow")
        await world.placement(person, target_on=world.today + DAY)
    day = await world.see(my_day)
    assert (len(day.searches), day.searches_count) == (22, 22)
    assert "20 of 22 are shown." in (await front_page(world)).text
    everything = await front_page(world, address="/front-desk?everything=yes")
    assert "are shown." not in everything.text
