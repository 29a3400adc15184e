"""Visits to homes: pages whose forms are carried out on records, and refused by them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import DeclarativeBase, Mapped

from chassis.db import Conventions, Versioned, new_metadata
from chassis.errors import DomainError, Kind, NotFound
from chassis.tx import ReadTx, Tx
from chassis.usecase import query, use_case
from deskkit.call import DeskCall, PageCall
from deskkit.forms import Form
from deskkit.router import DeskRouter

MIGRATIONS = Path(__file__).parent / "migrations"
SUNDAY = 6
router = DeskRouter(prefix="/gallery/homes/{home}/visits")


class Base(Conventions, DeclarativeBase):
    metadata = new_metadata()


class Visit(Versioned, Base):
    __tablename__ = "visit"

    home: Mapped[str]
    visit_on: Mapped[date]


class Permission(StrEnum):
    ARRANGE_VISITS = "arrange_visits"
    VIEW_VISITS = "view_visits"


ROLES = {
    "caseworker": frozenset(Permission),
    "supervisor": frozenset({Permission.VIEW_VISITS}),
}


class ArrangeVisit(BaseModel):
    """Somebody looks at a home on a day."""

    home: str
    visit_on: date = Field(title="Date of the visit")


class CancelVisits(BaseModel):
    """Nobody looks at a home any more."""

    home: str


class DayTaken(DomainError):
    kind = Kind.conflict
    code = "day_taken"
    message = "Somebody else visits on {day}."


class NobodyThere(DomainError):
    kind = Kind.conflict
    code = "nobody_there"
    message = "Nobody opens the door on Sundays."


class NoVisits(DomainError):
    kind = Kind.conflict
    code = "no_visits"
    message = "There are no visits to cancel."


@use_case(Permission.ARRANGE_VISITS)
async def arrange_visit(tx: Tx, command: ArrangeVisit) -> UUID:
    """Return the visit's id. Raises NotFound, DayTaken, NobodyThere."""
    if command.home == "nowhere":
        raise NotFound(what="home")
    if command.visit_on in await _days(tx, command.home):
        raise DayTaken(field="visit_on", day=command.visit_on)
    if command.visit_on.weekday() == SUNDAY:
        raise NobodyThere
    visit = Visit(home=command.home, visit_on=command.visit_on)
    tx.session.add(visit)
    await tx.session.flush()
    return visit.id


@use_case(Permission.ARRANGE_VISITS)
async def cancel_visits(tx: Tx, command: CancelVisits) -> None:
    """Raises NoVisits."""
    if not await _days(tx, command.home):
        raise NoVisits
    await tx.execute(sa.delete(Visit).where(Visit.home == command.home))


@query(Permission.VIEW_VISITS)
async def visits(tx: ReadTx, home: str) -> list[date]:
    """Raises NotFound."""
    if home == "nowhere":
        raise NotFound(what="home")
    return await _days(tx, home)


async def _days(tx: ReadTx | Tx, home: str) -> list[date]:
    found = await tx.execute(sa.select(Visit.visit_on).where(Visit.home == home).order_by(Visit.visit_on))
    return list(found.scalars())


@router.get("", name="visits")
async def page(call: DeskCall, home: str) -> Response:
    return await _page(call, home, await call.form(ArrangeVisit))


@router.post("", name="visits.arrange")
async def arrange(call: DeskCall, home: str) -> Response:
    form = await call.form(ArrangeVisit, fixed={"home": home})
    if done := await call.carry_out(form, arrange_visit):
        return call.redirect("visits", home=home, visit=done.result, notice="The visit is arranged.")
    return await _page(call, home, form, form.problem, status=422)


@router.post("/cancel", name="visits.cancel")
async def cancel(call: DeskCall, home: str) -> Response:
    form = await call.form(CancelVisits, fixed={"home": home})
    if await call.carry_out(form, cancel_visits):
        return call.redirect("visits", home=home, notice="The visits are cancelled.")
    return await _page(call, home, call.blank_form(ArrangeVisit), form.problem, status=422)


async def _page(
    call: PageCall, home: str, form: Form[ArrangeVisit], problem: str | None = None, status: int = 200
) -> Response:
    days = await call.ask(visits, home)
    return call.page("gallery/visits.html", home=home, days=days, form=form, problem=problem, status=status)
