"""Who is reminded of something about a person: whose placement it is, else who recorded it (F2)."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from support_svc.placements.model import Placement, PlacementMember


def reminded(client: InstrumentedAttribute[UUID], recorder: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Who is reminded of a record: the caseworker of the person's placement, else its `recorder`."""
    caseworker = (
        select(Placement.caseworker)
        .join(PlacementMember, PlacementMember.placement_id == Placement.id)
        .where(PlacementMember.client_id == client, PlacementMember.active)
        .correlate(client.class_)
        .scalar_subquery()
    )
    return func.coalesce(caseworker, recorder)
