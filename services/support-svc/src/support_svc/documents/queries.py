"""Reading documents, and what of them a household has (C9)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import aliased

from chassis.errors import NotFound
from chassis.lookups import Labelled
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see, require_client
from support_svc.clients.model import Client, is_adult
from support_svc.documents.feature import DOCUMENT_KIND, VIEW_DOCUMENTS, VIEW_NEEDED_DOCUMENTS
from support_svc.documents.model import (
    EXPIRING_WITHIN,
    ClientDocument,
    DocumentFile,
    FileType,
    NeededDocument,
    NeededList,
    NeededOf,
    is_there,
    missing,
    needs,
)
from support_svc.history.model import HistoryRecord, Matter
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.lookups.model import LookupValue
from support_svc.placements.feature import PROGRAM
from support_svc.placements.model import Placement, PlacementMember, TypeSought
from support_svc.placements.queries import active_placement, requests_of, require_visible

NEEDED_BY = (PROGRAM, HOUSING_TYPE)
"""The lists whose values need documents."""


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a document, without its bytes."""

    id: UUID
    type: FileType
    size: int
    added_at: datetime
    added_by_name: str


@dataclass(frozen=True, slots=True)
class DocumentView(Labelled):
    """A document of a client; its label is that of its kind. Of a list, `files` are all there are."""

    id: UUID
    client_id: UUID
    kind_id: UUID
    label_en: str
    label_fr: str
    which: str | None
    needed: bool
    asked_on: date | None
    have: bool
    expires_on: date | None
    expired: bool
    expiring: bool
    version: int
    files: tuple[FileView, ...]


@dataclass(frozen=True, slots=True)
class MissingDocument(Labelled):
    """A kind of document that a household doesn't have; `name` is whose it is, if not anybody's."""

    label_en: str
    label_fr: str
    client_id: UUID | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Readiness:
    """How many of the documents that are needed are there, and which are missing."""

    needed: int
    had: int
    missing: tuple[MissingDocument, ...]
    placement_id: UUID | None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file with its bytes."""

    id: UUID
    type: FileType
    content: bytes


@dataclass(frozen=True, slots=True)
class NeededListView(Labelled):
    """What a program or a type of home needs; its label is the value's."""

    value_id: UUID
    list: str
    label_en: str
    label_fr: str
    each_adult: tuple[UUID, ...]
    household: tuple[UUID, ...]
    version: int


@query(VIEW_DOCUMENTS, views="client")
async def documents_of(tx: ReadTx, client_id: UUID) -> list[DocumentView]:
    """The documents of a client, in the order of their kinds. Raises NotFound."""
    await require_client(tx, client_id)
    return await _documents(tx, ClientDocument.client_id == client_id)


@query(VIEW_DOCUMENTS)
async def document(tx: ReadTx, document_id: UUID) -> DocumentView:
    """One document. Raises NotFound."""
    for one in await _documents(tx, ClientDocument.id == document_id):
        tx.viewed("client", one.client_id)
        return one
    raise NotFound(what="document")


@query(VIEW_DOCUMENTS)
async def document_file(tx: ReadTx, document_id: UUID, file_id: UUID) -> StoredFile:
    """A file of a document with its bytes; the view is logged (X3). Raises NotFound."""
    row = (
        await tx.execute(
            select(DocumentFile.client_id, DocumentFile.type, DocumentFile.content)
            .join(Client, Client.id == DocumentFile.client_id)
            .where(DocumentFile.id == file_id, DocumentFile.document_id == document_id, may_see(tx))
        )
    ).one_or_none()
    if row is None:
        raise NotFound(what="file")
    tx.viewed("client", row.client_id)
    return StoredFile(file_id, row.type, bytes(row.content))


@query(VIEW_DOCUMENTS)
async def readiness_of_client(tx: ReadTx, client_id: UUID) -> Readiness:
    """What of the documents that are needed is there: of the household in a placement, else of the client.

    Raises NotFound.
    """
    await require_client(tx, client_id)
    placed: UUID | None = await active_placement(tx, client_id)
    if placed is not None:
        return await _of_placement(tx, placed)
    people = await tx.execute(select(Client).where(Client.id == client_id))
    return await _readiness(tx, [], list(people.scalars()), None)


@query(VIEW_DOCUMENTS)
async def readiness_of_placement(tx: ReadTx, placement_id: UUID) -> Readiness:
    """What of the documents that its program and its home need is there. Raises NotFound."""
    await require_visible(tx, placement_id)
    return await _of_placement(tx, placement_id)


@query(VIEW_NEEDED_DOCUMENTS)
async def needed_lists(tx: ReadTx) -> list[NeededListView]:
    """What each program and type of home needs, those without a list and the retired ones too."""
    return await _needed(tx, LookupValue.list.in_(NEEDED_BY))


@query(VIEW_NEEDED_DOCUMENTS)
async def needed_list(tx: ReadTx, value_id: UUID) -> NeededListView:
    """What one program or type of home needs. Raises NotFound."""
    for one in await _needed(tx, and_(LookupValue.id == value_id, LookupValue.list.in_(NEEDED_BY))):
        return one
    raise NotFound(what="program or housing type")


async def records_of(tx: ReadTx, client_id: UUID) -> list[HistoryRecord]:
    """The documents that the history of a client is about."""
    ids = await tx.execute(select(ClientDocument.id).where(ClientDocument.client_id == client_id))
    return [HistoryRecord(Matter.DOCUMENT, one) for one in ids.scalars()]


async def _documents(tx: ReadTx, wanted: ColumnElement[bool]) -> list[DocumentView]:
    rows = (
        await tx.execute(
            select(ClientDocument, LookupValue)
            .join(LookupValue, LookupValue.id == ClientDocument.kind_id)
            .join(Client, Client.id == ClientDocument.client_id)
            .where(wanted, may_see(tx))
            .order_by(LookupValue.sort_order, LookupValue.code, ClientDocument.recorded_at)
        )
    ).all()
    files: dict[UUID, list[FileView]] = {one.id: [] for one, _ in rows}
    columns = (DocumentFile.id, DocumentFile.type, DocumentFile.size, DocumentFile.added_at)
    for row in await tx.execute(
        select(DocumentFile.document_id, *columns, DocumentFile.added_by_name)
        .where(DocumentFile.document_id.in_(files))
        .order_by(DocumentFile.id)
    ):
        files[row.document_id].append(FileView(*row[1:]))
    return [_view(one, kind, tx.today, files[one.id]) for one, kind in rows]


def _view(one: ClientDocument, kind: LookupValue, today: date, files: Sequence[FileView]) -> DocumentView:
    there = is_there(today, one.expires_on, have=one.have)
    return DocumentView(
        id=one.id,
        client_id=one.client_id,
        kind_id=one.kind_id,
        label_en=kind.label_en,
        label_fr=kind.label_fr,
        which=one.which,
        needed=one.needed,
        asked_on=one.asked_on,
        have=one.have,
        expires_on=one.expires_on,
        expired=one.have and not there,
        expiring=there and one.expires_on is not None and one.expires_on <= today + EXPIRING_WITHIN,
        version=one.version,
        files=tuple(files),
    )


async def _of_placement(tx: ReadTx, placement_id: UUID) -> Readiness:
    placement = (await tx.execute(select(Placement).where(Placement.id == placement_id))).scalar_one()
    request, _ = await requests_of(tx, placement)
    at_home = select(LookupValue.id).where(LookupValue.list == HOUSING_TYPE)
    types: Select[Any] = (
        at_home.where(LookupValue.published_as == request.housing_type)
        if request is not None and request.open
        else select(TypeSought.housing_type_id).where(TypeSought.placement_id == placement_id)
    )
    rows = await tx.execute(
        select(NeededDocument.kind_id, NeededDocument.needed_of).where(
            NeededDocument.value_id.in_(types) | (NeededDocument.value_id == placement.program_id)
        )
    )
    people = await tx.execute(
        select(Client)
        .join(PlacementMember, PlacementMember.client_id == Client.id)
        .where(PlacementMember.placement_id == placement_id, PlacementMember.left_on.is_(None), may_see(tx))
        .order_by(PlacementMember.is_head.desc(), PlacementMember.position)
    )
    return await _readiness(tx, [(kind, of) for kind, of in rows], list(people.scalars()), placement)


async def _readiness(
    tx: ReadTx,
    lists: Iterable[tuple[UUID, NeededOf]],
    people: Sequence[Client],
    placement: Placement | None,
) -> Readiness:
    """Compare what is needed with the documents of these people; a child who is the head counts as adult."""
    head = placement.client_id if placement is not None else None
    found = (
        await tx.execute(
            select(ClientDocument).where(ClientDocument.client_id.in_([one.id for one in people]))
        )
    ).scalars()
    documents = list(found)
    there = {
        (one.client_id, one.kind_id) for one in documents if is_there(tx.today, one.expires_on, have=one.have)
    }
    wanted = needs(
        lists,
        [(one.client_id, one.kind_id) for one in documents if one.needed],
        [one.id for one in people if one.id == head or is_adult(one.age_on(tx.today))],
    )
    lacking = missing(wanted, there)
    kinds = await _kinds(tx, {need.kind for need in lacking})
    names = {one.id: one.full_name for one in people}
    place = {one.id: at for at, one in enumerate(people)}
    lacking.sort(
        key=lambda need: (
            kinds[need.kind].sort_order,
            kinds[need.kind].code,
            -1 if need.person is None else place[need.person],
        )
    )
    return Readiness(
        needed=len(wanted),
        had=len(wanted) - len(lacking),
        missing=tuple(
            MissingDocument(
                kinds[need.kind].label_en,
                kinds[need.kind].label_fr,
                need.person,
                None if need.person is None else names[need.person],
            )
            for need in lacking
        ),
        placement_id=placement.id if placement is not None else None,
    )


async def _kinds(tx: ReadTx, ids: Iterable[UUID]) -> dict[UUID, LookupValue]:
    rows = await tx.execute(select(LookupValue).where(LookupValue.id.in_(list(ids))))
    return {one.id: one for one in rows.scalars()}


async def _needed(tx: ReadTx, wanted: ColumnElement[bool]) -> list[NeededListView]:
    kind = aliased(LookupValue)
    rows = await tx.execute(
        select(LookupValue, NeededList.version, NeededDocument.needed_of, kind.id)
        .outerjoin(NeededList, NeededList.value_id == LookupValue.id)
        .outerjoin(NeededDocument, NeededDocument.value_id == LookupValue.id)
        .outerjoin(kind, and_(kind.id == NeededDocument.kind_id, kind.list == DOCUMENT_KIND))
        .where(wanted)
        .order_by(LookupValue.list.desc(), LookupValue.sort_order, LookupValue.code, kind.sort_order)
    )
    values: dict[UUID, tuple[LookupValue, int]] = {}
    kinds: dict[tuple[UUID, NeededOf], list[UUID]] = {}
    for value, version, of, needed in rows:
        values[value.id] = (value, version or 0)
        if needed is not None:
            kinds.setdefault((value.id, of), []).append(needed)
    return [
        NeededListView(
            value_id=value.id,
            list=value.list,
            label_en=value.label_en,
            label_fr=value.label_fr,
            each_adult=tuple(kinds.get((value.id, NeededOf.EACH_ADULT), ())),
            household=tuple(kinds.get((value.id, NeededOf.HOUSEHOLD), ())),
            version=version,
        )
        for value, version in values.values()
    ]
