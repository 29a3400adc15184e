"""Moving follow-ups when two records of one person are merged (C3, P8)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from chassis.tx import Tx
from support_svc.clients.one_person import Moved, MovesRows, MovesToClient, Pair, Undoing
from support_svc.followups.model import FollowUp, FollowUpOutcome, StillInHousing
from support_svc.housing_loss_prevention.model import HousingLossPrevention
from support_svc.placements.moving import members_of_placements


class MovesFollowUps(MovesRows):
    """Follow-ups: they go with the placement they belong to."""

    async def owners(self, tx: Tx, undoing: Undoing, keys: Sequence[UUID]) -> Mapping[UUID, UUID]:
        """Whose the placements and housing loss prevention of these follow-ups are."""
        return await _owners(tx, undoing, keys)


class MovesOutcomes(MovesRows):
    """What a follow-up found: of one that has an answer for both the survivor's stands."""

    async def move(self, tx: Tx, pair: Pair) -> Moved:
        """Move the answers; a second one is dropped, and written down to come back."""
        own = set(await self._keys(tx, pair.survivor))
        double = FollowUpOutcome.client_id == pair.merged, FollowUpOutcome.followup_id.in_(own)
        dropped = [_row(one) for one in (await tx.execute(select(FollowUpOutcome).where(*double))).scalars()]
        await tx.execute(delete(FollowUpOutcome).where(*double))
        return {**await super().move(tx, pair), "dropped": dropped}

    async def move_back(self, tx: Tx, undoing: Undoing, moved: Moved) -> None:
        """Move the answers back, and write those again that were dropped."""
        await super().move_back(tx, undoing, moved)
        present = set(await self._keys(tx, undoing.survivor))
        for row in moved["dropped"]:
            if UUID(row["followup_id"]) in present:
                reason = row["reason_left_id"]
                tx.session.add(
                    FollowUpOutcome(
                        followup_id=UUID(row["followup_id"]),
                        client_id=undoing.merged,
                        still_in_housing=StillInHousing(row["still_in_housing"]),
                        reason_left_id=None if reason is None else UUID(reason),
                        housed_elsewhere=row["housed_elsewhere"],
                    )
                )
        await tx.session.flush()

    async def owners(self, tx: Tx, undoing: Undoing, keys: Sequence[UUID]) -> Mapping[UUID, UUID]:
        """Whose the placements and housing loss prevention of these follow-ups are."""
        return await _owners(tx, undoing, keys)


async def _owners(tx: Tx, undoing: Undoing, keys: Sequence[UUID]) -> Mapping[UUID, UUID]:
    rows = await tx.execute(select(FollowUp.id, FollowUp.subject_id).where(FollowUp.id.in_(keys)))
    subjects = {id_: subject for id_, subject in rows}  # noqa: C416 - rows are no pairs to the type checker
    members = await members_of_placements(tx, set(subjects.values()), undoing.both)
    preventions = await tx.execute(
        select(HousingLossPrevention.id, HousingLossPrevention.client_id).where(
            HousingLossPrevention.id.in_(subjects.values())
        )
    )
    members |= {id_: client for id_, client in preventions}  # noqa: C416 - as above
    return {id_: members[subject] for id_, subject in subjects.items() if subject in members}


def _row(one: FollowUpOutcome) -> dict[str, Any]:
    reason = one.reason_left_id
    return {
        "followup_id": str(one.followup_id),
        "still_in_housing": one.still_in_housing.value,
        "reason_left_id": None if reason is None else str(reason),
        "housed_elsewhere": one.housed_elsewhere,
    }


_PARTS = (MovesFollowUps(FollowUp.client_id), MovesOutcomes(FollowUpOutcome.client_id))


def moved_to_client() -> Sequence[MovesToClient]:
    """What of this feature is moved when two records of one person are merged."""
    return _PARTS
