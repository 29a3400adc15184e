"""Documents of clients through the API (C9)."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import File, Response, UploadFile

from chassis.http import ApiRouter, Call, Created
from chassis.http.files import file_answer
from support_svc.documents.checking import checked
from support_svc.documents.commands import (
    AddFile,
    ChangedDocument,
    ChangeDocument,
    ChangeNeededDocuments,
    DeleteDocument,
    DeleteFile,
    DocumentFields,
    NeededKinds,
    RecordDocument,
    add_file,
    change_document,
    change_needed_documents,
    delete_document,
    delete_file,
    record_document,
)
from support_svc.documents.feature import EDIT_DOCUMENTS
from support_svc.documents.queries import (
    DocumentView,
    NeededListView,
    Readiness,
    document,
    document_file,
    documents_of,
    needed_lists,
    readiness_of_client,
    readiness_of_placement,
)
from trade.pictures import LARGEST

router = ApiRouter(tags=["documents"])


@dataclass(frozen=True, slots=True)
class DocumentsOfClient:
    """The documents of a client, and what of those that are needed is there."""

    documents: list[DocumentView]
    readiness: Readiness


@router.get("/clients/{client_id}/documents")
async def get_documents(call: Call, client_id: UUID) -> DocumentsOfClient:
    """The documents of a client, and what is missing."""
    return DocumentsOfClient(
        await call.ask(documents_of, client_id), await call.ask(readiness_of_client, client_id)
    )


@router.post("/clients/{client_id}/documents", status_code=201)
async def post_document(call: Call, client_id: UUID, body: DocumentFields) -> Created:
    """Record a document that is needed, was asked for, or is there."""
    command = RecordDocument(client_id=client_id, **dict(body))
    return Created(id=await call.perform(record_document, command))


@router.get("/placements/{placement_id}/documents")
async def get_readiness(call: Call, placement_id: UUID) -> Readiness:
    """What of the documents that a placement's program and home need is there."""
    return await call.ask(readiness_of_placement, placement_id)


@router.get("/documents/{document_id}")
async def get_document(call: Call, document_id: UUID) -> DocumentView:
    """One document with the list of its files."""
    return await call.ask(document, document_id)


@router.put("/documents/{document_id}", status_code=204)
async def put_document(call: Call, document_id: UUID, body: ChangedDocument) -> None:
    """Change or correct a document."""
    await call.perform(change_document, ChangeDocument(document_id=document_id, **dict(body)))


@router.delete("/documents/{document_id}", status_code=204)
async def remove_document(call: Call, document_id: UUID) -> None:
    """Delete a document with its files for good."""
    await call.perform(delete_document, DeleteDocument(document_id=document_id))


@router.post("/documents/{document_id}/files", status_code=201)
async def post_file(call: Call, document_id: UUID, file: Annotated[UploadFile, File()]) -> Created:
    """Add a file: a JPEG, PNG or WebP picture, stored without metadata, or a PDF, of up to 10 MB."""
    # Unfolding a file is work that is done only for those who may add it.
    call.runtime.access.require(call.actor, EDIT_DOCUMENTS)
    command = AddFile(document_id, await checked(await file.read(LARGEST + 1)))
    return Created(id=await call.perform(add_file, command))


@router.get("/documents/{document_id}/files/{file_id}", response_class=Response)
async def get_file(call: Call, document_id: UUID, file_id: UUID) -> Response:
    """A file, to be saved."""
    found = await call.ask(document_file, document_id, file_id)
    return file_answer(found.content, found.type.media_type, f"document.{found.type.value}")


@router.delete("/documents/{document_id}/files/{file_id}", status_code=204)
async def remove_file(call: Call, document_id: UUID, file_id: UUID) -> None:
    """Delete a file for good."""
    await call.perform(delete_file, DeleteFile(document_id=document_id, file_id=file_id))


@router.get("/needed-documents")
async def get_needed(call: Call) -> list[NeededListView]:
    """What each program and type of home needs."""
    return await call.ask(needed_lists)


@router.put("/needed-documents/{value_id}", status_code=204)
async def put_needed(call: Call, value_id: UUID, body: NeededKinds) -> None:
    """Change what a program or a type of home needs."""
    command = ChangeNeededDocuments(value_id=value_id, **dict(body))
    await call.perform(change_needed_documents, command)
