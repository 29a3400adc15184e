"""Imports on the inventory desk: choose a file, look at what it would change, write it (U8)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from pydantic import Field

from deskkit.call import DeskCall, PageCall
from deskkit.forms import Nothing
from deskkit.router import DeskRouter
from importing import pages
from importing.steps import ImportCommand
from units_svc.imports import commands, queries
from units_svc.imports.feature import IMPORT_UNITS
from units_svc.imports.mapping import MAPPINGS
from units_svc.imports.template import field_titles, template_columns, template_table
from units_svc.imports.views import UnitImportView
from units_svc.lookups.queries import lookup_lists

router = DeskRouter(prefix="/inventory-desk/imports")


class AnswerFile(pages.AnswerFile):
    """Decisions about what a file leaves open."""

    keep_same_address: Annotated[
        bool, Field(title="Several buildings at one address are several buildings")
    ] = False

    def command(self, import_id: UUID) -> commands.AnswerNotation:
        """Return what is decided, as a command."""
        return commands.AnswerNotation(import_id, self.choices, self.keep_same_address)


async def _no_longer_named(call: PageCall, found: UnitImportView) -> dict[str, Any]:
    return {"missing": await call.ask(queries.missing_counts, found.id) if found.missing else None}


PAGES = pages.ImportPages(
    folder="imports",
    mappings=MAPPINGS,
    commands=commands,
    queries=queries,
    answers=AnswerFile,
    field_titles=field_titles,
    besides=_no_longer_named,
)


@router.get("", name="imports")
async def import_list(call: DeskCall, after: str | None = None) -> Response:
    """Imports, newest first."""
    return call.page("imports/list.html", page=await call.ask(queries.import_list, after=after))


@router.get("/new", name="import_new")
async def choose_form(call: DeskCall) -> Response:
    """The form to choose a file."""
    call.runtime.access.require(call.actor, IMPORT_UNITS)
    return await PAGES.choose(call)


@router.post("/new", name="import_read")
async def read_file(call: DeskCall) -> Response:
    """Receive the file; the worker reads and compares it, and nothing of the inventory changes yet (U8)."""
    call.runtime.access.require(call.actor, IMPORT_UNITS)
    return await PAGES.read(call)


@router.get("/template", name="import_template")
async def template(call: DeskCall) -> Response:
    """What the template's columns are and what may stand in them, to be downloaded and filled in (U8)."""
    call.runtime.access.require(call.actor, IMPORT_UNITS)
    columns = template_columns(await call.ask(lookup_lists))
    return call.page("imports/template.html", columns=columns)


@router.get("/template.csv", name="import_template_file")
async def template_file(call: DeskCall) -> Response:
    """The table to be filled in, with an example."""
    call.runtime.access.require(call.actor, IMPORT_UNITS)
    return call.csv(f"{MAPPINGS.template}.csv", *template_table())


@router.get("/mappings/{mapping}.toml", name="import_mapping_file")
async def mapping_file(call: DeskCall, mapping: str) -> Response:
    """A ready mapping with its explanations, to make one's own of it."""
    call.runtime.access.require(call.actor, IMPORT_UNITS)
    return PAGES.mapping_file(mapping)


@router.get("/{import_id}", name="import")
async def one_import(call: DeskCall, import_id: UUID) -> Response:
    """What an import would change or has changed, and what is wrong in its file, by line and column (U8)."""
    return await PAGES.show(call, import_id)


@router.get("/{import_id}/wrong-rows.csv", name="import_wrong_rows")
async def wrong_rows(call: DeskCall, import_id: UUID) -> Response:
    """The wrong lines under the file's own header, to be corrected and sent again (U8)."""
    return await PAGES.wrong_rows(call, import_id)


@router.post("/{import_id}/answers", name="import_answer")
async def answer_notation(call: DeskCall, import_id: UUID) -> Response:
    """Read a file again with a decision about its commas and days (U8)."""
    return await PAGES.answer(call, import_id)


@router.get("/{import_id}/missing", name="import_missing")
async def missing(call: DeskCall, import_id: UUID, after: UUID | None = None) -> Response:
    """Homes that a newer list of a source no longer names (U8)."""
    found = await call.ask(queries.import_record, import_id)
    return await _missing(call, found, after)


@router.post("/{import_id}/missing", name="import_withdraw_missing")
async def withdraw_missing(call: DeskCall, import_id: UUID) -> Response:
    """Take them off the list together; those that are held or lived in stay (U8)."""
    form = await call.form(Nothing)

    async def withdraw(_: Nothing) -> int:
        count: int = await call.perform(commands.withdraw_missing, ImportCommand(import_id))
        return count

    if done := await form.attempt(withdraw):
        notice = call.ngettext(
            "%(n)s home was taken off the list.", "%(n)s homes were taken off the list.", done.result
        )
        return call.redirect("import_missing", import_id=import_id, notice=notice)
    found = await call.ask(queries.import_record, import_id)
    return await _missing(call, found, None, problem=form.problem, status=409)


async def _missing(
    call: PageCall,
    found: UnitImportView,
    after: UUID | None,
    *,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    free, stays = await call.ask(queries.missing_counts, found.id)
    homes = await call.ask(queries.import_missing, found.id, after=after)
    return call.page(
        "imports/missing.html",
        found=found,
        free=free,
        stays=stays,
        homes=homes,
        problem=problem,
        status=status,
    )


@router.post("/{import_id}/write", name="import_write")
async def write_import(call: DeskCall, import_id: UUID) -> Response:
    """Let the worker write what is right in the file (U8)."""
    return await PAGES.decide(call, import_id, commands.apply_import)


@router.post("/{import_id}/stop", name="import_stop")
async def stop_import(call: DeskCall, import_id: UUID) -> Response:
    """Stop writing an import (U8)."""
    return await PAGES.decide(call, import_id, commands.stop_import)


@router.post("/{import_id}/resume", name="import_resume")
async def resume_import(call: DeskCall, import_id: UUID) -> Response:
    """Let the worker continue an import that was stopped, or that it gave up (U8)."""
    return await PAGES.decide(call, import_id, commands.resume_import)


@router.post("/{import_id}/discard", name="import_discard")
async def discard_import(call: DeskCall, import_id: UUID) -> Response:
    """Discard an import that isn't being written, or the rest of one that was stopped."""
    return await PAGES.decide(call, import_id, commands.discard_import)
