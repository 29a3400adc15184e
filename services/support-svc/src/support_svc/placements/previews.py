"""What will be told before it is told, word for word: the same facts that the commands publish (P6)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from chassis.errors import NotFound
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client, ContactKind, age_on, is_adult
from support_svc.consents.model import Consent, Purpose
from support_svc.consents.standing import consent_in_force
from support_svc.homes.model import Home, ManagedBy, UnknownHome
from support_svc.homes.queries import one_line
from support_svc.placements.feature import SECURE_UNIT
from support_svc.placements.model import Placement, PlacementMember, Securing, may_be_referred
from support_svc.placements.problems import NothingToRefer


@dataclass(frozen=True, slots=True)
class Telling:
    """What Secure Unit would tell, and under which consents.

    `consent` is the consent to be housed; without it nothing can be asked. `refers` says whether the
    property entity gets a referral once the home is held, or may get one (`asks_who_manages`: it isn't known
    who manages the home, so the caseworker is asked); its name and contact are filled only under consent.
    """

    unit: UUID
    address: str
    managed_by: ManagedBy
    adults: int
    children: int
    consent: UUID | None
    refers: bool
    asks_who_manages: bool
    name: str | None
    phone: str | None
    email: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class ReferralTelling:
    """What the property entity would receive if the household were referred for the home that is held.

    Without `consent`, the one to be housed, it receives nothing.
    """

    address: str
    expected_move_in: date
    adults: int
    children: int
    consent: UUID | None
    name: str | None
    phone: str | None
    email: str | None
    language: str | None


@query(SECURE_UNIT)
async def what_is_referred(tx: ReadTx, placement_id: UUID) -> ReferralTelling:
    """What a referral would tell now. Raises NotFound, NothingToRefer."""
    client = await _client_of(tx, placement_id)
    rows = await tx.execute(select(Securing).where(Securing.placement_id == placement_id))
    for one in rows.scalars():
        if may_be_referred(one.state, one.managed_by, one.referral):
            # Whoever agreed to the request agrees to what follows from it.
            asked_for = await tx.scalar(select(Consent.client_id).where(Consent.id == one.asked_under))
            return ReferralTelling(
                address=one.address,
                expected_move_in=one.expected_move_in,
                adults=one.adults,
                children=one.children,
                consent=await consent_in_force(tx, asked_for or client.id, Purpose.BE_HOUSED),
                **await _shared(tx, client),
            )
    raise NothingToRefer


@query(SECURE_UNIT)
async def what_is_told(tx: ReadTx, placement_id: UUID, unit: UUID, expected_move_in: date) -> Telling:
    """What would be told if this home were secured for this placement now. Raises NotFound, UnknownHome."""
    client = await _client_of(tx, placement_id)
    home = await tx.session.get(Home, unit)
    if home is None or not home.listed:
        raise UnknownHome
    people = await tx.execute(
        select(Client.date_of_birth, Client.estimated_age, Client.estimated_on)
        .join(PlacementMember, PlacementMember.client_id == Client.id)
        .where(PlacementMember.placement_id == placement_id, PlacementMember.active)
    )
    adults = [is_adult(age_on(expected_move_in, *row)) for row in people]
    refers = home.managed_by is not ManagedBy.THIRD_PARTY
    return Telling(
        unit=unit,
        address=f"{one_line(home)}, {home.city}",
        managed_by=home.managed_by,
        adults=sum(adults),
        children=len(adults) - sum(adults),
        consent=await consent_in_force(tx, client.id, Purpose.BE_HOUSED),
        refers=refers,
        asks_who_manages=home.managed_by is ManagedBy.NOT_KNOWN,
        **(await _shared(tx, client) if refers else _NOTHING),
    )


_NOTHING: dict[str, str | None] = dict.fromkeys(("name", "phone", "email", "language"))


async def _shared(tx: ReadTx, client: Client) -> dict[str, str | None]:
    """Name and contact, only under the consent to share them (W5)."""
    if await consent_in_force(tx, client.id, Purpose.SHARE_CONTACT_FOR_TENANCY) is None:
        return _NOTHING
    reached = {point.kind: point.value for point in reversed(client.contact_points)}
    return {
        "name": client.full_name,
        "phone": reached.get(ContactKind.PHONE),
        "email": reached.get(ContactKind.EMAIL),
        "language": client.preferred_language.value if client.preferred_language else None,
    }


async def _client_of(tx: ReadTx, placement_id: UUID) -> Client:
    client = (
        await tx.execute(
            select(Client)
            .join(Placement, Placement.client_id == Client.id)
            .where(Placement.id == placement_id, may_see(tx))
            .options(selectinload(Client.contact_points))
        )
    ).scalar_one_or_none()
    if client is None:
        raise NotFound(what="placement")
    return client
