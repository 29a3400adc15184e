"""Reading what is due, what was decided, what is held and what was erased (X7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, func, select

from chassis.errors import DomainError
from chassis.paging import Page, Paging
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from support_svc.clients.erasing import records_of
from support_svc.clients.finding import may_see, require_client
from support_svc.clients.model import Client, display_name
from support_svc.placements.erasing import SharedPlacement, placements_among
from support_svc.retention.carrying_out import expiring, found_of, hindered, last_day_of, spared
from support_svc.retention.erasing import holds
from support_svc.retention.feature import SEE_WHAT_IS_DUE, VIEW_RETENTION
from support_svc.retention.model import (
    ErasedReference,
    Erasure,
    ErasureRequest,
    LegalHold,
    Origin,
    RequestState,
    RetentionDue,
    Rule,
)
from support_svc.retention.periods import DueDay, due_days

_FIRST_DUE = Paging(RetentionDue.due_on, RetentionDue.client_id)
_LATEST_REQUESTS = Paging(ErasureRequest.id.desc())
_LATEST_HOLDS = Paging(LegalHold.id.desc())
_LATEST_ERASURES = Paging(Erasure.id.desc())
_NAME = (Client.id, Client.given_name, Client.family_name, Client.preferred_name)


@dataclass(frozen=True, slots=True)
class DueLine:
    """A client whose periods are over, or will be soon: which one ends last, and what stands in the way."""

    client_id: UUID
    client_name: str
    due_on: date
    period: str
    last_on: date
    held: bool
    state: RequestState | None


@dataclass(frozen=True, slots=True)
class RequestLine:
    """An erasure that was asked for, and what became of it."""

    id: UUID
    client_id: UUID
    client_name: str
    origin: Origin
    asked_on: date
    reason: str | None
    state: RequestState
    proposed_at: datetime
    proposed_by: str
    proposed_by_name: str
    decided_at: datetime | None
    decided_by_name: str | None
    answer: str | None
    carried_out_on: date | None


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A legal hold of a client; `holds` while nothing of the client may be erased because of it."""

    id: UUID
    client_id: UUID
    client_name: str
    because: str
    until: date | None
    set_at: datetime
    set_by_name: str
    ended_at: datetime | None
    ended_by_name: str | None
    ended_because: str | None
    holds: bool


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """That something was erased, on which rule and by whom, never whose it was."""

    id: UUID
    at: datetime
    rule: Rule
    period: str | None
    deleted: int | None
    proposed_by_name: str | None
    decided_by_name: str | None


@dataclass(frozen=True, slots=True)
class ExpiringLine:
    """What is deleted by itself, up to which day it was written, and how much waits for the next night."""

    period: str
    last_on: date
    count: int


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a client can't be erased now, in words (a message id), and what fills them in."""

    code: str
    message: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RetentionView:
    """When the record of a client is due, what hinders its erasure, legal holds and what was asked for.

    `shared` are placements that stay because others are in them: free texts there may still name the person.
    """

    due: DueDay
    is_due: bool
    hindrances: tuple[Hindrance, ...]
    shared: tuple[SharedPlacement, ...]
    holds: tuple[HoldLine, ...]
    requests: tuple[RequestLine, ...]

    @property
    def request(self) -> RequestLine | None:
        """The request that is open: proposed, or approved and not yet carried out."""
        return next((one for one in self.requests if one.state is not RequestState.REFUSED), None)


class PageOfRetention(BaseModel):
    """From where a list is read on."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    after: str | None = None


class RequestFilter(PageOfRetention):
    """Which erasures that were asked for are listed."""

    state: RequestState = RequestState.PROPOSED


class HoldFilter(PageOfRetention):
    """Whether legal holds that have ended are listed, or those that hold."""

    ended: bool = False


@query(SEE_WHAT_IS_DUE)
async def what_is_due(tx: ReadTx, wanted: PageOfRetention) -> Page[DueLine]:
    """Clients whose periods are over, or will be within ninety days, the longest due first (X7)."""
    held = select(LegalHold.id).where(LegalHold.client_id == RetentionDue.client_id, holds(tx)).exists()
    asked = (
        select(ErasureRequest.state)
        .where(
            ErasureRequest.client_id == RetentionDue.client_id, ErasureRequest.state != RequestState.REFUSED
        )
        .scalar_subquery()
    )
    statement = (
        select(*_NAME, RetentionDue.due_on, RetentionDue.period, RetentionDue.last_on, held, asked)
        .join(Client, Client.id == RetentionDue.client_id)
        .where(may_see(tx))
    )
    return await _FIRST_DUE.page(tx, statement, _due, after=wanted.after)


def _due(id_: UUID, given: str, family: str, preferred: str | None, *rest: Any) -> DueLine:
    return DueLine(id_, display_name(given, family, preferred), *rest)


@query(SEE_WHAT_IS_DUE)
async def erasure_requests(tx: ReadTx, wanted: RequestFilter) -> Page[RequestLine]:
    """Erasures that were asked for, of one state, the latest first (X7)."""
    return await _LATEST_REQUESTS.page(
        tx, _requests(ErasureRequest.state == wanted.state, may_see(tx)), _request, after=wanted.after
    )


@query(SEE_WHAT_IS_DUE)
async def legal_holds(tx: ReadTx, wanted: HoldFilter) -> Page[HoldLine]:
    """Legal holds that hold, or those that have ended, the latest first (X7)."""
    which = ~holds(tx) if wanted.ended else holds(tx)
    return await _LATEST_HOLDS.page(tx, _holds(tx, which, may_see(tx)), _hold, after=wanted.after)


@query(SEE_WHAT_IS_DUE)
async def erasures(tx: ReadTx, wanted: PageOfRetention) -> Page[ErasureLine]:
    """What was erased, the latest first (X7)."""
    columns = (
        Erasure.id,
        Erasure.at,
        Erasure.rule,
        Erasure.period,
        Erasure.deleted,
        Erasure.proposed_by_name,
        Erasure.decided_by_name,
    )
    return await _LATEST_ERASURES.page(tx, select(*columns), ErasureLine, after=wanted.after)


@query(SEE_WHAT_IS_DUE)
async def what_expires(tx: ReadTx) -> list[ExpiringLine]:
    """What is deleted by itself when its period is over, and how much of it waits for the next night (X7)."""
    held = await spared(tx)
    found = []
    for one in expiring(tx):
        last = await last_day_of(tx, one)
        found.append(ExpiringLine(one.period.code, last, await one.count(tx, last, held)))
    return found


@query(VIEW_RETENTION, views="client")
async def retention_of(tx: ReadTx, client_id: UUID) -> RetentionView:
    """When a client's record is due, and what hinders its erasure (X7). Raises NotFound; it's logged."""
    await require_client(tx, client_id)
    people = await records_of(tx, client_id)
    due = (await due_days(tx, [client_id]))[client_id]
    found = await found_of(tx, people)
    of_client = Client.id == client_id
    requests = await tx.execute(_requests(of_client).order_by(ErasureRequest.id.desc()).limit(50))
    held = await tx.execute(_holds(tx, of_client).order_by(LegalHold.id.desc()).limit(50))
    return RetentionView(
        due=due,
        is_due=due.due_on <= tx.today,
        hindrances=tuple(_hindrance(one) for one in await hindered(tx, found)),
        shared=tuple(await placements_among(tx, found.shared)),
        holds=tuple(_hold(*row) for row in held),
        requests=tuple(_request(*row) for row in requests),
    )


def _hindrance(one: DomainError) -> Hindrance:
    return Hindrance(one.code, one.message, one.params)


def _requests(*conditions: ColumnElement[bool]) -> Any:
    columns = (
        ErasureRequest.id,
        *_NAME,
        ErasureRequest.origin,
        ErasureRequest.asked_on,
        ErasureRequest.reason,
        ErasureRequest.state,
        ErasureRequest.proposed_at,
        ErasureRequest.proposed_by,
        ErasureRequest.proposed_by_name,
        ErasureRequest.decided_at,
        ErasureRequest.decided_by_name,
        ErasureRequest.answer,
        ErasureRequest.carried_out_on,
    )
    return select(*columns).join(Client, Client.id == ErasureRequest.client_id).where(*conditions)


def _request(
    id_: UUID, client_id: UUID, given: str, family: str, preferred: str | None, *rest: Any
) -> RequestLine:
    return RequestLine(id_, client_id, display_name(given, family, preferred), *rest)


def _holds(tx: ReadTx, *conditions: ColumnElement[bool]) -> Any:
    columns = (
        LegalHold.id,
        *_NAME,
        LegalHold.because,
        LegalHold.until,
        LegalHold.set_at,
        LegalHold.set_by_name,
        LegalHold.ended_at,
        LegalHold.ended_by_name,
        LegalHold.ended_because,
        holds(tx),
    )
    return select(*columns).join(Client, Client.id == LegalHold.client_id).where(*conditions)


def _hold(id_: UUID, client_id: UUID, given: str, family: str, preferred: str | None, *rest: Any) -> HoldLine:
    return HoldLine(id_, client_id, display_name(given, family, preferred), *rest)


# ------------------------------------------------- asked by the listener
async def is_erased(tx: Tx | ReadTx, references: Collection[UUID]) -> bool:
    """Whether somebody who was erased was known by one of these references."""
    known = select(func.count()).where(ErasedReference.reference.in_(references))
    return bool(await tx.scalar(known))
