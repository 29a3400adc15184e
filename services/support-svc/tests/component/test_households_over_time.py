"""Households that change: a new head is asked for, one moves alone, a child joins the stay (C2, P7)."""

import datetime as dt

import pytest

from deskkit.testing import parse_page
from support_svc.clients.commands import FormHousehold, form_household
from support_svc.clients.queries import client, household, household_over_time
from support_svc.housing_history.queries import housing_history
from support_svc.moving_in.commands import JoinHome, MoveIn, join_home, move_in
from support_svc.moving_in.model import ActiveHousing, JoinsBeforeBirth, JoinsBeforeMoveIn
from support_svc.placements.model import NobodyMovedIn
from support_svc.placements.queries import placement

DAY = dt.timedelta(days=1)


async def members(world, person, day=None):
    """Who is in a person's household, and whether as its head."""
    found = await world.see(household, person, day)
    return {(one.client_id, one.is_head) for one in found.members}


async def couple(world, name="Adler"):
    """Two people in a household; the first is its head."""
    head, other = await world.client("Ada", name), await world.client("Ben", name)
    await world.do(form_household, FormHousehold(head_id=head, member_ids=[other]))
    return head, other


@pytest.mark.row("C2", "C1")
@pytest.mark.parametrize("state", ["deceased", "archived"])
async def test_a_new_head_is_asked_for_when_the_head_dies_or_is_archived(world, state):
    """Case 6."""
    head, other = await couple(world)
    async with world.api("supervisor") as api:
        change = {"given_name": "Ada", "family_name": "Adler", "state": state, "version": 1}
        refused = await api.put(f"/clients/{head}", json=change)
        assert (refused.status_code, refused.json()["code"]) == (409, "new_head_needed")
        assert refused.json()["errors"][0]["field"] == "new_head_id"
        assert await members(world, head) == {(head, True), (other, False)}
        stranger = change | {"new_head_id": str(head)}
        assert (await api.put(f"/clients/{head}", json=stranger)).status_code == 409
        done = await api.put(f"/clients/{head}", json=change | {"new_head_id": str(other)})
        assert done.status_code == 204
    stays = {(other, True)} | ({(head, False)} if state == "archived" else set())
    assert await members(world, other) == stays


@pytest.mark.row("C2")
async def test_a_new_head_is_asked_for_at_the_desk(world):
    """Case 6: the form asks, and what was typed stays."""
    head, other = await couple(world)
    edit = f"/front-desk/clients/{head}/edit"
    async with world.desk("caseworker") as browser:
        fields = parse_page((await browser.get(edit)).text).fields(edit)
        typed = {**fields, "state": "deceased", "city": "Ottawa"}
        asked = await browser.post(edit, data=typed)
        assert asked.status_code == 422
        shown = parse_page(asked.text).fields(edit)
        assert shown["city"] == "Ottawa"
        assert "new_head_id" in shown
        done = await browser.post(edit, data={**shown, "new_head_id": str(other)})
        assert done.status_code == 303
    assert await members(world, other) == {(other, True)}


@pytest.mark.row("C2")
async def test_the_head_leaves_once_another_is_chosen(world):
    """Case 6."""
    head, other = await couple(world)
    page = f"/front-desk/clients/{head}/household/{head}"
    async with world.desk("caseworker") as browser:
        fields = parse_page((await browser.get(page)).text).fields(f"{page}/leave")
        assert (await browser.post(f"{page}/leave", data=fields)).status_code == 422
        done = await browser.post(f"{page}/leave", data={**fields, "new_head_id": str(other)})
        assert done.status_code == 303
    assert await members(world, other) == {(other, True)}
    async with world.api("caseworker") as api:
        path = f"/clients/{other}/household/members/{other}"
        assert (await api.delete(f"{path}?left_on={world.today - 9 * DAY}")).status_code == 422
        assert (await api.delete(path)).status_code == 204


@pytest.mark.row("C2")
async def test_one_person_moves_alone_and_it_is_said_from_where(world):
    """Case 6: adding one person of household A to B moves only that person, and says from where."""
    head, other = await couple(world)
    child = await world.client("Cleo", "Adler", estimated_age=9)
    async with world.api("caseworker") as api:
        joins = f"/clients/{head}/household/members"
        assert (await api.post(joins, json={"member_id": str(child)})).status_code == 204
        target = await world.client("Dora", "Bell")
        path = f"/clients/{target}/household/members"
        asked = await api.post(path, json={"member_id": str(other)})
        assert (asked.status_code, asked.json()["code"]) == (409, "in_another_household")
        assert "Ada Adler" in asked.json()["detail"]
        assert await members(world, head) == {(head, True), (other, False), (child, False)}
        moves = {"member_id": str(other), "leaves_other": True}
        assert (await api.post(path, json=moves)).status_code == 204
        assert await members(world, target) == {(target, True), (other, False)}
        assert await members(world, head) == {(head, True), (child, False)}
        away = {"member_id": str(head), "leaves_other": True}
        needed = await api.post(path, json=away)
        assert (needed.status_code, needed.json()["code"]) == (409, "new_head_needed")
        child_too = away | {"head_of_other_id": str(child), "child_as_head": True}
        assert (await api.post(path, json=child_too)).status_code == 204
        assert await members(world, child) == {(child, True)}
    form = f"/front-desk/clients/{target}/household?q=Cleo"
    async with world.desk("caseworker") as browser:
        fields = parse_page((await browser.get(form)).text).fields(form)
        alone = await browser.post(form, data={**fields, "member_id": str(child)}, follow_redirects=True)
        assert alone.status_code == 200
        other_form = f"/front-desk/clients/{await world.client('Emil', 'Roy')}/household?q=Ben"
        fields = parse_page((await browser.get(other_form)).text).fields(other_form)
        asked = await browser.post(other_form, data={**fields, "member_id": str(other)})
        assert asked.status_code == 422
        shown = parse_page(asked.text)
        assert "Dora Bell" in shown.text
        fields = shown.fields(other_form)
        done = await browser.post(
            other_form, data={**fields, "member_id": str(other), "leaves_other": "yes"}, follow_redirects=True
        )
        assert "Dora Bell" in parse_page(done.text).text


@pytest.mark.row("C2")
async def test_a_household_over_time(world):
    """Who lived together is known for each day, and shown with the days."""
    head, other = await couple(world)
    first = world.today
    world.clock.advance(10 * DAY)
    async with world.api("caseworker") as api:
        left = await api.delete(f"/clients/{head}/household/members/{other}?left_on={first + 4 * DAY}")
        assert left.status_code == 204
        early = {"member_id": str(other), "joined_on": str(first + 3 * DAY)}
        refused = await api.post(f"/clients/{head}/household/members", json=early)
        assert (refused.status_code, refused.json()["code"]) == (422, "before_joining")
        again = early | {"joined_on": str(first + 7 * DAY)}
        assert (await api.post(f"/clients/{head}/household/members", json=again)).status_code == 204
        days = (await api.get(f"/clients/{head}/household/members")).json()
        shown = [(one["client_id"], one["joined_on"], one["left_on"]) for one in days]
        assert (str(other), str(first), str(first + 4 * DAY)) in shown
        assert (str(other), str(first + 7 * DAY), None) in shown
    for offset, there in ((0, True), (3, True), (4, False), (6, False), (7, True), (20, True)):
        expected = {(head, True)} | ({(other, False)} if there else set())
        assert await members(world, head, first + offset * DAY) == expected, offset
    async with world.desk("caseworker") as browser:
        page = await browser.get(f"/front-desk/clients/{head}/household-over-time")
        assert parse_page(page.text).text.count("Ben Adler") == 2
    assert len(await world.see(household_over_time, head)) == 3


@pytest.mark.row("P7", "R1", "C2", "C5")
async def test_a_child_born_after_the_move_in_joins_the_stay(world):
    """Case 7: from that day, and the household is counted once."""
    head, other = await couple(world)
    wanted = await world.placement(head, other)
    await world.held(wanted, await world.home())
    child = await world.client("Cleo", "Adler", date_of_birth=world.today)
    command = JoinHome(placement_id=wanted, client_id=child, joined_on=world.today)
    with pytest.raises(NobodyMovedIn):
        await world.do(join_home, command)
    moved = MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1, reported_by_client=True)
    await world.do(move_in, moved)
    moved_in = world.today
    world.clock.advance(30 * DAY)
    born = world.today - 5 * DAY
    baby = await world.client("Bea", "Adler", date_of_birth=born)
    async with world.api("caseworker") as api:
        path = f"/placements/{wanted}/members"
        body = {"client_id": str(baby), "joined_on": str(born)}
        stranger = await api.post(path, json=body)
        assert (stranger.status_code, stranger.json()["code"]) == (422, "not_a_member")
        joins = f"/clients/{head}/household/members"
        assert (
            await api.post(joins, json={"member_id": str(baby), "joined_on": str(born)})
        ).status_code == 204
        for day, error in ((born - DAY, JoinsBeforeBirth), (moved_in - DAY, JoinsBeforeMoveIn)):
            wrong = await api.post(path, json=body | {"joined_on": str(day)})
            assert (wrong.status_code, wrong.json()["code"]) == (422, error.code)
        assert (await api.post(path, json=body)).status_code == 204
        assert (await api.post(path, json=body)).status_code == 409
    (stay,) = await world.see(housing_history, baby)
    assert (stay.started_on, stay.ended_on) == (born, None)
    rows = await world.rows("SELECT stay, other_people FROM housing_record")
    assert len({row["stay"] for row in rows}) == 1
    assert [row["other_people"] for row in rows] == [2, 2, 2]
    one = await world.see(placement, wanted)
    assert [person.client_id for person in one.people] == [head, other, baby]
    assert (await world.see(client, baby)).household.children == 1


@pytest.mark.row("P7")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_somebody_joins_at_the_desk_and_leaves_another_home(world, locale):
    head, _ = await couple(world)
    wanted = await world.placement(head)
    await world.held(wanted, await world.home())
    moved = MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1, reported_by_client=True)
    await world.do(move_in, moved)
    (other,) = [one for one, is_head in await members(world, head) if not is_head]
    kind = await world.rows("SELECT housing_type_id FROM housing_record")
    async with world.api("caseworker") as api:
        stay = {
            "housing_type_id": str(kind[0]["housing_type_id"]),
            "started_on": str(world.today - 9 * DAY),
        }
        assert (await api.post(f"/clients/{other}/housing-history", json=stay)).status_code == 201
    page = f"/front-desk/placements/{wanted}/move-in/joining"
    async with world.desk("caseworker", locale=locale) as browser:
        assert page in (await browser.get(f"/front-desk/placements/{wanted}")).text
        fields = parse_page((await browser.get(page)).text).fields(page)
        asked = await browser.post(page, data={**fields, "client_id": str(other)})
        assert asked.status_code == 422
        fields = parse_page(asked.text).fields(page)
        answer = {**fields, "client_id": str(other), "end_housing": "yes"}
        assert (await browser.post(page, data=answer)).status_code == 303
        await browser.get(f"/front-desk/placements/{wanted}/timeline")
        assert (await browser.get(page)).status_code == 200
    assert {one.ended_on for one in await world.see(housing_history, other)} == {None, world.today}
    assert ActiveHousing.code
