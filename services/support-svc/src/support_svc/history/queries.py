"""Reading who changed and who viewed what about a person, from the audit and the access log (X3)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, String, case, cast, func, select, tuple_

from chassis.db.tables import access_log, audit
from chassis.feature import offers_of
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.feature import VIEW_CLIENTS
from support_svc.clients.finding import may_see, require_client
from support_svc.clients.model import ADDRESS_FIELDS, Client, HouseholdMember, display_name
from support_svc.consents.model import LANDLORDS_ASKED, SERVICE_PARTNERS, Consent
from support_svc.contacts.model import Contact
from support_svc.corrections.model import Corrected
from support_svc.history.model import VIEWED, FieldChange, HistoryLine, HistoryRecord, Looked, Matter
from support_svc.housing_history.model import HousingRecord

MOST = 200
"""Changes, and days with views, that are shown."""
_SHOWN = frozenset(
    {"given_name", "family_name", "preferred_name", "other_names", "phones", "emails", "address_line", "city"}
    | {"province", "postal_code", "estimated_age"}
)
"""Fields whose values are shown; of others, such as comments, only that they were changed."""
_DAYS = frozenset({"date_of_birth", "from_date", "ended_on"})
_LOOKED = {
    "clients.mailing_address": Looked.ADDRESS,
    "housing_history.address_of_stay": Looked.ADDRESS,
    "clients.household": Looked.HOUSEHOLD,
    "housing_history.": Looked.STAYS,
    "consents.": Looked.CONSENTS,
    "contacts.": Looked.CONTACTS,
    "documents.": Looked.DOCUMENTS,
    "plans.": Looked.PLAN,
    "placements.": Looked.PLACEMENT,
    "history.": Looked.HISTORY,
}
"""What queries show, by how their names begin; any other shows the person's own record."""
_MATTER_OF = {
    Looked.HOUSEHOLD: Matter.HOUSEHOLD,
    Looked.STAYS: Matter.STAY,
    Looked.CONSENTS: Matter.CONSENT,
    Looked.CONTACTS: Matter.CONTACT,
    Looked.DOCUMENTS: Matter.DOCUMENT,
    Looked.PLAN: Matter.PLAN,
}


@query(VIEW_CLIENTS, views="client")
async def history(
    tx: ReadTx, client_id: UUID, about: Matter | None = None, record: UUID | None = None
) -> list[HistoryLine]:
    """Who changed and who viewed what about a client, the latest first; of one matter or record if named.

    Raises NotFound.
    """
    await require_client(tx, client_id)
    lines = await _changes(tx, client_id, about, record)
    lines += await _views(tx, client_id, about)
    return sorted(lines, key=lambda line: line.at, reverse=True)[:MOST]


@query(VIEW_CLIENTS)
async def last_change(tx: ReadTx, client_id: UUID) -> HistoryLine | None:
    """The latest change of anything about a client."""
    lines = await _changes(tx, client_id, None, None, most=1)
    return lines[0] if lines else None


async def _changes(
    tx: ReadTx, client_id: UUID, about: Matter | None, record: UUID | None, most: int = MOST
) -> list[HistoryLine]:
    records = await _records(tx, client_id, about, record)
    safe = await tx.scalar(select(Client.safe_address).where(Client.id == client_id))
    hidden = frozenset(ADDRESS_FIELDS) if safe else frozenset[str]()
    rows = (
        await tx.execute(
            select(audit)
            .where(tuple_(audit.c.record_kind, audit.c.record_id).in_(list(records)))
            .order_by(audit.c.at.desc(), audit.c.id.desc())
            .limit(most)
        )
    ).all()
    people = await _names(tx, rows)
    return [
        HistoryLine(
            at=row.at,
            actor_name=row.actor_name,
            matter=Matter.STAY if row.record_kind == Corrected.STAY else Matter(row.record_kind),
            action=row.action,
            changes=_fields(row.changes or {}, hidden) if row.action == "edited" else (),
            name=people.get(_concerned(row)),
            purpose=_either(row.changes or {}, "purpose"),
            landlord=_landlord(row.changes or {}),
            record_id=UUID(row.record_id),
            shown=records[row.record_kind, row.record_id],
        )
        for row in rows
    ]


async def _records(
    tx: ReadTx, client_id: UUID, about: Matter | None, record: UUID | None
) -> dict[tuple[str, str], str | None]:
    """The records of a client that a history is about, each with what it's called, if anything."""
    found: dict[tuple[str, str], str | None] = {}
    if about in (None, Matter.CLIENT):
        found |= {(Matter.CLIENT, str(one)): None for one in await _ids(tx, client_id)}
    if about in (None, Matter.HOUSEHOLD):
        households = select(HouseholdMember.household_id).where(HouseholdMember.client_id == client_id)
        found |= {(Matter.HOUSEHOLD, str(one)): None for one in (await tx.execute(households)).scalars()}
    if about in (None, Matter.STAY):
        stays = select(HousingRecord).where(HousingRecord.client_id == client_id)
        # The audit records a correction under a kind of its own.
        for stay in (await tx.execute(stays)).scalars():
            found |= {(kind, str(stay.id)): stay.shown_address for kind in (Matter.STAY, Corrected.STAY)}
    if about in (None, Matter.CONSENT):
        consents = select(Consent.id, cast(Consent.purpose, String)).where(Consent.client_id == client_id)
        found |= {(Matter.CONSENT, str(one)): purpose for one, purpose in await tx.execute(consents)}
    if about in (None, Matter.CONTACT):
        contacts = select(Contact.id, Contact.name).where(Contact.client_id == client_id)
        found |= {(Matter.CONTACT, str(one)): name for one, name in await tx.execute(contacts)}
    for ask in offers_of(tx.runtime.features, "history_records"):
        records: list[HistoryRecord] = await ask(tx, client_id)
        found |= {(one.matter, str(one.id)): None for one in records if about in (None, one.matter)}
    if record is not None:
        found = {key: shown for key, shown in found.items() if key[1] == str(record)}
    return found


async def _ids(tx: ReadTx, client_id: UUID) -> list[UUID]:
    """The ids under which a person was known: the client's, and those of records that were merged into it."""
    merged = select(Client.id).where(Client.merged_into == client_id)
    return [client_id, *(await tx.execute(merged)).scalars()]


async def _views(tx: ReadTx, client_id: UUID, about: Matter | None) -> list[HistoryLine]:
    """Who looked at what, a line for each person, day and thing."""
    looked = case(
        *((access_log.c.query.startswith(name), what.value) for name, what in _LOOKED.items()),
        else_=Looked.RECORD.value,
    ).label("looked")
    at, day = func.max(access_log.c.at), func.date_trunc("day", access_log.c.at)
    rows = await tx.execute(
        select(at.label("at"), access_log.c.actor_name, looked, func.count().label("times"))
        .where(
            access_log.c.record_kind == "client",
            access_log.c.record_id.in_([str(one) for one in await _ids(tx, client_id)]),
            looked.in_([what.value for what in Looked if about in (None, _matter(what))]),
        )
        .group_by(access_log.c.actor, access_log.c.actor_name, looked, day)
        .order_by(at.desc())
        .limit(MOST)
    )
    return [
        HistoryLine(
            row.at,
            row.actor_name,
            _matter(Looked(row.looked)),
            VIEWED,
            looked=Looked(row.looked),
            times=row.times,
        )
        for row in rows
    ]


def looked_at(name: str) -> Looked:
    """Return what a query of this name shows of a person."""
    return next((what for begin, what in _LOOKED.items() if name.startswith(begin)), Looked.RECORD)


def _matter(what: Looked) -> Matter:
    return _MATTER_OF.get(what, Matter.CLIENT)


def _concerned(row: Row[Any]) -> str | None:
    """The id of the person that a change of a household is about."""
    if row.record_kind != Matter.HOUSEHOLD:
        return None
    before, after = next(iter((row.changes or {}).values()), (None, None))
    concerned: str | None = after or before
    return concerned


async def _names(tx: ReadTx, rows: Sequence[Row[Any]]) -> dict[str | None, str]:
    ids = {UUID(one) for row in rows if (one := _concerned(row)) is not None}
    people = await tx.execute(
        select(Client.id, Client.given_name, Client.family_name, Client.preferred_name).where(
            Client.id.in_(ids), may_see(tx)
        )
    )
    return {str(one): display_name(given, family, preferred) for one, given, family, preferred in people}


def _either(changes: Mapping[str, Any], name: str) -> str | None:
    before, after = changes.get(name, (None, None))
    value: str | None = after or before
    return value


def _landlord(changes: Mapping[str, Any]) -> str | None:
    recipient = _either(changes, "recipient")
    return None if recipient in (LANDLORDS_ASKED, SERVICE_PARTNERS) else recipient


def _fields(changes: Mapping[str, Any], hidden: frozenset[str]) -> tuple[FieldChange, ...]:
    """The changed fields; of those in `hidden` only that they were changed, also long ago."""
    return tuple(
        FieldChange(name, None, None) if name in hidden else _field(name, *values)
        for name, values in changes.items()
    )


def _field(name: str, before: Any, after: Any) -> FieldChange:
    if name in _DAYS:
        return FieldChange(name, _day(before), _day(after))
    if name in _SHOWN:
        return FieldChange(name, _text(before), _text(after))
    return FieldChange(name, None, None)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or None
    return str(value) if value not in (None, "") else None
