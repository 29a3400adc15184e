"""Moving placements when two records of one person are merged: the person is in each once (C3, P2)."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.errors import DomainError
from chassis.tx import ReadTx, Tx
from support_svc.clients.one_person import Moved, MovesRows, MovesToClient, Pair, Undoing
from support_svc.clients.queries import names_of
from support_svc.placements.model import BothPlaced, Placement, PlacementMember


class MovesPlacements(MovesRows):
    """Placements: those of the merged record go on as the survivor's."""

    leads = True

    async def lock(self, tx: Tx, people: Sequence[UUID]) -> None:
        """Let nothing happen to their placements meanwhile."""
        mine = select(PlacementMember.placement_id).where(PlacementMember.client_id.in_(people))
        await tx.execute(
            select(Placement.id).where(Placement.id.in_(mine)).order_by(Placement.id).with_for_update()
        )


class MovesMembers(MovesRows):
    """Who is included: a person who is in one placement by both records is in it once."""

    leads = True

    async def obstacles(self, tx: Tx | ReadTx, pair: Pair) -> Sequence[DomainError]:
        """Each record is in an active placement of its own: one has to end first."""
        rows = await tx.execute(
            select(PlacementMember.client_id, Placement.id, Placement.number)
            .join(Placement, Placement.id == PlacementMember.placement_id)
            .where(PlacementMember.client_id.in_(pair.both), PlacementMember.active)
        )
        active = {client_id: (id_, number) for client_id, id_, number in rows}
        if len({id_ for id_, _ in active.values()}) < 2:
            return ()
        names = await names_of(tx, pair.both)
        (mine, first), (theirs, second) = active[pair.survivor], active[pair.merged]
        return (
            BothPlaced(
                placements=(mine, theirs),
                name=names[pair.survivor],
                first=first,
                second=second,
            ),
        )

    async def move(self, tx: Tx, pair: Pair) -> Moved:
        """Move the memberships; where a placement has both, one is dropped and written down."""
        mine = {one.placement_id: one for one in await _memberships(tx, pair.survivor)}
        joined = []
        for one in await _memberships(tx, pair.merged):
            if (other := mine.get(one.placement_id)) is None:
                continue
            joined.append({"placement": str(one.placement_id), "mine": _row(other), "theirs": _row(one)})
            await tx.session.delete(one)
            await tx.session.flush()
            if one.active or other.left_on is None:
                other.left_on = None
            other.active = other.active or one.active
            other.is_head = other.is_head or one.is_head
            other.position = min(other.position, one.position)
        await tx.session.flush()
        return {**await super().move(tx, pair), "joined": joined}

    async def move_back(self, tx: Tx, undoing: Undoing, moved: Moved) -> None:
        """Move the memberships back, and include both again in what had both."""
        await super().move_back(tx, undoing, moved)
        mine = {one.placement_id: one for one in await _memberships(tx, undoing.survivor)}
        for was in moved["joined"]:
            other = mine.get(UUID(was["placement"]))
            if other is None:
                continue
            head, active, left_on = other.is_head, other.active, other.left_on
            other.is_head = head and was["mine"]["is_head"]
            await tx.session.flush()
            tx.session.add(
                PlacementMember(
                    placement_id=other.placement_id,
                    client_id=undoing.merged,
                    is_head=head and was["theirs"]["is_head"],
                    **_state(was["theirs"], active=active, left_on=left_on),
                )
            )
            for name, value in _state(was["mine"], active=active, left_on=left_on).items():
                setattr(other, name, value)
        await tx.session.flush()


async def _memberships(tx: Tx, client_id: UUID) -> list[PlacementMember]:
    found = await tx.execute(
        select(PlacementMember)
        .where(PlacementMember.client_id == client_id)
        .execution_options(populate_existing=True)
    )
    return list(found.scalars())


def _row(one: PlacementMember) -> dict[str, Any]:
    left_on = None if one.left_on is None else one.left_on.isoformat()
    return {"is_head": one.is_head, "active": one.active, "left_on": left_on, "position": one.position}


def _state(was: dict[str, Any], *, active: bool, left_on: date | None) -> dict[str, Any]:
    """How somebody is included again: as before, unless the person has left or the placement ended since."""
    if was["active"]:
        return {"active": active, "left_on": left_on, "position": was["position"]}
    before = None if was["left_on"] is None else date.fromisoformat(was["left_on"])
    return {"active": False, "left_on": before, "position": was["position"]}


async def members_of_placements(
    tx: Tx, placements: Collection[UUID], people: Sequence[UUID]
) -> dict[UUID, UUID]:
    """Who of some people is in each of these placements, where only one of them is."""
    rows = await tx.execute(
        select(PlacementMember.placement_id, PlacementMember.client_id).where(
            PlacementMember.placement_id.in_(placements), PlacementMember.client_id.in_(people)
        )
    )
    found: dict[UUID, set[UUID]] = {}
    for placement_id, client_id in rows:
        found.setdefault(placement_id, set()).add(client_id)
    return {placement: next(iter(who)) for placement, who in found.items() if len(who) == 1}


_PARTS = (MovesPlacements(Placement.client_id), MovesMembers(PlacementMember.client_id))


def moved_to_client() -> Sequence[MovesToClient]:
    """What of this feature is moved when two records of one person are merged."""
    return _PARTS
