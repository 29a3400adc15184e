"""Moving stays when two records of one person are merged: nobody lives in two homes at a time (C3, C5)."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from chassis.feature import offers_of
from chassis.tx import ReadTx, Tx
from deskkit.i18n import N_
from support_svc.clients.one_person import Moved, MovesRows, MovesToClient, Pair, Question, Undoing, Whose
from support_svc.clients.queries import names_of
from support_svc.housing_history.model import HousingOverlap, HousingRecord, Stay, overlaps

STAYS = "stays"


class MovesStays(MovesRows):
    """Stays: where both records have one at the same time, those of the chosen record are stored.

    The others are set aside with the merged record, and come back when the merge is undone.
    """

    async def questions(self, tx: Tx | ReadTx, pair: Pair) -> Sequence[Question]:
        """Ask whose stays are stored, if any overlap."""
        mine, theirs = await _crossing(tx, pair)
        if not mine:
            return ()
        usual = Whose.MERGED if any(one.placement_id for one in theirs) else Whose.SURVIVOR
        return (
            Question(
                STAYS,
                N_("The two records say different homes for the same time. Which ones are right?"),
                {Whose.SURVIVOR: _called(mine), Whose.MERGED: _called(theirs)},
                usual=usual,
            ),
        )

    async def move(self, tx: Tx, pair: Pair) -> Moved:
        """Move the stays; those that aren't chosen are set aside."""
        mine, theirs = await _crossing(tx, pair)
        aside = mine if pair.answers.get(STAYS) == Whose.MERGED else theirs
        ends = await _empty(tx, aside)
        moved = dict(await super().move(tx, pair))
        if aside is theirs:
            await self._give(tx, [one.id for one in aside], pair.survivor, pair.merged)
            moved["moved"] = [key for key in moved["moved"] if key not in {str(one.id) for one in aside}]
        else:
            await self._give(tx, [one.id for one in aside], pair.survivor, pair.merged)
            moved["aside"] = [str(one.id) for one in aside]
        await _fill(tx, pair.both, ends)
        return moved

    async def move_back(self, tx: Tx, undoing: Undoing, moved: Moved) -> None:
        """Move the stays back. Raises HousingOverlap when one recorded since is in the way."""
        back = [UUID(key) for key in moved.get("aside", ())]
        aside = [one for one in await _stays(tx, [undoing.merged]) if one.id in back]
        ends = await _empty(tx, aside)
        await super().move_back(tx, undoing, moved)
        await self._give(tx, [one.id for one in aside], undoing.merged, undoing.survivor)
        for person in undoing.both:
            await _require_apart(tx, person, ends)
        await _fill(tx, undoing.both, ends)

    async def owners(self, tx: Tx, undoing: Undoing, keys: Sequence[UUID]) -> Mapping[UUID, UUID]:
        """Stays that began with a placement go where their placement goes."""
        rows = await tx.execute(
            select(HousingRecord.id, HousingRecord.placement_id).where(
                HousingRecord.id.in_(keys), HousingRecord.placement_id.is_not(None)
            )
        )
        placed = {id_: placement for id_, placement in rows if placement is not None}
        members: dict[UUID, UUID] = {}
        for whose in offers_of(tx.runtime.features, "members_of_placements"):
            members |= await whose(tx, set(placed.values()), undoing.both)
        return {id_: members[placement] for id_, placement in placed.items() if placement in members}


async def _stays(tx: Tx | ReadTx, people: Sequence[UUID]) -> list[HousingRecord]:
    found = await tx.execute(
        select(HousingRecord)
        .where(HousingRecord.client_id.in_(people))
        .order_by(HousingRecord.started_on, HousingRecord.id)
        .execution_options(populate_existing=True)
    )
    return list(found.scalars())


async def _crossing(tx: Tx | ReadTx, pair: Pair) -> tuple[list[HousingRecord], list[HousingRecord]]:
    """The stays of both records that are at the same time."""
    mine, theirs = await _stays(tx, [pair.survivor]), await _stays(tx, [pair.merged])
    return (
        [one for one in mine if any(overlaps(_days(one), _days(other)) for other in theirs)],
        [one for one in theirs if any(overlaps(_days(one), _days(other)) for other in mine)],
    )


def _days(one: HousingRecord) -> Stay:
    return Stay(one.started_on, one.ended_on)


def _called(stays: Sequence[HousingRecord]) -> str:
    return "; ".join(one.address or one.started_on.isoformat() for one in stays)


async def _empty(tx: Tx, stays: Sequence[HousingRecord]) -> dict[UUID, date | None]:
    """Let stays hold no day until `_fill`: two never overlap, not even between two statements."""
    ends = {one.id: one.ended_on for one in stays}
    for one in stays:
        one.ended_on = one.started_on
    await tx.session.flush()
    return ends


async def _fill(tx: Tx, people: Sequence[UUID], ends: Mapping[UUID, date | None]) -> None:
    for one in await _stays(tx, people):
        if one.id in ends:
            one.ended_on = ends[one.id]
    await tx.session.flush()


async def _require_apart(tx: Tx, person: UUID, ends: Mapping[UUID, date | None]) -> None:
    """Refuse with HousingOverlap when a stay that comes back overlaps one that was recorded since."""
    stays = await _stays(tx, [person])
    for one in stays:
        if one.id not in ends:
            continue
        whole = Stay(one.started_on, ends[one.id])
        if any(overlaps(whole, _days(other)) for other in stays if other is not one):
            raise HousingOverlap(name=(await names_of(tx, [person]))[person], field="stays_with_merged")


_PARTS = (MovesStays(HousingRecord.client_id),)


def moved_to_client() -> Sequence[MovesToClient]:
    """What of this feature is moved when two records of one person are merged."""
    return _PARTS
