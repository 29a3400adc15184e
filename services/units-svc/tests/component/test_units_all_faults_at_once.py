"""All that is wrong with a form is shown at once: nobody corrects one field only to learn of the next."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image

from chassis.actor import Actor
from chassis.errors import DomainError, SeveralFaults
from units_svc.holds.commands import CorrectManager, correct_manager
from units_svc.inspections.commands import RecordInspection, record_inspection
from units_svc.inventory.rents import ChangeRent, CorrectRent, change_rent, correct_rent
from units_svc.landlords.commands import AddLandlord, EditLandlord, add_landlord, edit_landlord
from units_svc.lookups.commands import AddValue, add_value
from units_svc.maintenance.commands import (
    AddContractor,
    AddWork,
    EditContractor,
    add_contractor,
    add_work,
    edit_contractor,
)
from units_svc.photos import commands as photos

pytestmark = pytest.mark.row("X2")
ADMINISTRATOR = Actor("staff-2", "property", frozenset({"property_administrator"}), "Ada Pike")
TODAY, TOMORROW = dt.date(2026, 3, 2), dt.date(2026, 3, 3)
WATCHING = "We keep a hidden camera in the bedroom of every tenant"


def picture(colour: int) -> bytes:
    """A plain picture, as a file."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (colour, 120, 90)).save(out, "JPEG")
    return out.getvalue()


async def faults(world: Any, use_case: Any, command: Any, **by: Any) -> list[tuple[str, str]]:
    """Field and code of each refusal."""
    with pytest.raises(DomainError) as refused:
        await world.do(use_case, command, **by)
    error = refused.value
    several = error.errors if isinstance(error, SeveralFaults) else (error,)
    return [(str(one.field), one.code) for one in several]


async def test_every_watching_text_is_refused_and_recorded(world: Any) -> None:
    texts = {"description": WATCHING, "company_name": "Hidden cameras in bedrooms Inc.", "comments": WATCHING}
    command = AddWork(unit_id=await world.unit(), type="plumbing", **texts)
    assert await faults(world, add_work, command) == [(name, "monitoring_refused") for name in texts]
    assert await world.value("SELECT count(*) FROM privacy_refusal") == 3


async def test_work_of_an_unknown_type_whose_days_are_reversed_shows_both(world: Any) -> None:
    days = {"scheduled_start": TOMORROW, "scheduled_end": TODAY}
    command = AddWork(unit_id=await world.unit(), type="no-such-type", description=WATCHING, **days)
    assert await faults(world, add_work, command) == [
        ("description", "monitoring_refused"),
        ("type", "not_on_the_list"),
        ("scheduled_end", "days_reversed"),
    ]


async def test_a_landlord_of_a_known_name_with_a_watching_comment_shows_both(world: Any) -> None:
    given = {"kind": "organisation", "relation": "third_party"}
    await world.do(add_landlord, AddLandlord(name="Oak Homes", **given))
    both = [("comments", "monitoring_refused"), ("name", "landlord_known")]
    command = AddLandlord(name="Oak Homes", comments=WATCHING, **given)
    assert await faults(world, add_landlord, command) == both
    other = await world.do(add_landlord, AddLandlord(name="Elm Homes", **given))
    changed = EditLandlord(landlord_id=other, version=1, name="Oak Homes", comments=WATCHING, **given)
    assert await faults(world, edit_landlord, changed) == both


async def test_a_contractor_of_a_known_name_with_a_watching_trade_shows_both(world: Any) -> None:
    await world.do(add_contractor, AddContractor(name="Oak Electric"))
    both = [("trade", "monitoring_refused"), ("name", "contractor_known")]
    command = AddContractor(name="Oak Electric", trade="Spy cameras in bedrooms")
    assert await faults(world, add_contractor, command) == both
    other = await world.do(add_contractor, AddContractor(name="Elm Electric"))
    changed = EditContractor(
        contractor_id=other, version=1, name="Oak Electric", trade="Spy cameras in bedrooms"
    )
    assert await faults(world, edit_contractor, changed) == both


async def test_an_inspection_shows_all_that_is_wrong_with_it(world: Any) -> None:
    areas = [{"area": "kitchen", "grade": "good"}, {"area": "kitchen", "grade": "good"}]
    command = RecordInspection.model_validate(
        {
            "unit_id": await world.unit(),
            "kind": "periodic",
            "inspected_on": TOMORROW,
            "summary": WATCHING,
            "areas": [*areas, {"area": "no-such-area", "grade": "good"}],
        }
    )
    assert await faults(world, record_inspection, command) == [
        ("summary", "monitoring_refused"),
        ("inspected_on", "day_in_future"),
        ("areas", "invalid_input"),
        ("areas-2-area", "not_on_the_list"),
    ]


async def test_a_value_of_a_list_shows_all_that_is_wrong_with_it(world: Any) -> None:
    command = AddValue.model_validate(
        {
            "list": "feature",
            "label_en": "?",
            "label_fr": "Caméra cachée dans la chambre",
            "published_as": "no such word",
        }
    )
    assert [field for field, _ in await faults(world, add_value, command, actor=ADMINISTRATOR)] == [
        "label_fr",
        "published_as",
        "label_en",
    ]


async def test_a_rent_on_a_taken_day_in_another_currency_shows_both(world: Any) -> None:
    unit = await world.unit(rent=None)
    first = ChangeRent(unit_id=unit, amount=Decimal("900.00"), begins_on=TODAY)
    rent = await world.do(change_rent, first)
    foreign = first.model_copy(update={"currency": "USD"})
    await world.do(change_rent, ChangeRent(unit_id=unit, amount=Decimal("950.00"), begins_on=TOMORROW))
    assert await faults(world, change_rent, foreign) == [
        ("begins_on", "rent_known"),
        ("currency", "rent_in_another_currency"),
    ]
    correction = CorrectRent(
        unit_id=unit, rent_id=rent, amount=Decimal("901.00"), currency="USD", reason=WATCHING
    )
    assert await faults(world, correct_rent, correction) == [
        ("reason", "monitoring_refused"),
        ("currency", "rent_in_another_currency"),
    ]


async def test_a_manager_that_is_no_other_with_a_watching_reason_shows_both(world: Any) -> None:
    command = CorrectManager.model_validate(
        {"unit_id": await world.unit(), "managed_by": "property_entity", "reason": WATCHING}
    )
    assert await faults(world, correct_manager, command) == [
        ("reason", "monitoring_refused"),
        ("managed_by", "manager_unchanged"),
    ]


@pytest.mark.row("U3", "U10", "W8", "X2")
async def test_all_that_is_wrong_with_a_photo_is_shown_at_once(
    world: Any, visitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit, keeper = await world.unit(), visitor("inventory_keeper")
    base = f"/inventory-desk/units/{unit}"
    inspection = await keeper.send(
        f"{base}/inspections/new",
        {"kind": "periodic", "areas-2-area": "kitchen", "areas-2-grade": "good"},
    )
    watching, too_long = "Hidden camera in the bedroom", "k" * 201
    not_a_photo, none = ("a.jpg", b"no picture", "image/jpeg"), ("", b"")
    for page, action in ((inspection, f"{inspection}/photos"), (f"{base}/photos", f"{base}/photos")):
        for caption in (watching, too_long):
            for file in (not_a_photo, none):
                answer = await keeper.send(
                    page, {"caption": caption}, action=action, files={"photo": file}, status=422
                )
                assert {'href="#caption"', 'href="#photo"'} <= set(re.findall(r'href="#\w+"', answer.html))
    refused = await world.value("SELECT count(*) FROM privacy_refusal")
    assert refused == 4, "a caption that watches is recorded though there is no photo"
    monkeypatch.setattr(photos, "MOST_PHOTOS", 1)
    path = f"/units/{unit}/photos"
    async with world.api("inventory_keeper") as client:
        for colour, status in ((90, 201), (90, 201), (200, 422)):
            sent = {"photo": ("a.jpg", picture(colour), "image/jpeg")}
            assert (await client.post(path, files=sent)).status_code == status
        answer = await client.post(path, data={"caption": watching}, files={"photo": not_a_photo})
    assert [(one["field"], one["rule"]) for one in answer.json()["errors"]] == [
        ("caption", "monitoring_refused"),
        ("photo", "not_a_photo"),
        ("photo", "too_many_photos"),
    ]
