"""What is recorded about clients as the rows of files, for all clients or for one, some at a time (C7).

A client is named by the id that our own export gave it where it came from, so that what is imported and
exported again is the same.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, Text, cast, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.client_exports.feature import EXPORT_CLIENTS
from support_svc.client_imports.model import ClientSource, ConsentSource
from support_svc.clients.finding import may_see, require_client
from support_svc.clients.model import Client, ContactKind, ContactPoint, HouseholdMember
from support_svc.consents.model import Consent
from support_svc.housing_history.model import HousingRecord, HousingRent
from support_svc.lookups.model import LookupValue

OWN = "partywall"
"""The source of the mappings that read our own export."""
BATCH = 2_000

CLIENT_COLUMNS = (
    "client", "given_name", "family_name", "preferred_name", "other_names", "date_of_birth", "estimated_age",
    "estimated_on", "gender", "indigenous", "disability", "preferred_language", "phones", "emails",
    "address_line", "city", "province", "postal_code", "country", "state", "external_ids", "comments",
)  # fmt: skip
CONSENT_COLUMNS = (
    "consent", "client", "purpose", "recipient", "type", "given_on", "expires_on", "given_how", "taken_by",
    "document_reference", "withdrawn_on", "withdrawn_by", "status",
)  # fmt: skip
HOUSEHOLD_COLUMNS = ("household", "client", "relationship", "is_head", "joined_on", "left_on")
STAY_COLUMNS = (
    "stay", "record", "client", "housing_type", "address", "started_on", "ended_on", "other_people",
    "reason_left",
)  # fmt: skip
RENT_COLUMNS = ("record", "from_date", "amount", "currency")


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a file, and the position behind which the next ones are."""

    rows: list[list[Any]]
    after: UUID | None


def _named(client: Any) -> ColumnElement[str]:
    """What our files call a client."""
    came_as = (
        select(func.min(ClientSource.source_ref))
        .where(ClientSource.client_id == client, ClientSource.source == OWN)
        .scalar_subquery()
    )
    return func.coalesce(came_as, cast(client, Text))


def _of(tx: ReadTx, client: Any, client_id: UUID | None) -> list[ColumnElement[bool]]:
    """Of whom rows are: of one client, or of all whom the asker may know of."""
    seen = select(Client.id).where(Client.id == client, may_see(tx)).exists()
    return [seen] if client_id is None else [client == client_id, seen]


async def _page(
    tx: ReadTx, statement: Select[*tuple[Any, ...]], id_: Any, after: UUID | None
) -> list[Sequence[Any]]:
    """Rows of a statement behind a position, by an id that is their first column and isn't in the file."""
    if after is not None:
        statement = statement.where(id_ > after)
    return list((await tx.execute(statement.order_by(id_).limit(BATCH))).all())


@query(EXPORT_CLIENTS)
async def exported_clients(tx: ReadTx, *, client_id: UUID | None = None, after: UUID | None = None) -> Rows:
    """Rows of `clients.csv`. Each view is logged (X3)."""
    gender, indigenous = aliased(LookupValue), aliased(LookupValue)

    def points(kind: ContactKind, between: str) -> ColumnElement[Any]:
        joined = aggregate_order_by(literal(between), ContactPoint.position, ContactPoint.id)
        found = select(func.string_agg(ContactPoint.value, joined)).where(
            ContactPoint.client_id == Client.id, ContactPoint.kind == kind
        )
        return found.scalar_subquery()

    others = (
        select(func.array_agg(ClientSource.source + "/" + ClientSource.source_ref))
        .where(ClientSource.client_id == Client.id, ClientSource.source != OWN)
        .scalar_subquery()
    )
    statement = (
        select(
            Client.id, _named(Client.id), Client.given_name, Client.family_name, Client.preferred_name,
            Client.other_names, Client.date_of_birth, Client.estimated_age, Client.estimated_on, gender.code,
            indigenous.code, Client.disability, Client.preferred_language, points(ContactKind.PHONE, ";"),
            points(ContactKind.EMAIL, " "), Client.address_line, Client.city, Client.province,
            Client.postal_code, Client.country, Client.state, others, Client.comments,
        )
        .outerjoin(gender, gender.id == Client.gender_id)
        .outerjoin(indigenous, indigenous.id == Client.indigenous_id)
        .where(*_of(tx, Client.id, client_id))
    )  # fmt: skip
    found = await _page(tx, statement, Client.id, after)
    for row in found:
        tx.viewed("client", row[0])
    rows = [[*row[1:21], ";".join(sorted(quote(one, safe="/ :.") for one in row[21] or ())), row[22]]
            for row in found]  # fmt: skip
    return Rows(rows, found[-1][0] if found else None)


@query(EXPORT_CLIENTS)
async def exported_consents(tx: ReadTx, *, client_id: UUID | None = None, after: UUID | None = None) -> Rows:
    """Rows of `consents.csv`, in the order in which they were recorded."""
    came_as = (
        select(func.min(ConsentSource.source_ref))
        .where(ConsentSource.consent_id == Consent.id, ConsentSource.source == OWN)
        .scalar_subquery()
    )
    withdrawn = cast(func.timezone(str(tx.runtime.time_zone), Consent.withdrawn_at), Date)
    statement = select(
        Consent, func.coalesce(came_as, cast(Consent.id, Text)), _named(Consent.client_id), withdrawn
    ).where(*_of(tx, Consent.client_id, client_id))
    found = await _page(tx, statement, Consent.id, after)
    rows = [
        [consent, client, one.purpose, one.recipient, one.type, one.given_on, one.expires_on, one.given_how,
         one.taken_by_name, one.document_reference, day, one.withdrawn_by_name, one.status_on(tx.today)]
        for one, consent, client, day in found
    ]  # fmt: skip
    return Rows(rows, found[-1][0].id if found else None)


@query(EXPORT_CLIENTS)
async def exported_households(
    tx: ReadTx, *, client_id: UUID | None = None, after: UUID | None = None
) -> Rows:
    """Rows of `households.csv`: who was in which household, from when until when."""
    of = HouseholdMember
    statement = (
        select(of.id, of.household_id, _named(of.client_id), LookupValue.code, of.is_head, of.joined_on,
            of.left_on)
        .outerjoin(LookupValue, LookupValue.id == of.relationship_id)
        .where(*_of(tx, of.client_id, client_id))
    )  # fmt: skip
    return _rows(await _page(tx, statement, of.id, after))


@query(EXPORT_CLIENTS)
async def exported_stays(tx: ReadTx, *, client_id: UUID | None = None, after: UUID | None = None) -> Rows:
    """Rows of `stays.csv`: where people have lived."""
    of, kind, reason = HousingRecord, aliased(LookupValue), aliased(LookupValue)
    statement = (
        select(of.id, of.stay, of.id, _named(of.client_id), kind.code, of.address, of.started_on,
            of.ended_on, of.other_people, reason.code)
        .join(kind, kind.id == of.housing_type_id)
        .outerjoin(reason, reason.id == of.reason_left_id)
        .where(*_of(tx, of.client_id, client_id))
    )  # fmt: skip
    return _rows(await _page(tx, statement, of.id, after))


@query(EXPORT_CLIENTS)
async def exported_rents(tx: ReadTx, *, client_id: UUID | None = None, after: UUID | None = None) -> Rows:
    """Rows of `rents.csv`: the rents of stays, whole stays together."""
    page = (
        select(HousingRecord.id)
        .where(*_of(tx, HousingRecord.client_id, client_id))
        .order_by(HousingRecord.id)
        .limit(BATCH)
    )
    if after is not None:
        page = page.where(HousingRecord.id > after)
    stays = list((await tx.execute(page)).scalars())
    rents = await tx.execute(
        select(HousingRent.record_id, HousingRent.from_date, HousingRent.amount, HousingRent.currency)
        .where(HousingRent.record_id.in_(stays))
        .order_by(HousingRent.record_id, HousingRent.from_date)
    )
    return Rows([list(row) for row in rents], stays[-1] if stays else None)


@query(EXPORT_CLIENTS)
async def may_export(tx: ReadTx, client_id: UUID) -> None:
    """Refuse with NotFound a client whom the asker may not know of."""
    await require_client(tx, client_id)


def _rows(found: list[Sequence[Any]]) -> Rows:
    return Rows([list(row[1:]) for row in found], found[-1][0] if found else None)


async def batches(
    ask: Callable[..., Awaitable[Rows]], of: Any, client_id: UUID | None
) -> AsyncIterator[list[list[Any]]]:
    """Yield all rows of a file, some at a time. `ask` runs the query `of` in the caller's name."""
    after: UUID | None = None
    while True:
        found = await ask(of, client_id=client_id, after=after)
        if found.after is None:
            return
        yield found.rows
        after = found.after
