"""Recording, changing and ending subsidies (S1, S2)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Boolean, Select, Uuid, and_, delete, select
from sqlalchemy.orm.attributes import flag_modified

from chassis.errors import EditedMeanwhile, Faults, NotFound
from chassis.flush import parameter
from chassis.ids import new_id
from chassis.lookups import NotOnTheList
from chassis.tx import Tx
from chassis.usecase import use_case
from deskkit.i18n import N_
from support_svc.clients.finding import is_visible, sees_archived
from support_svc.clients.model import Client
from support_svc.consents.model import Purpose
from support_svc.consents.standing import consent_in_force
from support_svc.field_rules.commands import follow_field_rules
from support_svc.field_rules.forms import CONFIGURABLE, ConfigurableForm, declared
from support_svc.homes.model import Home
from support_svc.housing_history.model import HousingRecord
from support_svc.housing_loss_prevention.model import HousingLossPrevention, PreventionStatus
from support_svc.lookups.commands import list_myself_at_the_end, require_values
from support_svc.lookups.model import LookupValue
from support_svc.placements.commands import Comments
from support_svc.placements.model import ACTIVE, Placement, TimelineKind
from support_svc.placements.timeline import add_to_timeline
from support_svc.programs.commands import locked_program
from support_svc.programs.model import ProgramNotOffered, SubsidyKind
from support_svc.securing.model import Securing
from support_svc.subsidies.budgets import budgets_of, charge, commit, require_budget
from support_svc.subsidies.feature import EDIT_SUBSIDIES, SUBSIDY_REASON
from support_svc.subsidies.model import (
    DEPOSIT_LAWFUL,
    DEPOSIT_UNLAWFUL,
    CaseClosed,
    NotAgreedToReport,
    NotFunded,
    NothingChanged,
    NothingToReport,
    OutsideSubsidy,
    PaymentOutsideSubsidy,
    ProvinceNotKnown,
    RecordedAlready,
    SecurityDepositUnlawful,
    Subsidy,
    SubsidyEndsBeforeStart,
    SubsidyInAnotherCurrency,
    SubsidyRate,
)
from support_svc.subsidies.records import locked, locked_subsidy
from support_svc.subsidies.reporting import report, unreported_to
from support_svc.subsidies.schedule import AHEAD, Rate, Terms, next_to_record, payments, with_rate
from trade.dates import SubsidyDay
from trade.money import USUAL, Currency
from trade.schedule import Frequency


class PaidAmount(BaseModel):
    """An amount that is paid."""

    amount: Decimal = Field(gt=0, max_digits=12, decimal_places=2)
    currency: Currency = USUAL


class SubsidyFields(BaseModel):
    """What a program pays for a household (S1)."""

    program_id: UUID = Field(title="Program funding the subsidy")
    starts_on: SubsidyDay = Field(title="Start date")
    reason_id: UUID = Field(title="Reason")
    amount: PaidAmount = Field(title="Amount")
    ends_on: SubsidyDay | None = Field(default=None, title="End date")
    payment_on: SubsidyDay | None = Field(default=None, title="Payment date")
    frequency: Frequency = Field(default=Frequency.ONE_TIME, title="Frequency")
    kind: SubsidyKind = Field(title="Kind")
    comments: Comments | None = Field(default=None, title="Comments", json_schema_extra=CONFIGURABLE)


SUBSIDY_FORM = ConfigurableForm("subsidy", N_("Rent subsidy"), SubsidyFields, Subsidy.recorded_at)
FORMS = declared(SUBSIDY_FORM)


class RecordSubsidy(SubsidyFields):
    """A subsidy for the household of a placement."""

    placement_id: UUID


class RecordPreventionSubsidy(SubsidyFields):
    """A subsidy for the household that a housing loss prevention is for."""

    prevention_id: UUID


class RateFields(BaseModel):
    """What is paid from a day on, with the version that was shown (X4)."""

    from_on: SubsidyDay = Field(title="From this day on")
    amount: PaidAmount = Field(title="Amount")
    frequency: Frequency = Field(title="Frequency")
    payment_on: SubsidyDay | None = Field(default=None, title="Payment date")
    version: int


class ChangeRate(RateFields):
    """Another amount or frequency from a day on (S2)."""

    subsidy_id: UUID


class EndFields(BaseModel):
    """The last day on which something is paid, with the version that was shown (X4)."""

    ends_on: SubsidyDay = Field(title="Last day")
    version: int


class EndSubsidy(EndFields):
    """Pay nothing after a day."""

    subsidy_id: UUID


class DetailFields(BaseModel):
    """Why a subsidy is paid, and comments, with the version that was shown (X4)."""

    reason_id: UUID = Field(title="Reason")
    comments: Comments | None = Field(default=None, title="Comments")
    version: int


class ChangeSubsidy(DetailFields):
    """Change the reason or the comments of a subsidy."""

    subsidy_id: UUID


class ReportSubsidy(BaseModel):
    """Inform the landlord of a subsidy that couldn't be reported before."""

    subsidy_id: UUID


@use_case(EDIT_SUBSIDIES, undoable=True)
async def record_subsidy(tx: Tx, command: RecordSubsidy) -> UUID:
    """Record a subsidy of a placement and return its id (S1).

    What falls due in the program's budgets is committed at once, and the landlord of a referral is informed
    if the client agreed. Raises NotFound, CaseClosed, ProgramNotOffered, NotFunded, NotOnTheList, NoBudget,
    BudgetExceeded, SecurityDepositUnlawful, ProvinceNotKnown, SubsidyEndsBeforeStart, PaymentOutsideSubsidy.
    """
    case = await _case(tx, _PLACEMENT, command.placement_id, command, "placement")
    return await _record(tx, command, case, {"placement_id": command.placement_id})


@use_case(EDIT_SUBSIDIES, undoable=True)
async def record_prevention_subsidy(tx: Tx, command: RecordPreventionSubsidy) -> UUID:
    """Record a subsidy of a housing loss prevention and return its id (S1, H2).

    Raises the same as for a placement.
    """
    case = await _case(tx, _PREVENTION, command.prevention_id, command, "housing loss prevention")
    return await _record(tx, command, case, {"prevention_id": command.prevention_id})


@dataclass(frozen=True, slots=True)
class _Case:
    """What of a placement or a prevention decides about a subsidy."""

    client_id: UUID
    is_open: bool
    province: str | None
    is_referred: bool | None
    reason_can_be_chosen: bool


async def _case(
    tx: Tx, question: Select[*tuple[Any, ...]], id_: UUID, fields: SubsidyFields, what: str
) -> _Case:
    values = {"case": id_, "reason": fields.reason_id, "sees_archived": sees_archived(tx)}
    for row in await tx.look(question, values):
        return _Case(*row)
    raise NotFound(what=what)


_ASKED = (
    Home.province,
    and_(Securing.referral.is_not(None), Securing.referral_withdrawn_at.is_(None)),
    select(LookupValue.id)
    .where(
        LookupValue.id == parameter("reason", Uuid()),
        LookupValue.list == SUBSIDY_REASON,
        LookupValue.active,
    )
    .exists(),
)
_VISIBLE = is_visible(parameter("sees_archived", Boolean()))
_PLACEMENT = (
    select(Placement.client_id, Placement.status.in_(ACTIVE), *_ASKED)
    .select_from(Placement)
    .join(Client, Client.id == Placement.client_id)
    .outerjoin(Securing, Securing.request == Placement.request)
    .outerjoin(Home, Home.unit == Securing.unit)
    .where(Placement.id == parameter("case", Uuid()), _VISIBLE)
)
_PREVENTION = (
    select(HousingLossPrevention.client_id, HousingLossPrevention.status == PreventionStatus.OPEN, *_ASKED)
    .select_from(HousingLossPrevention)
    .join(Client, Client.id == HousingLossPrevention.client_id)
    .join(HousingRecord, HousingRecord.id == HousingLossPrevention.stay_id)
    .outerjoin(Placement, Placement.id == HousingRecord.placement_id)
    .outerjoin(Securing, Securing.request == Placement.request)
    .outerjoin(Home, Home.unit == Securing.unit)
    .where(HousingLossPrevention.id == parameter("case", Uuid()), _VISIBLE)
)


async def _record(tx: Tx, command: SubsidyFields, case: _Case, of: Mapping[str, UUID]) -> UUID:
    command = await follow_field_rules(tx, SUBSIDY_FORM, command)
    anchor = command.payment_on or command.starts_on
    ends_on = command.ends_on
    if ends_on is None and command.frequency is Frequency.ONE_TIME:
        ends_on = anchor
    _check(command, case, anchor, ends_on)
    program = await locked_program(tx, command.program_id)
    if not program.is_offered_on(tx.today):
        raise ProgramNotOffered(field="program_id")
    if command.kind not in program.kinds:
        raise NotFunded(field="kind")
    rate = Rate(command.starts_on, command.amount.amount, command.frequency, anchor)
    terms = Terms((rate,), ends_on, command.amount.currency, {})
    budgets = await budgets_of(tx, program, terms.currency)
    require_budget(budgets, terms)
    commit(budgets, None, terms, tx.today)
    subsidy = Subsidy(
        id=new_id(),
        client_id=case.client_id,
        program_id=program.id,
        kind=command.kind,
        reason_id=command.reason_id,
        starts_on=command.starts_on,
        ends_on=ends_on,
        currency=terms.currency,
        comments=command.comments,
        next_due_on=anchor,
        recorded_at=tx.now,
        recorded_by_name=tx.actor.name,
        **of,
    )
    with tx.session.no_autoflush:
        tx.session.add(subsidy)
        tx.session.add(_row(subsidy.id, rate))
        if case.is_referred:
            await report(tx, subsidy, terms, new=True)
        _on_timeline(tx, subsidy, TimelineKind.SUBSIDY_RECORDED)
    list_myself_at_the_end(tx)
    tx.touched("subsidy", subsidy.id, "recorded", {"amount": (None, command.amount.amount)})
    return subsidy.id


def _check(command: SubsidyFields, case: _Case, anchor: date, ends_on: date | None) -> None:
    if not case.is_open:
        raise CaseClosed
    faults = Faults()
    if not case.reason_can_be_chosen:
        faults.add(NotOnTheList(field="reason_id"))
    if ends_on is not None and ends_on < command.starts_on:
        faults.add(SubsidyEndsBeforeStart(field="ends_on"))
    elif anchor < command.starts_on or (ends_on is not None and anchor > ends_on):
        faults.add(PaymentOutsideSubsidy(field="payment_on"))
    if command.kind is SubsidyKind.SECURITY_DEPOSIT:
        with faults:
            check_deposit(case.province)
    faults.refuse()


def check_deposit(province: str | None) -> None:
    """Refuse a security deposit where none is lawful. Raises SecurityDepositUnlawful, ProvinceNotKnown."""
    if province in DEPOSIT_UNLAWFUL:
        raise SecurityDepositUnlawful(field="kind", rule=DEPOSIT_UNLAWFUL[province])
    if province not in DEPOSIT_LAWFUL:
        raise ProvinceNotKnown(field="kind")


def _row(subsidy_id: UUID, rate: Rate) -> SubsidyRate:
    return SubsidyRate(
        subsidy_id=subsidy_id,
        from_on=rate.from_on,
        amount=rate.amount,
        frequency=rate.frequency,
        anchor=rate.anchor,
    )


@use_case(EDIT_SUBSIDIES, undoable=True)
async def change_rate(tx: Tx, command: ChangeRate) -> None:
    """Pay another amount, or otherwise, from a day on; what was recorded stays (S2).

    Raises NotFound, EditedMeanwhile, OutsideSubsidy, PaymentOutsideSubsidy, RecordedAlready, NothingChanged,
    SubsidyInAnotherCurrency, BudgetExceeded.
    """
    subsidy, terms = await locked(tx, command.subsidy_id)
    _require_version(subsidy, command.version)
    if command.amount.currency != subsidy.currency:
        raise SubsidyInAnotherCurrency(field="amount", currency=subsidy.currency)
    day, anchor = command.from_on, command.payment_on
    if day < subsidy.starts_on or (terms.ends_on is not None and day > terms.ends_on):
        raise OutsideSubsidy(field="from_on")
    if anchor is not None and (anchor < day or (terms.ends_on is not None and anchor > terms.ends_on)):
        raise PaymentOutsideSubsidy(field="payment_on")
    _require_unrecorded(terms, day, "from_on")
    rates = with_rate(terms.rates, command.amount.amount, command.frequency, day, anchor)
    if [*payments(terms.rates, terms.ends_on, day + AHEAD)] == [*payments(rates, terms.ends_on, day + AHEAD)]:
        raise NothingChanged(field="amount")
    after = replace(terms, rates=rates)
    await charge(tx, subsidy, terms, after)
    await tx.execute(
        delete(SubsidyRate).where(SubsidyRate.subsidy_id == subsidy.id, SubsidyRate.from_on >= day)
    )
    tx.session.add(_row(subsidy.id, rates[-1]))
    before = next((rate for rate in reversed(terms.rates) if rate.from_on <= day), terms.rates[0])
    tx.touched(
        "subsidy",
        subsidy.id,
        "rate_changed",
        {
            "amount": (before.amount, command.amount.amount),
            "frequency": (before.frequency, command.frequency),
            "from_on": (None, day),
        },
    )
    _on_timeline(tx, subsidy, TimelineKind.SUBSIDY_CHANGED, day)
    await _changed(tx, subsidy, after)


@use_case(EDIT_SUBSIDIES, undoable=True)
async def end_subsidy(tx: Tx, command: EndSubsidy) -> None:
    """Pay nothing after a day; what was recorded stays, and the rest of the budget is free again.

    The day may be later than the end so far: then the subsidy goes on. Raises NotFound, EditedMeanwhile,
    SubsidyEndsBeforeStart, RecordedAlready, BudgetExceeded.
    """
    subsidy, terms = await locked(tx, command.subsidy_id)
    _require_version(subsidy, command.version)
    if command.ends_on < subsidy.starts_on:
        raise SubsidyEndsBeforeStart(field="ends_on")
    _require_unrecorded(terms, command.ends_on + timedelta(days=1), "ends_on")
    after = replace(terms, ends_on=command.ends_on)
    await charge(tx, subsidy, terms, after)
    tx.touched("subsidy", subsidy.id, "ended", {"ends_on": (subsidy.ends_on, command.ends_on)})
    subsidy.ends_on = command.ends_on
    _on_timeline(tx, subsidy, TimelineKind.SUBSIDY_ENDED, command.ends_on)
    await _changed(tx, subsidy, after, ended=True)


@use_case(EDIT_SUBSIDIES, undoable=True)
async def change_subsidy(tx: Tx, command: ChangeSubsidy) -> None:
    """Change the reason or the comments of a subsidy. Raises NotFound, EditedMeanwhile, NotOnTheList."""
    subsidy = await locked_subsidy(tx, command.subsidy_id)
    command = await follow_field_rules(tx, SUBSIDY_FORM, command, before=subsidy)
    changes = {
        name: (getattr(subsidy, name), getattr(command, name))
        for name in ("reason_id", "comments")
        if getattr(subsidy, name) != getattr(command, name)
    }
    if subsidy.version != command.version:
        raise EditedMeanwhile(current=subsidy.version, difference=changes)
    if "reason_id" in changes:
        await require_values(tx, SUBSIDY_REASON, [command.reason_id], "reason_id")
    for name, (_, new) in changes.items():
        setattr(subsidy, name, new)
    if changes:
        tx.touched("subsidy", subsidy.id, "changed", changes)


@use_case(EDIT_SUBSIDIES, undoable=True)
async def report_subsidy(tx: Tx, command: ReportSubsidy) -> None:
    """Inform the landlord of a subsidy that couldn't be reported before, once the client has agreed (W5).

    Raises NotFound, NothingToReport, NotAgreedToReport.
    """
    subsidy, terms = await locked(tx, command.subsidy_id)
    landlord = await unreported_to(tx, subsidy)
    if landlord is None:
        raise NothingToReport
    if await consent_in_force(tx, subsidy.client_id, Purpose.SHARE_SUBSIDIES, landlord) is None:
        raise NotAgreedToReport
    await report(tx, subsidy, terms)


async def _changed(tx: Tx, subsidy: Subsidy, after: Terms, *, ended: bool = False) -> None:
    """Store what follows from other terms, and inform the landlord."""
    subsidy.next_due_on = next_to_record(after, tx.today)
    # A change of the rates alone is a change of the subsidy as well: its version counts them (X4).
    flag_modified(subsidy, "currency")
    await report(tx, subsidy, after, ended=ended)


def _on_timeline(tx: Tx, subsidy: Subsidy, kind: TimelineKind, day: date | None = None) -> None:
    """Add a line to the timeline of the placement, if it's a placement's subsidy (P10)."""
    if subsidy.placement_id is not None:
        add_to_timeline(tx, subsidy.placement_id, kind, {} if day is None else {"on": day})


def _require_version(subsidy: Subsidy, version: int) -> None:
    if subsidy.version != version:
        raise EditedMeanwhile(current=subsidy.version)


def _require_unrecorded(terms: Terms, day: date, field: str) -> None:
    """Refuse with RecordedAlready a change from a day on that would touch a payment that is recorded."""
    later = max((one for one in terms.recorded if one >= day), default=None)
    if later is not None:
        raise RecordedAlready(field=field, day=later)


# ------------------------------------------------- asked by follow-ups
async def follow_head(tx: Tx, placement: Placement) -> None:
    """Let the subsidies of a placement be those of the new head of its household."""
    found = await tx.execute(
        select(Subsidy).where(Subsidy.placement_id == placement.id, Subsidy.client_id != placement.client_id)
    )
    for one in found.scalars():
        tx.touched(
            "subsidy", one.id, "handed_to_new_head", {"client_id": (one.client_id, placement.client_id)}
        )
        one.client_id = placement.client_id
