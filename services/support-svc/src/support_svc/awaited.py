"""What a feature waits for: rows that each stand for something another organisation hasn't answered yet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute

from chassis.tx import ReadTx


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """One kind of thing that is awaited.

    `statement` selects the client and the reference that fills `parameter` of `page`, where somebody looks
    what to do. `asked_at` is when it was asked, `caseworker` whose it is, `id` the reference of the question;
    `task` has the words for asking again.
    """

    task: str
    page: str
    parameter: str
    statement: Select[*tuple[Any, ...]]
    asked_at: ColumnElement[datetime] | InstrumentedAttribute[datetime]
    caseworker: InstrumentedAttribute[str]
    id: ColumnElement[UUID] | InstrumentedAttribute[UUID]


Awaits = Callable[[ReadTx], list[Awaited]]
"""What a feature offers as `awaited`."""
