"""The quarterly export of housing facts: what happened to people's housing, without who they are (R1).

The layout is documented in docs/how-it-works/housing-facts.md, column by column. Nothing in a file names
anybody: days are given as months, ages as groups, people as words that are drawn for one export and stored
nowhere. What fewer than five people of a file have in common is left out of their lines (case 52).
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from chassis.errors import DomainError, Kind
from chassis.periods import FiscalQuarter
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.model import Client, age_on
from support_svc.housing_history.model import HousingRecord
from support_svc.housing_loss_prevention.model import HousingLossPrevention, TenancyRisk
from support_svc.lookups.model import LookupValue
from support_svc.placements.model import Placement
from support_svc.programs.model import Program
from support_svc.reports import facts
from support_svc.reports.feature import EXPORT_HOUSING_FACTS
from support_svc.reports.model import Asked
from support_svc.reports.suppression import FEWEST
from support_svc.subsidies.model import Subsidy

LAYOUT = 1
PERSONAL = ("age_group", "gender", "indigenous")
"""Columns that fewer than five people may never be told apart by, the first to be left out last."""
LEFT_OUT = "left_out"
NOT_KNOWN = "not_known"
PLACEMENT_COLUMNS = (
    "placement", "household", "household_size", *PERSONAL, "program", "search_started", "moved_in",
    "days_to_move_in", "ended", "status", "housing_type", "subsidy",
)  # fmt: skip
STAY_COLUMNS = (
    "person", "household", "placement", *PERSONAL, "housing_type", "started", "ended", "reason_left",
)  # fmt: skip
PREVENTION_COLUMNS = (
    "prevention", "person", "household", "household_size", *PERSONAL, "program", "reason", "source",
    "started", "ended", "outcome", "offered_in_time", "subsidy",
)  # fmt: skip
FILES = {
    "placements.csv": PLACEMENT_COLUMNS,
    "stays.csv": STAY_COLUMNS,
    "preventions.csv": PREVENTION_COLUMNS,
}
_AGE_GROUPS = ((16, "0_to_15"), (25, "16_to_24"), (55, "25_to_54"), (65, "55_to_64"))
_SIZES = {1: "1", 2: "2", 3: "3_to_4", 4: "3_to_4"}


class QuarterNotOver(DomainError):
    """The facts of a quarter are complete once it's over."""

    kind = Kind.conflict
    code = "quarter_not_over"
    message = "This quarter ends on {last}. Its facts can be exported once it is over."


@dataclass(frozen=True, slots=True)
class HousingFacts:
    """The lines of the files of a quarter, by the name of the file."""

    quarter: FiscalQuarter
    lines: dict[str, list[list[Any]]]


@query(EXPORT_HOUSING_FACTS)
async def housing_facts(tx: ReadTx, quarter: FiscalQuarter) -> HousingFacts:
    """The housing facts of a fiscal quarter. Raises QuarterNotOver.

    People whom the asker may not know of are in none of them.
    """
    period = quarter.period
    if period.last >= tx.today:
        raise QuarterNotOver(last=period.last)
    word = pseudonyms()
    asked = Asked(period, period.last, tx.runtime.time_zone.key, "program")
    lines = {
        "placements.csv": await _placements(tx, asked, word),
        "stays.csv": await _stays(tx, asked, word),
        "preventions.csv": await _preventions(tx, asked, word),
    }
    for name, columns in FILES.items():
        lines[name] = unrecognisable(lines[name], columns)
    return HousingFacts(quarter, lines)


def pseudonyms() -> Callable[[Any], str]:
    """Return what makes the word for a record in one export; nobody can make it again."""
    key = secrets.token_bytes(32)

    def word(id: Any) -> str:
        return "" if id is None else blake2b(str(id).encode(), key=key, digest_size=8).hexdigest()

    return word


def unrecognisable(lines: Iterable[Sequence[Any]], columns: Sequence[str]) -> list[list[Any]]:
    """Return the lines, the first column of which says whose they are, without that column.

    Where fewer than five people share an age group, gender and Indigenous identity, the last of these is left
    out, then the one before it, until five share what is left. The lines are in no order that tells anything.
    """
    found = [list(line) for line in lines]
    places = [1 + columns.index(name) for name in PERSONAL]
    for keep in range(len(places), 0, -1):
        people = {(line[0], *(line[place] for place in places)) for line in found}
        shared = Counter(one[1:] for one in people)
        for line in found:
            if shared[tuple(line[place] for place in places)] < FEWEST:
                for place in places[keep - 1 :]:
                    line[place] = LEFT_OUT
    return sorted((line[1:] for line in found), key=lambda line: str(line[0]))


def age_group(age: int | None) -> str:
    """The age group of the vocabulary; none for an age that nobody knows."""
    if age is None:
        return NOT_KNOWN
    return next((name for below, name in _AGE_GROUPS if age < below), "65_and_over")


def _month(day: date | None) -> str:
    return "" if day is None else f"{day:%Y-%m}"


def _size(people: int) -> str:
    return _SIZES.get(people, "5_or_more")


def _yes(holds: bool | None) -> str:
    return "yes" if holds else "no"


def _person(asked: Asked, row: Row[Any]) -> list[str]:
    age = age_on(asked.day, row.date_of_birth, row.estimated_age, row.estimated_on)
    return [age_group(age), row.gender or NOT_KNOWN, row.indigenous or NOT_KNOWN]


def _with_person(statement: Any, person: Any) -> Select[Any]:
    """The statement with what is told of a person."""
    gender, indigenous = aliased(LookupValue), aliased(LookupValue)
    found: Select[Any] = (
        statement.add_columns(
            Client.date_of_birth,
            Client.estimated_age,
            Client.estimated_on,
            gender.code.label("gender"),
            indigenous.code.label("indigenous"),
        )
        .join(Client, Client.id == person)
        .outerjoin(gender, gender.id == Client.gender_id)
        .outerjoin(indigenous, indigenous.id == Client.indigenous_id)
    )
    return found


def _cases(of: Select[Any]) -> Any:
    """The services of a report's facts, each once, with their household and how many people they are for."""
    fact = of.subquery("fact")
    return (
        select(
            fact.c.service,
            fact.c.head,
            fact.c.household,
            fact.c.outcome,
            func.count(func.distinct(fact.c.person)).label("people"),
        )
        .group_by(fact.c.service, fact.c.head, fact.c.household, fact.c.outcome)
        .subquery("found")
    )


def _subsidised(asked: Asked, column: Any, case_id: Any) -> Any:
    running = and_(
        Subsidy.starts_on <= asked.day, or_(Subsidy.ends_on.is_(None), Subsidy.ends_on >= asked.period.first)
    )
    return exists().where(column == case_id, running)


async def _placements(tx: ReadTx, asked: Asked, word: Callable[[Any], str]) -> list[list[Any]]:
    one = _cases(facts.placements(asked))
    home = (
        select(LookupValue.code)
        .join(HousingRecord, HousingRecord.housing_type_id == LookupValue.id)
        .where(HousingRecord.placement_id == Placement.id)
        .order_by(HousingRecord.started_on, HousingRecord.id)
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        select(
            one,
            Placement.search_started_on,
            Placement.moved_in_on,
            Placement.ended_on,
            Program.name_en,
            home.label("home"),
            _subsidised(asked, Subsidy.placement_id, Placement.id).label("subsidised"),
        )
        .join(Placement, Placement.id == one.c.service)
        .outerjoin(Program, Program.id == Placement.program_id)
    )
    lines = []
    for row in await tx.execute(_with_person(statement, one.c.head)):
        moved = row.moved_in_on if row.moved_in_on and row.moved_in_on <= asked.day else None
        ended = row.ended_on if row.ended_on and row.ended_on <= asked.day else None
        lines.append(
            [
                row.head, word(row.service), word(row.household), _size(row.people), *_person(asked, row),
                row.name_en or "", _month(row.search_started_on), _month(moved),
                max(0, (moved - row.search_started_on).days) if moved else "", _month(ended), row.outcome,
                row.home if moved else "", _yes(row.subsidised),
            ]
        )  # fmt: skip
    return lines


async def _stays(tx: ReadTx, asked: Asked, word: Callable[[Any], str]) -> list[list[Any]]:
    kind, reason = aliased(LookupValue), aliased(LookupValue)
    of = facts.households(asked.day)
    statement = (
        select(
            HousingRecord.client_id,
            HousingRecord.placement_id,
            HousingRecord.started_on,
            HousingRecord.ended_on,
            func.coalesce(of.c.household_id, HousingRecord.client_id).label("household"),
            kind.code.label("kind"),
            reason.code.label("reason"),
        )
        .outerjoin(of, of.c.client_id == HousingRecord.client_id)
        .join(kind, kind.id == HousingRecord.housing_type_id)
        .outerjoin(reason, reason.id == HousingRecord.reason_left_id)
        .where(
            HousingRecord.started_on <= asked.day,
            or_(HousingRecord.ended_on.is_(None), HousingRecord.ended_on >= asked.period.first),
        )
    )
    lines = []
    for row in await tx.execute(_with_person(statement, HousingRecord.client_id)):
        over = row.ended_on is not None and row.ended_on <= asked.day
        lines.append(
            [
                row.client_id, word(row.client_id), word(row.household), word(row.placement_id),
                *_person(asked, row), row.kind, _month(row.started_on),
                _month(row.ended_on if over else None), (row.reason or NOT_KNOWN) if over else "",
            ]
        )  # fmt: skip
    return lines


async def _preventions(tx: ReadTx, asked: Asked, word: Callable[[Any], str]) -> list[list[Any]]:
    one = _cases(facts.preventions(asked))
    of = HousingLossPrevention
    offered_on = func.date(func.timezone(asked.zone, TenancyRisk.offered_at))
    in_time = (
        select(func.bool_or(offered_on <= TenancyRisk.offered_remedy_by))
        .where(TenancyRisk.prevention_id == of.id)
        .scalar_subquery()
    )
    statement = (
        select(
            one,
            of.started_on,
            of.ended_on,
            of.risk_source,
            LookupValue.code.label("reason"),
            Program.name_en,
            in_time.label("in_time"),
            _subsidised(asked, Subsidy.prevention_id, of.id).label("subsidised"),
        )
        .join(of, of.id == one.c.service)
        .join(LookupValue, LookupValue.id == of.reason_id)
        .outerjoin(Program, Program.id == of.program_id)
    )
    lines = []
    for row in await tx.execute(_with_person(statement, one.c.head)):
        over = row.ended_on is not None and row.ended_on <= asked.day
        lines.append(
            [
                row.head, word(row.service), word(row.head), word(row.household), _size(row.people),
                *_person(asked, row), row.name_en or "", row.reason, row.risk_source.value,
                _month(row.started_on), _month(row.ended_on if over else None), row.outcome,
                "" if row.in_time is None else _yes(row.in_time), _yes(row.subsidised),
            ]
        )  # fmt: skip
    return lines
