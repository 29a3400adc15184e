"""The team's list: what My day has, of everybody, a page at a time (F3)."""

import datetime as dt

import pytest

from chassis.actor import Actor
from chassis.feature import task_names_of, tasks_of
from deskkit.testing import parse_page
from support_svc.consents.commands import GiveConsent, give_consent
from support_svc.consents.model import Purpose
from support_svc.features import FEATURES
from support_svc.lookups.commands import list_myself
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.my_day.queries import my_day
from support_svc.team_list.model import TeamFilter
from support_svc.team_list.queries import team_list

DAY = dt.timedelta(days=1)
ROBIN = Actor("staff-7", "support", frozenset({"caseworker"}), "Robin Hale")
NOOR = Actor("staff-new", "support", frozenset({"caseworker"}), "Noor Anders")
SUPERVISOR = Actor("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")


def lines(found):
    return {(one.task, one.name, one.caseworker) for one in found.items}


async def listed(world, actor):
    """Let somebody be known as a caseworker."""
    async with world.runtime.transaction(actor) as tx:
        await list_myself(tx)


async def everybodys_work(world):
    """One of each kind of work for one caseworker, and an overdue search of another."""
    await listed(world, NOOR)
    world.clock.advance(-5 * DAY)
    late = await world.client("Ann", "Marrow")
    await world.placement(late, caseworker=NOOR.subject, target_on=world.today + 4 * DAY)
    world.clock.advance(5 * DAY)
    for name in ("Bo", "Cy", "Di", "Flo", "Gus"):
        person = await world.client(name, "Marrow")
        wanted = await world.placement(person, target_on=world.today + DAY)
        if name == "Cy":
            await world.ask_for(wanted, await world.home())
        elif name == "Di":
            await world.held(wanted, await world.home(), expected_move_in=world.today + 2 * DAY)
        elif name == "Flo":
            request = await world.held(wanted, await world.home())
            await world.receive("application_declined", referral=await world.referral(request))
        elif name == "Gus":
            await world.held(wanted, await world.home())
            await world.do(
                move_in,
                MoveIn(
                    placement_id=wanted,
                    moved_in_on=world.today,
                    next_on=world.today + 9 * DAY,
                    reported_by_client=True,
                ),
            )
            command = GiveConsent(
                client_id=person,
                purpose=Purpose.COORDINATE_SERVICES,
                given_on=world.today,
                expires_on=world.today + 3 * DAY,
            )
            await world.do(give_consent, command)


@pytest.mark.row("F3", "F2")
async def test_the_teams_list_has_everybodys_my_day_and_nothing_else(world):
    await everybodys_work(world)
    whole = await world.see(team_list, TeamFilter(), actor=SUPERVISOR)
    days = {actor: (await world.see(my_day, actor=actor)).due for actor in (ROBIN, NOOR)}
    own = {(one.task, one.name, actor.subject) for actor, due in days.items() for one in due}
    assert lines(whole) == own
    assert whole.count == len(own) == 7
    assert {one.task for one in whole.items} == {
        "find_home",
        "wait_for_answer",
        "move_in",
        "find_another_home",
        "follow_up",
        "renew_consent",
    }
    assert whole.names == {"staff-7": "Robin Hale", "staff-new": "Noor Anders"}
    days_in_order = [one.place[0] for one in whole.items]
    assert days_in_order == sorted(days_in_order)
    assert whole.items[0].name == "Ann Marrow"
    assert whole.items[-1].task == "wait_for_answer"


@pytest.mark.row("F3")
async def test_the_filters_leave_out_what_they_say(world):
    await everybodys_work(world)

    async def found(**wanted):
        return {one.name for one in (await world.see(team_list, TeamFilter(**wanted))).items}

    assert await found(caseworker="staff-new") == {"Ann Marrow"}
    assert await found(overdue=True) == {"Ann Marrow"}
    assert await found(task="find_home") == {"Ann Marrow", "Bo Marrow"}
    assert await found(task="wait_for_answer") == {"Cy Marrow"}
    assert await found(task="wait_for_answer", overdue=True) == set()
    assert await found(task="nothing_of_the_kind") == set()
    assert await found(caseworker="staff-7", task="move_in") == {"Di Marrow"}


@pytest.mark.row("F3")
async def test_the_pages_of_the_list_have_each_thing_once(world, monkeypatch):
    monkeypatch.setattr("support_svc.team_list.queries.PAGE", 2)
    await everybodys_work(world)
    whole, after, counts = [], None, set()
    while True:
        page = await world.see(team_list, TeamFilter(after=after))
        assert 0 < len(page.items) <= 2
        whole += page.items
        counts.add(page.count)
        after = page.next
        if after is None:
            break
    assert counts == {len(whole)} == {7}
    assert len({(one.task, one.place) for one in whole}) == 7
    assert [one.place for one in whole] == sorted(one.place for one in whole)


@pytest.mark.row("F3", "X1", "X6")
@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ("7 things to do", "Noor Anders", "Overdue", "Waiting for somebody else")),
        ("fr", ("7 choses à faire", "Noor Anders", "En retard", "Échéance")),
    ],
)
async def test_the_page_counts_in_words_and_its_address_holds_the_filters(world, locale, words):
    await everybodys_work(world)
    async with world.desk("supervisor", locale=locale, subject="staff-8") as browser:
        page = parse_page((await browser.get("/front-desk/team")).text)
        for word in words:
            assert word in page.text.replace("\u00a0", " "), word
        answer = await browser.get("/front-desk/team?overdue=yes&caseworker=staff-new")
        overdue = parse_page(answer.text)
    assert "Ann Marrow" in overdue.text
    assert "Bo Marrow" not in overdue.text


@pytest.mark.row("F3", "W10")
async def test_the_list_is_in_the_api_and_is_for_those_who_work_with_clients(world):
    await everybodys_work(world)
    async with world.api("supervisor") as http:
        answer = await http.get("/team-list", params={"overdue": "true"})
        assert answer.status_code == 200
        assert [one["name"] for one in answer.json()["items"]] == ["Ann Marrow"]
        assert answer.json()["count"] == 1
        assert (await http.get("/team-list", params={"after": "elsewhere"})).status_code == 422
    async with world.api("support_administrator") as http:
        assert (await http.get("/team-list")).status_code == 403


@pytest.mark.row("F3")
def test_every_kind_of_task_has_a_name_without_a_person():
    names = task_names_of(FEATURES)
    assert set(names) == set(tasks_of(FEATURES))
    assert not [words for words in names.values() if "%(" in words]
