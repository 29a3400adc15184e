"""Reading who looked at which client's record, from the access log (X3)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row, Uuid, cast, select, tuple_

from chassis.db.tables import access_log
from chassis.paging import PAGE, Page
from chassis.positions import Moment, position_text, read_position
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.model import Client, display_name
from support_svc.history.model import Looked
from support_svc.history.queries import looked_at
from support_svc.view_log.feature import SEE_VIEWS

SHOWN_DAYS = 30
"""Days up to today that are shown unless others are asked for."""


class ViewFilter(BaseModel):
    """What the list of views is narrowed by."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    person: str | None = Field(default=None, max_length=120, title="Who looked")
    client: UUID | None = None
    since: date | None = Field(default=None, title="From")
    until: date | None = Field(default=None, title="To")
    after: str | None = None


@dataclass(frozen=True, slots=True)
class ViewLine:
    """That somebody looked at something of a client."""

    id: UUID
    at: datetime
    person: str
    person_name: str
    client_id: UUID
    client_name: str
    looked: Looked


@query(SEE_VIEWS)
async def views(tx: ReadTx, wanted: ViewFilter) -> Page[ViewLine]:
    """Who looked at which client's record, the latest first: of the last thirty days unless dates are given.

    Views of a restricted client are among them only for who is named.
    """
    zone = tx.runtime.time_zone
    since = wanted.since or (wanted.until or tx.today) - timedelta(days=SHOWN_DAYS)
    at, id_, about = access_log.c.at, access_log.c.id, cast(access_log.c.record_id, Uuid)
    statement = (
        select(access_log, Client.given_name, Client.family_name, Client.preferred_name)
        .join(Client, Client.id == about)
        .where(access_log.c.record_kind == "client", at >= _begin(since, zone))
    )
    if wanted.until is not None:
        statement = statement.where(at < _begin(wanted.until + timedelta(days=1), zone))
    if wanted.person:
        statement = statement.where(access_log.c.actor == wanted.person)
    if wanted.client is not None:
        statement = statement.where(access_log.c.record_id == str(wanted.client))
    position = read_position(wanted.after, [Moment, UUID])
    if position is not None:
        statement = statement.where(tuple_(at, id_) < tuple_(*position))
    rows = (await tx.execute(statement.order_by(at.desc(), id_.desc()).limit(PAGE + 1))).all()
    last = rows[:PAGE][-1] if len(rows) > PAGE else None
    return Page(
        [_line(row) for row in rows[:PAGE]], None if last is None else position_text((last.at, last.id))
    )


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _line(row: Row[Any]) -> ViewLine:
    return ViewLine(
        row.id,
        row.at,
        row.actor,
        row.actor_name,
        UUID(row.record_id),
        display_name(row.given_name, row.family_name, row.preferred_name),
        looked_at(row.query),
    )
