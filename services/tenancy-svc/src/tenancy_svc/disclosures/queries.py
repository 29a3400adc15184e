"""Reads the tenant's choices, what they allow, and what was disclosed or withheld (W5, W13).

What was disclosed is read from the outbox itself, so it can't differ from what was sent.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

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
    organisation: str | None
    given_on: dt.date | None
    withdrawn_on: dt.date | None
    recorded_by: str | None
    discloses: bool
    """Whether the choice allows it to be disclosed to the organisation that referred the applicant."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One fact that was published, waits to be published, or was withheld.

    `what` and the labels of `details` are message ids; `state` is delivered, waiting or withheld; `why` says
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
    """Everything about one application that concerns the support organisation."""

    counterpart: uuid.UUID | None
    referral_withdrawn_at: dt.datetime | None
    choices: tuple[ChoiceView, ...]
    former: tuple[ChoiceView, ...]
    crossings: tuple[Crossing, ...]

    @property
    def referred(self) -> bool:
        """Whether a support organisation referred the applicant; otherwise nothing is disclosed."""
        return self.counterpart is not None

    @property
    def organisation(self) -> str | None:
        """The organisation that the tenant named last."""
        return next((choice.organisation for choice in self.choices if choice.organisation), None)


@query(VIEW_CHOICES, views="application")
async def disclosure_statement(tx: ReadTx, application_id: uuid.UUID) -> DisclosureStatement:
    """Return the tenant's choices, and what was disclosed or withheld, oldest first (W13)."""
    return await read_statement(tx, application_id)


@dataclass(frozen=True, slots=True)
class Prospect:
    """Whether something would be disclosed now: `withheld` says why not, and is None when it would be.

    `organisation` is the one that the tenant named. An application without a counterpart has no `referral`:
    nothing about it is disclosed to anybody.
    """

    referral: uuid.UUID | None
    organisation: str | None
    withheld: Withheld | None
    basis: str | None

    @property
    def discloses(self) -> bool:
        """Whether it would be disclosed."""
        return self.referral is not None and self.withheld is None


@query(VIEW_CHOICES)
async def would_be_disclosed(tx: ReadTx, application_id: uuid.UUID, purpose: Purpose | None) -> Prospect:
    """Return whether something would be disclosed now, for the page that asks for confirmation."""
    return await prospect(tx, application_id, purpose)


async def prospect(tx: ReadTx | Tx, application_id: uuid.UUID, purpose: Purpose | None) -> Prospect:
    """Return whether something of this purpose may be disclosed now, and why not.

    `purpose` None is the answer to the referral itself: its basis is the consent under which it was referred.
    """
    return await prospect_of(tx, application_id, await counterpart_of(tx, application_id), purpose)


async def prospect_of(
    tx: ReadTx | Tx, application_id: uuid.UUID, counterpart: Counterpart | None, purpose: Purpose | None
) -> Prospect:
    """Return the same for an application whose counterpart, if any, was read already."""
    if counterpart is None:
        return Prospect(None, None, None, None)
    if purpose is None:
        return Prospect(counterpart.referral, None, counterpart.refused, f"referral:{counterpart.referral}")
    choice = await current_choice(tx, application_id, purpose)
    return Prospect(
        counterpart.referral,
        choice.organisation if choice else None,
        why_withheld(counterpart, choice),
        choice.basis if choice else None,
    )


async def counterpart_of(
    tx: ReadTx | Tx, application_id: uuid.UUID, *, locked: bool = False
) -> Counterpart | None:
    """Return the counterpart of an application; None when it came directly from the applicant."""
    statement = select(Counterpart).where(Counterpart.application_id == application_id)
    found: Counterpart | None = await tx.scalar(statement.with_for_update() if locked else statement)
    return found


async def current_choice(tx: ReadTx | Tx, application_id: uuid.UUID, purpose: Purpose) -> Choice | None:
    """Return the tenant's latest answer for a purpose, or None when never asked."""
    found: Choice | None = await tx.scalar(
        select(Choice).where(
            Choice.application_id == application_id, Choice.purpose == purpose, Choice.current
        )
    )
    return found


async def read_statement(tx: ReadTx, application_id: uuid.UUID) -> DisclosureStatement:
    """Return the statement in a transaction that is open already."""
    counterpart = await counterpart_of(tx, application_id)
    rows = (
        await tx.session.scalars(
            select(Choice).where(Choice.application_id == application_id).order_by(Choice.id)
        )
    ).all()
    current = {choice.purpose: choice for choice in rows if choice.current}
    return DisclosureStatement(
        counterpart=counterpart.referral if counterpart else None,
        referral_withdrawn_at=counterpart.withdrawn_at if counterpart else None,
        choices=tuple(_view(purpose, current.get(purpose), counterpart) for purpose in Purpose),
        former=tuple(_view(choice.purpose, choice, counterpart) for choice in rows if not choice.current),
        crossings=await crossings(tx, application_id),
    )


async def crossings(tx: ReadTx, application_id: uuid.UUID) -> tuple[Crossing, ...]:
    """Return what was disclosed, waits or was withheld about an application, oldest first."""
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
        .where(outbox.c.about == str(application_id))
        .order_by(outbox.c.position)
    )
    return tuple(
        Crossing(
            at=row.published_at or row.recorded_at,
            what=WHAT.get(row.type.split(".")[2], row.type),
            state={"published": "delivered", "withheld": "withheld"}.get(row.status, "waiting"),
            why=Withheld(row.withheld_reason).label if row.withheld_reason else None,
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


def _view(purpose: Purpose, choice: Choice | None, counterpart: Counterpart | None) -> ChoiceView:
    if choice is None:
        return ChoiceView(purpose, None, None, None, None, None, discloses=False)
    return ChoiceView(
        purpose,
        choice.answer,
        choice.organisation,
        choice.given_on,
        choice.withdrawn_on,
        choice.recorded_by,
        discloses=counterpart is not None and choice.why_withheld(counterpart) is None,
    )
