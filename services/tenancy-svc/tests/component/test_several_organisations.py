"""Two support organisations and two inventories beside each other: each has to do with its own alone."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest

from chassis.parties import NotTheSenders

ROBIN = {"part": "tenant", "given_name": "Robin", "family_name": "Sample"}
NAMED = {"name": {"given": "Robin", "family": "Sample"}}
TERMS = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": [ROBIN]}
MEETING = {"starts_at": "2026-03-05T14:00:00-05:00", "place": "the_unit", "landlord_name": "Dana Roy"}
ONE, OTHER = "support", "harbour-support"
OWN, CITY = "property", "city-inventory"


def answers(party: str, **given: str) -> dict[str, str]:
    """The tenant's answers about an organisation: everything may be shared, unless `given` says else."""
    everything = {"signing": "share", "start": "share", "notices": "share"}
    return {"party": party, "given_on": "2026-03-02", **everything, **given}


async def post(api: Any, path: str, body: Any = None) -> Any:
    answer = await api.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


async def refused(api: Any, path: str, body: Any = None) -> tuple[int, str]:
    answer = await api.post(path, json=body)
    return answer.status_code, answer.json()["code"]


async def sent(world: Any, party: str, status: str = "pending") -> list[str]:
    """What was written for a party, as it would leave or as it was withheld."""
    rows = await world.rows(
        "SELECT data FROM outbox WHERE addressee = $1 AND status = $2 ORDER BY position", party, status
    )
    return [row["data"] for row in rows]


async def supported_by_both(world: Any, api: Any, **changes: Any) -> tuple[Any, Any, Any]:
    """Let the one organisation's referral join the other's application; return it, and both references."""
    first, one, unit = await world.referral(sender=ONE, **NAMED, **changes)
    (hold,) = await world.rows("SELECT request FROM hold WHERE unit = $1", unit)
    released = {"request": hold["request"], "unit": unit, "reason": "deadline_passed"}
    await world.receive("unit_released", sender=changes.get("inventory"), **released)
    second, other, _ = await world.referral(sender=OTHER, unit=unit, **NAMED, **changes)
    await post(api, f"/applications/{first}/joining", {"application": str(second)})
    return second, one, other


@pytest.mark.row("N2", "T1", "W5")
async def test_equal_references_of_two_organisations_are_two_referrals(world: Any) -> None:
    same = uuid.uuid4()
    first, _, _ = await world.referral(sender=ONE, referral=same, **NAMED)
    second, _, _ = await world.referral(sender=OTHER, referral=same, **NAMED)
    assert first != second
    await world.receive("tenancy_referral_withdrawn", sender=OTHER, referral=same)
    await world.receive("contact_withdrawn", sender=OTHER, referral=same)
    async with world.api("property_manager") as api:
        one, other = [(await api.get(f"/applications/{number}")).json() for number in (first, second)]
        assert (one["referred_by"], other["referred_by"]) == (ONE, OTHER)
        assert (one["referral_withdrawn_at"], bool(one["people"])) == (None, True)
        assert (bool(other["referral_withdrawn_at"]), other["people"]) == (True, [])
        await post(api, f"/applications/{first}/decline", {"reason": "legal_age_rule"})
        await post(api, f"/applications/{second}/decline", {"reason": "legal_age_rule"})
    assert await world.published("pending", to=ONE) == ["application_opened", "application_declined"]
    assert await world.published("pending", to=OTHER) == ["application_opened"]
    assert await world.published("withheld", to=OTHER) == ["application_declined"]


@pytest.mark.row("N2", "W2")
@pytest.mark.parametrize("event", ["tenancy_referral_withdrawn", "contact_withdrawn", "signing_attendance"])
async def test_about_anothers_referral_an_organisation_says_nothing(world: Any, event: str) -> None:
    application, referral, _ = await world.referral(sender=ONE, **NAMED)
    async with world.api("property_manager") as api:
        await post(api, f"/applications/{application}/acceptance")
        lease = await post(api, "/leases", {"application_id": str(application), **TERMS})
        signing = (await post(api, f"/leases/{lease['id']}/signings", MEETING))["id"]
        before = (await api.get(f"/signings/{signing}")).json()
        about = {"referral": referral}
        if event == "signing_attendance":
            about |= {"signing": uuid.UUID(signing), "attendance": "attending", "reason": None}
        with pytest.raises(NotTheSenders):
            await world.receive(event, sender=OTHER, **about)
        assert (await api.get(f"/signings/{signing}")).json() == before
    assert await world.published(to=OTHER) == []


@pytest.mark.row("N2", "U9")
async def test_a_request_of_another_organisation_is_no_way_to_its_hold(world: Any) -> None:
    await world.referral(sender=ONE, **NAMED)
    (taken,) = await world.rows("SELECT request, unit FROM application")
    with pytest.raises(NotTheSenders):
        await world.receive("tenancy_referred", sender=OTHER, referral=uuid.uuid4(), **taken)
    assert len(await world.rows("SELECT 1 FROM application")) == 1


@pytest.mark.row("N2", "U9")
@pytest.mark.parametrize(
    "event",
    ["unit_published", "unit_availability_changed", "unit_withdrawn", "unit_secured", "unit_hold_ending",
     "unit_released", "entry_requested", "entry_request_withdrawn"],
)  # fmt: skip
async def test_of_a_home_only_its_inventory_speaks(world: Any, event: str) -> None:
    unit = await world.home(inventory=CITY)
    about: dict[str, Any] = {"unit": unit}
    if event in {"unit_published", "unit_availability_changed", "unit_withdrawn"}:
        about["listing_version"] = 9
    else:
        about["request"] = uuid.uuid4()
    before = await world.rows("SELECT * FROM home")
    with pytest.raises(NotTheSenders):
        await world.receive(event, sender=OWN, **about)
    assert await world.rows("SELECT * FROM home") == before
    assert not await world.rows("SELECT 1 FROM hold UNION ALL SELECT 1 FROM entry_request")
    await world.receive(event, sender=CITY, **about)


@pytest.mark.row("N2", "U9")
async def test_of_many_listings_together_one_of_anothers_home_refuses_all(world: Any) -> None:
    units = [uuid.uuid4() for _ in range(5)]
    await world.receive("unit_published", sender=CITY, unit=units[2], listing_version=1, bedrooms=1)
    listings = [
        world.message("unit_published", sender=OWN, unit=unit, listing_version=9, bedrooms=3)
        for unit in units
    ]
    with pytest.raises(NotTheSenders):
        await world.deliver(listings[0][0], *(data for _, data in listings))
    rows = await world.rows("SELECT unit, inventory, bedrooms FROM home")
    assert rows == [{"unit": units[2], "inventory": CITY, "bedrooms": 1}]
    del listings[2]
    await world.deliver(listings[0][0], *(data for _, data in listings))
    assert {
        row["inventory"] for row in await world.rows("SELECT inventory FROM home WHERE bedrooms = 3")
    } == {OWN}
    both = [
        world.message("unit_published", sender=sender, unit=uuid.UUID(int=5), listing_version=number)[1]
        for number, sender in enumerate((OWN, CITY), 1)
    ]
    with pytest.raises(NotTheSenders):
        await world.deliver(listings[0][0], *both)


@pytest.mark.row("N4", "T1")
async def test_homes_of_another_property_entity_are_neither_shown_nor_let(world: Any, visitor: Any) -> None:
    mine = await world.home(inventory=CITY)
    theirs = await world.home(inventory=CITY, manager="lakeside-homes")
    async with world.api("property_manager") as api:
        assert [one["unit"] for one in (await api.get("/homes")).json()["items"]] == [str(mine)]
        assert (await api.get(f"/homes/{theirs}")).status_code == 404
        opening = {"unit": str(theirs), "adults": 1, "people": [ROBIN]}
        assert await refused(api, "/applications", opening) == (409, "home_not_ours")
    desk = visitor("property_manager")
    for path in ("/property-desk/homes", "/property-desk/applications/new"):
        assert str(theirs) not in (await desk.go(path)).html


@pytest.mark.row("N4", "T1", "T4", "U6")
async def test_a_home_that_gets_another_manager_is_no_longer_ours_but_what_runs_stays(world: Any) -> None:
    unit, let = await world.home(), await world.home()
    running = await world.ready_to_sign(let)
    held, _, home_held = await world.referral(**NAMED)
    world.meet()
    async with world.api("property_manager") as api:
        await post(api, f"/signings/{running}/signature")
        opened = await post(api, "/applications", {"unit": str(unit), "adults": 1, "people": [ROBIN]})
        for moved in (unit, let, home_held):
            await world.home(unit=moved, manager="lakeside-homes", listing_version=9)
        assert (await api.get("/homes")).json()["items"] == []
        await post(api, f"/applications/{opened['id']}/acceptance")
        drawn_up = {"application_id": opened["id"], **TERMS}
        assert await refused(api, "/leases", drawn_up) == (409, "home_not_ours")
        # The application can still be closed, the tenancy is in force, and what was held here is let here.
        await post(api, f"/applications/{opened['id']}/withdrawal")
        assert [one["status"] for one in (await api.get("/leases")).json()["items"]] == ["in_force"]
        await post(api, f"/applications/{held}/acceptance")
        await post(api, "/leases", {"application_id": str(held), **TERMS})


@pytest.mark.row("N2", "N3", "U4", "U7")
async def test_each_inventory_receives_what_is_about_its_homes(world: Any) -> None:
    same = uuid.uuid4()
    async with world.api("property_manager") as api:
        for inventory in (OWN, CITY):
            world.clock.at = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)
            application, _, _ = await world.referral(inventory=inventory, **NAMED)
            await post(api, f"/applications/{application}/withdrawal")
            unit = await world.home(inventory=inventory)
            asked = {"request": uuid.uuid4(), "unit": unit}
            await world.receive("entry_requested", sender=inventory, **asked)
            signing = await world.ready_to_sign(unit)
            world.meet()
            await post(api, f"/signings/{signing}/signature")
            about = ["application_closed", "entry_answered", "tenancy_started"]
            assert await world.published(to=inventory) == about
            assert all(str(unit) in event for event in (await sent(world, inventory))[1:])
        asking = {"request": same, "purpose": "inspection"}
        ours, theirs = [await world.home(inventory=inventory) for inventory in (OWN, CITY)]
        await world.receive("entry_requested", sender=OWN, unit=ours, **asking)
        with pytest.raises(NotTheSenders):
            await world.receive("entry_requested", sender=CITY, unit=theirs, **asking)


@pytest.mark.row("N2", "N3", "W2", "W4", "W5", "W13")
async def test_two_organisations_support_one_tenant_and_neither_learns_of_the_other(world: Any) -> None:
    async with world.api("property_manager") as api:
        application, one, other = await supported_by_both(world, api, inventory=CITY)
        assert await world.published(to=ONE) == await world.published(to=OTHER) == ["application_opened"]
        path = f"/applications/{application}"
        await post(api, f"{path}/choices", answers(ONE, start="do_not_share"))
        await post(api, f"{path}/acceptance")
        lease = (await post(api, "/leases", {"application_id": str(application), **TERMS}))["id"]
        signing = (await post(api, f"/leases/{lease}/signings", MEETING))["id"]
        # Only the organisation about which the tenant was asked is invited.
        assert (await world.published("pending", to=ONE))[1:] == ["signing_scheduled"]
        assert await world.published("withheld", to=OTHER) == ["signing_scheduled"]
        await post(api, f"{path}/choices", answers(OTHER, signing="do_not_share"))
        answer = {"signing": uuid.UUID(signing), "reason": None}
        await world.receive("signing_attendance", sender=ONE, referral=one, attendance="attending", **answer)
        record = (await api.get(f"/signings/{signing}")).json()
        told = {each["party"]: each["answer"] and each["answer"]["attendance"] for each in record["invites"]}
        assert told == {ONE: "attending", OTHER: None}
        await world.receive(
            "signing_attendance", sender=OTHER, referral=other, signing=uuid.UUID(signing),
            attendance="cannot_attend", reason="nobody_available",
        )  # fmt: skip
        record = (await api.get(f"/signings/{signing}")).json()
        told = {each["party"]: each["answer"] and each["answer"]["attendance"] for each in record["invites"]}
        assert told == {ONE: "attending", OTHER: "cannot_attend"}
        (line,) = (await api.get("/signings")).json()
        assert line["attendance"] == "attending"
        await post(api, f"/signings/{signing}/rights-explained")
        await world.attest(api, signing)
        world.meet()
        await post(api, f"/signings/{signing}/signature")
        statements = (await api.get(f"{path}/disclosures")).json()
    assert await world.published("pending", to=ONE) == [
        "application_opened",
        "signing_scheduled",
        "signing_held",
    ]
    assert await world.published("pending", to=OTHER) == ["application_opened", "referred_tenancy_started"]
    assert (await world.published(to=CITY))[-1] == "tenancy_started"
    references = {ONE: str(one), OTHER: str(other)}
    for party, others in ((ONE, OTHER), (OTHER, ONE)):
        written = " ".join([*await sent(world, party), *await sent(world, party, "withheld")])
        assert references[party] in written
        assert references[others] not in written
        assert f'"{others}"' not in written
        numbers = [json.loads(event)["aggregateversion"] for event in await sent(world, party)]
        assert numbers == list(range(1, len(numbers) + 1)), "nobody can count what another receives"
    crossed = {each["party"]: [one["what"] for one in each["crossings"]] for each in statements}
    assert "A lease signing was arranged" in crossed[ONE]
    assert crossed[OTHER][-1] == "The tenancy started"
    assert {each["party"]: each["referral"] for each in statements} == references
    assert {len(each["crossings"]) for each in statements} == {4}


@pytest.mark.row("W5", "W12", "N2")
async def test_one_organisation_withdraws_and_the_other_goes_on(world: Any) -> None:
    async with world.api("property_manager") as api:
        application, one, _ = await supported_by_both(world, api)
        for party in (ONE, OTHER):
            await post(api, f"/applications/{application}/choices", answers(party))
        await world.receive("tenancy_referral_withdrawn", sender=ONE, referral=one)
        await world.receive("contact_withdrawn", sender=ONE, referral=one)
        shown = (await api.get(f"/applications/{application}")).json()
        assert (shown["referral_withdrawn_at"], bool(shown["people"])) == (None, True)
        (former,) = await world.rows("SELECT id FROM application WHERE status = 'joined'")
        assert (await api.get(f"/applications/{former['id']}")).json()["people"] == []
        withdrawal = {"party": OTHER, "withdrawn_on": "2026-03-02"}
        await post(api, f"/applications/{application}/choices/start/withdrawal", withdrawal)
        one_sided, other_sided = (await api.get(f"/applications/{application}/disclosures")).json()
        assert (one_sided["party"], other_sided["party"]) == (OTHER, ONE)
        assert [each["withdrawn_on"] for each in one_sided["choices"]] == [None, "2026-03-02", None]
        assert [each["withdrawn_on"] for each in other_sided["choices"]] == [None, None, None]
        assert [each["discloses"] for each in other_sided["choices"]] == [False] * 3
        await post(api, f"/applications/{application}/decline", {"reason": "legal_age_rule"})
    assert (await world.published("pending", to=OTHER))[-1] == "application_declined"
    assert (await world.published("withheld", to=ONE)) == ["application_declined"]


@pytest.mark.row("N2", "T1", "W5")
async def test_a_referral_joins_only_an_application_for_its_home_without_that_organisation(
    world: Any,
) -> None:
    first, _, unit = await world.referral(sender=ONE, **NAMED)
    elsewhere, _, _ = await world.referral(sender=OTHER, **NAMED)
    async with world.api("property_manager") as api:
        again = await post(api, "/applications", {"unit": str(await world.home()), "adults": 1})
        joining = f"/applications/{first}/joining"
        for wrong in (elsewhere, first):
            assert await refused(api, joining, {"application": str(wrong)}) == (422, "not_the_same_home")
        (hold,) = await world.rows("SELECT request FROM hold WHERE unit = $1", unit)
        second, _, _ = await world.referral(sender=OTHER, unit=unit, **NAMED)
        assert await refused(api, joining, {"application": str(second)}) == (409, "held_for_this")
        await world.receive("unit_released", request=hold["request"], unit=unit, reason="deadline_passed")
        third, _, _ = await world.referral(sender=ONE, unit=unit, **NAMED)
        assert await refused(api, joining, {"application": str(third)}) == (409, "supported_already")
        direct = f"/applications/{again['id']}/joining"
        assert (await refused(api, direct, {"application": str(second)}))[0] == 422
        await post(api, joining, {"application": str(second)})
        assert await refused(api, joining, {"application": str(second)}) == (409, "already_decided")
        statement = (await api.get(f"/applications/{second}/disclosures")).json()
        assert [each["party"] for each in statement] == [OTHER, ONE]


@pytest.mark.row("N4", "W5", "X1")
@pytest.mark.parametrize(
    ("locale", "names", "own"),
    [
        ("en", ("Support organisation", "Harbour Support"), "Property entity"),
        ("fr", ("Organisme de soutien", "Soutien du Port"), "Organisme immobilier"),
    ],
)
async def test_pages_and_documents_name_each_organisation(
    world: Any, visitor: Any, locale: str, names: tuple[str, str], own: str
) -> None:
    desk = visitor("property_manager", locale=locale)
    async with world.api("property_manager") as api:
        application, _, _ = await supported_by_both(world, api)
        base = f"/property-desk/applications/{application}"
        for party, name, other in zip((ONE, OTHER), names, reversed(names), strict=True):
            page = await desk.go(f"{base}/choices/{party}")
            assert (name in page.title, other in page.title) == (True, False)
            await desk.send(f"/choices/{party}", signing="share", start="share", notices="share")
        await desk.go(f"{base}/decline")
        declining = await desk.send("/decline", reason="legal_age_rule")
        await post(api, f"/applications/{application}/acceptance")
        lease = (await post(api, "/leases", {"application_id": str(application), **TERMS}))["id"]
        signing = (await post(api, f"/leases/{lease}/signings", MEETING))["id"]
    pages = [
        await desk.go(path)
        for path in (base, f"{base}/disclosures", f"/property-desk/signings/{signing}/cancel")
    ]
    for page in (declining, *pages):
        for name in names:
            assert name in page.text, page.title
    paper = await desk.go(f"/property-desk/leases/{lease}/document")
    assert own in paper.text
