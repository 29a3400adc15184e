"""Reading landlords (U6)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import false, func, or_, select

from chassis.errors import NotFound
from chassis.paging import PAGE, CountedPage, Paging
from chassis.tx import ReadTx
from chassis.usecase import query
from trade.letters import folded
from units_svc.edits import Edit, edits_of
from units_svc.landlords.feature import VIEW_LANDLORDS
from units_svc.landlords.model import Landlord, LandlordContact, LandlordKind, Relation
from units_svc.publishing import HOMES
from units_svc.tables import views


@dataclass(frozen=True, slots=True)
class LandlordRow:
    """A landlord as a line of a list."""

    id: UUID
    name: str
    kind: LandlordKind
    relation: Relation
    party: str | None
    phone: str | None
    email: str | None
    active: bool
    homes: int


@dataclass(frozen=True, slots=True)
class ContactView:
    """Whom to reach."""

    name: str
    position: str | None
    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class LandlordRecord:
    """Everything that is known of a landlord."""

    id: UUID
    version: int
    kind: LandlordKind
    name: str
    relation: Relation
    party: str | None
    phone: str | None
    email: str | None
    address: str | None
    comments: str | None
    active: bool
    homes: int
    contacts: list[ContactView] = field(default_factory=list)


# Relation and party distinguish two landlords of one name.
_BY_NAME = Paging(Landlord.name_key, Landlord.relation, Landlord.id)
_HOMES = select(func.count()).select_from(HOMES).where(HOMES.c.landlord_id == Landlord.id).scalar_subquery()


@query(VIEW_LANDLORDS)
async def landlord_list(
    tx: ReadTx,
    *,
    words: str | None = None,
    relation: Relation | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> CountedPage[LandlordRow]:
    """Landlords by name, at most `limit` after the position `after` (U6)."""
    statement = select(
        Landlord.id, Landlord.name, Landlord.kind, Landlord.relation, Landlord.party, Landlord.phone,
        Landlord.email, Landlord.active, _HOMES,
    )  # fmt: skip
    sought = folded(words or "").split()
    for word in sought:
        statement = statement.where(Landlord.name_key.like(f"%{word}%"))
    if (words or "").strip() and not sought:
        statement = statement.where(false())
    if relation is not None:
        statement = statement.where(Landlord.relation == relation)
    return await _BY_NAME.counted_page(tx, statement, LandlordRow, after=after, limit=limit)


@query(VIEW_LANDLORDS)
async def landlord_history(tx: ReadTx, landlord_id: UUID) -> list[Edit]:
    """Who changed what of a landlord, newest first (X3)."""
    return await edits_of(tx, "landlord", landlord_id)


@query(VIEW_LANDLORDS)
async def landlord_choices(tx: ReadTx, keep: UUID | None = None, limit: int = 2_000) -> list[tuple[str, str]]:
    """Ids and names of active landlords, to choose from; also of the one that is chosen already."""
    current = Landlord.id == keep
    choices = (
        select(Landlord.id, Landlord.name, Landlord.name_key)
        .where(or_(Landlord.active, current))
        .order_by(current.desc(), Landlord.name_key)
        .limit(limit)
    )
    rows = sorted(await tx.execute(choices), key=lambda row: row.name_key)
    return [(str(row.id), row.name) for row in rows]


@query(VIEW_LANDLORDS)
async def landlord_record(tx: ReadTx, landlord_id: UUID) -> LandlordRecord:
    """One landlord with contacts. Raises NotFound."""
    found = (
        await tx.execute(
            select(
                Landlord.id, Landlord.version, Landlord.kind, Landlord.name, Landlord.relation,
                Landlord.party, Landlord.phone, Landlord.email, Landlord.address, Landlord.comments,
                Landlord.active, _HOMES,
            ).where(Landlord.id == landlord_id)
        )
    ).one_or_none()  # fmt: skip
    if found is None:
        raise NotFound(what="landlord")
    contacts = await tx.execute(
        select(LandlordContact.name, LandlordContact.position, LandlordContact.phone, LandlordContact.email)
        .where(LandlordContact.landlord_id == landlord_id)
        .order_by(LandlordContact.name)
    )
    return replace(views(LandlordRecord, [found])[0], contacts=views(ContactView, contacts))
