"""A client's own plan: voluntary, without any consequence, and read by nothing else (C10)."""

import ast
import datetime as dt
import uuid
from pathlib import Path

import pytest

import support_svc
from chassis.actor import Actor
from deskkit.testing import parse_page
from support_svc.my_day.queries import my_day
from support_svc.plans.commands import AddGoal, AddStep, ChangeStep, add_goal, add_step, change_step
from support_svc.plans.feature import FEATURE
from support_svc.plans.model import Owes, StepState

DAY = dt.timedelta(days=1)
NOOR = Actor("staff-new", "support", frozenset({"caseworker"}), "Noor Anders")
SOURCE = Path(support_svc.__file__).parent


async def goal(world, person, words="I want a room of my own", actor=None):
    return await world.do(add_goal, AddGoal(client_id=person, goal=words), actor=actor)


async def step(world, person, to, owed_by=Owes.CASEWORKER, actor=None, **fields):
    command = AddStep(client_id=person, goal_id=to, step="Call the landlord", owed_by=owed_by, **fields)
    return await world.do(add_step, command, actor=actor)


@pytest.mark.row("C10", "X4")
async def test_a_plan_is_written_changed_and_deleted(world):
    person, other = await world.client("Ann", "Marrow"), await world.client("Bo", "Marrow")
    async with world.api("caseworker") as api:
        path = f"/clients/{person}/goals"
        assert (await api.post(path, json={"goal": "  "})).status_code == 422
        to = (await api.post(path, json={"goal": "Une chambre à moi"})).json()["id"]
        steps = f"{path}/{to}/steps"
        unnamed = await api.post(steps, json={"step": "Sign", "owed_by": "another"})
        assert (unnamed.status_code, unnamed.json()["code"]) == (422, "another_needs_a_name")
        named = {"step": "Sign", "owed_by": "another", "other_name": "Harbour House"}
        one = (await api.post(steps, json={**named, "by_on": str(world.today)})).json()["id"]
        (found,) = (await api.get(path)).json()
        assert (found["goal"], found["steps"][0]["other_name"]) == ("Une chambre à moi", "Harbour House")
        change = {"step": "Sign", "owed_by": "client", "other_name": "x", "state": "done", "version": 1}
        its = f"/clients/{person}/steps/{one}"
        assert (await api.put(its, json=change)).status_code == 204
        stale = await api.put(its, json={**change, "state": "not_done"})
        assert (stale.status_code, stale.json()["code"]) == (409, "edited_meanwhile")
        (found,) = (await api.get(path)).json()
        closed = found["steps"][0]
        assert (closed["state"], closed["closed_on"], closed["other_name"]) == (
            "done",
            str(world.today),
            None,
        )
        ended = {"goal": "Une chambre", "ended": True, "version": 1}
        assert (await api.put(f"{path}/{to}", json=ended)).status_code == 204
        assert (await api.put(f"{path}/{to}", json=ended)).status_code == 409
        assert (await api.get(path)).json()[0]["ended_on"] == str(world.today)
        for wrong in (f"/clients/{other}/goals/{to}", f"/clients/{person}/goals/{uuid.uuid4()}"):
            assert (await api.put(wrong, json=ended)).status_code == 404
            assert (await api.delete(wrong)).status_code == 404
        assert (await api.delete(f"/clients/{other}/steps/{one}")).status_code == 404
        assert (await api.delete(its)).status_code == 204
        assert (await api.delete(f"{path}/{to}")).status_code == 204
        assert (await api.get(path)).json() == []
    async with world.desk("caseworker") as browser:
        history = parse_page((await browser.get(f"/front-desk/clients/{person}/history")).text).text
        assert "A goal of the plan was deleted with its steps" in history
    async with world.api("support_administrator") as api:
        assert (await api.get(path)).status_code == 403


@pytest.mark.row("C10", "D7")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_the_page_to_print_has_the_goals_that_are_worked_on_and_no_address(world, locale):
    person = await world.client("Ann", "Marrow", address_line="1 Elm Street", phones=["416 555 0142"])
    to = await goal(world, person)
    await step(world, person, to, Owes.CLIENT, by_on=world.today)
    await step(world, person, to, Owes.ANOTHER, other_name="Harbour House")
    ended = await goal(world, person, "A goal of last year")
    async with world.api("caseworker") as api:
        body = {"goal": "A goal of last year", "ended": True, "version": 1}
        assert (await api.put(f"/clients/{person}/goals/{ended}", json=body)).status_code == 204
    async with world.desk("caseworker", locale=locale) as browser:
        page = parse_page((await browser.get(f"/front-desk/clients/{person}/plan/print")).text)
    assert "I want a room of my own" in page.text
    assert "Harbour House" in page.text
    assert ("This plan is voluntary" if locale == "en" else "Ce plan est volontaire") in page.text
    for unwanted in ("A goal of last year", "Elm Street", "555"):
        assert unwanted not in page.text


@pytest.mark.row("C10", "F2")
async def test_my_day_has_only_the_steps_that_the_caseworker_owes(world):
    person = await world.client("Ann", "Marrow")
    to = await goal(world, person, actor=NOOR)
    mine = await step(world, person, to, by_on=world.today - DAY, actor=NOOR)
    await step(world, person, to, Owes.CLIENT, by_on=world.today - DAY, actor=NOOR)
    await step(world, person, to, Owes.ANOTHER, other_name="A friend", by_on=world.today, actor=NOOR)
    await step(world, person, to, by_on=world.today + 90 * DAY, actor=NOOR)
    await step(world, person, to, actor=NOOR)

    async def due(actor=None):
        day = await world.see(my_day, actor=actor)
        return [one.at["step_id"] for one in day.due if one.task == "plan_step"]

    assert (await due(), await due(NOOR)) == ([], [mine])
    await world.placement(person)
    assert (await due(), await due(NOOR)) == ([mine], []), "the caseworker of the placement does it"
    not_done = ChangeStep(
        client_id=person,
        step_id=mine,
        step="Call",
        owed_by=Owes.CASEWORKER,
        state=StepState.NOT_DONE,
        version=1,
    )
    await world.do(change_step, not_done)
    assert await due() == []


@pytest.mark.row("C10", "W2", "W12")
async def test_a_plan_of_which_nothing_is_done_changes_nothing_else(world):
    """Two people, one with a plan that nobody did: everything else that is stored and shown is the same."""
    people = [await world.client("Ann", "Marrow"), await world.client("Ann", "Marrow")]
    placements = [await world.placement(person) for person in people]
    tables = ("client", "placement", "placement_timeline", "consent", "outbox", "timers", "followup")

    async def stored():
        return {name: await world.rows(f"SELECT * FROM {name} ORDER BY 1") for name in tables}  # noqa: S608

    before = await stored()
    to = await goal(world, people[0])
    one = await step(world, people[0], to, Owes.CLIENT, by_on=world.today - 300 * DAY)
    body = ChangeStep(
        client_id=people[0],
        step_id=one,
        step="Call",
        owed_by=Owes.CLIENT,
        state=StepState.NOT_DONE,
        version=1,
    )
    await world.do(change_step, body)
    assert await stored() == before
    own = {str(one) for one in (*people, *placements)}
    shown = []
    async with world.api("caseworker") as api:
        for person, wanted in zip(people, placements, strict=True):
            paths = (f"/clients/{person}", f"/placements/{wanted}", f"/placements/{wanted}/documents")
            texts = [(await api.get(path)).text for path in paths]
            numbers = [row["number"] for row in before["client"] if row["id"] == person]
            numbers += [row["number"] for row in before["placement"] if row["id"] == wanted]
            shown.append([alike(text, own, numbers) for text in texts])
    assert shown[0] == shown[1]


def alike(text, own, numbers):
    for one in own:
        text = text.replace(one, "…")
    for number in numbers:
        text = text.replace(f'"number":{number}', '"number":…')
    return text


@pytest.mark.row("C10", "W1", "W2")
def test_nothing_else_reads_a_plan():
    """No module outside of the folder imports it or names its tables, and it has no events."""
    readers = []
    for path in SOURCE.rglob("*.py"):
        part = path.relative_to(SOURCE)
        if part.parts[0] in ("plans", "migrations", "features.py"):
            continue
        text = path.read_text(encoding="utf-8")
        imported = [
            node.module
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.ImportFrom) and node.module
        ]
        tables = "plan_goal" in text or "plan_step" in text
        if tables or any(one.startswith("support_svc.plans") for one in imported):
            readers.append(str(part))
    assert readers == []
    assert not (SOURCE / "plans" / "events.py").exists()
    assert set(FEATURE.offers) == {"due", "erased_with_person", "history_records", "moved_to_client"}
    written = "".join(path.read_text(encoding="utf-8") for path in (SOURCE / "plans").glob("*.py"))
    assert "publish" not in written
    assert "contracts" not in written
