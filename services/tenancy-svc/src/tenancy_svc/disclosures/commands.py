"""Records what the tenant lets the property entity tell, and takes it back at once when they say so."""

from __future__ import annotations

from sqlalchemy import select

from chassis.errors import Faults
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.disclosures.feature import RECORD_CHOICES
from tenancy_svc.disclosures.model import (
    Choice,
    ChoiceInTheFuture,
    Counterpart,
    NobodyToTell,
    NothingToWithdraw,
    NotTheCounterpart,
    Purpose,
    RecordChoices,
    WithdrawChoice,
)
from tenancy_svc.disclosures.telling import current_choice, support_organisation


@use_case(RECORD_CHOICES)
async def record_choices(tx: Tx, command: RecordChoices) -> None:
    """Record an answer for each purpose; former answers stay as they were given.

    Raises NobodyToTell, NotTheCounterpart, ChoiceInTheFuture, SeveralFaults.
    """
    faults = Faults()
    if command.given_on > tx.today:
        faults.note(ChoiceInTheFuture(field="given_on"))
    counterpart = await tx.scalar(
        select(Counterpart).where(Counterpart.application_id == command.application_id).with_for_update()
    )
    if counterpart is None:
        raise NobodyToTell
    if command.counterpart != counterpart.referral:
        faults.note(NotTheCounterpart(field="counterpart"))
    faults.refuse()
    for purpose in Purpose:
        former = await current_choice(tx, command.application_id, purpose)
        if former is not None:
            former.replaced_at = tx.now
            await tx.session.flush()
        tx.session.add(
            Choice(
                application_id=command.application_id,
                purpose=purpose,
                answer=command.answer(purpose),
                counterpart=counterpart.referral,
                organisation=support_organisation(tx),
                given_on=command.given_on,
                recorded_by=tx.actor.name,
            )
        )
    tx.touched(
        "application",
        command.application_id,
        "choices_recorded",
        {purpose.value: (None, command.answer(purpose).value) for purpose in Purpose},
    )


@use_case(RECORD_CHOICES)
async def withdraw_choice(tx: Tx, command: WithdrawChoice) -> None:
    """Take a choice back from this moment on; what was told stays on record. Raises NothingToWithdraw."""
    if command.withdrawn_on > tx.today:
        raise ChoiceInTheFuture(field="withdrawn_on")
    choice = await current_choice(tx, command.application_id, command.purpose)
    if choice is None or not choice.allows:
        raise NothingToWithdraw
    choice.withdrawn_on = command.withdrawn_on
    tx.touched(
        "application", command.application_id, "choice_withdrawn", {"purpose": (command.purpose.value, None)}
    )
