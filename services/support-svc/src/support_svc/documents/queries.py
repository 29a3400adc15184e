"""Reading documents, and what of them a household has (C9)."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from chassis.errors import NotFound
from chassis.lookups import Labelled
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from support_svc.clients.finding import may_see, require_client
from support_svc.clients.model import Client, is_adult
from support_svc.configuration.queries import number_of
from support_svc.documents.feature import REMINDER, VIEW_DOCUMENTS, VIEW_NEEDED_DOCUMENTS
from support_svc.documents.model import (
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
from support_svc.placements.model import Placement, PlacementMember, TypeSought
from support_svc.placements.queries import active_placement, requests_of, require_visible
from support_svc.programs.model import Program

PROGRAMS = "program"
"""How a list that a program needs is named; that of a type of home is named as its list of values is."""


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
    """What a program or a type of home needs, under the label of either."""

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
    return await _needed(tx, [one async for one in _needing(tx)])


@query(VIEW_NEEDED_DOCUMENTS)
async def needed_list(tx: ReadTx, value_id: UUID) -> NeededListView:
    """What one program or type of home needs. Raises NotFound."""
    for one in await _needed(tx, [one async for one in _needing(tx) if one.id == value_id]):
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
    soon = tx.today + await reminder_of(tx)
    return [_view(one, kind, tx.today, soon, files[one.id]) for one, kind in rows]


async def reminder_of(tx: ReadTx) -> timedelta:
    """How long before its last day, and after it, somebody is reminded of a document."""
    return timedelta(days=await number_of(tx, REMINDER))


def _view(
    one: ClientDocument, kind: LookupValue, today: date, soon: date, files: Sequence[FileView]
) -> DocumentView:
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
        expiring=there and one.expires_on is not None and one.expires_on <= soon,
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


@dataclass(frozen=True, slots=True)
class _Needing:
    """A program or a type of home."""

    id: UUID
    list: str
    label_en: str
    label_fr: str


async def _needing(tx: ReadTx) -> AsyncIterator[_Needing]:
    """Everything that can need documents: the programs by name, then the types of home in their order."""
    programs = select(Program.id, Program.name_en, Program.name_fr).order_by(Program.name_en, Program.id)
    for id_, english, french in await tx.execute(programs):
        yield _Needing(id_, PROGRAMS, english, french)
    types = (
        select(LookupValue)
        .where(LookupValue.list == HOUSING_TYPE)
        .order_by(LookupValue.sort_order, LookupValue.code)
    )
    for value in (await tx.execute(types)).scalars():
        yield _Needing(value.id, value.list, value.label_en, value.label_fr)


async def _needed(tx: ReadTx, needing: Sequence[_Needing]) -> list[NeededListView]:
    ids = [one.id for one in needing]
    lists = await tx.execute(select(NeededList).where(NeededList.value_id.in_(ids)))
    versions = {one.value_id: one.version for one in lists.scalars()}
    rows = await tx.execute(
        select(NeededDocument)
        .join(LookupValue, LookupValue.id == NeededDocument.kind_id)
        .where(NeededDocument.value_id.in_(ids))
        .order_by(LookupValue.sort_order, LookupValue.code)
    )
    kinds: dict[tuple[UUID, NeededOf], list[UUID]] = {}
    for needed in rows.scalars():
        kinds.setdefault((needed.value_id, needed.needed_of), []).append(needed.kind_id)
    return [
        NeededListView(
            value_id=one.id,
            list=one.list,
            label_en=one.label_en,
            label_fr=one.label_fr,
            each_adult=tuple(kinds.get((one.id, NeededOf.EACH_ADULT), ())),
            household=tuple(kinds.get((one.id, NeededOf.HOUSEHOLD), ())),
            version=versions.get(one.id, 0),
        )
        for one in needing
    ]


async def lock_needing(tx: Tx, value_id: UUID) -> UUID:
    """Lock a program or a type of home whose needed documents are changed. Raises NotFound."""
    of_home = select(LookupValue.id).where(LookupValue.id == value_id, LookupValue.list == HOUSING_TYPE)
    for asked in (select(Program.id).where(Program.id == value_id), of_home):
        if await tx.scalar(asked.with_for_update()) is not None:
            return value_id
    raise NotFound(what="program or housing type")
