"""Secure Unit has two ways, one statement and the way with the ORM: row by row they write the same (P6)."""

import datetime as dt
import json
import uuid

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chassis.errors import DomainError
from support_svc.clients.commands import AddMember, add_member
from support_svc.consents.commands import GiveConsent, give_consent
from support_svc.consents.model import ConsentType, GivenHow, Purpose
from support_svc.securing.commands import SecureUnit, secure_unit
from support_svc.securing.queries import preview_securing

DAY = dt.timedelta(days=1)
OWN = ("request", "placement_id", "unit", "asked_under", "id", "aggregate", "event_id", "key", "record_id")


async def household(world, people, consent, refused=None):
    """A placement of people of these ages, under this consent, who refuse one landlord by name."""
    ids = [await world.client(f"P{uuid.uuid4().hex[:8]}", "Marrow", **fields) for fields in people]
    for member in ids[1:]:
        await world.do(add_member, AddMember(client_id=ids[0], member_id=member, child_as_head=True))
    given = {"child_as_head": True, "agrees_to_be_housed": None}
    placement = await world.placement(ids[0], *ids[1:], **given)
    if consent is not None:
        command = GiveConsent(client_id=ids[0], purpose=Purpose.BE_HOUSED, **consent)
        await world.do(give_consent, command)
    if refused is not None:
        refusal = {"type": ConsentType.DECLINED_ANONYMOUS, "given_on": world.today}
        command = GiveConsent(client_id=ids[0], purpose=Purpose.BE_HOUSED, recipient=refused, **refusal)
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
    published = await world.rows(
        "SELECT type, subject, status, data FROM outbox WHERE about = $1 ORDER BY position", str(placement)
    )
    timers = await world.rows("SELECT kind, due_at FROM timers WHERE key = $1", str(request))
    stands = await world.rows(
        "SELECT status, secured_on, expected_move_in, version, request = $2 AS at_it FROM placement"
        " WHERE id = $1",
        placement,
        request,
    )
    for row in published:
        data = row["data"] if isinstance(row["data"], dict) else json.loads(row["data"])
        row["data"] = {name: value for name, value in data["data"].items() if name not in OWN}
    asked = [{name: value for name, value in row.items() if name not in OWN} for row in asked]
    return asked, lines, audits, published, timers, stands


LANDLORDS = ("property", "lakeside-homes")
DAYS_AGO = st.integers(0, 400)
TURNING = st.integers(-1, 15)
"""Days from today to an eighteenth birthday: the move-in is up to 15 days ahead."""
PEOPLE = st.one_of(
    st.just({}),
    st.builds(lambda turning: {"turning": turning}, TURNING),
    st.builds(lambda born: {"date_of_birth": born}, st.dates(dt.date(1930, 1, 1), dt.date(2024, 12, 28))),
    st.just({"date_of_birth": dt.date(2008, 2, 29)}),
    st.builds(lambda age: {"estimated_age": age}, st.integers(0, 90)),
)
CONSENTS = st.none() | st.fixed_dictionaries(
    {
        "ago": DAYS_AGO,
        "lapses": st.none() | st.integers(-1, 1),
        "given_how": st.sampled_from(GivenHow),
        "type": st.sampled_from(ConsentType),
        "recipient": st.sampled_from([None, *LANDLORDS]),
        "refused": st.none() | st.sampled_from(LANDLORDS),
    }
)
HOMES = st.fixed_dictionaries(
    {
        "managed_by": st.sampled_from(["property_entity", "third_party", "not_known"]),
        "manager": st.sampled_from(LANDLORDS),
        "sender": st.sampled_from(["property", "city-inventory"]),
        "unit_number": st.sampled_from([None, "4", "12B"]),
    }
)
PLAIN = {"ago": 3, "lapses": None, "given_how": GivenHow.VERBAL, "type": ConsentType.EXPLICIT}
DECLINED = PLAIN | {"type": ConsentType.DECLINED_ANONYMOUS}
THEIRS = {"managed_by": "third_party", "unit_number": "4"}


def person_of(drawn, today):
    """Somebody of any age, also one whose age turns with the day of the move-in, or isn't known."""
    if "turning" not in drawn:
        return drawn
    return {"date_of_birth": today.replace(year=today.year - 18) + drawn["turning"] * DAY}


def consent_of(drawn, today):
    """A consent of any type, given some time ago, that may have lapsed; or none."""
    if drawn is None:
        return None
    given_on = today - drawn["ago"] * DAY
    expires_on = None if drawn["lapses"] is None else today + drawn["lapses"] * DAY
    return {
        "given_on": given_on,
        "expires_on": expires_on if expires_on is None or expires_on >= given_on else None,
        "given_how": drawn["given_how"],
        "type": drawn["type"],
        "recipient": drawn.get("recipient"),
    }


@pytest.mark.row("P6", "C2", "C6", "W13")
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(PEOPLE, min_size=1, max_size=3),
    agreed=CONSENTS,
    home=HOMES,
    chosen=st.tuples(st.sampled_from([0, 13, 14, 15]), st.sampled_from([None, *LANDLORDS, "no_one"])),
)
@example(people=[{}, {"turning": 14}], agreed=PLAIN, home=THEIRS, chosen=(14, None))
@example(people=[{}], agreed=PLAIN, home={"managed_by": "not_known"}, chosen=(0, "property"))
@example(people=[{}], agreed=PLAIN | {"lapses": -1}, home=THEIRS, chosen=(0, None))
@example(people=[{}], agreed=DECLINED, home=THEIRS, chosen=(0, None))
@example(people=[{}], agreed=None, home=THEIRS, chosen=(0, None))
async def test_both_ways_write_the_same_or_refuse_with_the_same_words(world, people, agreed, home, chosen):
    ahead, refer_to = chosen
    consent = consent_of(agreed, world.today)
    managed_by = home["managed_by"]
    manager = home.get("manager", "property") if managed_by == "property_entity" else None
    listing = {"managed_by": managed_by, "manager": manager, "address": address(home.get("unit_number"))}
    listing["sender"] = home.get("sender")
    shunned = agreed.get("refused") if agreed else None
    day = world.today + ahead * DAY
    outcomes = []
    for short in (True, False):
        wanted = await household(world, [person_of(one, world.today) for one in people], consent, shunned)
        unit = await world.home(**listing)
        preview = await world.see(preview_securing, wanted, unit, day)
        shown = {"adults": preview.adults, "children": preview.children, "inventory": preview.inventory}
        recorded = await world.rows(
            "SELECT consent.id FROM consent JOIN placement USING (client_id) WHERE placement.id = $1"
            " ORDER BY consent.id",
            wanted,
        )
        # Any consent that is recorded is named, also one that isn't enough: both ways look at it.
        shown["consent"] = recorded[0]["id"] if recorded else uuid.uuid4()
        command = SecureUnit(
            placement_id=wanted,
            unit=unit,
            secured_on=world.today,
            expected_move_in=day,
            refer_to=refer_to,
            **(shown if short else {}),
        )
        try:
            started = await world.do(secure_unit, command)
        except DomainError as refused:
            outcomes.append(refused.code)
        else:
            asked, *_ = written_rows = await written(world, wanted, started.request)
            assert asked[0]["address"] == preview.address
            outcomes.append(written_rows)
    assert outcomes[0] == outcomes[1]
    if agreed == PLAIN and (home["managed_by"] != "not_known" or refer_to is not None):
        assert not isinstance(outcomes[0], str), "nothing was compared"


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
