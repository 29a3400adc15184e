"""Reading the homes that were proposed for a placement (P11)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.homes.model import Home
from support_svc.placements.feature import VIEW_PLACEMENTS
from support_svc.placements.model import SecuringState
from support_svc.placements.queries import require_visible
from support_svc.proposals.model import Proposal, ProposalState
from support_svc.securing.model import Securing


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposed home; `listed` says whether its listing was received and can be opened."""

    request: UUID
    inventory: str
    address: str
    housing_type: str
    bedrooms: int | None
    rent: Decimal | None
    currency: str
    landlord_name: str
    wants_hold: bool
    state: ProposalState
    unit: UUID | None
    reason: str | None
    proposed_at: datetime
    proposed_by_name: str
    answered_at: datetime | None
    listed: bool


@query(VIEW_PLACEMENTS)
async def proposals(tx: ReadTx, placement_id: UUID) -> list[ProposalView]:
    """The homes that were proposed for a placement, the latest first, at most 50 (P11). Raises NotFound.

    One whose request was given up before the answer counts as withdrawn.
    """
    await require_visible(tx, placement_id)
    rows = await tx.execute(
        select(Proposal, Securing.state, Home.unit)
        .outerjoin(Securing, Securing.request == Proposal.request)
        .outerjoin(Home, Home.unit == Proposal.unit)
        .where(Proposal.placement_id == placement_id)
        .order_by(Proposal.proposed_at.desc(), Proposal.request.desc())
    )
    return [_view(one, asked, home) for one, asked, home in rows]


def _view(one: Proposal, asked: SecuringState | None, home: UUID | None) -> ProposalView:
    names = set(ProposalView.__slots__) - {"state", "listed"}
    given_up = one.state is ProposalState.WAITING and asked is SecuringState.GIVEN_UP
    state = ProposalState.WITHDRAWN if given_up else one.state
    return ProposalView(**{name: getattr(one, name) for name in names}, state=state, listed=home is not None)
