"""What a home costs from which day on: recorded ahead, corrected, cancelled (U3)."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy import FromClause, Select, func, insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql

from chassis.errors import Faults, NotFound
from chassis.ids import new_id
from chassis.usecase import use_case
from trade.dates import RentDay
from trade.money import USUAL, Currency
from units_svc.inventory.buildings import Command, unit_for_edit
from units_svc.inventory.feature import EDIT_UNITS
from units_svc.inventory.listing import publish_listing
from units_svc.inventory.model import Rent, RentBegun, RentCancelled, RentInAnotherCurrency, RentKnown, Unit
from units_svc.privacy.commands import require_reason
from units_svc.privacy.model import Place

if TYPE_CHECKING:
    from chassis.tx import Tx

RENT_BEGINS = "rent_begins"
"""The timer of a rent that was recorded ahead."""
_COLUMNS = ["id", "unit_id", "amount", "currency", "begins_on", "noted_at", "noted_by"]
Amount = Annotated[Decimal, Field(ge=0, max_digits=9, decimal_places=2)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class CorrectRent(Command):
    """The right amount of a rent that was mistyped, and why; it begins on the same day."""

    unit_id: UUID
    rent_id: UUID
    amount: Annotated[Amount, Field(title="Rent for a month")]
    currency: Annotated[Currency, Field(title="Currency of the rent")] = USUAL
    reason: Annotated[Reason, Field(title="Why")]


class CancelRent(Command):
    """A rent that hasn't begun is given up."""

    unit_id: UUID
    rent_id: UUID
    reason: Annotated[Reason, Field(title="Why")]


class ChangeRent(Command):
    """What a home is to cost from a day on."""

    unit_id: UUID
    amount: Annotated[Amount, Field(title="Rent for a month")]
    currency: Annotated[Currency, Field(title="Currency of the rent")] = USUAL
    begins_on: Annotated[RentDay, Field(title="From")]


@use_case(EDIT_UNITS)
async def change_rent(tx: Tx, command: ChangeRent) -> UUID:
    """Record a rent from a day on; one that begins later takes effect by itself on its day (U3).

    Raises RentKnown, RentInAnotherCurrency.
    """
    unit = await unit_for_edit(tx, command.unit_id)
    faults, taken = Faults(), _rents(unit.id).where(Rent.begins_on == command.begins_on)
    if await tx.scalar(taken) is not None:
        faults.add(RentKnown(field="begins_on", day=command.begins_on))
    with faults:
        await _require_currency(tx, unit.id, command.currency)
    faults.refuse()
    rent = rent_of(tx, unit.id, command.amount, command.currency, command.begins_on)
    tx.session.add(rent)
    if await _begun_later(tx, unit.id, command.begins_on):
        tx.touched("unit", unit.id, "earlier_rent_recorded", {"rent": (None, command.amount)})
        return rent.id
    tx.touched("unit", unit.id, "rent_changed", {"rent": (unit.rent_amount, command.amount)})
    await _take_effect(tx, unit, rent)
    return rent.id


async def _take_effect(tx: Tx, unit: Unit, rent: Rent) -> None:
    """Let a rent count from its day on."""
    if rent.begins_on > tx.today:
        _begin_later(tx, rent.id, unit.id, rent.begins_on)
    else:
        await apply_rent(tx, unit)


@use_case(EDIT_UNITS)
async def correct_rent(tx: Tx, command: CorrectRent) -> UUID:
    """Put the right amount on the day of a rent that was mistyped, publish it, and return the new rent (U3).

    Raises RentCancelled, RentInAnotherCurrency, NotFound.
    """
    faults = Faults()
    with faults:
        await _require_private_reason(tx, command)
    unit, wrong = await _rent_to_change(tx, command)
    with faults:
        await _require_currency(tx, unit.id, command.currency, apart_from=wrong.id)
    faults.refuse()
    changes = {"rent": (wrong.amount, command.amount), "reason": (None, command.reason)}
    await _cancel(tx, wrong, command.reason)
    rent = rent_of(tx, unit.id, command.amount, command.currency, wrong.begins_on)
    tx.session.add(rent)
    tx.touched("unit", unit.id, "rent_corrected", changes)
    await _take_effect(tx, unit, rent)
    return rent.id


@use_case(EDIT_UNITS)
async def cancel_rent(tx: Tx, command: CancelRent) -> None:
    """Give up a rent that hasn't begun; the one before it goes on (U3). Raises RentBegun, RentCancelled."""
    await _require_private_reason(tx, command)
    unit, rent = await _rent_to_change(tx, command)
    if rent.begins_on <= tx.today:
        raise RentBegun
    await _cancel(tx, rent, command.reason)
    changes = {"rent": (rent.amount, None), "reason": (None, command.reason)}
    tx.touched("unit", unit.id, "rent_cancelled", changes)


async def _require_private_reason(tx: Tx, command: CorrectRent | CancelRent) -> None:
    await require_reason(tx, Place.UNIT, "reason", command.reason, unit_id=command.unit_id)


async def _rent_to_change(tx: Tx, command: CorrectRent | CancelRent) -> tuple[Unit, Rent]:
    unit = await unit_for_edit(tx, command.unit_id)
    rent = await tx.session.get(Rent, command.rent_id)
    if rent is None or rent.unit_id != unit.id:
        raise NotFound(what="rent")
    if rent.cancelled_at is not None:
        raise RentCancelled
    return unit, rent


async def _cancel(tx: Tx, rent: Rent, reason: str) -> None:
    rent.cancelled_at, rent.cancelled_by, rent.cancelled_why = tx.now, tx.actor.name, reason
    tx.cancel_timer(RENT_BEGINS, str(rent.id))
    await tx.session.flush()


def _rents(unit_id: UUID) -> Select[Any]:
    """Select the rents of a home that stand."""
    return select(Rent.id).where(Rent.unit_id == unit_id, Rent.cancelled_at.is_(None))


async def _require_currency(tx: Tx, unit_id: UUID, currency: str, *, apart_from: UUID | None = None) -> None:
    other = _rents(unit_id).with_only_columns(Rent.currency).where(Rent.currency != currency).limit(1)
    if apart_from is not None:
        other = other.where(Rent.id != apart_from)
    if (used := await tx.scalar(other)) is not None:
        raise RentInAnotherCurrency(field="currency", currency=used)


async def _begun_later(tx: Tx, unit_id: UUID, begins_on: date) -> bool:
    later = _rents(unit_id).where(Rent.begins_on > begins_on, Rent.begins_on <= tx.today)
    return await tx.scalar(later.limit(1)) is not None


async def apply_rent(tx: Tx, unit: Unit) -> None:
    """Make the newest rent that has begun the unit's rent, and publish that when it changes anything."""
    await tx.session.flush()
    rent = (await tx.execute(_rent_on(Rent, unit.id, tx.today))).scalar_one_or_none()
    if rent is not None and (unit.rent_amount, unit.rent_currency) != (rent.amount, rent.currency):
        unit.rent_amount, unit.rent_currency = rent.amount, rent.currency
        await publish_listing(tx, unit)


def _rent_on(what: Any, unit_id: Any, day: Any) -> Select[Any]:
    """Select what is asked for of the rent that counts for a home on a day."""
    stands = select(what).where(Rent.unit_id == unit_id, Rent.cancelled_at.is_(None), Rent.begins_on <= day)
    return stands.order_by(Rent.begins_on.desc()).limit(1)


async def first_rents(tx: Tx, homes: FromClause, *, by: str) -> None:
    """Record the rents of new homes of a list (`units_svc.inventory.home_lists`), where it states one."""
    rents = select(
        homes.c.id, homes.c.id, homes.c.rent_amount, homes.c.rent_currency, homes.c.rent_from, *_noted(tx, by)
    ).where(homes.c.rent_amount.is_not(None))
    await tx.execute(insert(Rent).from_select(_COLUMNS, rents))
    later = select(homes.c.id, homes.c.rent_from).where(
        homes.c.rent_amount.is_not(None), homes.c.rent_from > tx.today
    )
    for home, begins_on in await tx.execute(later):
        _begin_later(tx, home, home, begins_on)


async def record_rents(tx: Tx, homes: FromClause, *, by: str) -> None:
    """Record the rents that a list states of homes, where others count on those days, and let them count.

    A rent without a day begins today; one from the day of another takes that one's row.
    """
    begins_on = func.coalesce(homes.c.rent_from, tx.today)
    currency = func.coalesce(homes.c.rent_currency, Unit.rent_currency)
    amount_then = _rent_on(Rent.amount, homes.c.id, begins_on).scalar_subquery()
    currency_then = _rent_on(Rent.currency, homes.c.id, begins_on).scalar_subquery()
    stated = (
        select(func.uuidv7(), homes.c.id, homes.c.rent_amount, currency, begins_on, *_noted(tx, by))
        .join_from(homes, Unit, Unit.id == homes.c.id)
        .where(
            homes.c.rent_amount.is_not(None),
            or_(
                amount_then.is_distinct_from(homes.c.rent_amount),
                currency_then.is_distinct_from(currency),
            ),
        )
    )
    rents = postgresql.insert(Rent).from_select(_COLUMNS, stated)
    new = rents.excluded
    recorded = await tx.execute(
        rents.on_conflict_do_update(
            index_elements=[Rent.unit_id, Rent.begins_on],
            index_where=Rent.cancelled_at.is_(None),
            set_={name: new[name] for name in ("amount", "currency", "noted_at", "noted_by")},
        ).returning(Rent.id, Rent.unit_id, Rent.begins_on)
    )
    for rent, home, day in recorded:
        if day > tx.today:
            _begin_later(tx, rent, home, day)
    amount = _rent_on(Rent.amount, Unit.id, tx.today).scalar_subquery()
    its_currency = _rent_on(Rent.currency, Unit.id, tx.today).scalar_subquery()
    await tx.execute(
        update(Unit)
        .where(
            Unit.id.in_(select(homes.c.id).where(homes.c.rent_amount.is_not(None))),
            amount.is_not(None),
            or_(Unit.rent_amount.is_distinct_from(amount), Unit.rent_currency != its_currency),
        )
        .values(rent_amount=amount, rent_currency=its_currency)
        .execution_options(synchronize_session=False)
    )


def _noted(tx: Tx, by: str) -> tuple[Any, Any]:
    return literal(tx.now, Rent.noted_at.type), literal(by)


def _begin_later(tx: Tx, rent_id: UUID, unit_id: UUID, begins_on: date) -> None:
    tx.schedule(RENT_BEGINS, str(rent_id), start_of_day(tx, begins_on), {"unit": str(unit_id)})


def start_of_day(tx: Tx, day: date) -> datetime:
    """Return the first moment of a day in the organisation's time zone."""
    return datetime.combine(day, time(), tzinfo=tx.runtime.time_zone)


def rent_of(tx: Tx, unit_id: UUID, amount: Decimal, currency: str, begins_on: date) -> Rent:
    """Return the row of a rent, recorded now by the person who acts."""
    return Rent(
        id=new_id(),
        unit_id=unit_id,
        amount=amount,
        currency=currency,
        begins_on=begins_on,
        noted_at=tx.now,
        noted_by=tx.actor.name,
    )
