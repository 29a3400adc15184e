"""Reading signings: the case manager's list (W4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select

from chassis.errors import NotFound
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.placements.feature import VIEW_PLACEMENTS
from support_svc.placements.model import Placement
from support_svc.placements.progress import Meeting, Progress
from support_svc.placements.queries import placement
from support_svc.securing.model import Securing, addressee_of
from support_svc.signings.feature import VIEW_SIGNINGS
from support_svc.signings.model import (
    AbsenceReason,
    Attendance,
    Signing,
    SigningOutcome,
    SigningPlace,
    SigningState,
    current_state,
    of_request,
)

LISTED_FOR = timedelta(days=14)
"""How long a signing stays on the list after it took place."""


@dataclass(frozen=True, slots=True)
class SigningView:
    """A signing with whose it is and what was answered."""

    signing: UUID
    placement_id: UUID
    request: UUID
    client_name: str
    address: str
    landlord: str
    starts_at: datetime | None
    place: SigningPlace | None
    state: SigningState
    overtaken: bool
    """Whether it doesn't take place because the hold, the referral or the application has ended."""
    outcome: SigningOutcome | None
    attendance: Attendance | None
    absence_reason: AbsenceReason | None
    answered_by_name: str | None
    answered_at: datetime | None


def _selected(tx: ReadTx) -> Select[Signing, Client, Securing, SigningState, str]:
    return (
        select(Signing, Client, Securing, current_state(), addressee_of(Signing.referral))
        .join(Placement, Placement.id == Signing.placement_id)
        .join(Client, Client.id == Placement.client_id)
        .join(Securing, of_request())
        .where(may_see(tx))
    )


def _view(
    signing: Signing, client: Client, securing: Securing, state: SigningState, landlord: str
) -> SigningView:
    return SigningView(
        signing=signing.signing,
        placement_id=signing.placement_id,
        request=securing.request,
        client_name=client.full_name,
        address=securing.address,
        landlord=landlord,
        starts_at=signing.starts_at,
        place=signing.place,
        state=state,
        overtaken=state is not signing.state,
        outcome=signing.outcome,
        attendance=signing.attendance,
        absence_reason=signing.absence_reason,
        answered_by_name=signing.answered_by_name,
        answered_at=signing.answered_at,
    )


@query(VIEW_SIGNINGS)
async def signings(tx: ReadTx, caseworker: str | None = None) -> list[SigningView]:
    """Upcoming signings and those of the last days, the earliest first; of one caseworker only, if named."""
    statement = (
        _selected(tx).where(Signing.starts_at >= tx.now - LISTED_FOR).order_by(Signing.starts_at).limit(100)
    )
    if caseworker is not None:
        statement = statement.where(Placement.caseworker == caseworker)
    return [_view(*row) for row in await tx.execute(statement)]


@query(VIEW_SIGNINGS)
async def signing(tx: ReadTx, signing_id: UUID) -> SigningView:
    """One signing. Raises NotFound."""
    row = (await tx.execute(_selected(tx).where(Signing.signing == signing_id))).one_or_none()
    if row is None:
        raise NotFound(what="signing")
    return _view(*row)


@query(VIEW_SIGNINGS)
async def signings_of(tx: ReadTx, placement_id: UUID) -> list[SigningView]:
    """The signings of a placement, the latest first."""
    statement = _selected(tx).where(Signing.placement_id == placement_id).order_by(Signing.starts_at.desc())
    return [_view(*row) for row in await tx.execute(statement)]


def meeting_of(found: Sequence[SigningView], request: UUID | None) -> Meeting | None:
    """Return the signing of a request that counts: an upcoming one, or else the last one."""
    own = [one for one in found if one.request == request]
    if not own:
        return None
    counts = next((one for one in own if one.state is SigningState.SCHEDULED), own[0])
    return Meeting(
        ahead=counts.state is SigningState.SCHEDULED,
        answered=counts.attendance is not None,
        signed=counts.outcome is SigningOutcome.SIGNED,
    )


@query(VIEW_PLACEMENTS)
async def progress_of(tx: ReadTx, placement_id: UUID) -> Progress:
    """How far a placement has come, and whose turn it is (P3). Raises NotFound."""
    one = await placement(tx, placement_id)
    request = one.request.request if one.request is not None else None
    return one.progress(meeting_of(await signings_of(tx, placement_id), request))
