"""What Secure Unit and a referral would disclose, word for word, before anything is sent (P6).

It's made of the same values as the events. Besides, there is what placements and clients ask about requests.
"""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, not_, select

from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from support_svc.clients.model import Client, adult_on
from support_svc.clients.open_matters import MatterKind, OpenMatter
from support_svc.configuration.queries import number_of
from support_svc.consents.model import Purpose
from support_svc.consents.standing import consent_in_force, landlords
from support_svc.homes.model import Home, ManagedBy, UnknownHome
from support_svc.placements.model import (
    HOLDING,
    Placement,
    PlacementMember,
    SecuringState,
)
from support_svc.placements.queries import RequestView, is_active_for, require_visible
from support_svc.securing.feature import SECURE_UNIT, USUAL_WAIT
from support_svc.securing.model import NothingToRefer, Securing, is_open
from support_svc.securing.referrals import agreed_by, applicant_of, with_contact


@dataclass(frozen=True, slots=True)
class Shared:
    """What a landlord would receive about the person; name and contact only under the consent for it (N4)."""

    landlord: str
    name: str | None
    phone: str | None
    email: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class SecuringPreview:
    """What Secure Unit would disclose to the inventory and to landlords, and under which consents.

    `consent` is the consent to be housed; without it no home can be asked for. `referrals`: the landlord that
    gets one once the home is held, or each that may get one (`asks_who_manages`: it isn't known who manages
    the home, so the caseworker is asked).
    """

    unit: UUID
    address: str
    inventory: str
    managed_by: ManagedBy
    adults: int
    children: int
    consent: UUID | None
    referrals: tuple[Shared, ...]
    asks_who_manages: bool


@dataclass(frozen=True, slots=True)
class ReferralPreview:
    """What a landlord would receive if the household were referred for the home that is held.

    Without `consent`, the one to be housed, it receives nothing.
    """

    landlord: str
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
async def preview_referral(tx: ReadTx, placement_id: UUID) -> ReferralPreview:
    """What a referral would disclose now. Raises NotFound, NothingToRefer."""
    client = await _client_of(tx, placement_id)
    requests = await tx.execute(select(Securing).where(Securing.placement_id == placement_id))
    for request in requests.scalars():
        if request.may_be_referred and request.manager is not None:
            agreeing = await agreed_by(tx, request, client.id)
            shared = await _shared(tx, client, request.manager)
            return ReferralPreview(
                address=request.address,
                expected_move_in=request.expected_move_in,
                adults=request.adults,
                children=request.children,
                consent=await consent_in_force(tx, agreeing, Purpose.BE_HOUSED, request.manager),
                **asdict(shared),
            )
    raise NothingToRefer


@query(SECURE_UNIT)
async def preview_securing(
    tx: ReadTx, placement_id: UUID, unit: UUID, expected_move_in: date
) -> SecuringPreview:
    """What Secure Unit would disclose for a home and a placement now. Raises NotFound, UnknownHome."""
    client = await _client_of(tx, placement_id)
    home = await tx.session.get(Home, unit)
    if home is None or not home.listed:
        raise UnknownHome
    adults, children = await count_people(tx, placement_id, expected_move_in)
    asks_who_manages = home.managed_by is ManagedBy.NOT_KNOWN
    may_receive = landlords(tx) if asks_who_manages else (home.manager,) if home.manager else ()
    return SecuringPreview(
        unit=unit,
        address=home.address_line,
        inventory=home.inventory,
        managed_by=home.managed_by,
        adults=adults,
        children=children,
        consent=await consent_in_force(tx, client.id, Purpose.BE_HOUSED, home.manager),
        referrals=tuple([await _shared(tx, client, landlord) for landlord in may_receive]),
        asks_who_manages=asks_who_manages,
    )


async def _shared(tx: ReadTx, client: Client, landlord: str) -> Shared:
    """Return name and contact, only under the consent to share them with this landlord (W5, N4)."""
    if await consent_in_force(tx, client.id, Purpose.SHARE_CONTACT_FOR_TENANCY, landlord) is None:
        return Shared(landlord, None, None, None, None)
    shared = applicant_of(client)
    return Shared(landlord, client.full_name, shared.phone, shared.email, shared.language)


async def _client_of(tx: ReadTx, placement_id: UUID) -> Client:
    """Return the client of a placement with the ways to reach them. Raises NotFound."""
    await require_visible(tx, placement_id)
    found = await tx.execute(select(Placement.client_id).where(Placement.id == placement_id))
    return await with_contact(tx, found.scalar_one())


def people_of(placement_id: ColumnElement[UUID] | UUID, day: ColumnElement[date] | date) -> Select[int, int]:
    """Select the numbers of adults and children who are included in a placement, on a day (C2)."""
    adult = adult_on(day)
    return (
        select(func.count().filter(adult).label("adults"), func.count().filter(not_(adult)).label("children"))
        .select_from(PlacementMember)
        .join(Client, Client.id == PlacementMember.client_id)
        .where(PlacementMember.placement_id == placement_id, PlacementMember.active)
    )


async def count_people(tx: Tx | ReadTx, placement_id: UUID, day: date) -> tuple[int, int]:
    """Return the numbers of adults and children who are included in a placement, on a day (C2)."""
    adults, children = (await tx.execute(people_of(placement_id, day))).one()
    return adults, children


# ------------------------------------------------- asked by placements and clients
@query(SECURE_UNIT)
async def usual_move_in(tx: ReadTx) -> date:
    """The expected move-in that a form suggests today (P6)."""
    return tx.today + timedelta(days=await number_of(tx, USUAL_WAIT))


def is_securing() -> ColumnElement[bool]:
    """Whether the placement in the row waits for the inventory's answer."""
    asked = select(Securing.request).where(
        Securing.placement_id == Placement.id, Securing.state == SecuringState.ASKED
    )
    return asked.correlate(Placement).exists()


async def requests_of_placement(
    tx: ReadTx, placement: Placement
) -> tuple[RequestView | None, RequestView | None]:
    """Return a placement's current request and, beside a home that is held, the latest one made after it."""
    rows = await tx.execute(
        select(Securing)
        .where(Securing.placement_id == placement.id)
        .order_by(Securing.asked_at.desc(), Securing.request.desc())
    )
    latest_first = list(rows.scalars())
    current = next((one for one in latest_first if one.request == placement.request), None)
    if current is None:
        return None, None
    another = latest_first[0] if current.state in HOLDING and latest_first[0] is not current else None
    return _view(current), _view(another) if another is not None else None


def _view(request: Securing) -> RequestView:
    names = set(RequestView.__slots__) - {"referred"}
    return RequestView(**{name: getattr(request, name) for name in names}, referred=request.is_referred)


async def homes_open(tx: Tx | ReadTx, client_id: UUID) -> list[OpenMatter]:
    """The homes that are asked for, held or let in the active placements of a client."""
    rows = await tx.execute(
        select(Securing.address, Placement.id)
        .join(Placement, Placement.id == Securing.placement_id)
        .where(is_active_for(client_id), is_open())
        .order_by(Placement.started_at, Securing.asked_at)
    )
    found = [OpenMatter(MatterKind.HOME, address, placement_id) for address, placement_id in rows]
    return list(dict.fromkeys(found))
