"""A reason for what is done with a home is about the home, never about how people live (W3)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from units_svc.holds.commands import CorrectManager, ReleaseHold, correct_manager, release_hold
from units_svc.holds.queries import hold_record
from units_svc.inventory.rents import CorrectRent, correct_rent
from units_svc.landlords.model import ManagedBy
from units_svc.privacy.model import MonitoringRefused, ReasonAboutServices

ABOUT_SERVICES = (
    "The household must attend counselling to keep this home.",
    "They stopped working with their case manager.",
    "Le ménage doit suivre une thérapie.",
)
WATCHING = "A camera in the living room showed who is at home."


@pytest.mark.row("W3", "W8", "U9")
@pytest.mark.parametrize(
    ("reason", "refusal"),
    [*((reason, ReasonAboutServices) for reason in ABOUT_SERVICES), (WATCHING, MonitoringRefused)],
)
async def test_a_reason_about_services_is_refused_wherever_one_is_asked(
    world: Any, reason: str, refusal: type[Exception]
) -> None:
    unit, asked = await world.unit(), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=asked, expected_move_in=dt.date(2026, 3, 10))
    hold = await world.see(hold_record, asked)
    (rent,) = await world.rows("SELECT id FROM rent WHERE unit_id = $1", unit)
    for case, command in (
        (release_hold, ReleaseHold(request_id=asked, version=hold.version, remark=reason)),
        (correct_manager, CorrectManager(unit_id=unit, managed_by=ManagedBy.THIRD_PARTY, reason=reason)),
        (correct_rent, CorrectRent(unit_id=unit, rent_id=rent["id"], amount=Decimal(900), reason=reason)),
    ):
        with pytest.raises(refusal) as refused:
            await world.do(case, command)
        assert refused.value.field in {"remark", "reason"}
        assert refused.value.params["words"]
    assert await world.occupancy(unit) == "secured"


@pytest.mark.row("W3", "U9")
@pytest.mark.parametrize(
    "reason",
    [
        "Burst pipe, the home can't be lived in before May", "The owner has sold the building",
        "Mistyped", "burst pipe", "Held twice by mistake", "Dégât d’eau au troisième étage",
        "The landlord's new agent took over on 1 March, see the letter",
        "Nobody came to see it and the days are over",
    ],
)  # fmt: skip
async def test_a_reason_about_the_home_is_taken(world: Any, reason: str) -> None:
    unit, asked = await world.unit(), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=asked, expected_move_in=dt.date(2026, 3, 10))
    hold = await world.see(hold_record, asked)
    await world.do(release_hold, ReleaseHold(request_id=asked, version=hold.version, remark=reason))
    assert await world.occupancy(unit) == "available"
