"""Secure Unit has two ways, one statement and the way with the ORM: row by row they write the same (P6)."""

import datetime as dt
import json
import random
import uuid

import pytest

from chassis.errors import DomainError
from support_svc.clients.commands import AddMember, add_member
from support_svc.consents.commands import GiveConsent, give_consent
from support_svc.consents.model import ConsentType, GivenHow, Purpose
from support_svc.placements.asking import SecureUnit, secure_unit
from support_svc.placements.previews import what_is_told

DAY = dt.timedelta(days=1)
OWN = ("request", "placement_id", "unit", "asked_under", "id", "aggregate", "event_id", "key", "record_id")


async def household(world, people, consent):
    """A placement of people of these ages, under this consent."""
    ids = [await world.client(f"P{uuid.uuid4().hex[:8]}", "Marrow", **fields) for fields in people]
    for member in ids[1:]:
        await world.do(add_member, AddMember(client_id=ids[0], member_id=member, child_as_head=True))
    given = {"child_as_head": True, "agrees_to_be_housed": None}
    placement = await world.placement(ids[0], *ids[1:], **given)
    if consent is not None:
        command = GiveConsent(client_id=ids[0], purpose=Purpose.BE_HOUSED, **consent)
        await world.do(give_consent, command)
    return placement


async def written(world, placement, request):
    """What asking wrote, without what is of this request alone."""
    asked = await world.rows("SELECT * FROM securing WHERE request = $1", request)
    lines = await world.rows(
        "SELECT kind, actor_name, at, details FROM placement_timeline WHERE placement_id = $1 ORDER BY id",
        placement,
    )
    audits = await world.rows(
        "SELECT actor, use_case, record_kind, action FROM audit WHERE record_id = $1 ORDER BY id",
        str(placement),
    )
    told = await world.rows(
        "SELECT type, subject, status, data FROM outbox WHERE about = $1 ORDER BY position", str(placement)
    )
    timers = await world.rows("SELECT kind, due_at FROM timers WHERE key = $1", str(request))
    stands = await world.rows(
        "SELECT status, secured_on, expected_move_in, version, request = $2 AS at_it FROM placement"
        " WHERE id = $1",
        placement,
        request,
    )
    for row in told:
        data = row["data"] if isinstance(row["data"], dict) else json.loads(row["data"])
        row["data"] = {name: value for name, value in data["data"].items() if name not in OWN}
    asked = [{name: value for name, value in row.items() if name not in OWN} for row in asked]
    return asked, lines, audits, told, timers, stands


def some_person(dice, today):
    """Somebody of any age, also one whose age turns with the day of the move-in, or isn't known."""
    turning = today.replace(year=today.year - 18) + dice.choice([-1, 0, 1, 13, 14, 15]) * DAY
    return dice.choice(
        [
            {},
            {"date_of_birth": turning},
            {"date_of_birth": dt.date(2008, 2, 29)},
            {"date_of_birth": dt.date(dice.randint(1930, 2024), dice.randint(1, 12), dice.randint(1, 28))},
            {"estimated_age": dice.randint(0, 90)},
        ]
    )


def some_consent(dice, today):
    """A consent of any type, given some time ago, that may have lapsed; or none."""
    if dice.random() < 0.1:
        return None
    given_on = today - dice.randint(0, 400) * DAY
    lapses = dice.choice([None, today - DAY, today, today + DAY])
    return {
        "given_on": given_on,
        "expires_on": lapses if lapses is None or lapses >= given_on else None,
        "given_how": dice.choice(list(GivenHow)),
        "type": dice.choice(list(ConsentType)),
    }


@pytest.mark.row("P6", "C2", "C6", "W13")
@pytest.mark.parametrize("seed", range(6))
async def test_both_ways_write_the_same_or_refuse_with_the_same_words(world, seed):
    dice = random.Random(seed)  # noqa: S311 - the same for each seed
    asked = 0
    for _ in range(6):
        people = [some_person(dice, world.today) for _ in range(dice.randint(1, 3))]
        consent = some_consent(dice, world.today)
        kind = dice.choice(["property_entity", "third_party"])
        number = dice.choice([None, "4", "12B"])
        listing = {"managed_by": kind, "address": address(number)}
        day = world.today + dice.choice([0, 13, 14, 15]) * DAY
        outcomes = []
        for short in (True, False):
            placement = await household(world, people, consent)
            unit = await world.home(**listing)
            told = await world.see(what_is_told, placement, unit, day)
            shown = {"adults": told.adults, "children": told.children}
            standing = await world.rows(
                "SELECT consent.id FROM consent JOIN placement USING (client_id) WHERE placement.id = $1",
                placement,
            )
            # Any consent that is recorded is named, also one that doesn't suffice: both ways look at it.
            shown["consent"] = standing[0]["id"] if standing else uuid.uuid4()
            command = SecureUnit(
                placement_id=placement,
                unit=unit,
                secured_on=world.today,
                expected_move_in=day,
                **(shown if short else {}),
            )
            try:
                started = await world.do(secure_unit, command)
            except DomainError as refused:
                outcomes.append(refused.code)
            else:
                asked += 1
                outcomes.append(await written(world, placement, started.request))
        assert outcomes[0] == outcomes[1], (people, consent, listing)
    assert asked, "nothing was compared"


def address(number):
    return {
        "street": "9 Elm Street",
        "unit_number": number,
        "city": "Toronto",
        "province": "ON",
        "postal_code": "M5V 1A1",
        "country": "CA",
        "region": None,
        "building_name": None,
    }
