"""Documents of a client on the Front Desk, and what programs and homes need (C9)."""

from typing import Any
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel

from chassis.http.files import file_answer
from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.clients.queries import client
from support_svc.documents.checking import checked
from support_svc.documents.commands import (
    DOCUMENT_FORM,
    AddFile,
    ChangeDocument,
    ChangeNeededDocuments,
    DeleteDocument,
    DeleteFile,
    RecordDocument,
    add_file,
    change_document,
    change_needed_documents,
    delete_document,
    delete_file,
    record_document,
)
from support_svc.documents.feature import DOCUMENT_KIND, EDIT_DOCUMENTS
from support_svc.documents.queries import (
    DocumentView,
    document,
    document_file,
    documents_of,
    needed_list,
    needed_lists,
    readiness_of_client,
)
from support_svc.field_rules.desk import ruled_form
from support_svc.lookups.desk import choices
from support_svc.lookups.queries import values_of
from trade.pictures import LARGEST


class NewFile(BaseModel):
    """A file that is sent by itself."""


_of_client = DeskRouter(prefix="/front-desk/clients/{client_id}/documents")
_one = DeskRouter(prefix="/front-desk/documents")
_needed = DeskRouter(prefix="/front-desk/needed-documents")
routers = (_of_client, _one, _needed)


@_of_client.get("", name="documents")
async def page(call: DeskCall, client_id: UUID) -> Response:
    """The documents of a client, and what is missing (C9)."""
    return call.page(
        "documents/list.html",
        person=await call.ask(client, client_id),
        documents=await call.ask(documents_of, client_id),
        readiness=await call.ask(readiness_of_client, client_id),
    )


@_of_client.get("/new", name="document_new")
async def new(call: DeskCall, client_id: UUID) -> Response:
    """The form for a document."""
    form = await ruled_form(call, DOCUMENT_FORM, RecordDocument, initial={"needed": True})
    return await _new_page(call, client_id, form)


@_of_client.post("/new")
async def post_new(call: DeskCall, client_id: UUID) -> Response:
    """Record a document (C9)."""
    form = await ruled_form(call, DOCUMENT_FORM, RecordDocument, fixed={"client_id": client_id})
    if await call.carry_out(form, record_document):
        return call.redirect("documents", client_id=client_id, notice=call._("The document is recorded."))
    return await _new_page(call, client_id, form, status=422)


async def _new_page(call: PageCall, client_id: UUID, form: object, status: int = 200) -> Response:
    return call.page(
        "documents/new.html",
        status=status,
        form=form,
        person=await call.ask(client, client_id),
        lists=await choices(call, DOCUMENT_KIND),
    )


@_one.get("/{document_id}", name="document")
async def record(call: DeskCall, document_id: UUID) -> Response:
    """A document with its files, to be changed."""
    one = await call.ask(document, document_id)
    form = await ruled_form(call, DOCUMENT_FORM, ChangeDocument, record=document_id, initial=one)
    return await _record_page(call, one, form)


@_one.post("/{document_id}")
async def post_record(call: DeskCall, document_id: UUID) -> Response:
    """Change a document (C9, X4)."""
    form = await ruled_form(
        call, DOCUMENT_FORM, ChangeDocument, record=document_id, fixed={"document_id": document_id}
    )
    changed = await call.carry_out(form, change_document)
    one = await call.ask(document, document_id)
    if changed:
        return call.redirect("documents", client_id=one.client_id, notice=call._("The changes are saved."))
    return await _record_page(call, one, form, status=422)


async def _record_page(
    call: PageCall, one: DocumentView, form: object, status: int = 200, upload: object = None
) -> Response:
    lists = await choices(call, DOCUMENT_KIND)
    return call.page(
        "documents/record.html",
        status=status,
        form=form,
        upload=upload or call.blank_form(NewFile),
        one=one,
        person=await call.ask(client, one.client_id),
        kinds=_with_retired(call, lists[DOCUMENT_KIND], one),
    )


def _with_retired(call: PageCall, offered: list[Any], one: Any) -> list[Any]:
    """The kinds that can be chosen, with the document's own if it was retired since."""
    own = (str(one.kind_id), one.label(call.locale))
    return offered if own in offered else [*offered, own]


@_one.post("/{document_id}/files", name="document_file_add")
async def post_file(call: DeskCall, document_id: UUID) -> Response:
    """Add a file to a document: checked by its content, stored without its name (C9)."""
    # Unfolding a file is work that is done only for those who may add it.
    call.runtime.access.require(call.actor, EDIT_DOCUMENTS)
    upload = await call.form(NewFile)
    uploads = await call.uploads("file")

    async def added(_: NewFile) -> None:
        file = await checked(await uploads[0].read(LARGEST + 1) if uploads else None)
        await call.perform(add_file, AddFile(document_id, file))

    if await upload.attempt(added):
        return call.redirect("document", document_id=document_id, notice=call._("The file is stored."))
    one = await call.ask(document, document_id)
    form = call.blank_form(ChangeDocument, initial=one)
    return await _record_page(call, one, form, status=422, upload=upload)


@_one.get("/{document_id}/files/{file_id}", name="document_file")
async def file(call: DeskCall, document_id: UUID, file_id: UUID) -> Response:
    """A file, to be saved."""
    found = await call.ask(document_file, document_id, file_id)
    return file_answer(found.content, found.type.media_type, f"document.{found.type.value}")


@_one.get("/{document_id}/files/{file_id}/deletion", name="document_file_delete")
async def file_deletion(call: DeskCall, document_id: UUID, file_id: UUID) -> Response:
    """Confirm that a file is deleted."""
    return await _deletion(call, document_id, await call.form(DeleteFile))


@_one.post("/{document_id}/files/{file_id}/deletion")
async def post_file_deletion(call: DeskCall, document_id: UUID, file_id: UUID) -> Response:
    """Delete a file for good (C9)."""
    form = await call.form(DeleteFile, fixed={"document_id": document_id, "file_id": file_id})
    if await call.carry_out(form, delete_file):
        return call.redirect("document", document_id=document_id, notice=call._("The file is deleted."))
    return await _deletion(call, document_id, form, status=422)


@_one.get("/{document_id}/deletion", name="document_delete")
async def deletion(call: DeskCall, document_id: UUID) -> Response:
    """Confirm that a document is deleted with its files."""
    return await _deletion(call, document_id, await call.form(DeleteDocument), whole=True)


@_one.post("/{document_id}/deletion")
async def post_deletion(call: DeskCall, document_id: UUID) -> Response:
    """Delete a document with its files for good (C9)."""
    one = await call.ask(document, document_id)
    form = await call.form(DeleteDocument, fixed={"document_id": document_id})
    if await call.carry_out(form, delete_document):
        return call.redirect("documents", client_id=one.client_id, notice=call._("The document is deleted."))
    return await _deletion(call, document_id, form, whole=True, status=422)


async def _deletion(
    call: PageCall, document_id: UUID, form: object, *, whole: bool = False, status: int = 200
) -> Response:
    one = await call.ask(document, document_id)
    return call.page("documents/delete.html", status=status, form=form, one=one, whole=whole)


@_needed.get("", name="needed_documents")
async def needed(call: DeskCall) -> Response:
    """What each program and type of home needs (C9)."""
    found = await call.ask(values_of, DOCUMENT_KIND, retired=True)
    return call.page(
        "documents/needed.html",
        lists=await call.ask(needed_lists),
        kinds={one.id: one for one in found[DOCUMENT_KIND]},
    )


@_needed.get("/{value_id}", name="needed_documents_edit")
async def needed_edit(call: DeskCall, value_id: UUID) -> Response:
    """The form for what a program or a type of home needs."""
    one = await call.ask(needed_list, value_id)
    return await _needed_page(call, value_id, await call.form(ChangeNeededDocuments, initial=one))


@_needed.post("/{value_id}")
async def post_needed(call: DeskCall, value_id: UUID) -> Response:
    """Change what a program or a type of home needs (C9, X4)."""
    form = await call.form(ChangeNeededDocuments, fixed={"value_id": value_id})
    if await call.carry_out(form, change_needed_documents):
        return call.redirect("needed_documents", notice=call._("The changes are saved."))
    return await _needed_page(call, value_id, form, status=422)


async def _needed_page(call: PageCall, value_id: UUID, form: object, status: int = 200) -> Response:
    one = await call.ask(needed_list, value_id)
    stands = {*one.each_adult, *one.household}
    found = await call.ask(values_of, DOCUMENT_KIND, retired=True)
    kinds = [
        (str(kind.id), kind.label(call.locale))
        for kind in found[DOCUMENT_KIND]
        if kind.active or kind.id in stands
    ]
    return call.page("documents/needed_edit.html", status=status, form=form, one=one, kinds=kinds)
