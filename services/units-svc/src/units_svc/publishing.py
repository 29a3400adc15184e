"""Publishing the listings of many homes at once, for every feature whose changes reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    MetaData,
    ScalarSelect,
    Select,
    String,
    Table,
    Uuid,
    insert,
    select,
    text,
    update,
)

if TYPE_CHECKING:
    from chassis.tx import Tx

_tables = MetaData()
HOMES = Table(
    "unit",
    _tables,
    Column("id", Uuid()),
    Column("landlord_id", Uuid()),
    Column("active", Boolean()),
    Column("listing_version", Integer()),
)
"""The table of homes, as far as features that come before the inventory need to know it."""
_OCCUPATIONS = Table(
    "occupation",
    _tables,
    Column("unit_id", Uuid()),
    Column("kind", String()),
    Column("managed_by", String()),
    Column("manager", String()),
    Column("began_on", Date()),
    Column("ended_on", Date()),
)
_TO_PUBLISH = Table("unit_to_publish", _tables, Column("unit_id", Uuid()))


def lived_in_under(unit_id: Any) -> ScalarSelect[str | None]:
    """The property entity under which somebody lives in a home, whatever its landlord on record is now.

    NULL where nobody lives there, or only under somebody else. Of two, the one whose people came first:
    they're there until their end is known.
    """
    lived = _OCCUPATIONS.c
    return (
        select(lived.manager)
        .where(
            lived.unit_id == unit_id,
            lived.ended_on.is_(None),
            lived.kind != "out_of_use",
            lived.managed_by == "property_entity",
        )
        .order_by(lived.began_on)
        .limit(1)
        .scalar_subquery()
    )


@runtime_checkable
class BulkPublisher(Protocol):
    """A publisher that can publish the listings of many units in one statement."""

    async def publish_listings(self, tx: Tx) -> int:
        """Write the outbox rows of the units in the temporary table `unit_to_publish`; return how many."""
        ...


async def publish_listings(tx: Tx, which: Select[UUID], *, fresh: Select[UUID] | None = None) -> int:
    """Publish the listings of many units in a fixed number of statements; return how many.

    `which` selects their ids. Units that aren't active are left out. The session must not hold changes of
    them. `fresh` selects the ids of units that were written just now with their first listing version.
    """
    publisher = tx.runtime.publisher
    if not isinstance(publisher, BulkPublisher):
        raise TypeError(f"{type(publisher).__name__} can't publish listings in bulk")
    await tx.session.flush()
    await tx.execute(
        text("CREATE TEMP TABLE IF NOT EXISTS unit_to_publish (unit_id uuid PRIMARY KEY) ON COMMIT DROP")
    )
    await tx.execute(text("DELETE FROM unit_to_publish"))
    active = select(HOMES.c.id).where(HOMES.c.active, HOMES.c.id.in_(which))
    await tx.execute(insert(_TO_PUBLISH).from_select(["unit_id"], active))
    await tx.execute(
        update(HOMES)
        .where(HOMES.c.id.in_(select(_TO_PUBLISH.c.unit_id)))
        .values(listing_version=HOMES.c.listing_version + 1)
    )
    if fresh is not None:
        await tx.execute(insert(_TO_PUBLISH).from_select(["unit_id"], fresh))
    return await publisher.publish_listings(tx)
