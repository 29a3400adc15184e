"""Records the tenant's choices and their withdrawal, and publishes facts under them or withholds them."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from sqlalchemy import select

from chassis.errors import Faults
from chassis.tx import Tx
from chassis.undo import withhold_delayed
from chassis.usecase import use_case
from tenancy_svc.disclosures.feature import RECORD_CHOICES
from tenancy_svc.disclosures.model import (
    Answer,
    Choice,
    ChoiceInTheFuture,
    Counterpart,
    NothingToWithdraw,
    NotReferred,
    NotTheCounterpart,
    Purpose,
    RecordChoices,
    Referral,
    WithdrawChoice,
    Withheld,
    crossing_purpose,
)
from tenancy_svc.disclosures.queries import counterparts_of, current_choice, prospect_of


@use_case(RECORD_CHOICES)
async def record_choices(tx: Tx, command: RecordChoices) -> None:
    """Record an answer about one organisation for each purpose; former answers stay as they were given.

    Raises NotReferred, NotTheCounterpart, ChoiceInTheFuture, SeveralFaults.
    """
    faults = Faults()
    if command.given_on > tx.today:
        faults.add(ChoiceInTheFuture(field="given_on"))
    counterparts = await counterparts_of(tx, command.application_id, locked=True)
    if not counterparts:
        raise NotReferred
    if command.party not in [counterpart.party for counterpart in counterparts]:
        faults.add(NotTheCounterpart(field="party"))
    faults.refuse()
    for purpose in Purpose:
        former = await current_choice(tx, command.application_id, command.party, purpose)
        if former is not None:
            if command.answer(purpose) is not Answer.SHARE:
                await _withhold_delayed(tx, former)
            former.replaced_at = tx.now
            await tx.session.flush()
        tx.session.add(
            Choice(
                application_id=command.application_id,
                party=command.party,
                purpose=purpose,
                answer=command.answer(purpose),
                given_on=command.given_on,
                recorded_by=tx.actor.name,
            )
        )
    tx.touched(
        "application",
        command.application_id,
        "choices_recorded",
        {
            "party": (None, command.party),
            **{purpose.value: (None, command.answer(purpose).value) for purpose in Purpose},
        },
    )


@use_case(RECORD_CHOICES)
async def withdraw_choice(tx: Tx, command: WithdrawChoice) -> None:
    """Take a choice back from now on; what was disclosed stays on record. Raises NothingToWithdraw."""
    if command.withdrawn_on > tx.today:
        raise ChoiceInTheFuture(field="withdrawn_on")
    choice = await current_choice(tx, command.application_id, command.party, command.purpose)
    if choice is None or choice.refused is not None:
        raise NothingToWithdraw
    choice.withdrawn_on = command.withdrawn_on
    await _withhold_delayed(tx, choice)
    tx.touched(
        "application",
        command.application_id,
        "choice_withdrawn",
        {"party": (command.party, None), "purpose": (command.purpose.value, None)},
    )


async def _withhold_delayed(tx: Tx, choice: Choice) -> None:
    """Withhold what isn't sent yet and was to be disclosed under a choice that ends now (X8)."""
    for counterpart in await counterparts_of(tx, choice.application_id, locked=True):
        if counterpart.party == choice.party:
            await _withhold(tx, counterpart, choice.basis, Withheld.CHOICE_WITHDRAWN)


async def withhold_from(tx: Tx, counterpart: Counterpart) -> None:
    """Withhold what isn't sent yet from an organisation that has withdrawn its referral (X8)."""
    choices = await tx.session.scalars(
        select(Choice).where(
            Choice.application_id == counterpart.application_id,
            Choice.party == counterpart.party,
            Choice.current,
        )
    )
    for basis in (counterpart.basis, *(choice.basis for choice in choices)):
        await _withhold(tx, counterpart, basis, Withheld.REFERRAL_WITHDRAWN)


async def _withhold(tx: Tx, counterpart: Counterpart, basis: str, why: Withheld) -> None:
    withheld = await withhold_delayed(tx, basis, why.value)
    counterpart.published -= withheld.get(str(counterpart.referral), 0)


async def disclose_to_support(
    tx: Tx, application_id: uuid.UUID, purpose: Purpose | None, fact: Callable[[Referral, int], object]
) -> None:
    """Publish `fact(to, number)` to each organisation that supports a household, or record it as withheld.

    Each organisation has its own choices, its own number and its own row: nothing that is disclosed to one
    reaches another. Nothing else discloses anything to a support organisation (W5, W13). Does nothing for an
    application that came directly. The counterparts are locked, so that the facts about one referral have one
    order.
    """
    for counterpart in await counterparts_of(tx, application_id, locked=True):
        expected = await prospect_of(tx, counterpart, purpose)
        number = counterpart.published + 1
        if expected.withheld is None:
            counterpart.published = number
            under = {crossing_purpose(purpose): expected.basis or ""}
            tx.publish(fact(counterpart.key, number), about=str(application_id), under=under)
        else:
            # A withheld fact takes no number: support must not be able to count what it doesn't receive.
            tx.withhold(fact(counterpart.key, number), str(application_id), expected.withheld.value)
