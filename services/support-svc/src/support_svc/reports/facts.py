"""The facts that reports count: one row for each service and each person whom it concerns (R1).

Every figure of a report and every list of records behind one is read from these rows. Who may not know of a
client has none of its rows: the database hides them (C8).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Numeric,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import array, distinct_on
from sqlalchemy.orm import aliased

from support_svc.clients.model import HouseholdMember
from support_svc.followups.model import FollowUp, FollowUpOutcome, FollowUpState, StillInHousing
from support_svc.housing_history.model import HousingRecord
from support_svc.housing_loss_prevention.model import HousingLossPrevention, TenancyRisk
from support_svc.lookups.model import LookupValue
from support_svc.placements.model import Placement, PlacementMember, PlacementStatus
from support_svc.reports.model import Asked
from support_svc.subsidies.model import Outcome as PaymentOutcome
from support_svc.subsidies.model import Subsidy, SubsidyPayment

COLUMNS = (
    "service", "kind", "record", "head", "household", "person", "key", "outcome", "value", "currency",
)  # fmt: skip
MILESTONES = (3, 6, 12)
"""Months after which people are asked for."""
NEAR = timedelta(days=14)
"""A follow-up so many days before a milestone still speaks of it."""
NOTHING = ""
"""The key of what has no program."""

_H = HouseholdMember
_P, _M = Placement, PlacementMember
_L = HousingLossPrevention
_R = HousingRecord


def households(day: date) -> Subquery:
    """The household of each person on one day, the same for all services, so that each counts once."""
    return (
        select(_H.client_id, _H.household_id)
        .where(_H.joined_on <= day, or_(_H.left_on.is_(None), _H.left_on > day))
        .ext(distinct_on(_H.client_id))
        .order_by(_H.client_id, _H.joined_on.desc(), _H.id.desc())
        .subquery("household_of")
    )


def _text(column: Any) -> ColumnElement[str]:
    return cast(column, Text)


def _facts(
    asked: Asked,
    *,
    service: Any,
    kind: str,
    record: Any,
    head: Any,
    person: Any,
    keys: dict[str, Any],
    outcome: Any = None,
    value: Any = None,
    currency: Any = None,
    joined: Any,
) -> Select[Any]:
    """The rows of `joined` as facts, with the key of the grouping that is asked for."""
    of = households(asked.day)
    return (
        select(
            service.label("service"),
            literal(kind, Text).label("kind"),
            record.label("record"),
            head.label("head"),
            func.coalesce(of.c.household_id, head).label("household"),
            person.label("person"),
            _text(keys[asked.by]).label("key"),
            _text(null() if outcome is None else outcome).label("outcome"),
            cast(null() if value is None else value, Numeric).label("value"),
            _text(null() if currency is None else currency).label("currency"),
        )
        .select_from(joined)
        .outerjoin(of, of.c.client_id == head)
        .where(literal(asked.period.first <= asked.day))
    )


def _narrowed(asked: Asked, statement: Select[Any], program: Any, caseworker: Any) -> Select[Any]:
    if asked.program is not None:
        statement = statement.where(program == asked.program)
    if asked.caseworker:
        statement = statement.where(caseworker == asked.caseworker)
    return statement


def _program_key(column: Any) -> ColumnElement[str]:
    return func.coalesce(_text(column), NOTHING)


# ------------------------------------------------- placements
def status_on(day: date, today: date | None = None) -> ColumnElement[str]:
    """The status that a placement had on a day, by the days that are recorded."""
    return case(
        (_P.ended_on <= day, _text(_P.status)),
        (_P.moved_in_on <= day, PlacementStatus.MOVED_IN.value),
        (_P.status == PlacementStatus.HOUSING_NOT_SECURED, PlacementStatus.HOUSING_NOT_SECURED.value),
        (_P.secured_on <= day, PlacementStatus.HOUSING_SECURED.value),
        else_=PlacementStatus.HOUSING_NOT_SECURED.value,
    )


def placements(asked: Asked) -> Select[Any]:
    """Placements that were open on any day of the period, by their status at its end."""
    status = status_on(asked.day)
    found = _placement_facts(asked, {"status": status}, outcome=status)
    return found.where(
        _P.search_started_on <= asked.day, or_(_P.ended_on.is_(None), _P.ended_on >= asked.period.first)
    )


def moves(asked: Asked) -> Select[Any]:
    """Placements whose household moved in during the period, with the days from the start of the search."""
    days = func.greatest(_P.moved_in_on - _P.search_started_on, 0)
    month = func.to_char(_P.moved_in_on, "YYYY-MM")
    found = _placement_facts(asked, {"month": month}, value=days)
    return found.where(_P.moved_in_on.between(asked.period.first, asked.day))


def _placement_facts(asked: Asked, keys: dict[str, Any], **more: Any) -> Select[Any]:
    found = _facts(
        asked,
        service=_P.id,
        kind="placement",
        record=_P.id,
        head=_P.client_id,
        person=_M.client_id,
        keys={**keys, "program": _program_key(_P.program_id), "caseworker": _P.caseworker},
        joined=_P.__table__.join(_M.__table__, _M.placement_id == _P.id),
        **more,
    )
    return _narrowed(asked, found, _P.program_id, _P.caseworker)


# ------------------------------------------------- still housed
def still_housed(asked: Asked) -> Select[Any]:
    """People who moved in during the period, at each milestone that has passed, by how they were housed then.

    What nobody has reported isn't known: a stay that is open on record is no evidence.
    """
    answers = _answers(asked)
    of_placement, of_stay = answers.alias("of_placement"), _answers_of_stays(answers)
    several = (
        select(_R.client_id).group_by(_R.client_id).having(func.count() > 1).subquery("with_several_stays")
    )
    stay = (
        select(
            _R.id,
            _R.client_id,
            _R.started_on,
            _R.ended_on,
            _P.id.label("placement_id"),
            _P.client_id.label("head"),
            func.greatest(of_placement.c.seen_on, of_stay.c.seen_on).label("seen_on"),
            func.coalesce(of_placement.c.housed_elsewhere, false()).label("reported_elsewhere"),
            several.c.client_id.is_not(None).label("has_others"),
            LookupValue.code.label("reason_left"),
        )
        .join(_P, _P.id == _R.placement_id)
        .outerjoin(LookupValue, LookupValue.id == _R.reason_left_id)
        .outerjoin(
            of_placement, and_(of_placement.c.case_id == _P.id, of_placement.c.client_id == _R.client_id)
        )
        .outerjoin(of_stay, and_(of_stay.c.stay_id == _R.id, of_stay.c.client_id == _R.client_id))
        .outerjoin(several, several.c.client_id == _R.client_id)
        .where(_R.started_on.between(asked.period.first, asked.day))
    )
    stay = _narrowed(asked, stay, _P.program_id, _P.caseworker)
    stays = _once(stay, "stay")
    months = func.unnest(array(MILESTONES)).table_valued("months", name="milestone").render_derived()
    day = months_after_on(stays.c.started_on, cast(months.c.months, Integer))
    return _facts(
        asked,
        service=stays.c.placement_id,
        kind="placement",
        record=stays.c.placement_id,
        head=stays.c.head,
        person=stays.c.client_id,
        keys={"months": months.c.months},
        outcome=_housed_on(stays.c, day),
        joined=stays.join(months, literal(True)),
    ).where(day <= asked.day)


def _once(statement: Any, name: str) -> Any:
    """A part of a statement that is worked out once, however often it is looked at."""
    return statement.cte(name).prefix_with("MATERIALIZED", dialect="postgresql")


def _answers(asked: Asked) -> Any:
    """What follow-ups found for each person of a case: when last at home, and whether housed elsewhere.

    Read for all at once: for one stay after another it would take as many look-ups as there are stays.
    """
    seen = FollowUpOutcome.still_in_housing == StillInHousing.YES
    began = _R.started_on.between(asked.period.first, asked.day)
    cases: Any = union_all(
        select(_R.placement_id).where(began, _R.placement_id.is_not(None)),
        select(_L.id).join(_R, _R.id == _L.stay_id).where(began),
    )
    found = (
        select(
            FollowUp.subject_id.label("case_id"),
            FollowUpOutcome.client_id,
            func.max(FollowUp.done_on).filter(seen).label("seen_on"),
            func.bool_or(FollowUpOutcome.housed_elsewhere).label("housed_elsewhere"),
        )
        .join(FollowUpOutcome, FollowUpOutcome.followup_id == FollowUp.id)
        .where(
            FollowUp.state == FollowUpState.DONE,
            FollowUp.done_on >= asked.period.first,
            FollowUp.subject_id.in_(cases),
        )
        .group_by(FollowUp.subject_id, FollowUpOutcome.client_id)
    )
    return _once(found, "answer")


def _answers_of_stays(answers: Any) -> Any:
    """The same for the stays that housing loss prevention is about."""
    return (
        select(_L.stay_id, answers.c.client_id, func.max(answers.c.seen_on).label("seen_on"))
        .join(answers, answers.c.case_id == _L.id)
        .group_by(_L.stay_id, answers.c.client_id)
        .subquery("of_stay")
    )


def months_after_on(day: Any, months: Any) -> ColumnElement[date]:
    """The same day some months later, or the last of a shorter month: `trade.dates.months_after` for rows."""
    return cast(day + func.make_interval(0, months), Date)


def _housed_on(stay: Any, day: ColumnElement[date]) -> ColumnElement[str]:
    other = aliased(HousingRecord)
    elsewhere = (
        select(other.id)
        .where(
            other.client_id == stay.client_id,
            other.id != stay.id,
            other.started_on <= day,
            or_(other.ended_on.is_(None), other.ended_on > day),
        )
        .exists()
    )
    has_other = and_(stay.has_others, elsewhere)
    return case(
        (stay.ended_on > day, "housed"),
        (and_(stay.ended_on <= day, stay.reason_left == "deceased"), "died"),
        (and_(stay.ended_on <= day, or_(stay.reported_elsewhere, has_other)), "housed_elsewhere"),
        (stay.ended_on <= day, "not_housed"),
        (stay.seen_on >= day - NEAR.days, "housed"),
        else_="not_known",
    )


# ------------------------------------------------- housing loss prevention
def preventions(asked: Asked) -> Select[Any]:
    """Housing loss preventions that were open on any day of the period, by their outcome at its end."""
    outcome = case((_L.ended_on <= asked.day, _text(_L.outcome)), else_="open")
    joined, other = _people_of_stay(_L)
    found = _facts(
        asked,
        service=_L.id,
        kind="prevention",
        record=_L.id,
        head=_L.client_id,
        person=func.coalesce(other.client_id, _L.client_id),
        keys={
            "outcome": outcome,
            "program": _program_key(_L.program_id),
            "caseworker": _L.caseworker,
            "reason": _L.reason_id,
            "source": _L.risk_source,
        },
        outcome=outcome,
        joined=joined,
    ).where(_L.started_on <= asked.day, or_(_L.ended_on.is_(None), _L.ended_on >= asked.period.first))
    return _narrowed(asked, found, _L.program_id, _L.caseworker)


def _people_of_stay(of: Any, base: Any = None) -> tuple[Any, Any]:
    """Join a prevention with everybody who lived in its home when it began."""
    own, other = aliased(HousingRecord, name="own_stay"), aliased(HousingRecord, name="shared_stay")
    there = and_(
        other.stay == own.stay,
        or_(
            other.id == own.id,
            and_(
                other.started_on <= of.started_on,
                or_(other.ended_on.is_(None), other.ended_on > of.started_on),
            ),
        ),
    )
    joined = of.__table__ if base is None else base
    joined = joined.outerjoin(own, own.id == of.stay_id).outerjoin(other, there)
    return joined, other


def offers(asked: Asked) -> Select[Any]:
    """Notices that landlords reported and that were served in the period, by when help could be offered."""
    risk = TenancyRisk
    offered_on = cast(func.timezone(asked.zone, risk.offered_at), Date)
    timing = case(
        (risk.offered_remedy_by.is_(None), "no_cure"),
        (offered_on <= risk.offered_remedy_by, "inside"),
        else_="after",
    )
    found = _facts(
        asked,
        service=risk.risk,
        kind="placement",
        record=_P.id,
        head=_P.client_id,
        person=_M.client_id,
        keys={"timing": timing, "kind": risk.kind, "landlord": risk.landlord},
        outcome=case((timing == "inside", _text(risk.answer)), else_="late_" + _text(risk.answer)),
        value=risk.offered_remedy_by - offered_on,
        joined=risk.__table__.join(_P.__table__, _P.id == risk.placement_id).join(
            _M.__table__, _M.placement_id == _P.id
        ),
    ).where(risk.offered_at.is_not(None), risk.served_on.between(asked.period.first, asked.day))
    return _narrowed(asked, found, _P.program_id, _P.caseworker)


# ------------------------------------------------- subsidies
def subsidies(asked: Asked) -> Select[Any]:
    """Subsidies that ran in the period or of which something was paid in it, with what was paid."""
    one, paying = Subsidy, SubsidyPayment
    paid = (
        select(paying.subsidy_id, func.sum(paying.amount).label("amount"))
        .where(
            paying.outcome == PaymentOutcome.PAID,
            paying.paid_on.between(asked.period.first, asked.day),
        )
        .group_by(paying.subsidy_id)
        .subquery("paid")
    )
    base = one.__table__.outerjoin(paid, paid.c.subsidy_id == one.id).outerjoin(
        _L, _L.id == one.prevention_id
    )
    base = base.outerjoin(_P.__table__, _P.id == one.placement_id).outerjoin(
        _M.__table__, _M.placement_id == one.placement_id
    )
    joined, other = _people_of_stay(_L, base)
    caseworker = func.coalesce(_P.caseworker, _L.caseworker)
    found = _facts(
        asked,
        service=one.id,
        kind="subsidy",
        record=one.id,
        head=one.client_id,
        person=func.coalesce(_M.client_id, other.client_id, one.client_id),
        keys={"program": one.program_id, "kind": one.kind, "caseworker": caseworker},
        value=func.coalesce(paid.c.amount, 0),
        currency=one.currency,
        joined=joined,
    ).where(
        or_(
            paid.c.amount.is_not(None),
            and_(one.starts_on <= asked.day, or_(one.ends_on.is_(None), one.ends_on >= asked.period.first)),
        )
    )
    return _narrowed(asked, found, one.program_id, caseworker)


# ------------------------------------------------- all services
def services(asked: Asked) -> Select[Any]:
    """Placements, housing loss preventions and subsidies of the period together, by kind of service."""
    parts = [
        (placements, "status", "placement"),
        (preventions, "outcome", "prevention"),
        (subsidies, "program", "subsidy"),
    ]
    found = []
    for facts, by, kind in parts:
        of = facts(Asked(asked.period, asked.day, asked.zone, by, asked.program, asked.caseworker))
        one = of.subquery(f"{kind}_fact")
        taken = {
            "key": literal(kind, Text),
            "outcome": _text(null()),
            "value": cast(null(), Numeric),
            "currency": _text(null()),
        }
        found.append(select(*(taken.get(name, one.c[name]).label(name) for name in COLUMNS)))
    every = union_all(*found).subquery("served")
    return select(*(every.c[name] for name in COLUMNS))
