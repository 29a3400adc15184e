"""Pages about the organisation's clauses (T2, T3)."""

from __future__ import annotations

import secrets
import uuid

from starlette.responses import Response

from deskkit.call import DeskCall, PageCall
from deskkit.forms import Form
from deskkit.router import DeskRouter
from tenancy_svc.clauses.commands import approve_clause, write_clause
from tenancy_svc.clauses.model import TEXTS, ApproveClause, WriteClause
from tenancy_svc.clauses.queries import clause_record, clauses
from trade.text_review.verdicts import Verdict

router = DeskRouter(prefix="/property-desk")


@router.get("/clauses", name="clauses")
async def list_clauses(call: DeskCall) -> Response:
    """The organisation's clauses, and which wait for approval (T2)."""
    return call.page("clauses/list.html", items=await call.ask(clauses))


@router.get("/clauses/new", name="new_clause")
async def new_clause(call: DeskCall) -> Response:
    """Write a clause (T2)."""
    return _writing(call, await call.form(WriteClause))


@router.post("/clauses/new", name="post_clause")
async def post_clause(call: DeskCall) -> Response:
    """Have a clause reviewed and save it (T3)."""
    return await _written(call, await call.form(WriteClause, fixed={"clause_id": None}))


@router.get("/clauses/{clause_id}", name="clause")
async def clause(call: DeskCall, clause_id: uuid.UUID) -> Response:
    """One clause, what the review finds in each sentence, and who approved it (T3)."""
    return await _show(call, clause_id)


@router.get("/clauses/{clause_id}/change", name="change_clause")
async def change(call: DeskCall, clause_id: uuid.UUID) -> Response:
    """Write another wording of a clause (T2)."""
    found = (await call.ask(clause_record, clause_id)).clause
    initial = {name: getattr(found, name) for name in (*TEXTS, "version")}
    return _writing(call, await call.form(WriteClause, initial=initial, fixed={"clause_id": clause_id}))


@router.post("/clauses/{clause_id}/change", name="put_clause")
async def put_clause(call: DeskCall, clause_id: uuid.UUID) -> Response:
    """Have the changed clause reviewed and save it (T3)."""
    return await _written(call, await call.form(WriteClause, fixed={"clause_id": clause_id}))


@router.post("/clauses/{clause_id}/approve/{wording}", name="approve_clause")
async def post_approve(call: DeskCall, clause_id: uuid.UUID, wording: int) -> Response:
    """Approve a clause as one of two people (T3)."""
    form = await call.form(ApproveClause, fixed={"clause_id": clause_id, "wording": wording})
    if done := await call.carry_out(form, approve_clause):
        notice = (
            call._("The clause is approved: it may go into lease templates.")
            if done.result
            else call._("Your approval is recorded. Another person has to approve the clause as well.")
        )
        return call.redirect("clause", clause_id=clause_id, notice=notice)
    return await _show(call, clause_id, form.problem, status=422)


async def _show(
    call: PageCall, clause_id: uuid.UUID, refusal: str | None = None, status: int = 200
) -> Response:
    record = await call.ask(clause_record, clause_id)
    return call.page("clauses/record.html", record=record, refusal=refusal, status=status)


async def _written(call: PageCall, form: Form[WriteClause]) -> Response:
    if done := await call.carry_out(form, write_clause):
        judged = done.result
        if judged.verdict is not Verdict.REFUSED:
            notice = call._(
                "The clause is saved. Two people other than you approve it before it goes into a template."
            )
            return call.redirect("clause", clause_id=judged.clause_id, notice=notice)
        # The refusal was committed under this form's token, so the next attempt needs another one.
        form.form_token = secrets.token_urlsafe(16)
        for one in judged.refusals:
            form.add(one.refusal)
    return _writing(call, form, status=422)


def _writing(call: PageCall, form: Form[WriteClause], status: int = 200) -> Response:
    return call.page("clauses/edit.html", form=form, status=status)
