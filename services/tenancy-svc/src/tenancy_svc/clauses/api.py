"""The organisation's clauses over HTTP (T2, T3)."""

from __future__ import annotations

import uuid

from pydantic import BaseModel, Field

from chassis.http import ApiRouter, Call
from tenancy_svc.clauses.commands import ClauseJudged, approve_clause, write_clause
from tenancy_svc.clauses.model import ApproveClause, ClauseText, WriteClause
from tenancy_svc.clauses.queries import ClauseLine, ClauseRecord, clause_record, clauses

router = ApiRouter(tags=["clauses"])


class WordingRead(BaseModel):
    """The wording that was read and is approved."""

    wording: int = Field(ge=1, le=1_000_000)


class Approved(BaseModel):
    """Whether the clause may go into templates from now on."""

    approved: bool


@router.get("/clauses")
async def list_clauses(call: Call) -> list[ClauseLine]:
    """List the organisation's clauses."""
    return await call.ask(clauses)


@router.get("/clauses/{clause_id}")
async def show_clause(call: Call, clause_id: uuid.UUID) -> ClauseRecord:
    """Show a clause with what the review finds in each sentence."""
    return await call.ask(clause_record, clause_id)


@router.post("/clauses", status_code=201)
async def post_clause(call: Call, body: ClauseText) -> ClauseJudged:
    """Write a clause; refused when it makes the tenancy depend on services."""
    return await _written(call, WriteClause(**body.model_dump()))


@router.put("/clauses/{clause_id}")
async def put_clause(call: Call, clause_id: uuid.UUID, body: ClauseText) -> ClauseJudged:
    """Change a clause; a changed text needs approval again."""
    return await _written(call, WriteClause(clause_id=clause_id, **body.model_dump()))


@router.post("/clauses/{clause_id}/approvals")
async def post_approval(call: Call, clause_id: uuid.UUID, body: WordingRead) -> Approved:
    """Approve a wording as one of two people other than the author."""
    command = ApproveClause(clause_id=clause_id, wording=body.wording)
    return Approved(approved=await call.perform(approve_clause, command))


async def _written(call: Call, command: WriteClause) -> ClauseJudged:
    """Write a clause; a refusal is raised here, after its evidence was committed."""
    judged = await call.perform(write_clause, command)
    judged.refuse()
    return judged
