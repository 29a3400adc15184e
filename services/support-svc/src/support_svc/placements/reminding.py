"""Who is reminded of something about a person: whose placement it is, else who recorded it (F2)."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from chassis.tx import ReadTx
from support_svc.placements.model import ACTIVE, Placement, PlacementMember


def reminds_me_of(
    tx: ReadTx,
    record: InstrumentedAttribute[UUID],
    client: InstrumentedAttribute[UUID],
    recorder: InstrumentedAttribute[str],
    *wanted: ColumnElement[bool],
) -> CompoundSelect[Any]:
    """Select the ids of the records of which the asker is reminded: the caseworker of the person's placement.

    Of somebody without one it's who recorded it. `wanted` is what else holds for them.
    """
    me = tx.actor.subject
    placed = select(PlacementMember.client_id).where(
        PlacementMember.client_id == client, PlacementMember.active
    )
    return union_all(
        select(record)
        .join(PlacementMember, PlacementMember.client_id == client)
        .join(Placement, Placement.id == PlacementMember.placement_id)
        .where(PlacementMember.active, Placement.caseworker == me, Placement.status.in_(ACTIVE), *wanted),
        select(record).where(recorder == me, ~placed.exists(), *wanted),
    )
