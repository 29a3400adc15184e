"""Nothing is retained for ever: what is due, legal holds, erasures that two people decide about (X7)."""

import asyncio
import datetime as dt
import json
import uuid

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from chassis.actor import Actor
from chassis.commands.erasing import erase_again, erasures
from chassis.errors import NotFound
from chassis.perform import perform_in
from deskkit.testing import parse_page
from deskkit.testing.pages import fields_of
from support_svc.__main__ import DEFINITION
from support_svc.clients.commands import EditClient, edit_client
from support_svc.clients.queries import client
from support_svc.configuration.commands import ChangeSetting, change_setting
from support_svc.merging.commands import MergeClients, merge_clients
from support_svc.placements.commands import RecordAttempt, record_attempt
from support_svc.placements.erasing import PlacementRuns
from support_svc.placements.feature import REASON_NOT_SECURED
from support_svc.plans.commands import AddGoal, add_goal
from support_svc.programs.commands import add_budget
from support_svc.programs.model import AddBudget, SubsidyKind
from support_svc.restrictions.commands import RestrictClient, restrict_client
from support_svc.retention.carrying_out import ERASE, carry_out
from support_svc.retention.commands import (
    LOOK_OVER,
    DecideErasure,
    EndLegalHold,
    ProposeErasure,
    RefuseErasure,
    SetLegalHold,
    approve_erasure,
    end_legal_hold,
    propose_erasure,
    refuse_erasure,
    set_legal_hold,
)
from support_svc.retention.model import (
    ErasureAsked,
    ErasureDecided,
    LegallyHeld,
    NotDue,
    Origin,
    SecondPersonNeeded,
)
from support_svc.retention.queries import (
    HoldFilter,
    PageOfRetention,
    legal_holds,
    retention_of,
    what_expires,
    what_is_due,
)
from support_svc.retention.queries import (
    erasures as erased_lines,
)
from support_svc.subsidies.commands import RecordSubsidy, record_subsidy
from support_svc.subsidies.erasing import SubsidyRuns
from support_svc.subsidies.feature import SUBSIDY_REASON

DAY = dt.timedelta(days=1)
SUPERVISOR = Actor("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")
ADMINISTRATOR = Actor("staff-9", "support", frozenset({"support_administrator"}), "Alex Wren")
WORKER = Actor.system("timers", "support")
SECRETS = (
    "Quillfeather",
    "Zdenka",
    "quillfeather",
    "zdenka",
    "4165550142",
    "416-555-0142",
    "Canary-note-7731",
)
SECRETS += ("A room with a window", "The door was shut", "Dana Roy", "1990-05-01")
PERIODS = ("retain_case_files", "retain_housing", "retain_subsidies")


async def short_periods(world):
    """Let every period be a month."""
    for code in PERIODS:
        command = ChangeSetting(setting=code, from_day=world.today, number=1)
        await world.do(change_setting, command, ADMINISTRATOR)


async def ended_case(world, person, *members, **fields):
    """A placement of somebody that came to nothing."""
    placement = await world.placement(person, *members, referral_person="Dana Roy", **fields)
    reason = await world.value(REASON_NOT_SECURED, "client_declined")
    final = {"final": True, "comments": "The door was shut"}
    await world.do(
        record_attempt,
        RecordAttempt(
            placement_id=placement,
            attempted_on=world.today,
            reason_id=reason,
            caseworker="staff-7",
            **final,
        ),
    )
    return placement


async def somebody_alone(world):
    """A client of whom much is recorded, whose case is over, with nothing left to be sent."""
    head, child = await world.family()
    await world.do(add_goal, AddGoal(client_id=head, goal="A room with a window"))
    unit = await world.home()
    placement = await world.placement(head, child, referral_person="Dana Roy")
    request = await world.held(placement, unit)
    await give_up_and_fail(world, placement, request)
    await sent(world)
    return head, child, placement, request


async def give_up_and_fail(world, placement, request):
    """The home isn't taken, and the search ends."""
    await world.receive("unit_released", request=request, unit=(await unit_of(world, request)))
    reason = await world.value(REASON_NOT_SECURED, "client_declined")
    final = {"final": True, "comments": "The door was shut", "caseworker": "staff-7", "reason_id": reason}
    await world.do(record_attempt, RecordAttempt(placement_id=placement, attempted_on=world.today, **final))


async def unit_of(world, request):
    """The home of a request."""
    return (await world.rows("SELECT unit FROM securing WHERE request = $1", request))[0]["unit"]


async def sent(world):
    """Let the relay have sent everything."""
    await world.rows("UPDATE outbox SET status = 'published', published_at = now() WHERE status = 'pending'")


async def approved(world, person, origin=Origin.OWN_REQUEST):
    """An erasure that the caseworker proposed and the supervisor approved; its id."""
    command = ProposeErasure(client_id=person, origin=origin, reason="Moves abroad")
    request = await world.do(propose_erasure, command)
    await world.do(approve_erasure, DecideErasure(client_id=person, request_id=request), SUPERVISOR)
    return request


async def erase(world, person, origin=Origin.OWN_REQUEST):
    """Erase somebody as it happens: proposed, approved, waited, carried out by the worker."""
    request = await approved(world, person, origin)
    world.clock.advance(15 * DAY)
    await world.fire(ERASE, str(request))
    return request


async def every_text(world):
    """Every row of every table, by table."""
    async with world.runtime.transaction(WORKER) as tx:
        names = await tx.execute(
            sa.text(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
        )
        return {name: await whole(tx, name) for name in sorted(names.scalars())}


async def whole(tx, name):
    """A table as text."""
    rows = sa.select(sa.cast(sa.literal_column(name), sa.Text)).select_from(sa.table(name))
    return "\n".join(sorted((await tx.execute(rows)).scalars()))


def found_in(texts, *secrets):
    """Where something is still said."""
    return sorted((name, secret) for name, text in texts.items() for secret in secrets if secret in text)


@pytest.mark.row("X7")
async def test_a_record_is_due_when_the_last_of_its_periods_is_over(world):
    person = await world.client("Zdenka", "Quillfeather")
    view = await world.see(retention_of, person)
    assert (view.is_due, view.due.period, view.due.last_on) == (False, "retain_case_files", world.today)
    assert view.due.due_on == world.today.replace(year=world.today.year + 7)
    with pytest.raises(NotDue):
        await world.do(propose_erasure, ProposeErasure(client_id=person, origin=Origin.PERIOD_OVER))
    await short_periods(world)
    world.clock.advance(20 * DAY)
    await ended_case(world, person)
    view = await world.see(retention_of, person)
    assert (view.due.period, view.due.last_on) == ("retain_housing", world.today)
    world.clock.advance(32 * DAY)
    assert (await world.see(retention_of, person)).is_due
    await world.do(propose_erasure, ProposeErasure(client_id=person, origin=Origin.PERIOD_OVER))


@pytest.mark.row("X7")
async def test_the_list_is_made_every_night_and_hides_the_restricted(world):
    due, later, hidden = [await world.client(name, "Quillfeather") for name in ("Ada", "Ben", "Cleo")]
    await short_periods(world)
    world.clock.advance(40 * DAY)
    await world.do(add_goal, AddGoal(client_id=later, goal="A room"))
    await world.fire(LOOK_OVER, "")
    restrict = RestrictClient(client_id=hidden, reason="violence", people=["staff-7"])
    await world.do(restrict_client, restrict, SUPERVISOR)
    found = await world.see(what_is_due, PageOfRetention(), actor=SUPERVISOR)
    assert [(one.client_id, one.due_on <= world.today) for one in found.items] == [
        (due, True),
        (later, False),
    ]
    timer = await world.rows("SELECT due_at FROM timers WHERE kind = $1", LOOK_OVER)
    assert timer[0]["due_at"] > world.clock.now()
    async with world.api("supervisor") as api, world.api("caseworker") as other:
        assert [one["client_id"] for one in (await api.get("/records-due")).json()["items"]] == [
            str(due),
            str(later),
        ]
        assert (await other.get("/records-due")).status_code == 403


@pytest.mark.row("X7")
async def test_what_still_runs_is_never_due_and_is_not_erased(world):
    person = await world.client("Zdenka", "Quillfeather")
    await short_periods(world)
    placement = await world.placement(person)
    program = await world.program("Bridge", kinds=[SubsidyKind.RENT_SUPPLEMENT])
    budget = {"starts_on": world.today, "ends_on": world.today + 300 * DAY, "amount": {"amount": "5000"}}
    await world.do(add_budget, AddBudget(program_id=program, **budget), ADMINISTRATOR)
    subsidy = RecordSubsidy(
        placement_id=placement,
        program_id=program,
        kind=SubsidyKind.RENT_SUPPLEMENT,
        reason_id=await world.value(SUBSIDY_REASON, "loss_of_income"),
        starts_on=world.today,
        amount={"amount": "300"},
        frequency="monthly",
    )
    await world.do(record_subsidy, subsidy)
    world.clock.advance(60 * DAY)
    await sent(world)
    view = await world.see(retention_of, person)
    assert not view.is_due
    assert {one.code for one in view.hindrances} == {"placement_runs", "subsidy_runs"}
    request = await world.do(
        propose_erasure, ProposeErasure(client_id=person, origin=Origin.OWN_REQUEST, reason="Moves abroad")
    )
    decide = DecideErasure(client_id=person, request_id=request)
    with pytest.raises((PlacementRuns, SubsidyRuns)):
        await world.do(approve_erasure, decide, SUPERVISOR)


@pytest.mark.row("X7")
async def test_two_people_decide_and_it_can_be_stopped_until_its_day(world):
    person = await world.client("Zdenka", "Quillfeather")
    own = ProposeErasure(client_id=person, origin=Origin.OWN_REQUEST, reason="Moves abroad")
    request = await world.do(propose_erasure, own, SUPERVISOR)
    with pytest.raises(ErasureAsked):
        await world.do(propose_erasure, own)
    decide = DecideErasure(client_id=person, request_id=request)
    with pytest.raises(SecondPersonNeeded):
        await world.do(approve_erasure, decide, SUPERVISOR)
    other = Actor("staff-second", "support", frozenset({"supervisor"}), "Noor Anders")
    await world.do(approve_erasure, decide, other)
    with pytest.raises(ErasureDecided):
        await world.do(approve_erasure, decide, other)
    await world.fire(ERASE, str(request))
    assert (await world.see(client, person)).family_name == "Quillfeather"
    stop = RefuseErasure(client_id=person, request_id=request, because="The client stays after all")
    await world.do(refuse_erasure, stop, SUPERVISOR)
    world.clock.advance(30 * DAY)
    await world.fire(ERASE, str(request))
    view = await world.see(retention_of, person)
    assert [(one.state, one.answer) for one in view.requests] == [("refused", "The client stays after all")]
    assert view.request is None
    assert not await world.rows("SELECT 1 FROM timers WHERE kind = $1", ERASE)


@pytest.mark.row("X7")
async def test_a_legal_hold_lets_nothing_be_erased(world):
    person = await world.client("Zdenka", "Quillfeather")
    held = SetLegalHold(client_id=person, because="A claim for damages", until=world.today + 40 * DAY)
    hold = await world.do(set_legal_hold, held, SUPERVISOR)
    (line,) = (await world.see(legal_holds, HoldFilter(), actor=SUPERVISOR)).items
    assert (line.because, line.set_by_name, line.holds) == ("A claim for damages", "Sam Okafor", True)
    with pytest.raises(LegallyHeld):
        await approved(world, person)
    await world.do(
        end_legal_hold, EndLegalHold(client_id=person, hold_id=hold, because="It was dropped"), SUPERVISOR
    )
    (asked,) = (await world.see(retention_of, person)).requests
    decide = DecideErasure(client_id=person, request_id=asked.id)
    await world.do(approve_erasure, decide, SUPERVISOR)
    await world.do(set_legal_hold, held, SUPERVISOR)
    world.clock.advance(15 * DAY)
    await world.fire(ERASE, str(asked.id))
    view = await world.see(retention_of, person)
    assert view.request is not None
    assert view.request.state == "proposed"
    world.clock.advance(30 * DAY)
    await world.do(approve_erasure, decide, SUPERVISOR)
    world.clock.advance(15 * DAY)
    await world.fire(ERASE, str(asked.id))
    with pytest.raises(NotFound):
        await world.see(client, person)


@pytest.mark.row("X7", "W13")
async def test_nothing_of_a_family_is_left_and_what_was_sent_stays_proven(world):
    head, child, placement, _ = await somebody_alone(world)
    proof = "SELECT id, position, aggregate, aggregate_version, subject, type, addressee, basis, published_at"
    chain = await world.rows(f"{proof} FROM outbox ORDER BY position")
    assert len(found_in(await every_text(world), *SECRETS)) > 10
    await erase(world, child)
    assert (await world.see(client, head)).family_name == "Quillfeather"
    assert await world.rows(
        "SELECT 1 FROM placement WHERE id = $1 AND referral_person = 'Dana Roy'", placement
    )
    await erase(world, head)
    texts = await every_text(world)
    assert found_in(texts, *SECRETS) == []
    assert {name for name, _ in found_in(texts, str(head), str(child))} == {"erasure"}
    assert await world.rows(f"{proof} FROM outbox ORDER BY position") == chain
    assert not await world.rows("SELECT 1 FROM outbox WHERE data ? 'data' OR about IS NOT NULL")
    (status,) = await world.rows("SELECT status, count(*) FROM placement GROUP BY status")
    assert status == {"status": "failed", "count": 1}
    lines = (await world.see(erased_lines, PageOfRetention(), actor=SUPERVISOR)).items
    assert [(one.rule, one.proposed_by_name, one.decided_by_name) for one in lines] == [
        ("own_request", "Robin Hale", "Sam Okafor")
    ] * 2
    audited = await world.rows(
        "SELECT actor_kind, record_kind, action FROM audit WHERE record_kind = 'erasure'"
    )
    assert audited == [{"actor_kind": "system", "record_kind": "erasure", "action": "carried_out"}] * 2


@pytest.mark.row("X7")
async def test_no_page_list_or_file_says_anything_of_the_person(world):
    head, child, placement, _ = await somebody_alone(world)
    for one in (child, head):
        await erase(world, one)
    async with world.desk("supervisor", subject="staff-8") as browser, world.api("supervisor") as api:
        front = parse_page((await browser.get("/front-desk")).text)
        pages = {
            path
            for path in front.links().values()
            if path.startswith("/front-desk") and "language" not in path
        }
        assert len(pages) > 12
        more = {
            "/front-desk/retention/erased",
            "/front-desk/retention/requests",
            "/front-desk/clients?q=Zdenk",
        }
        for path in sorted(pages | more):
            answer = await browser.get(path)
            assert answer.status_code == 200, path
            assert not [secret for secret in (*SECRETS, str(head)) if secret in answer.text], path
        for one in (head, child):
            for below in ("", "/history", "/consents", "/contacts", "/plan", "/documents", "/retention"):
                assert (await browser.get(f"/front-desk/clients/{one}{below}")).status_code == 404, below
            assert (await api.get(f"/clients/{one}")).status_code == 404
        assert (await browser.get(f"/front-desk/placements/{placement}")).status_code == 404
        exported = await api.get("/exports/clients")
        assert not [secret for secret in SECRETS if secret.encode() in exported.content]


@pytest.mark.row("X7")
async def test_what_arrives_afterwards_changes_nothing_and_alarms_nobody(world):
    head, child, _, request = await somebody_alone(world)
    referral = uuid.uuid4()
    await world.rows("UPDATE securing SET referral = $1 WHERE request = $2 RETURNING 1", referral, request)
    unit = await unit_of(world, request)
    for one in (child, head):
        await erase(world, one)
    before = await every_text(world)
    await world.receive("unit_released", request=request, unit=unit)
    await world.receive("unit_hold_ending", request=request, unit=unit)
    await world.receive("application_opened", referral=referral)
    await world.receive("signing_scheduled", referral=referral, signing=uuid.uuid4())
    await world.receive("tenancy_at_risk", referral=referral, risk=uuid.uuid4())
    assert await every_text(world) == before
    with pytest.raises(NotFound):
        await world.receive("application_opened", referral=uuid.uuid4())


@pytest.mark.row("X7", "X5")
async def test_what_is_remembered_for_a_form_that_is_sent_twice_goes_too(world):
    async with world.api("caseworker") as api:
        given = {"given_name": "Zdenka", "family_name": "Quillfeather"}
        made = await api.post("/clients", json=given, headers={"Idempotency-Key": "once-and-for-all"})
    person = uuid.UUID(made.json()["id"])
    assert ("idempotency", str(person)) in found_in(await every_text(world), str(person))
    await erase(world, person)
    assert found_in(await every_text(world), str(person)) == [("erasure", str(person))]


@pytest.mark.row("X7", "C3")
async def test_a_merged_record_is_erased_with_the_one_it_became_a_part_of(world):
    one = await world.client("Zdenka", "Quillfeather", phones=["416 555 0142"], comments="Canary-note-7731")
    other = await world.client("Zdenka", "Quillfeather", emails=["zdenka@mail.example"])
    versions = [(await world.see(client, each)).version for each in (one, other)]
    merge = MergeClients(client_id=one, merged_id=other, version=versions[0], merged_version=versions[1])
    await world.do(merge_clients, merge)
    await erase(world, one)
    texts = await every_text(world)
    assert found_in(texts, *SECRETS) == []
    assert {name for name, _ in found_in(texts, str(one), str(other))} == {"erasure"}


@pytest.mark.row("X7")
async def test_what_is_merged_or_due_at_once_asks_first(world):
    one, other = await world.client("Ada", "Quillfeather"), await world.client("Ada", "Quillfeather")
    await approved(world, other)
    versions = [(await world.see(client, each)).version for each in (one, other)]
    merge = MergeClients(client_id=one, merged_id=other, version=versions[0], merged_version=versions[1])
    with pytest.raises(ErasureAsked):
        await world.do(merge_clients, merge)


class Interrupted(Exception):
    """The process was killed."""


@pytest.mark.row("X7")
@pytest.mark.timeout(600)
async def test_interrupted_at_any_statement_it_did_nothing_and_is_repeated(world):
    head, child, _, _ = await somebody_alone(world)
    await erase(world, child)
    request = await approved(world, head)
    world.clock.advance(15 * DAY)
    before = await every_text(world)
    engine = world.runtime.database.engine.sync_engine
    left = 0
    interrupted = 0

    def count(*_):
        nonlocal left
        left -= 1
        if left == 0:
            raise Interrupted

    for at in range(1, 600, 9):
        left = at
        event.listen(engine, "before_cursor_execute", count)
        try:
            await world.fire(ERASE, str(request))
        except Interrupted:
            interrupted += 1
        else:
            break
        finally:
            event.remove(engine, "before_cursor_execute", count)
        assert await every_text(world) == before
    assert interrupted > 5
    assert found_in(await every_text(world), *SECRETS) == []
    await world.fire(ERASE, str(request))


@pytest.mark.row("X7", "X4")
async def test_who_edits_at_the_same_moment_is_refused_and_brings_nobody_back(world):
    person = await world.client("Zdenka", "Quillfeather")
    request = await approved(world, person)
    world.clock.advance(15 * DAY)
    seen = await world.see(client, person)
    same = {name: getattr(seen, name) for name in ("family_name", "version", "state")}
    edit = EditClient(client_id=person, given_name="Zdenka again", **same)
    goal = AddGoal(client_id=person, goal="A room with a window")
    async with world.runtime.transaction(WORKER) as tx:
        await perform_in(tx, carry_out, request)
        waiting = [asyncio.create_task(world.do(*one)) for one in ((edit_client, edit), (add_goal, goal))]
        await asyncio.sleep(0.3)
        assert not any(one.done() for one in waiting)
    for one in waiting:
        with pytest.raises(NotFound):
            await one
    assert found_in(await every_text(world), *SECRETS) == []


async def as_erasure(connection, erasure, statement, insert=None):
    """Run a statement in a transaction that claims to be an erasure, and records it with `insert`."""
    async with connection.transaction():
        if insert is not None:
            await connection.execute(insert, erasure)
        await connection.execute("SELECT set_config('partywall.erasing', $1, true)", str(erasure))
        await connection.execute(statement)


@pytest.mark.row("X7", "X3")
async def test_what_was_written_once_yields_to_a_recorded_erasure_only(world):
    head, _, _, _ = await somebody_alone(world)
    await world.see(client, head)
    connection = await world.database.connect()
    forbidden = (
        "DELETE FROM audit",
        "UPDATE audit SET actor_name = 'Nobody'",
        "UPDATE audit SET changes = NULL",
        "DELETE FROM access_log",
        "UPDATE outbox SET data = data - 'data'",
        "UPDATE outbox SET basis = NULL",
        "DELETE FROM outbox",
        "TRUNCATE audit",
        "TRUNCATE access_log",
    )
    insert = "INSERT INTO erasure (id, at, rule, records) VALUES ($1, now(), 'again', '{}')"
    try:
        mine = uuid.uuid4()
        await connection.execute(insert, mine)
        for statement in (*forbidden, "DELETE FROM erasure", "UPDATE erasure SET rule = 'expired'"):
            with pytest.raises(asyncpg.PostgresError):
                await connection.execute(statement)
            # An erasure of an earlier transaction permits nothing either.
            with pytest.raises(asyncpg.PostgresError):
                await as_erasure(connection, mine, statement)
        for statement in (
            "UPDATE outbox SET type = 'x'",
            "UPDATE audit SET actor = 'x'",
            "DELETE FROM outbox",
        ):
            with pytest.raises(asyncpg.PostgresError):
                await as_erasure(connection, uuid.uuid4(), statement, insert)
    finally:
        await connection.close()


@pytest.mark.row("X7")
async def test_views_are_deleted_when_their_period_is_over_but_for_the_held(world):
    person, held = await world.client("Ada", "Quillfeather"), await world.client("Ben", "Quillfeather")
    for one in (person, held):
        await world.see(client, one)
    command = ChangeSetting(setting="retain_views", from_day=world.today, number=1)
    await world.do(change_setting, command, ADMINISTRATOR)
    await world.do(set_legal_hold, SetLegalHold(client_id=held, because="An inquiry"), SUPERVISOR)
    world.clock.advance(40 * DAY)
    expires = {one.period: one.count for one in await world.see(what_expires, actor=SUPERVISOR)}
    assert expires["retain_views"] == 1
    await world.fire(LOOK_OVER, "")
    left = await world.rows("SELECT record_id FROM access_log")
    assert {row["record_id"] for row in left} == {str(held)}
    (line,) = (await world.see(erased_lines, PageOfRetention(), actor=SUPERVISOR)).items
    assert (line.rule, line.period, line.deleted) == ("expired", "retain_views", 1)


@pytest.mark.row("X7")
async def test_after_a_restore_they_are_erased_again(world, capsys, tmp_path):
    person = await world.client("Zdenka", "Quillfeather")
    await erase(world, person)
    settings = world.runtime.settings
    assert await erasures(DEFINITION, settings) == 0
    lines = capsys.readouterr().out
    line, known = [json.loads(one) for one in lines.splitlines()]
    assert known == {"references": []}
    assert (line["rule"], line["records"]) == ("own_request", [str(person)])
    # The backup has the person, under the same id, with a hold that was ended since.
    restored = await world.client("Zdenka", "Quillfeather")
    await world.do(set_legal_hold, SetLegalHold(client_id=restored, because="Old"), SUPERVISOR)
    stored = tmp_path / "erased.jsonl"
    stored.write_text(lines.replace(str(person), str(restored)) + lines, encoding="utf-8")
    assert await erase_again(DEFINITION, settings, str(stored)) == 0
    assert capsys.readouterr().out == "support: 1 erased again\n"
    assert found_in(await every_text(world), *SECRETS) == []
    assert await erase_again(DEFINITION, settings, str(stored)) == 0
    assert capsys.readouterr().out == "support: 0 erased again\n"


def hidden(page):
    """The fields that the form of a page brings along."""
    main = next(page.root.iter("main"))
    return dict(fields_of(next(one for one in main.iter("form") if one.get("method") == "post")))


@pytest.mark.row("X7")
async def test_what_heal_took_back_about_the_erased_is_erased_by_its_reference(world, capsys, tmp_path):
    head, child, _, request = await somebody_alone(world)
    for one in (child, head):
        await erase(world, one)
    await erasures(DEFINITION, world.runtime.settings)
    stored = tmp_path / "erased.jsonl"
    stored.write_text(capsys.readouterr().out, encoding="utf-8")
    # As `heal` takes an event back from the stream: with what it said, and without whom it was about.
    await world.rows(
        "INSERT INTO outbox (id, aggregate, aggregate_version, subject, type, data, status, recorded_at)"
        " VALUES ($1, $2, 9, 's', 't', $3, 'published', now()) RETURNING 1",
        uuid.uuid4(),
        str(request),
        json.dumps({"id": "x", "data": {"name": "Zdenka"}}),
    )
    assert found_in(await every_text(world), *SECRETS) == [("outbox", "Zdenka")]
    assert await erase_again(DEFINITION, world.runtime.settings, str(stored)) == 0
    assert found_in(await every_text(world), *SECRETS) == []


@pytest.mark.row("X7", "X1")
async def test_the_whole_way_at_the_desk(world):
    person = await world.client("Zdenka", "Quillfeather")
    base = f"/front-desk/clients/{person}/retention"
    async with (
        world.desk("caseworker") as caseworker,
        world.desk("supervisor", subject="staff-8", name="Sam Okafor") as supervisor,
    ):
        page = parse_page((await caseworker.get(base)).text)
        assert "Propose to erase" in page.text
        assert "Set a legal hold" not in page.text
        form = parse_page((await caseworker.get(f"{base}/erasure")).text)
        empty = {**hidden(form), "origin": "own_request", "reason": ""}
        refused = await caseworker.post(f"{base}/erasure", data=empty)
        assert refused.status_code == 422
        assert "Say why the person wants that." in refused.text
        done = await caseworker.post(f"{base}/erasure", data={**empty, "reason": "Moves abroad"})
        assert done.status_code == 303
        listed = parse_page((await supervisor.get("/front-desk/retention/requests")).text)
        assert "Moves abroad" in listed.text
        (asked,) = await world.rows("SELECT id FROM erasure_request")
        where = f"{base}/requests/{asked['id']}/approval"
        confirm = parse_page((await supervisor.get(where)).text)
        assert "nobody can undo it" in confirm.text
        assert (await supervisor.post(where, data=hidden(confirm))).status_code == 303
        page = parse_page((await supervisor.get(base)).text)
        assert "Stop the erasure" in page.text
        again = await supervisor.post(where, data=hidden(confirm))
        assert again.status_code in (303, 422)
