"""What nobody answered: first the person sees it, then the supervisor, once each, also after an outage."""

import datetime as dt

import pytest

from chassis.actor import Actor
from deskkit.testing import parse_page
from support_svc.configuration.commands import ChangeSetting, change_setting
from support_svc.lookups.commands import list_myself
from support_svc.my_day.queries import my_day
from support_svc.team_list.model import TeamFilter
from support_svc.team_list.queries import team_list
from support_svc.unanswered.feature import SHOWN_TO_PERSON, SHOWN_TO_SUPERVISOR
from trade.due import Urgency

HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR
ROBIN = Actor("staff-7", "support", frozenset({"caseworker"}), "Robin Hale")
COLLEAGUE = Actor("staff-new", "support", frozenset({"caseworker"}), "Noor Anders")
SUPERVISOR = Actor("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")
ADMINISTRATOR = Actor("staff-9", "support", frozenset({"support_administrator"}), "Alex Wren")
TASKS = ("ask_inventory_again", "ask_landlord_again")


async def late(world, actor=ROBIN):
    """What nobody answered, on somebody's My day."""
    due = (await world.see(my_day, actor=actor)).due
    return [(one.task, one.urgency) for one in due if one.task in TASKS]


async def asked(world):
    wanted = await world.placement(await world.client("Ines", "Marrow"))
    unit = await world.home()
    return wanted, unit, await world.ask_for(wanted, unit)


@pytest.mark.row("F4")
async def test_an_unanswered_request_is_shown_to_the_person_and_then_to_supervisors(world):
    _, unit, request = await asked(world)
    steps = []
    for hours in (23, 1, 47, 1):
        world.clock.advance(hours * HOUR)
        shown = [len(await late(world, one)) for one in (ROBIN, SUPERVISOR, COLLEAGUE)]
        steps.append(shown)
    assert steps == [[0, 0, 0], [1, 0, 0], [1, 0, 0], [1, 1, 0]]
    (lines,) = [one for one in (await world.see(my_day, actor=SUPERVISOR)).due if one.task in TASKS]
    assert lines.caseworker == "staff-7"
    everybodys = await world.see(team_list, TeamFilter(task="ask_inventory_again"), actor=SUPERVISOR)
    assert [one.caseworker for one in everybodys.items] == ["staff-7"]
    deadline = world.clock.now() + 10 * DAY
    await world.receive("unit_secured", request=request, unit=unit, deadline=deadline)
    assert "ask_inventory_again" not in {task for task, _ in await late(world)}


@pytest.mark.row("F4", "W2")
async def test_an_unanswered_referral_is_shown_until_an_application_is_opened(world):
    wanted = await world.placement(await world.client("Ines", "Marrow"))
    referral = await world.referral(await world.held(wanted, await world.home()))
    assert referral is not None
    world.clock.advance(25 * HOUR)
    assert [task for task, _ in await late(world)] == ["ask_landlord_again"]
    await world.receive("application_opened", referral=referral)
    assert await late(world) == []


@pytest.mark.row("F4")
async def test_case_27_what_became_late_during_an_outage_is_shown_once_and_not_as_fresh(world):
    await asked(world)
    world.clock.advance(6 * DAY)
    assert await late(world) == [("ask_inventory_again", Urgency.OVERDUE)]
    assert await late(world, SUPERVISOR) == [("ask_inventory_again", Urgency.OVERDUE)]
    assert await late(world) == [("ask_inventory_again", Urgency.OVERDUE)]


@pytest.mark.row("F4")
async def test_a_supervisor_who_asked_sees_it_once_and_after_the_shorter_time(world):
    wanted = await world.placement(await world.client("Ines", "Marrow"))
    async with world.runtime.transaction(SUPERVISOR) as tx:
        await list_myself(tx)
    await world.ask_for(wanted, await world.home())
    connection = await world.database.connect()
    await connection.execute("UPDATE placement SET caseworker = 'staff-8'")
    await connection.close()
    world.clock.advance(25 * HOUR)
    assert len(await late(world, SUPERVISOR)) == 1
    world.clock.advance(4 * DAY)
    assert len(await late(world, SUPERVISOR)) == 1
    assert await late(world, ROBIN) == []


@pytest.mark.row("F4")
async def test_case_26_other_hours_count_for_what_is_asked_from_their_day_on(world):
    await asked(world)
    for setting, hours in ((SHOWN_TO_PERSON, 2), (SHOWN_TO_SUPERVISOR, 3)):
        command = ChangeSetting(setting=setting.code, number=hours, from_day=world.today + DAY)
        await world.do(change_setting, command, ADMINISTRATOR)
    world.clock.advance(23 * HOUR)
    assert await late(world) == []
    world.clock.advance(2 * HOUR)
    await world.ask_for(await world.placement(await world.client("Bo", "Quill")), await world.home())
    world.clock.advance(2 * HOUR)
    assert len(await late(world)) == 2
    assert len(await late(world, SUPERVISOR)) == 0
    world.clock.advance(HOUR)
    assert len(await late(world, SUPERVISOR)) == 1


@pytest.mark.row("F4", "X1")
@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ("The inventory has not answered about the home for Ines Marrow", "Asked on", "Robin Hale")),
        ("fr", ("L’inventaire n’a pas répondu", "Demandé le", "Robin Hale")),
    ],
)
async def test_my_day_says_since_when_and_whose_it_is(world, locale, words):
    await asked(world)
    world.clock.advance(4 * DAY)
    async with world.desk("supervisor", locale=locale, subject="staff-8") as browser:
        page = parse_page((await browser.get("/front-desk")).text).text.replace("\u00a0", " ")
    for word in words:
        assert word in page, word
