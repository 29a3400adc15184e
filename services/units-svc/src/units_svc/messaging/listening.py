"""What the inventory hears from its neighbours, and the moments it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from chassis.bus import Incoming, Listening, Timers
from chassis.perform import perform_in
from contracts import support, tenancy
from units_svc.holds import commands as holds
from units_svc.imports import commands as imports
from units_svc.imports.model import STEP
from units_svc.inventory.commands import apply_rent
from units_svc.inventory.model import Unit
from units_svc.maintenance import entering
from units_svc.maintenance.model import Answer, Refusal

if TYPE_CHECKING:
    from chassis.tx import Tx

listening = Listening()
timers = Timers()


@listening.on(support.UnitRequestedV1.terms.subject)
async def unit_requested(tx: Tx, event: Incoming) -> None:
    """A household asks for a home."""
    said = event.parse(support.UnitRequestedV1)
    await perform_in(
        tx,
        holds.answer_request,
        holds.AnswerRequest(
            request_id=said.request,
            unit_id=said.unit,
            secured_on=said.secured_on,
            expected_move_in=said.expected_move_in,
            adults=said.adults,
            children=said.children,
        ),
    )


@listening.on(support.UnitRequestWithdrawnV1.terms.subject)
async def unit_request_withdrawn(tx: Tx, event: Incoming) -> None:
    """A request is given up."""
    said = event.parse(support.UnitRequestWithdrawnV1)
    await perform_in(tx, holds.hear_withdrawal, holds.HearWithdrawal(said.request, said.unit))


@listening.on(support.HouseholdMovedInV1.terms.subject)
async def household_moved_in(tx: Tx, event: Incoming) -> None:
    """A household lives in a third-party landlord's home."""
    said = event.parse(support.HouseholdMovedInV1)
    await perform_in(tx, holds.hear_moved_in, holds.HearMove(said.request, said.unit, said.moved_in_on))


@listening.on(support.HouseholdMovedOutV1.terms.subject)
async def household_moved_out(tx: Tx, event: Incoming) -> None:
    """A household left a third-party landlord's home."""
    said = event.parse(support.HouseholdMovedOutV1)
    await perform_in(tx, holds.hear_moved_out, holds.HearMove(said.request, said.unit, said.moved_out_on))


@listening.on(tenancy.TenancyStartedV1.terms.subject)
async def tenancy_started(tx: Tx, event: Incoming) -> None:
    """A tenancy began in one of the property entity's homes."""
    said = event.parse(tenancy.TenancyStartedV1)
    await perform_in(
        tx,
        holds.hear_tenancy_started,
        holds.HearTenancyStarted(said.tenancy, said.unit, said.start, said.request),
    )


@listening.on(tenancy.ApplicationClosedV1.terms.subject)
async def application_closed(tx: Tx, event: Incoming) -> None:
    """One of the property entity's homes won't be let to the household that asked for it."""
    said = event.parse(tenancy.ApplicationClosedV1)
    await perform_in(tx, holds.hear_application_closed, holds.HearApplicationClosed(said.request, said.unit))


@listening.on(tenancy.EntryAnsweredV1.terms.subject)
async def entry_answered(tx: Tx, event: Incoming) -> None:
    """The property entity answers whether somebody's home may be entered."""
    said = event.parse(tenancy.EntryAnsweredV1)
    await perform_in(
        tx,
        entering.hear_entry_answer,
        entering.HearEntryAnswer(
            request_id=said.request,
            number=event.version,
            answer=Answer(said.answer.value),
            answered_at=event.time,
            entry_from=said.entry_from,
            refusal=Refusal(said.reason.value) if said.reason else None,
        ),
    )


@timers.on(holds.ENDING_SOON)
async def hold_ending_soon(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """A hold will lapse soon."""
    await holds.announce_ending(tx, UUID(key))


@timers.on(holds.DEADLINE)
async def hold_deadline(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """A hold's time is over."""
    await holds.lapse(tx, UUID(key))


@timers.on(holds.OCCUPATION_ENDS)
async def occupation_ends(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """The announced last day of an occupation is over."""
    await holds.end_occupation(tx, UUID(key), date.fromisoformat(payload["last_day"]))


@timers.on("rent_begins")
async def rent_begins(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """A rent that was recorded ahead takes effect."""
    unit = (
        await tx.execute(select(Unit).where(Unit.id == UUID(payload["unit"])).with_for_update())
    ).scalar_one_or_none()
    if unit is not None:
        await apply_rent(tx, unit)


@timers.on(STEP, long=True)
async def import_step(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """An import has something left to do."""
    await imports.carry_on_unless_busy(tx, UUID(key))
