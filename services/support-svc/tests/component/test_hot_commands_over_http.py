"""The most frequent commands over HTTP: they take the short way, and answer as every other route does."""

import asyncio
import datetime as dt
import uuid

import httpx
import pytest
from pydantic import SecretStr

from chassis.actor import Actor
from chassis.http.direct import direct_routes
from deskkit.addresses import door
from support_svc.main import create_app
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.programs.commands import add_budget
from support_svc.programs.model import AddBudget, SubsidyKind
from support_svc.subsidies.feature import SUBSIDY_REASON
from support_svc.wiring import build_runtime
from testkit.wire import counting

DAY = dt.timedelta(days=1)
HOST = "http://support.localhost"
ADMINISTRATOR = Actor("staff-9", "support", frozenset({"support_administrator"}), "Alex Wren")


async def ready_to_ask(world):
    """A placement, a free home, and the body that asks for it as the confirm page does."""
    head, child = await world.family()
    wanted = await world.placement(head, child)
    unit = await world.home()
    (given,) = await world.rows("SELECT id FROM consent WHERE client_id = $1 AND purpose = 'be_housed'", head)
    move_in_on = world.today + 14 * DAY
    body = {"unit": str(unit), "secured_on": str(world.today), "expected_move_in": str(move_in_on)}
    shown = {"adults": 1, "children": 1, "consent": str(given["id"]), "inventory": "property"}
    return wanted, body | shown


async def housed(world):
    """A placement whose household has moved in, and the body of its first follow-up."""
    head = await world.client()
    wanted = await world.placement(head)
    unit = await world.home(managed_by="third_party")
    await world.held(wanted, unit, expected_move_in=world.today)
    await world.do(move_in, MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1))
    outcome = {"client_id": str(head), "still_in_housing": "yes"}
    body = {"done_on": str(world.today), "months_since": 0, "outcomes": [outcome], "next_months": 3}
    return wanted, body


HOT = {"secure-unit": (ready_to_ask, 202), "follow-ups": (housed, 201)}
each_hot = pytest.mark.parametrize("act", HOT)


async def ready_to_move(world):
    """A placement whose home is held, and the body that moves the household in."""
    wanted = await world.placement(*await world.family())
    await world.held(wanted, await world.home(managed_by="third_party"), expected_move_in=world.today)
    return wanted, {"moved_in_on": str(world.today), "next_months": 1}


async def nobody_known(world):
    """No placement, and the body that records somebody whom nobody resembles."""
    letters = uuid.uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))
    return None, {"given_name": letters[:11], "family_name": letters[11:22], "phones": ["416 555 0142"]}


async def to_be_subsidised(world):
    """A placement, and the body that records a subsidy of a program with a budget."""
    wanted = await world.placement(await world.client())
    period = {"starts_on": world.today - 30 * DAY, "ends_on": world.today + 300 * DAY}
    program = await world.program(uuid.uuid4().hex[:12], kinds=[SubsidyKind.RENT_SUPPLEMENT], **period)
    budget = AddBudget(program_id=program, amount={"amount": "5000"}, **period)
    await world.do(add_budget, budget, actor=ADMINISTRATOR)
    return wanted, {
        "program_id": str(program),
        "kind": "rent_supplement",
        "reason_id": str(await world.value(SUBSIDY_REASON, "loss_of_income")),
        "starts_on": str(world.today),
        "frequency": "monthly",
        "amount": {"amount": "300"},
    }


ROUND_TRIPS = {
    "secure-unit": (ready_to_ask, 1),
    "follow-ups": (housed, 6),
    "move-in": (ready_to_move, 12),
    "clients": (nobody_known, 2),
    "subsidies": (to_be_subsidised, 6),
}


@pytest.mark.row("P6", "P7", "P8", "C1", "S1")
@pytest.mark.parametrize("act", ROUND_TRIPS)
async def test_a_hot_command_costs_so_many_round_trips(world, act):
    prepare, most = ROUND_TRIPS[act]
    ready = [await prepare(world) for _ in range(4)]
    async with counting(world.database.dsn) as wire:
        settings = world.runtime.settings.model_copy(update={"database_url": SecretStr(wire.dsn)})
        runtime = build_runtime(settings, world.clock)
        transport = httpx.ASGITransport(create_app(runtime))
        token = world.keys.key("support").token(roles=["caseworker"], audience=["support"], name="Robin Hale")
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(transport=transport, base_url=HOST, headers=headers) as caseworker:
            for wanted, body in ready:
                wire.reset()
                path = f"/{act}" if wanted is None else f"/placements/{wanted}/{act}"
                answer = await caseworker.post(f"{world.API}{path}", json=body)
                assert answer.is_success, answer.text
        counted = wire.round_trips
        await runtime.close()
    assert counted == most


async def prepared(world, act):
    prepare, status = HOT[act]
    wanted, body = await prepare(world)
    return wanted, f"/placements/{wanted}/{act}", body, status


async def written(world):
    """What the command wrote so far: rows of its own, lines of the timeline, audit rows, events."""
    counts = (
        "SELECT (SELECT count(*) FROM securing) AS requests, (SELECT count(*) FROM followup) AS follow_ups,"
        " (SELECT count(*) FROM placement_timeline) AS lines, (SELECT count(*) FROM audit) AS audits,"
        " (SELECT count(*) FROM outbox) AS events"
    )
    return (await world.rows(counts))[0]


@pytest.mark.row("P6", "P7", "P8", "C1")
async def test_the_hot_commands_take_the_short_way(world):
    ways = {way.context.path for ways in direct_routes(world.app).values() for way in ways}
    paths = ("placements/{placement_id}/secure-unit", "placements/{placement_id}/move-in")
    paths += ("{cases}/{case_id}/follow-ups", "clients", "placements/{placement_id}/subsidies")
    assert ways == {f"/api/support/v1/{path}" for path in paths}


@pytest.mark.row("C1", "C3")
async def test_a_client_is_recorded_refused_and_recorded_after_all(world):
    somebody = {"given_name": "Ines", "family_name": "Marrow", "phones": ["416 555 0142"]}
    async with world.api("caseworker") as caseworker:
        made = await caseworker.post("/clients", json=somebody)
        again = await caseworker.post("/clients", json=somebody)
        checked = await caseworker.post("/clients", json=somebody | {"checked": True})
        nameless = await caseworker.post("/clients", json={"given_name": "Ines"})
        impossible = await caseworker.post("/clients", json=somebody | {"phones": ["12"]})
    async with world.api("support_administrator") as administrator:
        forbidden = await administrator.post("/clients", json=somebody)
    assert [answer.status_code for answer in (made, checked, forbidden)] == [201, 201, 403]
    assert (again.status_code, again.json()["code"]) == (409, "possible_duplicates")
    assert [error["field"] for error in nameless.json()["errors"]] == ["family_name"]
    assert [error["field"] for error in impossible.json()["errors"]] == ["phones.0"]
    recorded = await world.rows("SELECT id FROM client ORDER BY number")
    assert [str(row["id"]) for row in recorded] == [made.json()["id"], checked.json()["id"]]
    assert [row["name"] for row in await world.rows("SELECT name FROM caseworker")] == [world.STAFF.name]


@pytest.mark.row("P7", "X5")
async def test_a_move_in_answers_with_nothing_and_once_for_a_key(world):
    wanted = await world.placement(await world.client())
    await world.held(wanted, await world.home(managed_by="third_party"), expected_move_in=world.today)
    body = {"moved_in_on": str(world.today), "next_months": 1}
    async with world.api("caseworker", **{"Idempotency-Key": "one-click"}) as caseworker:
        answers = [await caseworker.post(f"/placements/{wanted}/move-in", json=body) for _ in range(2)]
        missing = await caseworker.post(f"/placements/{wanted}/move-in", json={"next_months": 1})
    for answer in answers:
        assert (answer.status_code, answer.content) == (204, b"")
        assert "content-type" not in answer.headers
    assert [error["field"] for error in missing.json()["errors"]] == ["moved_in_on"]
    assert len(await world.rows("SELECT 1 FROM housing_record")) == 1


@pytest.mark.row("P6", "P8")
@each_hot
async def test_a_hot_command_is_carried_out_for_the_placement_of_the_path(world, act):
    wanted, path, body, status = await prepared(world, act)
    async with world.api("caseworker") as caseworker:
        answer = await caseworker.post(path, json=body)
    assert answer.status_code == status, answer.text
    assert str(wanted) in answer.json().values()


@pytest.mark.row("X4")
@each_hot
@pytest.mark.parametrize(
    ("wrong", "field", "rule"),
    [
        ({"DATE": "yesterday"}, "DATE", "date_from_datetime_parsing"),
        ({"DATE": None}, "DATE", "date_type"),
    ],
    ids=["no date", "nothing"],
)
async def test_a_wrong_value_is_named_with_its_field_and_rule(world, act, wrong, field, rule):
    _, path, body, _ = await prepared(world, act)
    date = "secured_on" if act == "secure-unit" else "done_on"
    before = await written(world)
    async with world.api("caseworker") as caseworker:
        answer = await caseworker.post(path, json=body | {date: wrong["DATE"]})
        missing = await caseworker.post(path, json={key: body[key] for key in body if key != date})
    assert answer.status_code == missing.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert (error["field"], error["rule"]) == (field.replace("DATE", date), rule)
    assert [(each["field"], each["rule"]) for each in missing.json()["errors"]] == [(date, "missing")]
    assert await written(world) == before


@pytest.mark.row("X4")
@each_hot
async def test_a_rule_of_the_trade_names_its_field_as_well(world, act):
    _, path, body, _ = await prepared(world, act)
    date = "secured_on" if act == "secure-unit" else "done_on"
    async with world.api("caseworker") as caseworker:
        answer = await caseworker.post(path, json=body | {date: str(world.today + DAY)})
    assert answer.status_code == 422
    assert [(each["field"], each["rule"]) for each in answer.json()["errors"]] == [(date, "in_the_future")]


@pytest.mark.row("P6", "P8")
@each_hot
async def test_an_unknown_placement_is_not_found_and_no_reference_is_refused(world, act):
    _, _, body, _ = await prepared(world, act)
    before = await written(world)
    async with world.api("caseworker") as caseworker:
        unknown = await caseworker.post(f"/placements/{uuid.uuid4()}/{act}", json=body)
        no_reference = await caseworker.post(f"/placements/the-first/{act}", json=body)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert no_reference.status_code == 422
    assert [each["field"] for each in no_reference.json()["errors"]] in (["placement_id"], ["case_id"])
    assert await written(world) == before


@pytest.mark.row("W10")
@each_hot
async def test_a_foreign_token_or_none_gets_nowhere(world, act):
    _, path, body, _ = await prepared(world, act)
    before = await written(world)
    async with world.api("property_manager", entity="property") as stranger:
        foreign = await stranger.post(path, json=body)
        without = await stranger.post(path, json=body, headers={"Authorization": ""})
    async with world.api("support_administrator") as administrator:
        forbidden = await administrator.post(path, json=body)
    assert (foreign.status_code, without.status_code, forbidden.status_code) == (401, 401, 403)
    assert await written(world) == before


@pytest.mark.row("X5")
@each_hot
async def test_the_same_key_answers_the_same_and_writes_once(world, act):
    _, path, body, status = await prepared(world, act)
    async with world.api("caseworker", **{"Idempotency-Key": "one-click"}) as caseworker:
        first = await caseworker.post(path, json=body)
        after = await written(world)
        again = await caseworker.post(path, json=body)
        other = await caseworker.post(path, json=body | {"comments": "another", "children": 0})
        elsewhere = await caseworker.post(f"/placements/{uuid.uuid4()}/{act}", json=body)
    assert first.status_code == again.status_code == status
    assert first.json() == again.json()
    assert await written(world) == after
    # The path belongs to what the key stands for, as the body does.
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.row("X4", "X5")
@each_hot
async def test_of_several_at_once_one_is_carried_out_and_the_others_are_answered(world, act):
    _, path, body, status = await prepared(world, act)
    async with world.api("caseworker") as caseworker:
        answers = await asyncio.gather(*(caseworker.post(path, json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers)[0] == status
    refused = [answer for answer in answers if answer.status_code != status]
    if act == "secure-unit":
        assert [answer.json()["code"] for answer in refused] == ["answer_pending"] * 3
        assert len(await world.rows("SELECT 1 FROM securing")) == 1
        assert await world.published() == ["unit_requested"]
    else:
        # Each of them finds the follow-up that the one before dated, so all can be recorded, one by one.
        assert not refused
        states = [row["state"] for row in await world.rows("SELECT state FROM followup")]
        assert sorted(states) == ["done"] * 4 + ["due"]


@pytest.mark.row("X4")
async def test_a_household_that_changed_since_it_was_shown_is_refused(world):
    wanted, body = await ready_to_ask(world)
    async with world.api("caseworker") as caseworker:
        answer = await caseworker.post(f"/placements/{wanted}/secure-unit", json=body | {"children": 3})
    assert (answer.status_code, answer.json()["code"]) == (409, "household_changed")


@pytest.mark.row("P8", "X4")
async def test_a_second_final_follow_up_is_refused_because_the_placement_has_ended(world):
    wanted, body = await housed(world)
    final = body | {"final": True, "next_months": None}
    async with world.api("caseworker") as caseworker:
        path = f"/placements/{wanted}/follow-ups"
        answers = await asyncio.gather(*(caseworker.post(path, json=final) for _ in range(3)))
    outcomes = sorted((answer.status_code, answer.json().get("code", "")) for answer in answers)
    assert outcomes == [(201, ""), (409, "placement_ended"), (409, "placement_ended")]


@pytest.mark.row("P6", "U2")
async def test_the_short_way_writes_the_address_as_every_page_does(world):
    wanted, body = await ready_to_ask(world)
    async with world.api("caseworker") as caseworker:
        await caseworker.post(f"/placements/{wanted}/secure-unit", json=body)
    (home,) = await world.rows("SELECT street, unit_number, city FROM home")
    (asked,) = await world.rows("SELECT address FROM securing")
    assert asked["address"] == door(home["street"], home["unit_number"], home["city"])
