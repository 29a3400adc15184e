"""Giving and withdrawing consents (C6).

A withdrawal acts at once: whatever needs a consent asks for it again.
"""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select

from chassis.errors import Faults, NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.undo import withhold_delayed
from chassis.usecase import use_case
from deskkit.i18n import N_
from support_svc.clients.finding import may_see, require_client
from support_svc.clients.model import Client
from support_svc.configuration.queries import words_of
from support_svc.consents.feature import CONSENT_TYPES, RECORD_CONSENT
from support_svc.consents.model import (
    CATEGORIES_OF,
    CONCERN_LANDLORDS,
    LANDLORDS_ASKED,
    SERVICE_PARTNERS,
    AlreadyWithdrawn,
    Consent,
    ConsentDates,
    ConsentType,
    GivenHow,
    NotALandlord,
    Purpose,
    TypeNotOffered,
)
from support_svc.consents.standing import is_current, landlords
from support_svc.field_rules.commands import follow_field_rules
from support_svc.field_rules.forms import NEVER_MANDATORY, ConfigurableForm, declared
from support_svc.lookups.commands import list_myself
from trade.dates import ExpiryDay, PastDay


class ConsentFields(BaseModel):
    """What a client agrees to, and how."""

    purpose: Purpose = Field(title="Purpose")
    recipient: Annotated[str, StringConstraints(max_length=31)] | None = Field(default=None, title="For whom")
    """A property entity, or the landlords of the homes asked for, as without it (N4)."""
    type: ConsentType = Field(default=ConsentType.EXPLICIT, title="Type of consent")
    given_on: PastDay = Field(title="Given on")
    expires_on: ExpiryDay | None = Field(default=None, title="Expires on")
    given_how: GivenHow = Field(default=GivenHow.VERBAL, title="How it was given")
    document_reference: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] | None = (
        Field(default=None, title="Document reference", json_schema_extra=NEVER_MANDATORY)
    )


# Start Housing Placement records consents as well, and asks for no document: it can't be mandatory.
CONSENT_FORM = ConfigurableForm("consent", N_("Consent"), ConsentFields)
FORMS = declared(CONSENT_FORM)


class GiveConsent(ConsentFields):
    """Record that a client agrees to a purpose."""

    client_id: UUID


class WithdrawConsent(BaseModel):
    """Record that a client no longer agrees."""

    client_id: UUID
    consent_id: UUID


@use_case(RECORD_CONSENT)
async def give_consent(tx: Tx, command: GiveConsent) -> UUID:
    """Record a consent and return its id (C6). Raises ConsentDates, NotALandlord, TypeNotOffered.

    Of one recipient the one given last counts and supersedes the one before. One that was given earlier than
    the current one, or has expired already, is superseded itself, also by a refusal or a withdrawal.
    """
    faults = Faults()
    if command.given_on > tx.today:
        faults.add(ConsentDates(field="given_on"))
    if command.expires_on is not None and command.expires_on < command.given_on:
        faults.add(ConsentDates(field="expires_on"))
    recipient = _recipient(tx, command)
    if recipient is None:
        faults.add(NotALandlord(field="recipient"))
    if not await _is_offered(tx, command.type):
        faults.add(TypeNotOffered(field="type"))
    faults.refuse()
    await require_client(tx, command.client_id)
    command = await follow_field_rules(tx, CONSENT_FORM, command)
    await list_myself(tx)
    consent = Consent(
        id=new_id(),
        recipient=recipient,
        categories=[category.value for category in CATEGORIES_OF[command.purpose]],
        taken_by=tx.actor.subject,
        taken_by_name=tx.actor.name,
        recorded_at=tx.now,
        **command.model_dump(exclude={"recipient"}),
    )
    before = (
        await tx.execute(
            select(Consent)
            .where(
                Consent.client_id == command.client_id,
                Consent.purpose == command.purpose,
                Consent.recipient == recipient,
                is_current(),
            )
            .with_for_update()
        )
    ).scalar_one_or_none()
    expired = command.expires_on is not None and command.expires_on < tx.today
    if before is not None and (expired or command.given_on < before.given_on):
        consent.superseded_by = before.id
    elif before is None and (withdrawn := await _withdrawn_since(tx, consent)) is not None:
        consent.superseded_by = withdrawn
    elif before is not None:
        before.superseded_by = consent.id
        await tx.session.flush()
        tx.touched("consent", before.id, "superseded")
    tx.session.add(consent)
    changes = {"purpose": (None, consent.purpose), "recipient": (None, consent.recipient)}
    tx.touched("consent", consent.id, "given", changes)
    return consent.id


async def _is_offered(tx: Tx, type_: ConsentType) -> bool:
    """Whether a consent of this type can be recorded; an explicit one and a refusal always can."""
    if type_ in (ConsentType.EXPLICIT, ConsentType.DECLINED_ANONYMOUS):
        return True
    return type_ in await words_of(tx, CONSENT_TYPES)


def _recipient(tx: Tx, command: GiveConsent) -> str | None:
    """The recipient that a consent names or has by its purpose, or None if it can't have the one it names."""
    if command.purpose not in CONCERN_LANDLORDS:
        # The form's usual choice stands for none where no landlord is concerned.
        return SERVICE_PARTNERS if command.recipient in (None, SERVICE_PARTNERS, LANDLORDS_ASKED) else None
    if command.recipient in (None, LANDLORDS_ASKED):
        return LANDLORDS_ASKED
    return command.recipient if command.recipient in landlords(tx) else None


async def _withdrawn_since(tx: Tx, given: Consent) -> UUID | None:
    """Return the consent that the client withdrew after the day on which this one was given, if any."""
    last = (
        await tx.execute(
            select(Consent)
            .where(
                Consent.client_id == given.client_id,
                Consent.purpose == given.purpose,
                Consent.recipient == given.recipient,
                Consent.withdrawn_at.is_not(None),
            )
            .order_by(Consent.withdrawn_at.desc())
            .limit(1)
        )
    ).scalar_one_or_none()
    if last is None or last.withdrawn_at is None:
        return None
    withdrawn_on = last.withdrawn_at.astimezone(tx.runtime.time_zone).date()
    return last.id if withdrawn_on > given.given_on else None


@use_case(RECORD_CONSENT)
async def withdraw_consent(tx: Tx, command: WithdrawConsent) -> None:
    """Withdraw a consent; nothing is disclosed under it from now on. Raises AlreadyWithdrawn, NotFound."""
    consent = (
        await tx.execute(
            select(Consent)
            .join(Client, Client.id == Consent.client_id)
            .where(Consent.id == command.consent_id, Consent.client_id == command.client_id, may_see(tx))
            .with_for_update(of=Consent, key_share=True)
        )
    ).scalar_one_or_none()
    if consent is None:
        raise NotFound(what="consent")
    if consent.withdrawn_at is not None:
        raise AlreadyWithdrawn
    consent.withdrawn_at = tx.now
    consent.withdrawn_by_name = tx.actor.name
    await withhold_delayed(tx, str(consent.id), "consent_ended", person=("name", "contact"))
    changes = {"purpose": (consent.purpose, None), "recipient": (consent.recipient, None)}
    tx.touched("consent", consent.id, "withdrawn", changes)
