"""Reading a placement: its record (P2, P3), its attempts (P4), and what homes are matched with (P5)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from chassis.errors import NotFound
from chassis.feature import offers_of
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client, is_adult
from support_svc.clients.open_matters import MatterKind, OpenMatter
from support_svc.corrections.model import Corrected
from support_svc.corrections.queries import CorrectionView, corrections_of
from support_svc.homes.fitting import Seeking, affordable
from support_svc.homes.model import ManagedBy
from support_svc.lookups.model import Caseworker, LookupValue, english, french
from support_svc.placements.feature import VIEW_PLACEMENTS
from support_svc.placements.model import (
    ACTIVE,
    HOLDING,
    OPEN,
    SEARCHING,
    ApplicationState,
    Attempt,
    Placement,
    PlacementMember,
    PlacementStatus,
    SecuringState,
    TypeSought,
    is_declined,
    may_be_referred,
)
from support_svc.placements.progress import Meeting, Progress, Record, progress
from support_svc.programs.model import Program


class NextKind(StrEnum):
    """What comes next in a placement."""

    HOLD_ENDS = "hold_ends"
    MOVE_IN = "move_in"
    FOLLOW_UP = "follow_up"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request for a home, as the page of its placement shows it."""

    request: UUID
    unit: UUID | None
    """None while the inventory hasn't answered about a home that was proposed to it (P11)."""
    address: str
    housing_type: str
    inventory: str
    managed_by: ManagedBy
    manager: str | None
    state: SecuringState
    secured_on: date
    expected_move_in: date
    adults: int
    children: int
    asked_at: datetime
    asked_by_name: str
    late: bool
    deadline: datetime | None
    ending: bool
    overdue: bool
    ended_why: str | None
    referred: bool
    referred_to: str | None
    named: bool
    application: ApplicationState | None
    decline_reason: str | None
    tenancy_start: date | None
    tenancy_rent: Decimal | None
    tenancy_currency: str | None

    @property
    def open(self) -> bool:
        """Whether the home is asked for, held or let."""
        return self.state in OPEN

    @property
    def may_be_referred(self) -> bool:
        """Whether the household can be referred to the manager of the home now."""
        return may_be_referred(self.state, self.manager, self.application, referred=self.referred)


@dataclass(frozen=True, slots=True)
class IncludedPerson:
    """Somebody included in a placement."""

    client_id: UUID
    name: str
    is_head: bool
    age: int | None
    left_on: date | None


@dataclass(frozen=True, slots=True)
class PlacementView:
    """A placement with what its page shows."""

    id: UUID
    number: int
    client_id: UUID
    client_name: str
    status: PlacementStatus
    people: tuple[IncludedPerson, ...]
    caseworker: str
    caseworker_name: str
    types_en: tuple[str, ...]
    types_fr: tuple[str, ...]
    housing_types: tuple[UUID, ...]
    types_published: tuple[str, ...]
    search_started_on: date
    target_on: date | None
    program_id: UUID | None
    program_en: str | None
    program_fr: str | None
    referral_source_id: UUID | None
    referral_source_en: str | None
    referral_source_fr: str | None
    referral_organisation: str | None
    referral_person: str | None
    referral_phone: str | None
    monthly_income: Decimal | None
    affordable_rent: Decimal | None
    currency: str
    moved_in_on: date | None
    ended_on: date | None
    version: int
    request: RequestView | None
    another: RequestView | None
    """What was asked for last beside the home that is held, and what became of it."""
    next_follow_up: date | None

    @property
    def is_open(self) -> bool:
        """Whether something can still be done with it."""
        return self.status in ACTIVE

    @property
    def everybody_left(self) -> bool:
        """Whether nobody who moved in lives there any more."""
        return all(person.left_on is not None for person in self.people)

    @property
    def searching(self) -> bool:
        """Whether a home can be looked for."""
        return self.status in SEARCHING

    @property
    def securing(self) -> bool:
        """Whether the first home was asked for and the inventory's answer is awaited (P3)."""
        return self.request is not None and self.request.state is SecuringState.ASKED

    @property
    def securing_another(self) -> bool:
        """Whether another home was asked for beside the one that is held, and the answer is awaited (P6)."""
        return self.another is not None and self.another.state is SecuringState.ASKED

    @property
    def asked(self) -> RequestView | None:
        """The request that waits for the inventory's answer."""
        return self.request if self.securing else self.another if self.securing_another else None

    @property
    def can_move_in(self) -> bool:
        """Whether a home is held, and the application for it wasn't declined."""
        if self.request is None or self.request.state not in HOLDING:
            return False
        return not is_declined(self.request.state, self.request.application)

    @property
    def home(self) -> str | None:
        """The address of the home that is asked for, held or let, or where the household moved in."""
        request = self.request
        lives = self.status is PlacementStatus.MOVED_IN
        return request.address if request is not None and (lives or request.open) else None

    @property
    def next_date(self) -> tuple[NextKind, date | datetime] | None:
        """What comes next, and when."""
        if self.next_follow_up is not None:
            return NextKind.FOLLOW_UP, self.next_follow_up
        request = self.request
        if request is not None and request.state is SecuringState.HELD and request.deadline is not None:
            return NextKind.HOLD_ENDS, request.deadline
        if request is not None and request.open and self.searching:
            return NextKind.MOVE_IN, request.expected_move_in
        return (NextKind.TARGET, self.target_on) if self.target_on and self.searching else None

    def progress(self, meeting: Meeting | None) -> Progress:
        """How far it has come, with the signing that counts."""
        request = self.request
        if request is None:
            return progress(Record(self.status))
        return progress(
            Record(
                status=self.status,
                request=request.state,
                managed_by=request.managed_by,
                overdue=request.overdue,
                referred=request.referred,
                named=request.named,
                application=request.application,
                asks_for_another=self.securing_another,
                meeting=meeting,
            )
        )

    def seeking(self) -> Seeking:
        """What homes are matched with (P5)."""
        adults = sum(is_adult(person.age) for person in self.people if person.left_on is None)
        return Seeking(
            housing_types=frozenset(self.types_published),
            adults=adults,
            children=sum(person.left_on is None for person in self.people) - adults,
            affordable_rent=self.affordable_rent,
            currency=self.currency,
            needed_by=self.target_on,
        )


@dataclass(frozen=True, slots=True)
class AttemptView:
    """An attempt that didn't lead to a home."""

    id: UUID
    attempted_on: date
    reason_id: UUID
    reason_en: str
    reason_fr: str
    caseworker: str
    caseworker_name: str
    final: bool
    comments: str | None
    corrections: tuple[CorrectionView, ...]


@query(VIEW_PLACEMENTS)
async def active_placement(tx: ReadTx, client_id: UUID) -> UUID | None:
    """Return the active placement that a client heads or is included in; None when there is none to see."""
    found: UUID | None = await tx.scalar(
        select(Placement.id)
        .join(Client, Client.id == Placement.client_id)
        .where(is_active_for(client_id), may_see(tx))
        .order_by(Placement.started_at.desc())
        .limit(1)
    )
    return found


@query(VIEW_PLACEMENTS, views="client")
async def placement(tx: ReadTx, placement_id: UUID) -> PlacementView:
    """A placement's record. Raises NotFound, also for one of a client that the asker may not see.

    The view is logged (X3).
    """
    source = aliased(LookupValue)
    row = (
        await tx.execute(
            select(Placement, Client, Caseworker.name, Program, source, next_follow_up(tx))
            .join(Client, Client.id == Placement.client_id)
            .join(Caseworker, Caseworker.subject == Placement.caseworker)
            .outerjoin(Program, Program.id == Placement.program_id)
            .outerjoin(source, source.id == Placement.referral_source_id)
            .where(Placement.id == placement_id, may_see(tx))
        )
    ).one_or_none()
    if row is None:
        raise NotFound(what="placement")
    one, client, caseworker_name, its_program, its_source, due = row
    request, another = await requests_of(tx, one)
    tx.viewed("client", client.id)
    types = list(
        (
            await tx.execute(
                select(LookupValue)
                .join(TypeSought, TypeSought.housing_type_id == LookupValue.id)
                .where(TypeSought.placement_id == one.id)
                .order_by(LookupValue.sort_order)
            )
        ).scalars()
    )
    people = await tx.execute(
        select(PlacementMember, Client)
        .join(Client, Client.id == PlacementMember.client_id)
        .where(PlacementMember.placement_id == one.id)
        .order_by(PlacementMember.is_head.desc(), PlacementMember.position)
    )
    return PlacementView(
        id=one.id,
        number=one.number,
        client_id=client.id,
        client_name=client.full_name,
        status=one.status,
        people=tuple(
            IncludedPerson(
                client_id=person.id,
                name=person.full_name,
                is_head=member.is_head,
                age=person.age_on(tx.today),
                left_on=member.left_on,
            )
            for member, person in people
        ),
        caseworker=one.caseworker,
        caseworker_name=caseworker_name,
        types_en=tuple(kind.label_en for kind in types),
        types_fr=tuple(kind.label_fr for kind in types),
        housing_types=tuple(kind.id for kind in types),
        types_published=tuple(kind.published_as for kind in types if kind.published_as),
        search_started_on=one.search_started_on,
        target_on=one.target_on,
        program_id=one.program_id,
        program_en=None if its_program is None else its_program.name_en,
        program_fr=None if its_program is None else its_program.name_fr,
        referral_source_id=one.referral_source_id,
        referral_source_en=english(its_source),
        referral_source_fr=french(its_source),
        referral_organisation=one.referral_organisation,
        referral_person=one.referral_person,
        referral_phone=one.referral_phone,
        monthly_income=one.monthly_income,
        affordable_rent=affordable(one.monthly_income),
        currency=one.currency,
        moved_in_on=one.moved_in_on,
        ended_on=one.ended_on,
        version=one.version,
        request=request,
        another=another,
        next_follow_up=due,
    )


async def requests_of(tx: ReadTx, placement: Placement) -> tuple[RequestView | None, RequestView | None]:
    """The request that a placement is at, and the latest one made beside the home that is held."""
    for ask in offers_of(tx.runtime.features, "requests_of_placement"):
        found: tuple[RequestView | None, RequestView | None] = await ask(tx, placement)
        return found
    return None, None


def next_follow_up(tx: ReadTx) -> ColumnElement[date | None]:
    """Select the day of the earliest follow-up that is due, of the placement in the row."""
    return func.least(*(column() for column in offers_of(tx.runtime.features, "next_follow_up")))


async def require_visible(tx: ReadTx, placement_id: UUID) -> None:
    """Refuse with NotFound unless the asker may know of the placement; for use inside another query."""
    known = await tx.scalar(
        select(Placement.id)
        .join(Client, Client.id == Placement.client_id)
        .where(Placement.id == placement_id, may_see(tx))
    )
    if known is None:
        raise NotFound(what="placement")


@query(VIEW_PLACEMENTS)
async def attempts(tx: ReadTx, placement_id: UUID) -> list[AttemptView]:
    """The attempts of a placement, the latest first (P4)."""
    await require_visible(tx, placement_id)
    rows = await tx.execute(
        select(Attempt, LookupValue, Caseworker.name)
        .join(LookupValue, LookupValue.id == Attempt.reason_id)
        .join(Caseworker, Caseworker.subject == Attempt.caseworker)
        .where(Attempt.placement_id == placement_id)
        .order_by(Attempt.attempted_on.desc(), Attempt.id.desc())
    )
    found = rows.all()
    corrected = await corrections_of(tx, Corrected.ATTEMPT, [one.id for one, *_ in found])
    return [
        AttemptView(
            id=one.id,
            attempted_on=one.attempted_on,
            reason_id=reason.id,
            reason_en=reason.label_en,
            reason_fr=reason.label_fr,
            caseworker=one.caseworker,
            caseworker_name=name,
            final=one.final,
            comments=one.comments,
            corrections=corrected.get(one.id, ()),
        )
        for one, reason, name in found
    ]


def is_active_for(client_id: UUID) -> ColumnElement[bool]:
    """Whether a placement is active and the client is its head or included in it."""
    included = select(PlacementMember.placement_id).where(
        PlacementMember.client_id == client_id, PlacementMember.active
    )
    return and_(
        or_(Placement.client_id == client_id, Placement.id.in_(included)), Placement.status.in_(ACTIVE)
    )


async def placements_open(tx: Tx | ReadTx, client_id: UUID) -> list[OpenMatter]:
    """The active placements that a client is included in."""
    rows = await tx.execute(
        select(Placement.id, Placement.number).where(is_active_for(client_id)).order_by(Placement.started_at)
    )
    return [OpenMatter(MatterKind.PLACEMENT, f"placement {number}", one) for one, number in rows]
