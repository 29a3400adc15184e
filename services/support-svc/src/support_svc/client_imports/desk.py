"""Imports on the Front Desk: choose a file, look at what it would change, write it (C7)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from importing import pages
from support_svc.client_imports import commands, queries
from support_svc.client_imports.feature import IMPORT_CLIENTS
from support_svc.client_imports.mapping import MAPPINGS
from support_svc.client_imports.template import field_titles, template_columns, template_table

router = DeskRouter(prefix="/front-desk/imports")


class AnswerFile(pages.AnswerFile):
    """Decisions about what a file leaves open."""

    keep_doubles: Annotated[
        bool, Field(title="They were looked at, and are other people: import them too")
    ] = False

    def command(self, import_id: UUID) -> commands.AnswerNotation:
        """Return what is decided, as a command."""
        return commands.AnswerNotation(import_id, self.choices, self.keep_doubles)


PAGES = pages.ImportPages(
    folder="client_imports",
    mappings=MAPPINGS,
    commands=commands,
    queries=queries,
    answers=AnswerFile,
    field_titles=field_titles,
)


@router.get("", name="imports")
async def import_list(call: DeskCall, after: str | None = None) -> Response:
    """Imports, newest first."""
    return call.page("client_imports/list.html", page=await call.ask(queries.import_list, after=after))


@router.get("/new", name="import_new")
async def choose_form(call: DeskCall) -> Response:
    """The form to choose a file."""
    call.runtime.access.require(call.actor, IMPORT_CLIENTS)
    return await PAGES.choose(call)


@router.post("/new", name="import_read")
async def read_file(call: DeskCall) -> Response:
    """Receive the file; the worker reads and compares it, and nothing of the register changes yet (C7)."""
    call.runtime.access.require(call.actor, IMPORT_CLIENTS)
    return await PAGES.read(call)


@router.get("/template", name="import_template")
async def template(call: DeskCall) -> Response:
    """What the template's columns are and what may stand in them, to be downloaded and filled in (C7)."""
    call.runtime.access.require(call.actor, IMPORT_CLIENTS)
    return call.page("client_imports/template.html", columns=template_columns())


@router.get("/template.csv", name="import_template_file")
async def template_file(call: DeskCall) -> Response:
    """The table to be filled in, with an example."""
    call.runtime.access.require(call.actor, IMPORT_CLIENTS)
    return call.csv(f"{MAPPINGS.template}.csv", *template_table())


@router.get("/mappings/{mapping}.toml", name="import_mapping_file")
async def mapping_file(call: DeskCall, mapping: str) -> Response:
    """A ready mapping with its explanations, to make one's own of it."""
    call.runtime.access.require(call.actor, IMPORT_CLIENTS)
    return PAGES.mapping_file(mapping)


@router.get("/{import_id}", name="import")
async def one_import(call: DeskCall, import_id: UUID) -> Response:
    """What an import would change or has changed, and what is wrong in its file, by line and column (C7)."""
    return await PAGES.show(call, import_id)


@router.get("/{import_id}/wrong-rows.csv", name="import_wrong_rows")
async def wrong_rows(call: DeskCall, import_id: UUID) -> Response:
    """The wrong lines under the file's own header, to be corrected and sent again (C7)."""
    return await PAGES.wrong_rows(call, import_id)


@router.post("/{import_id}/answers", name="import_answer")
async def answer_notation(call: DeskCall, import_id: UUID) -> Response:
    """Read a file again with a decision about its commas and days (C7)."""
    return await PAGES.answer(call, import_id)


@router.post("/{import_id}/write", name="import_write")
async def write_import(call: DeskCall, import_id: UUID) -> Response:
    """Let the worker write what is right in the file (C7)."""
    return await PAGES.decide(call, import_id, commands.apply_import)


@router.post("/{import_id}/stop", name="import_stop")
async def stop_import(call: DeskCall, import_id: UUID) -> Response:
    """Stop writing an import (C7)."""
    return await PAGES.decide(call, import_id, commands.stop_import)


@router.post("/{import_id}/resume", name="import_resume")
async def resume_import(call: DeskCall, import_id: UUID) -> Response:
    """Let the worker continue an import that was stopped, or that it gave up (C7)."""
    return await PAGES.decide(call, import_id, commands.resume_import)


@router.post("/{import_id}/discard", name="import_discard")
async def discard_import(call: DeskCall, import_id: UUID) -> Response:
    """Discard an import that isn't being written, or the rest of one that was stopped."""
    return await PAGES.decide(call, import_id, commands.discard_import)
