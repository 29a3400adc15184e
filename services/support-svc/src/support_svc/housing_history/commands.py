"""Recording where a person has lived (C5)."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import ColumnElement, Uuid, all_, and_, any_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import selectinload

from chassis.errors import EditedMeanwhile, NotFound
from chassis.flush import parameter
from chassis.ids import new_id
from chassis.tx import ReadTx, Tx
from chassis.usecase import use_case
from deskkit.i18n import N_
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.clients.open_matters import MatterKind, OpenMatter
from support_svc.clients.queries import names_of
from support_svc.corrections.commands import correct
from support_svc.corrections.model import Corrected, NothingCorrected, Reasoned
from support_svc.field_rules.commands import follow_field_rules
from support_svc.field_rules.forms import CONFIGURABLE, ConfigurableForm, declared
from support_svc.housing_history.feature import EDIT_HOUSING_HISTORY, HOUSING_TYPE, REASON_LEFT
from support_svc.housing_history.model import (
    DaysOfPlacement,
    EndBeforeStart,
    HomeOfPlacement,
    HousingOverlap,
    HousingRecord,
    HousingRent,
    RentInAnotherCurrency,
    Stay,
    StayEnded,
    overlaps,
)
from support_svc.lookups.commands import require_values
from trade.dates import RentDay, StayDay
from trade.money import USUAL, Currency


class Rent(BaseModel):
    """An amount for a month."""

    amount: Decimal = Field(ge=0, max_digits=12, decimal_places=2)
    currency: Currency = USUAL


class Housing(BaseModel):
    """A stay in a home, past or present."""

    housing_type_id: UUID = Field(title="Housing type")
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] | None = Field(
        default=None, title="Address"
    )
    safe_address: bool = Field(default=False, title="Safe address")
    started_on: StayDay = Field(title="From")
    ended_on: StayDay | None = Field(default=None, title="To")
    rent: Rent | None = Field(default=None, title="Rent a month", json_schema_extra=CONFIGURABLE)
    other_people: int = Field(default=0, ge=0, le=50, title="Other people in the home")
    reason_left_id: UUID | None = Field(default=None, title="Reason left")


HOUSING_FORM = ConfigurableForm("housing", N_("Housing history"), Housing)


class AddHousing(Housing):
    """A stay of a client in a home, past or present."""

    client_id: UUID


class HousingEnd(BaseModel):
    """The last day of a stay."""

    ended_on: StayDay = Field(title="Last day there")
    reason_left_id: UUID | None = Field(default=None, title="Reason left", json_schema_extra=CONFIGURABLE)


HOUSING_END_FORM = ConfigurableForm("housing_end", N_("End of a stay"), HousingEnd)
FORMS = declared(HOUSING_FORM, HOUSING_END_FORM)


class EndHousing(HousingEnd):
    """Record that a client has left a home."""

    client_id: UUID
    record_id: UUID


class StayCorrection(Reasoned):
    """A stay as it really was, and the version that was shown (X4)."""

    housing_type_id: UUID = Field(title="Housing type")
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] | None = Field(
        default=None, title="Address"
    )
    safe_address: bool = Field(default=False, title="Safe address")
    started_on: StayDay = Field(title="From")
    ended_on: StayDay | None = Field(default=None, title="To")
    other_people: int = Field(default=0, ge=0, le=50, title="Other people in the home")
    reason_left_id: UUID | None = Field(default=None, title="Reason left")
    version: int


class CorrectHousing(StayCorrection):
    """Correct a stay. Its days, if they come from a placement, are corrected there."""

    client_id: UUID
    record_id: UUID


class NewRent(BaseModel):
    """A rent from a day on."""

    from_date: RentDay = Field(title="From")
    rent: Rent = Field(title="Rent a month")


class ChangeRent(NewRent):
    """Record another rent from a day on; the record stays as it is."""

    client_id: UUID
    record_id: UUID


@use_case(EDIT_HOUSING_HISTORY)
async def add_housing(tx: Tx, command: AddHousing) -> UUID:
    """Record a stay and return its id. Raises HousingOverlap, EndBeforeStart."""
    if command.ended_on is not None and command.ended_on < command.started_on:
        raise EndBeforeStart(field="ended_on")
    command = await follow_field_rules(tx, HOUSING_FORM, command)
    # A record with an open stay can't be archived, so archiving waits until this one is written.
    client = (
        await tx.execute(
            select(Client).where(Client.id == command.client_id, may_see(tx)).with_for_update(read=True)
        )
    ).scalar_one_or_none()
    if client is None:
        raise NotFound(what="client")
    await require_values(tx, HOUSING_TYPE, [command.housing_type_id], "housing_type_id")
    await require_values(tx, REASON_LEFT, [command.reason_left_id], "reason_left_id")
    await require_free(tx, [client.id], Stay(command.started_on, command.ended_on))
    record = new_record(
        tx,
        client_id=client.id,
        stay=new_id(),
        placement_id=None,
        housing_type_id=command.housing_type_id,
        address=command.address,
        started_on=command.started_on,
        rent=command.rent,
        other_people=command.other_people,
    )
    record.ended_on = command.ended_on
    record.reason_left_id = command.reason_left_id
    record.safe_address = command.safe_address
    return record.id


@use_case(EDIT_HOUSING_HISTORY)
async def end_housing(tx: Tx, command: EndHousing) -> None:
    """End a stay that is open. Raises StayEnded, EndBeforeStart."""
    record = await _record(tx, command.client_id, command.record_id)
    if record.ended_on is not None:
        raise StayEnded
    command = await follow_field_rules(tx, HOUSING_END_FORM, command)
    await require_values(tx, REASON_LEFT, [command.reason_left_id], "reason_left_id")
    end_stay(tx, record, command.ended_on, command.reason_left_id)


@use_case(EDIT_HOUSING_HISTORY)
async def change_rent(tx: Tx, command: ChangeRent) -> None:
    """Add a dated rent to a stay, or correct the one of that day.

    The record is neither closed nor opened again.
    """
    record = await _record(tx, command.client_id, command.record_id)
    if command.from_date < record.started_on or (record.ended_on and command.from_date > record.ended_on):
        raise EndBeforeStart(field="from_date")
    same = next((rent for rent in record.rents if rent.from_date == command.from_date), None)
    others = {rent.currency for rent in record.rents if rent is not same}
    if others - {command.rent.currency}:
        raise RentInAnotherCurrency(field="rent", currency=", ".join(sorted(others)))
    if same is None:
        record.rents.append(
            HousingRent(
                from_date=command.from_date, amount=command.rent.amount, currency=command.rent.currency
            )
        )
    else:
        same.amount, same.currency = command.rent.amount, command.rent.currency
    record.last_activity_on = tx.today
    tx.touched("housing_record", record.id, "rent_changed", {"from_date": (None, command.from_date)})


@use_case(EDIT_HOUSING_HISTORY)
async def correct_housing(tx: Tx, command: CorrectHousing) -> None:
    """Correct a stay. A safe address that isn't entered again stays, because the form doesn't show it.

    Raises EditedMeanwhile, DaysOfPlacement, EndBeforeStart, HousingOverlap, HomeOfPlacement.
    """
    record = await _record(tx, command.client_id, command.record_id)
    fields = command.model_dump(exclude={"client_id", "record_id", "version", "reason"})
    if record.safe_address and not command.address:
        fields["address"] = record.address
    if command.safe_address and record.placement_id is not None:
        raise HomeOfPlacement(field="safe_address")
    changes = {name: (getattr(record, name), new) for name, new in fields.items()}
    if record.version != command.version:
        raise EditedMeanwhile(current=record.version, difference={})
    stay = Stay(command.started_on, command.ended_on)
    if record.placement_id is not None and stay != Stay(record.started_on, record.ended_on):
        raise DaysOfPlacement(field="started_on")
    if command.ended_on is not None and command.ended_on < command.started_on:
        raise EndBeforeStart(field="ended_on")
    chosen = {"housing_type_id": HOUSING_TYPE, "reason_left_id": REASON_LEFT}
    for name, values in chosen.items():
        if fields[name] != getattr(record, name):
            await require_values(tx, values, [fields[name]], name)
    await _require_free_besides(tx, record, stay)
    if (record.safe_address or command.safe_address) and record.address != fields["address"]:
        # Corrections and the audit are read by more people than a safe address.
        changes["address"] = (None, "changed")
    elif record.safe_address or command.safe_address:
        del changes["address"]
    if not correct(tx, Corrected.STAY, record.id, command.reason, changes):
        raise NothingCorrected
    _begin_on(record, command.started_on)
    for name, new in fields.items():
        setattr(record, name, new)
    record.last_activity_on = tx.today


async def _record(tx: Tx, client_id: UUID, record_id: UUID) -> HousingRecord:
    record = (
        await tx.execute(
            select(HousingRecord)
            .join(Client, Client.id == HousingRecord.client_id)
            .where(HousingRecord.id == record_id, HousingRecord.client_id == client_id, may_see(tx))
            .options(selectinload(HousingRecord.rents))
        )
    ).scalar_one_or_none()
    if record is None:
        raise NotFound(what="housing history record")
    return record


# ------------------------------------------------- used by the commands of other features
async def require_free(tx: Tx, people: Sequence[UUID], stay: Stay, *, besides: Collection[UUID] = ()) -> None:
    """Refuse with HousingOverlap when somebody has another record in that time, besides those named.

    Of several the first is named.
    """
    others = await tx.look(_STAYS, {"people": list(people), "besides": list(besides)})
    housed = {person for person, started, ended in others if overlaps(stay, Stay(started, ended))}
    for person in people:
        if person in housed:
            raise HousingOverlap(name=(await names_of(tx, [person]))[person], field="started_on")


_STAYS = select(HousingRecord.client_id, HousingRecord.started_on, HousingRecord.ended_on).where(
    HousingRecord.client_id == any_(parameter("people", ARRAY(Uuid()))),
    HousingRecord.id != all_(parameter("besides", ARRAY(Uuid()))),
)


async def open_stay_of(tx: Tx, placement_id: UUID, client_id: UUID) -> HousingRecord | None:
    """The open record that the move-in of a placement wrote for a person."""
    return (
        await tx.execute(
            select(HousingRecord).where(
                HousingRecord.placement_id == placement_id,
                HousingRecord.client_id == client_id,
                HousingRecord.ended_on.is_(None),
            )
        )
    ).scalar_one_or_none()


async def join_stay(tx: Tx, placement_id: UUID, client_id: UUID, day: date) -> bool:
    """Let somebody live from a day on where a placement's household does; return whether anybody lives there.

    The stay is the same one, so the household is counted once. Raises HousingOverlap, EndBeforeStart.
    """
    there = await _stays_of(tx, placement_id, HousingRecord.ended_on.is_(None))
    if not there:
        return False
    first = there[0]
    if day < first.started_on:
        raise EndBeforeStart(field="joined_on")
    await require_free(tx, [client_id], Stay(day))
    for one in there:
        one.other_people += 1
    new_record(
        tx,
        client_id=client_id,
        stay=first.stay,
        placement_id=placement_id,
        housing_type_id=first.housing_type_id,
        address=first.address,
        started_on=day,
        rent=None,
        other_people=len(there),
    )
    return True


async def open_stays(tx: Tx, client_ids: list[UUID]) -> list[HousingRecord]:
    """The records of these people that haven't ended, locked."""
    return list((await tx.execute(_OPEN_STAYS, {"people": client_ids})).scalars())


_OPEN_STAYS = (
    select(HousingRecord)
    .where(
        HousingRecord.client_id == any_(parameter("people", ARRAY(Uuid()))), HousingRecord.ended_on.is_(None)
    )
    .order_by(HousingRecord.id)
    .with_for_update()
)


def end_stay(tx: Tx, record: HousingRecord, ended_on: date, reason_left_id: UUID | None) -> None:
    """End a stay on a day. Raises EndBeforeStart."""
    if ended_on < record.started_on:
        raise EndBeforeStart(field="ended_on")
    record.ended_on = ended_on
    record.reason_left_id = reason_left_id
    record.last_activity_on = tx.today
    tx.touched("housing_record", record.id, "ended", {"ended_on": (None, ended_on)})


async def move_start(tx: Tx, placement_id: UUID, before: date, after: date) -> None:
    """Move the first day of the stays of a placement from one day to another.

    The stays of the same people that ended on the first day end on the other one. Raises EndBeforeStart,
    HousingOverlap.
    """
    for record in await _stays_of(tx, placement_id, HousingRecord.started_on == before):
        if record.ended_on is not None and record.ended_on < after:
            raise EndBeforeStart(field="moved_in_on")
        left = await tx.execute(
            select(HousingRecord)
            .where(
                HousingRecord.client_id == record.client_id,
                HousingRecord.ended_on == before,
                HousingRecord.id != record.id,
                HousingRecord.started_on <= after,
            )
            .with_for_update()
        )
        earlier = list(left.scalars())
        await _require_free_besides(tx, record, Stay(after, record.ended_on), *earlier)
        for one in earlier:
            # First out of the way: the two never overlap, not even between two statements.
            one.ended_on = min(before, after)
        await tx.session.flush()
        _begin_on(record, after)
        await tx.session.flush()
        for one in earlier:
            one.ended_on = after
        await tx.session.flush()


async def move_end(tx: Tx, placement_id: UUID, client_id: UUID, *, before: date, after: date) -> None:
    """Move the last day of a person's stay of a placement. Raises HousingOverlap, EndBeforeStart."""
    mine = and_(HousingRecord.client_id == client_id, HousingRecord.ended_on == before)
    for record in await _stays_of(tx, placement_id, mine):
        await move_last_day(tx, record, after)


async def reopen_stay(tx: Tx, placement_id: UUID, client_id: UUID) -> None:
    """Open a person's stay of a placement again: they never left. Raises HousingOverlap."""
    for record in await _stays_of(tx, placement_id, HousingRecord.client_id == client_id):
        await open_again(tx, record)


async def locked_stay(tx: Tx, record_id: UUID) -> HousingRecord:
    """A stay that a record of another feature names, locked until the transaction ends."""
    found = select(HousingRecord).where(HousingRecord.id == record_id).with_for_update()
    return (await tx.execute(found)).scalar_one()


async def move_last_day(tx: Tx, record: HousingRecord, day: date) -> None:
    """Move the last day of a stay. Raises HousingOverlap, EndBeforeStart."""
    if day < record.started_on:
        raise EndBeforeStart(field="left_on")
    await _require_free_besides(tx, record, Stay(record.started_on, day))
    record.ended_on = day


async def open_again(tx: Tx, record: HousingRecord) -> None:
    """Open a stay again that has never ended. Raises HousingOverlap."""
    await _require_free_besides(tx, record, Stay(record.started_on))
    record.ended_on = record.reason_left_id = None


async def _require_free_besides(tx: Tx, record: HousingRecord, stay: Stay, *more: HousingRecord) -> None:
    """Refuse when the person has another record in that time, besides this one and `more`."""
    besides = [record.id, *(one.id for one in more)]
    await require_free(tx, [record.client_id], stay, besides=besides)


async def _stays_of(tx: Tx, placement_id: UUID, condition: ColumnElement[bool]) -> list[HousingRecord]:
    found = await tx.execute(
        select(HousingRecord)
        .where(HousingRecord.placement_id == placement_id, condition)
        .options(selectinload(HousingRecord.rents))
        .order_by(HousingRecord.id)
        .with_for_update()
    )
    return list(found.scalars())


def _begin_on(record: HousingRecord, day: date) -> None:
    """Let a stay begin on another day, and the rent that was paid then with it."""
    earlier = [rent for rent in record.rents if rent.from_date <= max(day, record.started_on)]
    for rent in earlier[:-1]:
        record.rents.remove(rent)
    for rent in earlier[-1:]:
        rent.from_date = day
    record.started_on = day


def new_record(
    tx: Tx,
    *,
    client_id: UUID,
    stay: UUID,
    placement_id: UUID | None,
    housing_type_id: UUID,
    address: str | None,
    started_on: date,
    rent: Rent | None,
    other_people: int,
) -> HousingRecord:
    """Add an open stay of one person; people housed together get the same `stay`."""
    record = HousingRecord(
        id=new_id(),
        client_id=client_id,
        stay=stay,
        placement_id=placement_id,
        housing_type_id=housing_type_id,
        address=address,
        started_on=started_on,
        other_people=other_people,
        last_activity_on=tx.today,
        recorded_at=tx.now,
    )
    if rent is not None:
        record.rents = [HousingRent(from_date=started_on, amount=rent.amount, currency=rent.currency)]
    tx.session.add(record)
    tx.touched("housing_record", record.id, "added")
    return record


async def stays_open(tx: Tx | ReadTx, client_id: UUID) -> list[OpenMatter]:
    """The stay of a client that hasn't ended."""
    found = await tx.execute(
        select(HousingRecord).where(HousingRecord.client_id == client_id, HousingRecord.ended_on.is_(None))
    )
    return [
        OpenMatter(MatterKind.STAY, stay.shown_address or stay.started_on.isoformat())
        for stay in found.scalars()
    ]
