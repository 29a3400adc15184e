"""Opening, changing and closing housing loss prevention, and the debts recorded with it (H1, H4)."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Select, func, select

from chassis.errors import EditedMeanwhile, NotFound
from chassis.feature import offers_of
from chassis.ids import new_id
from chassis.tx import Changes, Tx
from chassis.usecase import use_case
from deskkit.i18n import N_
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.field_rules.commands import follow_field_rules
from support_svc.field_rules.forms import CONFIGURABLE, ConfigurableForm, declared
from support_svc.housing_history.commands import open_stays
from support_svc.housing_loss_prevention.feature import (
    CREDITOR_KIND,
    EDIT_PREVENTION,
    REASON_FOR_SERVICE,
)
from support_svc.housing_loss_prevention.model import (
    BeforePrevention,
    Debt,
    EndIsInTheFuture,
    EndsBeforeStart,
    HousingLossPrevention,
    NoActiveHousing,
    OpenPreventionExists,
    Outcome,
    PreventionClosed,
    PreventionNotClosed,
    PreventionStatus,
    RiskSource,
    StartIsInTheFuture,
    TenancyRisk,
)
from support_svc.lookups.commands import list_myself, require_caseworker, require_values
from support_svc.programs.commands import require_program
from trade.dates import FollowUpDay, PastDay
from trade.money import USUAL, Currency


class PreventionFields(BaseModel):
    """What the caseworker decides about housing loss prevention (H1)."""

    reason_id: UUID = Field(title="Reason for Service")
    started_on: PastDay = Field(title="Start date")
    caseworker: Annotated[str, StringConstraints(min_length=1, max_length=120)] = Field(title="Caseworker")
    program_id: UUID | None = Field(default=None, title="Program", json_schema_extra=CONFIGURABLE)


class NewPrevention(PreventionFields):
    """What the caseworker decides, and when to ask first how the housing is going."""

    first_follow_up_on: FollowUpDay | None = Field(
        default=None, title="Date of the first follow-up", json_schema_extra=CONFIGURABLE
    )


PREVENTION_FORM = ConfigurableForm(
    "prevention", N_("Housing loss prevention"), NewPrevention, HousingLossPrevention.opened_at
)
FORMS = declared(PREVENTION_FORM)


class OpenPrevention(NewPrevention):
    """Add Housing Loss Prevention for a client who has a home (H1)."""

    client_id: UUID


class ChangedPrevention(PreventionFields):
    """Changed fields, and the version that was shown (X4)."""

    version: int


class ChangePrevention(ChangedPrevention):
    """Change the reason, the start, the caseworker or the program."""

    prevention_id: UUID


class PreventionEnd(BaseModel):
    """When it ended, and how."""

    ended_on: PastDay = Field(title="End date")
    outcome: Outcome = Field(title="Outcome")


class ClosePrevention(PreventionEnd):
    """Close housing loss prevention (H4)."""

    prevention_id: UUID


class ReopenPrevention(BaseModel):
    """Open it again, whatever it ended with (W12)."""

    prevention_id: UUID


class Owed(BaseModel):
    """An amount that is owed."""

    amount: Decimal = Field(gt=0, max_digits=12, decimal_places=2)
    currency: Currency = USUAL


class DebtFields(BaseModel):
    """What is owed to whom, and whether a plan for its repayment exists (H4)."""

    creditor_kind_id: UUID = Field(title="Kind of creditor")
    owed: Owed = Field(title="Amount")
    repayment_plan: bool = Field(title="Is there a repayment plan?")


class AddDebt(DebtFields):
    """Record what a client owes."""

    prevention_id: UUID


class ChangedDebt(DebtFields):
    """Changed fields of a debt, and the version that was shown (X4)."""

    version: int


class ChangeDebt(ChangedDebt):
    """Change what is recorded of a debt."""

    prevention_id: UUID
    debt_id: UUID


class RemoveDebt(BaseModel):
    """Take a debt off the record that has been paid or was entered by mistake."""

    prevention_id: UUID
    debt_id: UUID


@use_case(EDIT_PREVENTION)
async def open_prevention(tx: Tx, command: OpenPrevention) -> UUID:
    """Open housing loss prevention and return its id. Raises NoActiveHousing, OpenPreventionExists."""
    return (await open_for(tx, command.client_id, command, RiskSource.CASEWORKER)).id


@use_case(EDIT_PREVENTION)
async def change_prevention(tx: Tx, command: ChangePrevention) -> None:
    """Change what was decided. Raises EditedMeanwhile with the difference (X4), PreventionClosed."""
    prevention = await locked_prevention(tx, command.prevention_id)
    command = await follow_field_rules(tx, PREVENTION_FORM, command, before=prevention)
    await _check_fields(tx, command, before=prevention)
    changes: Changes = {
        name: (getattr(prevention, name), getattr(command, name))
        for name in PreventionFields.model_fields
        if getattr(prevention, name) != getattr(command, name)
    }
    if prevention.version != command.version:
        raise EditedMeanwhile(current=prevention.version, difference=changes)
    _require_open(prevention)
    for name, (_, new) in changes.items():
        setattr(prevention, name, new)
    if "caseworker" in changes:
        await _let_others_act(tx, "prevention_handed_over", prevention)
    if changes:
        tx.touched("housing_loss_prevention", prevention.id, "changed", changes)


@use_case(EDIT_PREVENTION)
async def close_prevention(tx: Tx, command: ClosePrevention) -> None:
    """Close it with its outcome. Raises PreventionClosed, EndsBeforeStart, EndIsInTheFuture."""
    prevention = await locked_prevention(tx, command.prevention_id)
    _require_open(prevention)
    if command.ended_on > tx.today:
        raise EndIsInTheFuture(field="ended_on")
    if command.ended_on < prevention.started_on:
        raise EndsBeforeStart(field="ended_on")
    await close_on(tx, prevention, command.ended_on, command.outcome)


@use_case(EDIT_PREVENTION)
async def reopen_prevention(tx: Tx, command: ReopenPrevention) -> None:
    """Open it again; nothing is asked of the client (W12).

    Raises PreventionNotClosed, OpenPreventionExists.
    """
    prevention = await locked_prevention(tx, command.prevention_id)
    client = await _locked_client(tx, prevention.client_id)
    if prevention.status is PreventionStatus.OPEN:
        raise PreventionNotClosed
    await _require_none_open(tx, client)
    before, prevention.status = prevention.outcome, PreventionStatus.OPEN
    prevention.ended_on = prevention.outcome = None
    await count_down(tx, prevention)
    tx.touched("housing_loss_prevention", prevention.id, "reopened", {"outcome": (before, None)})


@use_case(EDIT_PREVENTION)
async def add_debt(tx: Tx, command: AddDebt) -> UUID:
    """Record a debt and return its id. Raises PreventionClosed."""
    prevention = await locked_prevention(tx, command.prevention_id)
    _require_open(prevention)
    await require_values(tx, CREDITOR_KIND, [command.creditor_kind_id], "creditor_kind_id")
    debt = Debt(
        id=new_id(),
        prevention_id=prevention.id,
        client_id=prevention.client_id,
        recorded_at=tx.now,
        **_columns(command),
    )
    tx.session.add(debt)
    changes: Changes = {name: (None, new) for name, new in _columns(command).items()}
    tx.touched("housing_loss_prevention", prevention.id, "debt_recorded", changes)
    return debt.id


@use_case(EDIT_PREVENTION)
async def change_debt(tx: Tx, command: ChangeDebt) -> None:
    """Change a debt. Raises EditedMeanwhile, PreventionClosed, NotFound."""
    debt = await _debt(tx, command.prevention_id, command.debt_id)
    if debt.creditor_kind_id != command.creditor_kind_id:
        await require_values(tx, CREDITOR_KIND, [command.creditor_kind_id], "creditor_kind_id")
    changes: Changes = {
        name: (getattr(debt, name), new)
        for name, new in _columns(command).items()
        if getattr(debt, name) != new
    }
    if debt.version != command.version:
        raise EditedMeanwhile(current=debt.version, difference=changes)
    for name, (_, new) in changes.items():
        setattr(debt, name, new)
    if changes:
        tx.touched("housing_loss_prevention", debt.prevention_id, "debt_changed", changes)


@use_case(EDIT_PREVENTION)
async def remove_debt(tx: Tx, command: RemoveDebt) -> None:
    """Take a debt off the record; the history retains it. Raises PreventionClosed, NotFound."""
    debt = await _debt(tx, command.prevention_id, command.debt_id)
    changes: Changes = {"amount": (debt.amount, None), "currency": (debt.currency, None)}
    tx.touched("housing_loss_prevention", debt.prevention_id, "debt_removed", changes)
    await tx.session.delete(debt)


def _columns(fields: DebtFields) -> dict[str, object]:
    return {
        "creditor_kind_id": fields.creditor_kind_id,
        "amount": fields.owed.amount,
        "currency": fields.owed.currency,
        "repayment_plan": fields.repayment_plan,
    }


async def _debt(tx: Tx, prevention_id: UUID, debt_id: UUID) -> Debt:
    prevention = await locked_prevention(tx, prevention_id)
    debt = await tx.session.get(Debt, debt_id, with_for_update=True)
    if debt is None or debt.prevention_id != prevention.id:
        raise NotFound(what="debt")
    _require_open(prevention)
    return debt


def _require_open(prevention: HousingLossPrevention) -> None:
    if prevention.status is not PreventionStatus.OPEN:
        raise PreventionClosed


async def _check_fields(tx: Tx, fields: PreventionFields, before: HousingLossPrevention | None) -> None:
    if fields.started_on > tx.today:
        raise StartIsInTheFuture(field="started_on")
    if before is None or before.reason_id != fields.reason_id:
        await require_values(tx, REASON_FOR_SERVICE, [fields.reason_id], "reason_id")
    if before is None or before.caseworker != fields.caseworker:
        await require_caseworker(tx, fields.caseworker)
    if before is None or before.program_id != fields.program_id:
        await require_program(tx, fields.program_id, "program_id")


async def _locked_client(tx: Tx, client_id: UUID) -> Client:
    """The client, locked: of two people who press at once, the second sees what the first has opened."""
    found = select(Client).where(Client.id == client_id, may_see(tx)).with_for_update(key_share=True)
    client = (await tx.execute(found)).scalar_one_or_none()
    if client is None:
        raise NotFound(what="client")
    return client


async def _require_none_open(tx: Tx, client: Client) -> None:
    if await open_prevention_of(tx, client.id) is not None:
        raise OpenPreventionExists(name=client.full_name)


async def _let_others_act(tx: Tx, event: str, prevention: HousingLossPrevention, *more: object) -> None:
    """Let every later feature do its part of what happens to a housing loss prevention."""
    for act in offers_of(tx.runtime.features, event):
        await act(tx, prevention, *more)


# ------------------------------------------------- used by the commands of other features
async def open_for(
    tx: Tx, client_id: UUID, fields: NewPrevention, source: RiskSource
) -> HousingLossPrevention:
    """Open housing loss prevention for the home where a client lives.

    Raises NoActiveHousing, OpenPreventionExists, StartIsInTheFuture, BeforePrevention, NotFound.
    """
    fields = await follow_field_rules(tx, PREVENTION_FORM, fields)
    await list_myself(tx)
    await _check_fields(tx, fields, before=None)
    first_on = fields.first_follow_up_on
    if first_on is not None and first_on < fields.started_on:
        raise BeforePrevention(field="first_follow_up_on")
    client = await _locked_client(tx, client_id)
    await _require_none_open(tx, client)
    lives = await open_stays(tx, [client_id])
    if not lives:
        raise NoActiveHousing(name=client.full_name)
    prevention = HousingLossPrevention(
        id=new_id(),
        client_id=client_id,
        stay_id=lives[0].id,
        risk_source=source,
        status=PreventionStatus.OPEN,
        opened_at=tx.now,
        **{name: getattr(fields, name) for name in PreventionFields.model_fields},
    )
    tx.session.add(prevention)
    await tx.session.flush()
    tx.touched("housing_loss_prevention", prevention.id, "opened", {"risk_source": (None, source)})
    if first_on is not None:
        await _let_others_act(tx, "prevention_opened", prevention, first_on)
    return prevention


async def locked_prevention(tx: Tx, prevention_id: UUID) -> HousingLossPrevention:
    """A housing loss prevention, locked until the transaction ends.

    Raises NotFound, also for one of a client that the actor may not see.
    """
    found: Select[HousingLossPrevention] = (
        select(HousingLossPrevention)
        .join(Client, Client.id == HousingLossPrevention.client_id)
        .where(HousingLossPrevention.id == prevention_id, may_see(tx))
        .with_for_update(of=HousingLossPrevention)
        .execution_options(populate_existing=True)
    )
    prevention = (await tx.execute(found)).scalar_one_or_none()
    if prevention is None:
        raise NotFound(what="housing loss prevention")
    return prevention


async def open_prevention_of(tx: Tx, client_id: UUID) -> HousingLossPrevention | None:
    """The housing loss prevention of a client that is open, locked."""
    found = select(HousingLossPrevention).where(
        HousingLossPrevention.client_id == client_id,
        HousingLossPrevention.status == PreventionStatus.OPEN,
    )
    return (await tx.execute(found.with_for_update())).scalar_one_or_none()


async def count_down(tx: Tx, prevention: HousingLossPrevention) -> None:
    """Show the earliest day until which one of its risks can be remedied; none once it's closed."""
    prevention.remedy_by = None
    if prevention.status is PreventionStatus.OPEN:
        prevention.remedy_by = await tx.scalar(
            select(func.min(TenancyRisk.remedy_by)).where(
                TenancyRisk.prevention_id == prevention.id, TenancyRisk.resolution.is_(None)
            )
        )


async def close_on(tx: Tx, prevention: HousingLossPrevention, day: date, outcome: Outcome) -> None:
    """Close it on a day with its outcome: nothing is due any more."""
    prevention.status = PreventionStatus.CLOSED
    prevention.ended_on = day
    prevention.outcome = outcome
    await count_down(tx, prevention)
    await _let_others_act(tx, "prevention_closed", prevention)
    tx.touched("housing_loss_prevention", prevention.id, "closed", {"outcome": (None, outcome)})
