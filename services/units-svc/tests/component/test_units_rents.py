"""A rent that was mistyped is corrected on its day, one that hasn't begun can be cancelled (U3)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from chassis.errors import NotFound
from contracts import units
from units_svc.inventory.model import RentBegun, RentCancelled, RentInAnotherCurrency
from units_svc.inventory.queries import unit_history, unit_record
from units_svc.inventory.rents import (
    CancelRent,
    ChangeRent,
    CorrectRent,
    cancel_rent,
    change_rent,
    correct_rent,
)

TODAY, LATER = dt.date(2026, 3, 2), dt.date(2026, 3, 10)
pytestmark = pytest.mark.row("U3")


async def _rent(world: Any, unit: uuid.UUID, amount: str, begins_on: dt.date) -> uuid.UUID:
    command = ChangeRent(unit_id=unit, amount=Decimal(amount), begins_on=begins_on)
    found: uuid.UUID = await world.do(change_rent, command)
    return found


def _correct(unit: uuid.UUID, rent: uuid.UUID, amount: str, **more: Any) -> CorrectRent:
    given = {"unit_id": unit, "rent_id": rent, "amount": Decimal(amount), "reason": "Mistyped", **more}
    return CorrectRent(**given)


async def test_a_mistyped_rent_is_corrected_on_its_day_published_and_stored_with_the_reason(
    world: Any,
) -> None:
    unit = await world.unit(rent=None)
    wrong = await _rent(world, unit, "13500.00", TODAY)
    right = await world.do(correct_rent, _correct(unit, wrong, "1350.00"))
    assert (await world.see(unit_record, unit)).rent_amount == Decimal("1350.00")
    assert (await world.last_published(units.UnitPublishedV1)).data.rent.amount == Decimal("1350.00")
    stored = {rent.id: rent for rent in (await world.see(unit_history, unit)).rents}
    assert (stored[wrong].cancelled_why, stored[wrong].cancelled_by) == ("Mistyped", "Kim Okafor")
    assert (stored[right].begins_on, stored[right].cancelled_at) == (TODAY, None)
    with pytest.raises(RentCancelled):
        await world.do(correct_rent, _correct(unit, wrong, "1.00"))
    with pytest.raises(NotFound):
        await world.do(correct_rent, _correct(await world.unit(), right, "1.00"))


async def test_a_rent_to_come_is_corrected_and_begins_once_with_the_right_amount(world: Any) -> None:
    unit = await world.unit(rent="1000.00")
    wrong = await _rent(world, unit, "11000.00", LATER)
    await world.do(correct_rent, _correct(unit, wrong, "1100.00"))
    assert (await world.see(unit_record, unit)).rent_amount == Decimal("1000.00")
    world.clock.advance(dt.timedelta(days=9))
    assert await world.due() == ["rent_begins"]
    assert (await world.see(unit_record, unit)).rent_amount == Decimal("1100.00")


async def test_a_rent_to_come_is_cancelled_and_never_begins(world: Any) -> None:
    unit = await world.unit(rent="1000.00")
    rent = await _rent(world, unit, "1100.00", LATER)
    await world.do(cancel_rent, CancelRent(unit_id=unit, rent_id=rent, reason="Not decided"))
    world.clock.advance(dt.timedelta(days=9))
    assert await world.due() == []
    assert (await world.see(unit_record, unit)).rent_amount == Decimal("1000.00")
    again = await _rent(world, unit, "1200.00", LATER)
    assert (await world.see(unit_record, unit)).rent_amount == Decimal("1200.00")
    with pytest.raises(RentBegun):
        await world.do(cancel_rent, CancelRent(unit_id=unit, rent_id=again, reason="Too late"))


async def test_the_currency_of_the_only_rent_can_be_corrected_that_of_one_among_others_not(
    world: Any,
) -> None:
    unit = await world.unit(rent=None)
    only = await _rent(world, unit, "1000.00", TODAY)
    first = await world.do(correct_rent, _correct(unit, only, "1000.00", currency="USD"))
    assert (await world.see(unit_record, unit)).rent_currency == "USD"
    more = ChangeRent(unit_id=unit, amount=Decimal(1100), currency="USD", begins_on=LATER)
    await world.do(change_rent, more)
    with pytest.raises(RentInAnotherCurrency):
        await world.do(correct_rent, _correct(unit, first, "1000.00", currency="CAD"))


async def test_an_import_takes_the_day_of_a_rent_that_was_cancelled(world: Any) -> None:
    unit = await world.unit(rent=None)
    rent = await _rent(world, unit, "1100.00", LATER)
    await world.do(cancel_rent, CancelRent(unit_id=unit, rent_id=rent, reason="Mistyped"))
    await _rent(world, unit, "1150.00", LATER)
    rows = await world.rows(
        "SELECT amount FROM rent WHERE unit_id = $1 AND cancelled_at IS NULL ORDER BY begins_on", unit
    )
    assert [row["amount"] for row in rows] == [Decimal("1150.00")]


@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_by_hand_and_over_http(world: Any, visitor: Any, locale: str) -> None:
    unit = await world.unit(rent=None)
    today, later = await _rent(world, unit, "13500.00", TODAY), await _rent(world, unit, "1400.00", LATER)
    desk = visitor("inventory_keeper", locale=locale)
    base = f"/inventory-desk/units/{unit}"
    shown = await desk.see(f"{base}/history")
    assert f"{base}/rents/{later}/cancel" in shown.html
    assert f"{base}/rents/{today}/cancel" not in shown.html
    await desk.send(f"{base}/rents/{today}/correct", {"amount": "1350", "reason": ""}, status=422)
    await desk.send(f"{base}/rents/{today}/correct", {"amount": "1350", "reason": "Mistyped"})
    await desk.send(f"{base}/rents/{later}/cancel", {"reason": "Not decided"})
    assert "Not decided" in (await desk.see(f"{base}/history")).html
    assert (await world.see(unit_record, unit)).rent_amount == Decimal("1350.00")
    async with world.api("inventory_keeper") as client:
        rents = (await client.get(f"/units/{unit}/history")).json()["rents"]
        stands = next(rent["id"] for rent in rents if rent["cancelled_at"] is None)
        path = f"/units/{unit}/rents/{stands}"
        refused = await client.post(f"{path}/cancellation", json={"reason": "x"})
        assert refused.json()["code"] == "rent_begun"
        done = await client.post(f"{path}/correction", json={"amount": "1360.00", "reason": "Again"})
        assert done.status_code == 201
