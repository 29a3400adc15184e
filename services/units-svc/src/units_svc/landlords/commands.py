"""Keeping the list of landlords (U6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import FromClause, delete, func, literal, select
from sqlalchemy.dialects import postgresql

from chassis.errors import EditedMeanwhile, Faults, InvalidInput, NotFound
from chassis.ids import new_id
from chassis.usecase import use_case
from trade.contact import Email, Name, Phone
from units_svc.entities import PartyId, PropertyEntities
from units_svc.landlords.feature import EDIT_LANDLORDS
from units_svc.landlords.model import (
    OWN,
    Landlord,
    LandlordContact,
    LandlordKind,
    LandlordKnown,
    Relation,
    name_key,
)
from units_svc.privacy.commands import require_private
from units_svc.privacy.model import Place
from units_svc.publishing import HOMES, publish_listings

if TYPE_CHECKING:
    from chassis.tx import Tx

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class Contact(BaseModel):
    """Whom to reach."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[Name, Field(title="Name")]
    position: Annotated[Name | None, Field(title="Position")] = None
    phone: Annotated[Phone | None, Field(title="Phone")] = None
    email: Annotated[Email | None, Field(title="E-mail")] = None


class LandlordDetails(BaseModel):
    """What is known of a landlord."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Annotated[LandlordKind, Field(title="Kind")]
    name: Annotated[Name, Field(title="Name")]
    relation: Annotated[Relation, Field(title="Relation to the property entity")]
    party: Annotated[PartyId | None, Field(title="Property entity")] = None
    """The property entity that it is or manages for, by its id; where none is named, the usual one."""
    phone: Annotated[Phone | None, Field(title="Phone")] = None
    email: Annotated[Email | None, Field(title="E-mail")] = None
    address: Annotated[Name | None, Field(title="Mailing address")] = None
    comments: Annotated[Text | None, Field(title="Comments")] = None
    contacts: Annotated[list[Contact], Field(title="Contacts", max_length=20)] = []


class AddLandlord(LandlordDetails):
    """A new landlord."""


class EditLandlord(LandlordDetails):
    """A correction of what is known of a landlord."""

    landlord_id: UUID
    version: Annotated[int, Field(ge=1)]
    active: Annotated[bool, Field(title="Active")] = True


@use_case(EDIT_LANDLORDS)
async def add_landlord(tx: Tx, command: AddLandlord) -> UUID:
    """Add a landlord and return the id. Raises LandlordKnown, MonitoringRefused."""
    faults = Faults()
    with faults:
        await _require_private(tx, command)
    party = None
    with faults:
        party = _party(tx, command, None)
        await _require_new(tx, command, party, None)
    faults.refuse()
    landlord = Landlord(id=new_id(), **_values(command, party))
    tx.session.add(landlord)
    await tx.session.flush()
    _add_contacts(tx, landlord.id, command.contacts)
    tx.touched("landlord", landlord.id, "added")
    return landlord.id


async def add_landlords(tx: Tx, landlords: FromClause) -> None:
    """Add the landlords of a list that aren't known yet: kind, name, `name_key`, relation, party of each."""
    names = ["id", "kind", "name", "name_key", "relation", "party", "active", "version"]
    listed = select(
        func.uuidv7(),
        *(landlords.c[name] for name in names[1:6]),
        literal(True),
        literal(1),
    )
    new = postgresql.insert(Landlord).from_select(names, listed)
    same = [Landlord.name_key, Landlord.relation, Landlord.party]
    await tx.execute(new.on_conflict_do_nothing(index_elements=same))


@use_case(EDIT_LANDLORDS)
async def edit_landlord(tx: Tx, command: EditLandlord) -> None:
    """Correct a landlord; publish its homes again when the change says who draws up their leases.

    Raises EditedMeanwhile, LandlordKnown, MonitoringRefused, NotFound.
    """
    faults = Faults()
    with faults:
        await _require_private(tx, command)
    landlord = (
        await tx.execute(select(Landlord).where(Landlord.id == command.landlord_id).with_for_update())
    ).scalar_one_or_none()
    if landlord is None:
        raise NotFound(what="landlord")
    party = landlord.party
    with faults:
        party = _party(tx, command, landlord.party)
    values = _values(command, party) | {"active": command.active}
    changes: dict[str, tuple[Any, Any]] = {
        n: (getattr(landlord, n), v) for n, v in values.items() if getattr(landlord, n) != v
    }
    stood, sent = await _contacts_of(tx, landlord.id), [contact.model_dump() for contact in command.contacts]
    if sorted(map(str, stood)) != sorted(map(str, sent)):
        changes["contacts"] = (stood, sent)
    if landlord.version != command.version:
        raise EditedMeanwhile(current=landlord.version, difference=changes)
    with faults:
        await _require_new(tx, command, party, landlord.id)
    faults.refuse()
    for name, value in values.items():
        setattr(landlord, name, value)
    await tx.execute(delete(LandlordContact).where(LandlordContact.landlord_id == landlord.id))
    _add_contacts(tx, landlord.id, command.contacts)
    tx.touched("landlord", landlord.id, "edited", changes)
    if "relation" in changes or "party" in changes:
        await publish_listings(tx, select(HOMES.c.id).where(HOMES.c.landlord_id == landlord.id))


async def _require_private(tx: Tx, details: LandlordDetails) -> None:
    positions = [("contacts", contact.position) for contact in details.contacts]
    texts = [("name", details.name), ("comments", details.comments), *positions]
    await require_private(tx, Place.LANDLORD, texts)


def _party(tx: Tx, details: LandlordDetails, stored: str | None) -> str | None:
    """Return the property entity to store. Raises InvalidInput."""
    entities = PropertyEntities.of(tx.runtime, tx.today)
    return entities.named(details.party, wanted=details.relation in OWN, field="party", stored=[stored])


async def _require_new(tx: Tx, details: LandlordDetails, party: str | None, own: UUID | None) -> None:
    key = name_key(details.name)
    if not key:
        raise InvalidInput(field="name", rule="Enter a name with letters or digits.")
    same = select(Landlord.id).where(
        Landlord.name_key == key,
        Landlord.relation == details.relation,
        Landlord.party.is_not_distinct_from(party),
    )
    found = await tx.scalar(same)
    if found is not None and found != own:
        raise LandlordKnown(field="name", name=details.name)


def _values(details: LandlordDetails, party: str | None) -> dict[str, Any]:
    names = ("kind", "name", "relation", "phone", "email", "address")
    return {name: getattr(details, name) for name in names} | {
        "party": party,
        "name_key": name_key(details.name),
        "comments": details.comments or None,
    }


async def _contacts_of(tx: Tx, landlord_id: UUID) -> list[dict[str, Any]]:
    columns = [getattr(LandlordContact, name) for name in Contact.model_fields]
    rows = await tx.execute(select(*columns).where(LandlordContact.landlord_id == landlord_id))
    return [dict(zip(Contact.model_fields, row, strict=True)) for row in rows]


def _add_contacts(tx: Tx, landlord_id: UUID, contacts: list[Contact]) -> None:
    tx.session.add_all(
        LandlordContact(id=new_id(), landlord_id=landlord_id, **contact.model_dump()) for contact in contacts
    )
