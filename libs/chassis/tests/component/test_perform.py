"""perform() and ask(): the one way to change and to read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from parcels import trade

from chassis.actor import Actor
from chassis.errors import (
    Conflict,
    DomainError,
    EditedMeanwhile,
    KeyReused,
    Kind,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
)
from chassis.forgetting import forget_results
from chassis.ids import new_id
from chassis.perform import ask, perform, perform_in, rehearse
from chassis.publisher import BasisMissing
from chassis.runtime import Runtime
from chassis.tx import AlreadyConcluded, Tx
from chassis.usecase import use_case

Rows = Callable[..., Any]


async def shelve(runtime: Runtime, porter: Actor, label: str = "books") -> UUID:
    return await perform(runtime, porter, trade.shelve_parcel, trade.ShelveParcel(label))


@pytest.mark.row("X3")
async def test_a_record_leaves_audit_outbox_and_timer_in_the_same_commit(
    runtime: Runtime, porter: Actor, rows: Rows
) -> None:
    woken: list[int] = []
    runtime.on_commit = lambda: woken.append(1)

    parcel = await shelve(runtime, porter)

    (audit,) = await rows("SELECT * FROM audit")
    assert (audit["actor"], audit["actor_name"], audit["actor_kind"]) == ("porter-1", "Pat Porter", "staff")
    assert (audit["use_case"], audit["record_kind"], audit["record_id"]) == (
        "parcels.shelve_parcel",
        "parcel",
        str(parcel),
    )
    assert json.loads(audit["changes"]) == {"label": [None, "books"]}
    (message,) = await rows("SELECT * FROM outbox")
    assert message["subject"] == "evt.property.parcels.parcel_shelved.v1"
    assert (message["aggregate"], message["addressee"]) == (str(parcel), None)
    assert (message["status"], message["about"], message["basis"]) == ("pending", "person-1", "consent-1")
    assert json.loads(message["data"])["id"] == str(message["id"])
    (timer,) = await rows("SELECT * FROM timers")
    assert (timer["kind"], timer["key"], timer["attempts"]) == ("collect", str(parcel), 0)
    assert woken == [1]


@pytest.mark.row("W5", "W13")
@pytest.mark.parametrize(
    "given", [None, {}, {"keep": ""}, {"share": "consent-1"}], ids=["nothing", "none", "empty", "another"]
)
async def test_what_needs_a_consent_cannot_be_published_without_it(
    runtime: Runtime, porter: Actor, rows: Rows, given: dict[str, str] | None
) -> None:
    @use_case(trade.Permission.SHELVE_PARCEL)
    async def shelve_and_blurt(tx: Tx, command: trade.ShelveParcel) -> None:
        assert tx.purposes_of(trade.ParcelShelved(new_id(), command.label)) == {"keep"}
        tx.publish(trade.ParcelShelved(new_id(), command.label), about="person-1", basis="a", under=given)

    with pytest.raises(BasisMissing, match="parcel_shelved needs a basis for keep"):
        await perform(runtime, porter, shelve_and_blurt, trade.ShelveParcel("books"))
    assert await rows("SELECT 1 FROM outbox") == []


async def test_a_failing_use_case_leaves_nothing(runtime: Runtime, porter: Actor, rows: Rows) -> None:
    @use_case(trade.Permission.SHELVE_PARCEL)
    async def shelve_and_stumble(tx: Tx, command: trade.ShelveParcel) -> UUID:
        await trade.shelve_parcel(tx, command)
        await tx.session.flush()
        raise NotFound(what="floor")

    with pytest.raises(NotFound):
        await perform(runtime, porter, shelve_and_stumble, trade.ShelveParcel("china"))

    for table in ("parcel", "outbox", "audit", "timers"):
        assert await rows(f"SELECT * FROM {table}") == []  # noqa: S608 - our own names  # noqa: S608 - one of the names above


async def test_a_rehearsal_refuses_as_the_command_would_and_leaves_nothing(
    runtime: Runtime, porter: Actor, rows: Rows
) -> None:
    woken: list[int] = []
    runtime.on_commit = lambda: woken.append(1)
    await rehearse(runtime, porter, trade.shelve_parcel, trade.ShelveParcel("books"))
    assert woken == []
    for table in ("parcel", "audit", "outbox", "timers"):
        assert await rows(f"SELECT * FROM {table}") == []  # noqa: S608 - our own names
    stranger = Actor("visitor-1", porter.entity, frozenset({"visitor"}), "Vi")
    with pytest.raises(NotPermitted):
        await rehearse(runtime, stranger, trade.shelve_parcel, trade.ShelveParcel("books"))
    with pytest.raises(NotFound):
        await rehearse(runtime, porter, trade.relabel_parcel, trade.RelabelParcel(new_id(), "x", 1))


async def test_outbox_and_business_row_fail_together(runtime: Runtime, porter: Actor, rows: Rows) -> None:
    await rows("ALTER TABLE outbox ADD CONSTRAINT nothing_goes CHECK (subject = 'never')")

    with pytest.raises(Exception, match="nothing_goes"):
        await shelve(runtime, porter)

    assert await rows("SELECT * FROM parcel") == []
    assert await rows("SELECT * FROM audit") == []


@pytest.mark.row("W10")
@pytest.mark.parametrize(
    "actor",
    [
        Actor("v", "property", frozenset({"visitor"})),
        Actor("n", "property", frozenset()),
        Actor("s", "support", frozenset({"porter"})),
        Actor.system("relay", "support"),
    ],
    ids=["role without the permission", "no role", "role of another entity", "program of another entity"],
)
async def test_who_may_not_is_refused(runtime: Runtime, rows: Rows, actor: Actor) -> None:
    with pytest.raises(NotPermitted):
        await perform(runtime, actor, trade.shelve_parcel, trade.ShelveParcel("books"))
    assert await rows("SELECT * FROM parcel") == []


async def test_an_undeclared_function_is_refused(runtime: Runtime, porter: Actor) -> None:
    async def help_oneself(tx: Tx, command: object) -> None:
        await tx.execute(sa.text("DELETE FROM parcel"))

    undeclared: Any = help_oneself
    with pytest.raises(NotPermitted):
        await perform(runtime, porter, undeclared, None)
    with pytest.raises(NotPermitted):
        await ask(runtime, porter, undeclared)


async def test_a_query_that_writes_fails_in_the_database(runtime: Runtime, porter: Actor, rows: Rows) -> None:
    await shelve(runtime, porter)

    with pytest.raises(sa.exc.DBAPIError, match="read-only transaction"):
        await ask(runtime, porter, trade.count_and_meddle)

    (parcel,) = await rows("SELECT holder FROM parcel")
    assert parcel["holder"] is None


@pytest.mark.row("X3")
async def test_a_view_is_logged_and_nothing_else_is_written(
    runtime: Runtime, porter: Actor, rows: Rows
) -> None:
    parcel = await shelve(runtime, porter)
    audits = len(await rows("SELECT * FROM audit"))

    await ask(runtime, porter, trade.parcel, parcel)

    (seen,) = await rows("SELECT * FROM access_log")
    assert (seen["actor"], seen["query"]) == ("porter-1", "parcels.parcel")
    assert (seen["record_kind"], seen["record_id"]) == ("parcel", str(parcel))
    assert len(await rows("SELECT * FROM audit")) == audits


@pytest.mark.row("X3")
async def test_without_a_log_row_there_is_no_view(runtime: Runtime, porter: Actor, rows: Rows) -> None:
    parcel = await shelve(runtime, porter)
    await rows("ALTER TABLE access_log ADD CONSTRAINT full_up CHECK (false)")

    with pytest.raises(Exception, match="full_up"):
        await ask(runtime, porter, trade.parcel, parcel)


@pytest.mark.row("P6")
async def test_of_twenty_who_claim_one_succeeds_and_the_others_are_refused(
    runtime: Runtime, porter: Actor, rows: Rows
) -> None:
    parcel = await shelve(runtime, porter, "piano")

    async def claim(who: str) -> trade.Claim | DomainError:
        try:
            return await perform(runtime, porter, trade.claim_parcel, trade.ClaimParcel(parcel, who))
        except DomainError as refused:
            return refused

    outcomes = await asyncio.gather(*(claim(f"claimer {n}") for n in range(20)))

    winners = [each for each in outcomes if isinstance(each, trade.Claim)]
    assert len(winners) == 1
    assert {str(each) for each in outcomes if not isinstance(each, trade.Claim)} == {
        "Somebody else claimed piano first."
    }
    claimed = await rows("SELECT * FROM outbox WHERE type = 'parcel_claimed'")
    assert len(claimed) == 1
    assert len(await rows("SELECT * FROM audit WHERE action = 'claimed'")) == 1
    (row,) = await rows("SELECT holder, version FROM parcel")
    assert (row["holder"], row["version"]) == (winners[0].holder, 2)


async def test_serialization_failures_are_tried_again(runtime: Runtime, porter: Actor, rows: Rows) -> None:
    parcel = await shelve(runtime, porter)

    await asyncio.gather(*(perform(runtime, porter, trade.weigh_parcel, parcel) for _ in range(4)))

    (row,) = await rows("SELECT weighings FROM parcel")
    assert row["weighings"] == 4
    assert len(await rows("SELECT * FROM audit WHERE action = 'weighed'")) == 4


@pytest.mark.row("X5")
async def test_a_repeated_command_returns_the_first_result(
    runtime: Runtime, porter: Actor, rows: Rows
) -> None:
    command = trade.ShelveParcel("books")

    first = await perform(runtime, porter, trade.shelve_parcel, command, idempotency_key="form-1")
    again = await perform(runtime, porter, trade.shelve_parcel, command, idempotency_key="form-1")

    assert again == first
    assert len(await rows("SELECT * FROM parcel")) == 1
    assert len(await rows("SELECT * FROM outbox")) == 1


@pytest.mark.row("X5")
async def test_a_form_sent_twice_at_once_makes_one_record(
    runtime: Runtime, porter: Actor, rows: Rows
) -> None:
    command = trade.ShelveParcel("books")

    results = await asyncio.gather(
        *(perform(runtime, porter, trade.shelve_parcel, command, idempotency_key="f") for _ in range(8))
    )

    assert len(set(results)) == 1
    assert len(await rows("SELECT * FROM parcel")) == 1


@pytest.mark.row("X5")
async def test_repeating_a_guarded_command_returns_its_result_not_the_refusal(
    runtime: Runtime, porter: Actor, rows: Rows
) -> None:
    parcel = await shelve(runtime, porter)
    command = trade.ClaimParcel(parcel, "Ada")

    results = await asyncio.gather(
        *(perform(runtime, porter, trade.claim_parcel, command, idempotency_key="claim") for _ in range(6))
    )

    assert results == [trade.Claim(parcel, "Ada")] * 6
    assert len(await rows("SELECT * FROM outbox WHERE type = 'parcel_claimed'")) == 1


@pytest.mark.row("X5")
async def test_another_command_under_the_same_key_is_refused(
    runtime: Runtime, porter: Actor, rows: Rows
) -> None:
    await perform(runtime, porter, trade.shelve_parcel, trade.ShelveParcel("a"), idempotency_key="k")

    with pytest.raises(KeyReused):
        await perform(runtime, porter, trade.shelve_parcel, trade.ShelveParcel("b"), idempotency_key="k")

    assert len(await rows("SELECT * FROM parcel")) == 1


@pytest.mark.row("X5")
async def test_the_key_of_one_person_means_nothing_to_another(
    runtime: Runtime, porter: Actor, rows: Rows
) -> None:
    other = Actor("porter-2", "property", frozenset({"porter"}))
    command = trade.ShelveParcel("a")

    await perform(runtime, porter, trade.shelve_parcel, command, idempotency_key="k")
    await perform(runtime, other, trade.shelve_parcel, command, idempotency_key="k")

    assert len(await rows("SELECT * FROM parcel")) == 2


@pytest.mark.row("X4")
async def test_the_second_editor_is_refused_and_shown_the_difference(
    runtime: Runtime, porter: Actor, rows: Rows
) -> None:
    parcel = await shelve(runtime, porter, "books")
    await perform(runtime, porter, trade.relabel_parcel, trade.RelabelParcel(parcel, "novels", 1))

    with pytest.raises(EditedMeanwhile) as refused:
        await perform(runtime, porter, trade.relabel_parcel, trade.RelabelParcel(parcel, "poems", 1))

    assert refused.value.current == 2
    assert refused.value.difference == {"label": ("novels", "poems")}
    (row,) = await rows("SELECT label FROM parcel")
    assert row["label"] == "novels"


@pytest.mark.row("X4")
async def test_two_who_edit_at_the_same_moment_overwrite_nothing(
    runtime: Runtime, porter: Actor, rows: Rows
) -> None:
    parcel = await shelve(runtime, porter, "books")

    async def relabel(label: str) -> int | DomainError:
        try:
            command = trade.RelabelParcel(parcel, label, 1)
            return await perform(runtime, porter, trade.relabel_parcel, command)
        except DomainError as refused:
            return refused

    outcomes = await asyncio.gather(*(relabel(f"label {n}") for n in range(6)))

    assert [each for each in outcomes if each == 2] == [2]
    assert sum(isinstance(each, EditedMeanwhile) for each in outcomes) == 5
    (row,) = await rows("SELECT version FROM parcel")
    assert row["version"] == 2


async def test_nothing_may_follow_a_concluding_statement(runtime: Runtime, porter: Actor, rows: Rows) -> None:
    parcel = await shelve(runtime, porter)

    @use_case(trade.Permission.CLAIM_PARCEL)
    async def claim_and_go_on(tx: Tx, command: trade.ClaimParcel) -> None:
        await trade.claim_parcel(tx, command)
        tx.touched("parcel", command.parcel, "celebrated")

    with pytest.raises(AlreadyConcluded):
        await perform(runtime, porter, claim_and_go_on, trade.ClaimParcel(parcel, "Ada"))

    assert len(await rows("SELECT * FROM audit WHERE action = 'celebrated'")) == 0


async def test_concluding_inside_a_begun_transaction_waits_for_its_commit(
    runtime: Runtime, porter: Actor, rows: Rows
) -> None:
    parcel = await shelve(runtime, porter)
    command = trade.ClaimParcel(parcel, "Ada")

    async def claim_and_break_off() -> None:
        async with runtime.transaction(porter) as tx:
            await perform_in(tx, trade.claim_parcel, command)
            assert await rows("SELECT * FROM outbox WHERE type = 'parcel_claimed'") == []
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        await claim_and_break_off()

    (row,) = await rows("SELECT holder FROM parcel")
    assert row["holder"] is None


async def test_what_one_of_a_batch_recorded_survives_anothers_refusal(
    runtime: Runtime, porter: Actor, rows: Rows
) -> None:
    async with runtime.transaction(Actor.system("listener", "property"), use_case="bus.batch") as tx:
        first = await perform_in(tx, trade.shelve_parcel, trade.ShelveParcel("stored"))
        with pytest.raises(NotFound):
            async with tx.savepoint():
                await perform_in(tx, trade.claim_parcel, trade.ClaimParcel(new_id(), "Ada"))
        with pytest.raises(sa.exc.DBAPIError):  # noqa: PT012 - what fails is the second of the two
            async with tx.savepoint():
                await perform_in(tx, trade.shelve_parcel, trade.ShelveParcel("undone"))
                await tx.execute(sa.text("SELECT 1 / 0"))

    assert [row["label"] for row in await rows("SELECT label FROM parcel")] == ["stored"]
    assert [row["aggregate"] for row in await rows("SELECT aggregate FROM outbox")] == [str(first)]
    (audit,) = await rows("SELECT use_case, actor_kind FROM audit")
    assert (audit["use_case"], audit["actor_kind"]) == ("parcels.shelve_parcel", "system")


@pytest.mark.row("W5", "W13")
async def test_what_is_withheld_is_recorded_with_its_reason_and_wakes_nobody(
    runtime: Runtime, porter: Actor, rows: Rows
) -> None:
    woken: list[int] = []
    runtime.on_commit = lambda: woken.append(1)

    async with runtime.transaction(porter) as tx:
        tx.withhold(trade.ParcelShelved(new_id(), "x"), about="person-9", reason="no_consent")

    (row,) = await rows("SELECT * FROM outbox")
    assert (row["status"], row["withheld_reason"], row["about"]) == ("withheld", "no_consent", "person-9")
    assert woken == []


async def test_a_timer_can_be_moved_and_cancelled(runtime: Runtime, porter: Actor, rows: Rows) -> None:
    async with runtime.transaction(porter) as tx:
        tx.schedule("collect", "a", tx.now)
        tx.schedule("collect", "b", tx.now)
    async with runtime.transaction(porter) as tx:
        tx.schedule("collect", "a", tx.now, {"moved": True})
        tx.cancel_timer("collect", "b")

    (timer,) = await rows("SELECT key, payload FROM timers")
    assert (timer["key"], json.loads(timer["payload"])) == ("a", {"moved": True})


async def test_a_unique_violation_nobody_named_is_a_conflict(runtime: Runtime, porter: Actor) -> None:
    @use_case(trade.Permission.SHELVE_PARCEL)
    async def shelve_twice(tx: Tx, reference: UUID) -> None:
        tx.session.add(trade.Parcel(id=reference, label="one"))

    reference = new_id()
    await perform(runtime, porter, shelve_twice, reference)
    with pytest.raises(Conflict):
        await perform(runtime, porter, shelve_twice, reference)


@pytest.mark.row("X4")
async def test_who_collides_with_what_was_written_meanwhile_is_refused_in_the_trades_words(
    runtime: Runtime, porter: Actor, rows: Rows
) -> None:
    class AlreadyShelved(DomainError):
        kind = Kind.conflict
        code = "already_shelved"
        message = "It is on the shelf."

    met = asyncio.Barrier(2)

    @use_case(trade.Permission.SHELVE_PARCEL)
    async def shelve_once(tx: Tx, reference: UUID) -> None:
        if await tx.session.get(trade.Parcel, reference) is not None:
            raise AlreadyShelved
        if not met.broken:
            await met.wait()
        tx.session.add(trade.Parcel(id=reference, label="one"))

    reference = new_id()
    outcomes = await asyncio.gather(
        *(perform(runtime, porter, shelve_once, reference) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyShelved", "NoneType"]
    assert len(await rows("SELECT 1 FROM parcel")) == 1


@pytest.mark.parametrize("alone", [True, False], ids=["one statement", "transaction"])
async def test_a_connection_that_breaks_while_committing_is_reported_as_unknown(
    runtime: Runtime, porter: Actor, rows: Rows, alone: bool
) -> None:
    """No answer may claim that nothing was changed when nobody can know."""
    parcel = await shelve(runtime, porter)
    # The server ends the session in the middle of what commits.
    await rows(
        "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
    )
    await rows(
        "CREATE CONSTRAINT TRIGGER cut AFTER INSERT OR UPDATE ON parcel"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cut()"
    )

    claim = trade.ClaimParcel(parcel, "Ada")
    attempt = perform(runtime, porter, trade.claim_parcel, claim) if alone else shelve(runtime, porter)
    with pytest.raises(OutcomeUnknown):
        await attempt


@pytest.mark.row("X5")
async def test_stored_results_are_deleted_after_a_week(runtime: Runtime, porter: Actor, rows: Rows) -> None:
    command = trade.ShelveParcel("books")
    await perform(runtime, porter, trade.shelve_parcel, command, idempotency_key="old")
    await perform(runtime, porter, trade.shelve_parcel, command, idempotency_key="young")
    await rows("UPDATE idempotency SET at = at - interval '8 days' WHERE key = 'old'")

    assert await forget_results(runtime) == 1

    (stored,) = await rows("SELECT key FROM idempotency")
    assert stored["key"] == "young"
