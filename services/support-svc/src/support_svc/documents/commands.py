"""Recording documents of clients, their files, and what programs and homes need (C9)."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import delete, func, select

from chassis.errors import EditedMeanwhile, NotFound
from chassis.ids import new_id
from chassis.tx import Changes, Tx
from chassis.usecase import use_case
from chassis.versions import difference, expect
from deskkit.i18n import N_
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.documents.checking import Checked
from support_svc.documents.feature import DOCUMENT_KIND, EDIT_DOCUMENTS, EDIT_NEEDED_DOCUMENTS
from support_svc.documents.model import (
    MOST_DOCUMENTS,
    MOST_FILES,
    ClientDocument,
    DocumentFile,
    NeededDocument,
    NeededList,
    NeededOf,
    NeededTwice,
    NothingSaid,
    TooManyDocuments,
    TooManyFiles,
)
from support_svc.documents.queries import lock_needing
from support_svc.field_rules.commands import follow_field_rules
from support_svc.field_rules.forms import CONFIGURABLE, NEVER_MANDATORY, ConfigurableForm, declared
from support_svc.lookups.commands import list_myself, require_values
from trade.dates import ExpiryDay, PastDay


class DocumentFields(BaseModel):
    """What is known of a document."""

    kind_id: UUID = Field(title="Kind of document")
    which: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = Field(
        default=None, title="Which one", json_schema_extra=CONFIGURABLE
    )
    needed: bool = Field(default=False, title="It is needed")
    asked_on: PastDay | None = Field(default=None, title="Asked for on", json_schema_extra=NEVER_MANDATORY)
    have: bool = Field(default=False, title="We have seen it")
    expires_on: ExpiryDay | None = Field(default=None, title="Expires on")


DOCUMENT_FORM = ConfigurableForm("document", N_("Document"), DocumentFields, ClientDocument.recorded_at)
FORMS = declared(DOCUMENT_FORM)


class RecordDocument(DocumentFields):
    """A document that a client needs, was asked for, or has."""

    client_id: UUID


class ChangedDocument(DocumentFields):
    """What is known of a document now, and the version that was shown (X4)."""

    version: int


class ChangeDocument(ChangedDocument):
    """Change or correct a document."""

    document_id: UUID


class DeleteDocument(BaseModel):
    """A document to be deleted with its files."""

    document_id: UUID


@dataclass(frozen=True, slots=True)
class AddFile:
    """A checked file of a document."""

    document_id: UUID
    file: Checked


class DeleteFile(BaseModel):
    """A file to be deleted."""

    document_id: UUID
    file_id: UUID


class NeededKinds(BaseModel):
    """The kinds of document that are needed, and the version that was shown (X4)."""

    each_adult: list[UUID] = Field(default=[], max_length=100, title="Every adult needs")
    household: list[UUID] = Field(default=[], max_length=100, title="The household needs once")
    version: int = Field(ge=0)


class ChangeNeededDocuments(NeededKinds):
    """What a program or a type of home needs from now on."""

    value_id: UUID


@use_case(EDIT_DOCUMENTS)
async def record_document(tx: Tx, command: RecordDocument) -> UUID:
    """Record a document and return its id. Raises NothingSaid, TooManyDocuments, NotOnTheList, NotFound."""
    _require_something(command)
    client = await tx.scalar(
        select(Client.id).where(Client.id == command.client_id, may_see(tx)).with_for_update()
    )
    if client is None:
        raise NotFound(what="client")
    command = await follow_field_rules(tx, DOCUMENT_FORM, command)
    await require_values(tx, DOCUMENT_KIND, [command.kind_id], "kind_id")
    known = select(func.count()).select_from(ClientDocument).where(ClientDocument.client_id == client)
    if int(await tx.scalar(known) or 0) >= MOST_DOCUMENTS:
        raise TooManyDocuments(field="kind_id", most=MOST_DOCUMENTS)
    await list_myself(tx)
    made = ClientDocument(
        id=new_id(), recorded_by=tx.actor.subject, recorded_at=tx.now, **command.model_dump()
    )
    tx.session.add(made)
    tx.touched("client_document", made.id, "recorded", {"kind_id": (None, command.kind_id)})
    return made.id


@use_case(EDIT_DOCUMENTS)
async def change_document(tx: Tx, command: ChangeDocument) -> None:
    """Change what is known of a document. Raises EditedMeanwhile, NothingSaid, NotOnTheList, NotFound."""
    _require_something(command)
    one = await _locked(tx, command.document_id)
    command = await follow_field_rules(tx, DOCUMENT_FORM, command, before=one)
    fields = command.model_dump(exclude={"document_id", "version"})
    expect(one, command.version, sent=fields)
    changes = difference(one, fields)
    if "kind_id" in changes:
        await require_values(tx, DOCUMENT_KIND, [command.kind_id], "kind_id")
    for name, new in fields.items():
        setattr(one, name, new)
    if changes:
        tx.touched("client_document", one.id, "changed", changes)


@use_case(EDIT_DOCUMENTS)
async def delete_document(tx: Tx, command: DeleteDocument) -> UUID:
    """Delete a document with its files and return whose it was. Raises NotFound.

    That it was deleted stays in the client's history.
    """
    one = await _locked(tx, command.document_id)
    await tx.execute(delete(DocumentFile).where(DocumentFile.document_id == one.id))
    await tx.execute(delete(ClientDocument).where(ClientDocument.id == one.id))
    tx.touched("client", one.client_id, "document_deleted", {"document": (one.id, None)})
    return one.client_id


@use_case(EDIT_DOCUMENTS)
async def add_file(tx: Tx, command: AddFile) -> UUID:
    """Store a file and return its id; the same file sent twice is one (X5). Raises TooManyFiles, NotFound."""
    one = await _locked(tx, command.document_id)
    rows = await tx.execute(
        select(DocumentFile.digest, DocumentFile.id).where(DocumentFile.document_id == one.id)
    )
    stored: dict[bytes, UUID] = {bytes(digest): id_ for digest, id_ in rows}
    if command.file.digest in stored:
        return stored[command.file.digest]
    if len(stored) >= MOST_FILES:
        raise TooManyFiles(field="file", most=MOST_FILES)
    made = DocumentFile(
        id=new_id(),
        document_id=one.id,
        client_id=one.client_id,
        type=command.file.type,
        size=len(command.file.content),
        digest=command.file.digest,
        content=command.file.content,
        added_at=tx.now,
        added_by_name=tx.actor.name,
    )
    tx.session.add(made)
    tx.touched("client_document", one.id, "file_added", {"file": (None, made.id)})
    return made.id


@use_case(EDIT_DOCUMENTS)
async def delete_file(tx: Tx, command: DeleteFile) -> None:
    """Delete a file for good; that it was deleted stays in the history. Raises NotFound."""
    one = await _locked(tx, command.document_id)
    gone = await tx.scalar(
        delete(DocumentFile)
        .where(DocumentFile.id == command.file_id, DocumentFile.document_id == one.id)
        .returning(DocumentFile.id)
    )
    if gone is None:
        raise NotFound(what="file")
    tx.touched("client_document", one.id, "file_deleted", {"file": (gone, None)})


@use_case(EDIT_NEEDED_DOCUMENTS)
async def change_needed_documents(tx: Tx, command: ChangeNeededDocuments) -> None:
    """Change what a program or a type of home needs; placements that are open are compared with it at once.

    Raises NeededTwice, EditedMeanwhile, NotOnTheList, NotFound.
    """
    if set(command.each_adult) & set(command.household):
        raise NeededTwice(field="household")
    value = await lock_needing(tx, command.value_id)
    stands = await tx.session.get(NeededList, value)
    rows = await tx.execute(select(NeededDocument).where(NeededDocument.value_id == value))
    before = {one.kind_id: one for one in rows.scalars()}
    after = dict.fromkeys(command.each_adult, NeededOf.EACH_ADULT)
    after |= dict.fromkeys(command.household, NeededOf.HOUSEHOLD)
    changes: Changes = {
        of.value: (
            sorted(str(kind) for kind, one in before.items() if one.needed_of is of),
            sorted(str(kind) for kind, its in after.items() if its is of),
        )
        for of in NeededOf
    }
    if (stands.version if stands is not None else 0) != command.version:
        raise EditedMeanwhile(current=stands.version if stands is not None else 0, difference=changes)
    # A kind that was retired since stays needed until it's taken off the list.
    await require_values(tx, DOCUMENT_KIND, after.keys() - before.keys(), "each_adult")
    if stands is None:
        tx.session.add(NeededList(value_id=value))
        await tx.session.flush()
    else:
        stands.version += 1
    for kind, one in before.items():
        if kind not in after:
            await tx.session.delete(one)
        else:
            one.needed_of = after[kind]
    for kind in after.keys() - before.keys():
        tx.session.add(NeededDocument(value_id=value, kind_id=kind, needed_of=after[kind]))
    tx.touched("needed_list", value, "changed", changes)


def _require_something(fields: DocumentFields) -> None:
    if not (fields.needed or fields.have or fields.asked_on is not None):
        raise NothingSaid(field="needed")


async def _locked(tx: Tx, document_id: UUID) -> ClientDocument:
    one = (
        await tx.execute(
            select(ClientDocument)
            .join(Client, Client.id == ClientDocument.client_id)
            .where(ClientDocument.id == document_id, may_see(tx))
            .with_for_update(of=ClientDocument)
        )
    ).scalar_one_or_none()
    if one is None:
        raise NotFound(what="document")
    return one
