"""What becomes of placements when somebody is erased (X7): of whom they were goes, what came of them stays.

A placement that others share stays theirs: only its head and its members' list change. Once everybody in it
is erased, nothing of it stays but what is counted.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Text, case, cast, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB

from chassis.erasing import TODAY, ErasedRows, Found
from chassis.errors import DomainError, Kind
from chassis.tx import ReadTx, Tx
from support_svc.clients.model import Client
from support_svc.housing_history.feature import RETAIN_HOUSING
from support_svc.placements.model import (
    Attempt,
    Placement,
    PlacementMember,
    PlacementStatus,
    TimelineEntry,
    TypeSought,
)

_RUNNING = (PlacementStatus.HOUSING_NOT_SECURED, PlacementStatus.HOUSING_SECURED, PlacementStatus.MOVED_IN)


class Placements(ErasedRows):
    """Placements: those of nobody else are blanked; in the others an anonymous record is the head."""

    async def collect(self, tx: Tx | ReadTx, found: Found) -> None:
        """Find the placements in which only the person was, or only people who were erased before."""
        theirs = select(PlacementMember.placement_id).where(PlacementMember.client_id.in_(found.people))
        mine = select(Placement.id).where(
            or_(Placement.client_id.in_(found.people), Placement.id.in_(theirs))
        )
        others = (
            select(PlacementMember.placement_id)
            .join(Client, Client.id == PlacementMember.client_id)
            .where(
                PlacementMember.placement_id == Placement.id,
                Client.id.not_in(found.people),
                Client.erased_on.is_(None),
            )
            .exists()
        )
        for one, shared in await tx.execute(mine.add_columns(others)):
            if shared:
                found.shared.add(one)
            else:
                found.ids[self.table.name].add(one)
                found.about.add(one)
        requests = select(Placement.request).where(Placement.id.in_(found.ids[self.table.name]))
        found.references.update(one for one in (await tx.execute(requests)).scalars() if one is not None)

    def rows(self, found: Found) -> Any:
        """Return which placements were of nobody else."""
        return self.table.c.id.in_(found.named(self.table.name))

    async def erase(self, tx: Tx, found: Found) -> None:
        """Blank the placements, and let the anonymous record be their head."""
        await super().erase(tx, found)
        for before, after in found.counted.items():
            headed = update(self.table).where(self.table.c.client_id == before)
            await tx.execute(headed.values(client_id=after))


class Timelines(ErasedRows):
    """Timelines: they go with the placement; in one that others share, the person's id goes."""

    async def erase(self, tx: Tx, found: Found) -> None:
        """Delete the lines, or take the person's id out of them."""
        await super().erase(tx, found)
        details = cast(TimelineEntry.details, Text)
        for before, after in found.counted.items():
            lines = update(TimelineEntry).where(
                TimelineEntry.placement_id.in_(found.shared), func.strpos(details, str(before)) > 0
            )
            renamed = cast(func.replace(details, str(before), str(after)), JSONB)
            await tx.execute(lines.values(details=renamed).execution_options(synchronize_session=False))


_ENDED = (
    select(
        case(
            (Placement.status.in_(_RUNNING), func.greatest(TODAY, Placement.search_started_on)),
            else_=func.greatest(Placement.ended_on, Placement.search_started_on),
        )
    )
    .where(Placement.id == PlacementMember.placement_id)
    .scalar_subquery()
)

_PARTS: Sequence[ErasedRows] = (
    Placements(
        Placement.client_id,
        stays=(
            Placement.id,
            Placement.number,
            Placement.caseworker,
            Placement.search_started_on,
            Placement.target_on,
            Placement.program_id,
            Placement.referral_source_id,
            Placement.currency,
            Placement.status,
            Placement.secured_on,
            Placement.expected_move_in,
            Placement.moved_in_on,
            Placement.ended_on,
            Placement.started_at,
            Placement.version,
        ),
        blanked=dict.fromkeys(
            (
                Placement.referral_organisation,
                Placement.referral_person,
                Placement.referral_phone,
                Placement.monthly_income,
                Placement.request,
            )
        ),
    ),
    ErasedRows(
        PlacementMember.client_id,
        stays=(
            PlacementMember.placement_id,
            PlacementMember.is_head,
            PlacementMember.active,
            PlacementMember.left_on,
            PlacementMember.position,
        ),
        period=RETAIN_HOUSING,
        last=_ENDED,
    ),
    ErasedRows(TypeSought.placement_id, stays=(TypeSought.housing_type_id,)),
    ErasedRows(
        Attempt.placement_id,
        stays=(
            Attempt.id,
            Attempt.attempted_on,
            Attempt.reason_id,
            Attempt.caseworker,
            Attempt.final,
            Attempt.recorded_at,
        ),
        blanked={Attempt.comments: None},
    ),
    Timelines(TimelineEntry.placement_id),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS


@dataclass(frozen=True, slots=True)
class SharedPlacement:
    """A placement that others are in too."""

    id: UUID
    number: int


async def placements_among(tx: Tx | ReadTx, records: Collection[UUID]) -> list[SharedPlacement]:
    """Return which of some records are placements, by their numbers."""
    found = select(Placement.id, Placement.number).where(Placement.id.in_(records)).order_by(Placement.number)
    return [SharedPlacement(id_, number) for id_, number in await tx.execute(found)]


class PlacementRuns(DomainError):
    """Nothing is erased of a person whose placement is still running."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "placement_runs"
    message: ClassVar[str] = "The person is in placement {number}, which is still running."

    def __init__(self, number: int) -> None:
        super().__init__(number=number)


async def running_placements(tx: Tx | ReadTx, people: Sequence[UUID]) -> Sequence[DomainError]:
    """Return the placements of a person that still run."""
    running = (
        select(Placement.number)
        .join(PlacementMember)
        .where(PlacementMember.client_id.in_(people), PlacementMember.active, Placement.status.in_(_RUNNING))
        .order_by(Placement.number)
    )
    return [PlacementRuns(number) for number in (await tx.execute(running)).scalars()]
