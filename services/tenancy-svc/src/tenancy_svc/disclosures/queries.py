"""Reads the tenant's choices, what they allow, and what was disclosed or withheld (W5, W13).

What was disclosed is read from the outbox itself, so it can't differ from what was sent.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from chassis.bus.outbox import crossing_state
from chassis.db.tables import outbox
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from deskkit.i18n import N_
from tenancy_svc.disclosures.feature import VIEW_CHOICES
from tenancy_svc.disclosures.model import Answer, Choice, Counterpart, Purpose, Withheld, why_withheld

WHAT: dict[str, str] = {
    "application_opened": N_("An application was opened for the referral"),
    "application_declined": N_("The application was declined"),
    "signing_scheduled": N_("A lease signing was arranged"),
    "signing_moved": N_("The lease signing was moved"),
    "signing_cancelled": N_("The lease signing was cancelled"),
    "signing_held": N_("The lease signing took place"),
    "referred_tenancy_started": N_("The tenancy started"),
}
"""Each event in plain words (message ids)."""

DETAILS: dict[str, str] = {
    "reason": N_("Reason"),
    "starts_at": N_("Date and time"),
    "place": N_("Place"),
    "outcome": N_("Outcome"),
    "start": N_("First day of the tenancy"),
    "rent": N_("Rent for a month"),
}
"""The fields of an event that mean something to a reader (message ids); references aren't shown."""

CODES: dict[str, str] = {
    "property_office": N_("Our office"),
    "the_unit": N_("The home itself"),
    "support_office": N_("The support organisation's office"),
    "community_place": N_("A place in the community"),
    "by_video": N_("By video"),
    "signed": N_("Signed"),
    "not_signed": N_("Not signed"),
    "unit_no_longer_available": N_("The home is no longer available"),
    "household_exceeds_legal_occupancy": N_("The household is too large for the home's legal occupancy"),
    "applicant_withdrew": N_("The applicant withdrew"),
    "income_above_legal_limit": N_("Income is above the programme's legal limit"),
    "legal_age_rule": N_("The home has a legal age rule"),
    "other_legal_bar": N_("Another legal bar, from the list"),
}
"""What a code in an event means, in plain words (message ids); the codes of all events together."""


@dataclass(frozen=True, slots=True)
class Rent:
    """An amount as it was published."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """The tenant's latest answer for one purpose; `answer` None when never asked."""

    purpose: Purpose
    answer: Answer | None
    given_on: dt.date | None
    withdrawn_on: dt.date | None
    recorded_by: str | None
    discloses: bool
    """Whether the choice allows it to be disclosed to the organisation that it is about."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One fact that was published, waits to be published, or was withheld.

    `what` and the labels of `details` are message ids; `state` is delivered, waiting, delayed (it can be
    taken back), undone (it was, and never sent) or withheld; `why` says
    why it was withheld, and `basis` is the reference of the choice or referral it was published under.
    """

    at: dt.datetime
    what: str
    state: str
    why: str | None
    basis: str | None
    details: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class DisclosureStatement:
    """Everything about one application that concerns one support organisation."""

    application_id: uuid.UUID
    """The application that the organisation supports now: another one when its referral joined that."""
    party: str
    referral: uuid.UUID
    referral_withdrawn_at: dt.datetime | None
    choices: tuple[ChoiceView, ...]
    former: tuple[ChoiceView, ...]
    crossings: tuple[Crossing, ...]


@query(VIEW_CHOICES, views="application")
async def disclosure_statements(tx: ReadTx, application_id: uuid.UUID) -> list[DisclosureStatement]:
    """Return one statement for each organisation that supports the household (W13).

    It has the tenant's choices, and what was disclosed or withheld, oldest first. There is none for an
    application that came directly from the applicant: nothing about it is disclosed.
    """
    return await read_statements(tx, application_id)


@dataclass(frozen=True, slots=True)
class Prospect:
    """Whether something would be disclosed to a party now: `withheld` says why not, None that it would."""

    party: str
    withheld: Withheld | None
    basis: str | None

    @property
    def discloses(self) -> bool:
        """Whether it would be disclosed."""
        return self.withheld is None


@query(VIEW_CHOICES)
async def would_be_disclosed(
    tx: ReadTx, application_id: uuid.UUID, purpose: Purpose | None
) -> list[Prospect]:
    """Return what would be disclosed to whom now, for the page that asks for confirmation."""
    return await prospects(tx, application_id, purpose)


async def prospects(tx: ReadTx | Tx, application_id: uuid.UUID, purpose: Purpose | None) -> list[Prospect]:
    """Return for each organisation that supports a household whether something may be disclosed to it now.

    `purpose` None is the answer to the referral itself: its basis is the consent under which it was referred.
    """
    return [await prospect_of(tx, one, purpose) for one in await counterparts_of(tx, application_id)]


async def prospect_of(tx: ReadTx | Tx, counterpart: Counterpart, purpose: Purpose | None) -> Prospect:
    """Return whether something of this purpose may be disclosed to an organisation now, and why not."""
    if purpose is None:
        return Prospect(counterpart.party, counterpart.refused, counterpart.basis)
    application_id = counterpart.application_id
    choice = await current_choice(tx, application_id, counterpart.party, purpose) if application_id else None
    return Prospect(counterpart.party, why_withheld(counterpart, choice), choice.basis if choice else None)


async def counterparts_of(
    tx: ReadTx | Tx, application_id: uuid.UUID, *, locked: bool = False
) -> Sequence[Counterpart]:
    """Return the counterparts of an application, in one order; none when it came from the applicant."""
    statement = (
        select(Counterpart).where(Counterpart.application_id == application_id).order_by(Counterpart.party)
    )
    return (await tx.session.scalars(statement.with_for_update() if locked else statement)).all()


async def opener_of(tx: ReadTx | Tx, application_id: uuid.UUID) -> Counterpart | None:
    """Return the counterpart whose referral opened an application; None when it came from the applicant."""
    found: Counterpart | None = await tx.scalar(
        select(Counterpart).where(Counterpart.opened_id == application_id)
    )
    return found


async def current_choice(
    tx: ReadTx | Tx, application_id: uuid.UUID, party: str, purpose: Purpose
) -> Choice | None:
    """Return the tenant's latest answer about an organisation for a purpose, or None when never asked."""
    found: Choice | None = await tx.scalar(
        select(Choice).where(
            Choice.application_id == application_id,
            Choice.party == party,
            Choice.purpose == purpose,
            Choice.current,
        )
    )
    return found


async def read_statements(tx: ReadTx, application_id: uuid.UUID) -> list[DisclosureStatement]:
    """Return the statements in a transaction that is open already."""
    found = list(await counterparts_of(tx, application_id))
    opener = await opener_of(tx, application_id)
    if opener is not None and opener not in found:
        found.append(opener)
    return [await _statement(tx, one, one.application_id) for one in found if one.application_id is not None]


async def _statement(tx: ReadTx, counterpart: Counterpart, application_id: uuid.UUID) -> DisclosureStatement:
    rows = (
        await tx.session.scalars(
            select(Choice)
            .where(Choice.application_id == application_id, Choice.party == counterpart.party)
            .order_by(Choice.id)
        )
    ).all()
    current = {choice.purpose: choice for choice in rows if choice.current}
    return DisclosureStatement(
        application_id=application_id,
        party=counterpart.party,
        referral=counterpart.referral,
        referral_withdrawn_at=counterpart.withdrawn_at,
        choices=tuple(_view(purpose, current.get(purpose), counterpart) for purpose in Purpose),
        former=tuple(_view(choice.purpose, choice, counterpart) for choice in rows if not choice.current),
        crossings=await crossings(tx, counterpart),
    )


async def crossings(tx: ReadTx, counterpart: Counterpart) -> tuple[Crossing, ...]:
    """Return what was disclosed, waits or was withheld about a referral, oldest first."""
    about = {str(counterpart.application_id), str(counterpart.opened_id)}
    rows = await tx.execute(
        select(
            outbox.c.recorded_at,
            outbox.c.published_at,
            outbox.c.type,
            outbox.c.status,
            outbox.c.withheld_reason,
            outbox.c.basis,
            outbox.c.data,
        )
        .where(outbox.c.about.in_(about), outbox.c.addressee == counterpart.party)
        .order_by(outbox.c.position)
    )
    return tuple(
        Crossing(
            at=row.published_at or row.recorded_at,
            what=WHAT.get(row.type.split(".")[1], row.type),
            state=crossing_state(row.status),
            why=Withheld(row.withheld_reason).label if row.status == "withheld" else None,
            basis=row.basis,
            details=_details(row.data.get("data", {})),
        )
        for row in rows
    )


def _details(data: dict[str, object]) -> tuple[tuple[str, object], ...]:
    found: list[tuple[str, object]] = []
    for name, words in DETAILS.items():
        value = data.get(name)
        if value is None:
            continue
        if name == "starts_at":
            value = dt.datetime.fromisoformat(str(value))
        elif name == "start":
            value = dt.date.fromisoformat(str(value))
        elif name == "rent" and isinstance(value, dict):
            value = Rent(Decimal(str(value["amount"])), str(value["currency"]))
        found.append((words, value))
    return tuple(found)


def _view(purpose: Purpose, choice: Choice | None, counterpart: Counterpart) -> ChoiceView:
    if choice is None:
        return ChoiceView(purpose, None, None, None, None, discloses=False)
    return ChoiceView(
        purpose,
        choice.answer,
        choice.given_on,
        choice.withdrawn_on,
        choice.recorded_by,
        discloses=why_withheld(counterpart, choice) is None,
    )
