"""Rent subsidies: recorded, paid, changed, ended and reported (S1 to S3, P9, case 34)."""

import asyncio
import datetime as dt
import uuid

import pytest

from chassis.actor import Actor
from deskkit.testing import parse_page
from support_svc.consents.commands import GiveConsent, WithdrawConsent, give_consent, withdraw_consent
from support_svc.consents.model import Purpose
from support_svc.housing_loss_prevention.commands import OpenPrevention, open_prevention
from support_svc.housing_loss_prevention.feature import REASON_FOR_SERVICE
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.placements.commands import locked_placement
from support_svc.programs.commands import add_budget
from support_svc.programs.model import AddBudget, Amount, SubsidyKind
from support_svc.subsidies.commands import follow_head
from support_svc.subsidies.feature import SUBSIDY_REASON
from support_svc.subsidies.queries import subsidy

DAY = dt.timedelta(days=1)
EVERY_KIND = list(SubsidyKind)
ADMINISTRATOR = Actor("staff-9", "support", frozenset({"support_administrator"}), "Alex Wren")


class Office:
    """A program with a budget, and the API of a caseworker."""

    def __init__(self, world, api, program, reason):
        self.world, self.api, self.program, self.reason = world, api, program, reason

    def body(self, **changes):
        return {
            "program_id": str(self.program),
            "starts_on": str(self.world.today),
            "reason_id": str(self.reason),
            "amount": {"amount": "500.00"},
            "frequency": "monthly",
            "kind": "rent_supplement",
            **changes,
        }

    async def record(self, placement, **changes):
        answer = await self.api.post(f"/placements/{placement}/subsidies", json=self.body(**changes))
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def refused(self, placement, **changes):
        answer = await self.api.post(f"/placements/{placement}/subsidies", json=self.body(**changes))
        assert answer.is_client_error, answer.text
        return answer.json()["code"]

    async def get(self, subsidy):
        return (await self.api.get(f"/subsidies/{subsidy}")).json()

    async def payments(self, subsidy, first, last):
        answer = await self.api.get(f"/subsidies/{subsidy}/payments", params={"first": first, "last": last})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def budget(self):
        (budget,) = (await self.api.get(f"/programs/{self.program}")).json()["budgets"]
        return budget["committed"], budget["paid"], budget["left"]


async def opened(world, api, amount="10000.00"):
    """A program with a budget of a year from today on."""
    program = await world.program("Bridge", kinds=EVERY_KIND)
    last = world.today.replace(year=world.today.year + 1) - DAY
    budget = AddBudget(program_id=program, starts_on=world.today, ends_on=last, amount=Amount(amount=amount))
    await world.do(add_budget, budget, actor=ADMINISTRATOR)
    return Office(world, api, program, await world.value(SUBSIDY_REASON, "loss_of_income"))


@pytest.fixture
async def office(world):
    async with world.api("caseworker") as api:
        yield await opened(world, api)


@pytest.mark.row("S1", "S2", "S3", "P9")
async def test_case_34_a_monthly_subsidy_and_what_it_takes_of_the_budget(office, world):
    wanted = await world.placement(await world.client())
    made = await office.record(wanted, amount={"amount": "833.33"}, comments="Until the benefits come")
    one = await office.get(made)
    line = one["line"]
    assert (line["amount"], line["currency"], line["frequency"]) == ("833.33", "CAD", "monthly")
    assert (line["state"], line["next_due_on"]) == ("running", str(world.today))
    assert one["totals"] == {"paid": "0.00", "missed": "0.00", "due": "833.33", "future": "9166.63"}
    assert await office.budget() == ("9999.96", "0.00", "0.04")
    year = await office.payments(made, str(world.today), str(world.today + 364 * DAY))
    assert [each["amount"] for each in year] == ["833.33"] * 12
    assert len({each["due_on"][:7] for each in year}) == 12
    listed = (await office.api.get(f"/placements/{wanted}/subsidies")).json()
    assert [each["id"] for each in listed] == [made]
    async with world.desk("caseworker") as browser:
        shown = (await browser.get(f"/front-desk/subsidies/{made}")).text
        assert "$833.33" in shown
        assert "$9,166.63" in shown
        (report,) = await world.rows("SELECT kind FROM placement_timeline WHERE kind LIKE 'subsidy%'")
        assert report["kind"] == "subsidy_recorded"


@pytest.mark.row("S3")
async def test_an_award_beyond_the_budget_is_refused_with_the_figures(office, world):
    wanted = await world.placement(await world.client())
    await office.record(wanted, amount={"amount": "800.00"})
    answer = await office.api.post(
        f"/placements/{wanted}/subsidies", json=office.body(amount={"amount": "100.00"})
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "budget_exceeded")
    for figure in ("$10,000.00", "$9,600.00", "$400.00", "$1,200.00"):
        assert figure in answer.json()["detail"], answer.json()
    assert await office.budget() == ("9600.00", "0.00", "400.00")
    await office.record(wanted, amount={"amount": "400.00"}, frequency="one_time", kind="moving")
    assert await office.budget() == ("10000.00", "0.00", "0.00")
    assert await office.refused(wanted, amount={"amount": "0.01"}, frequency="one_time") == "budget_exceeded"


@pytest.mark.row("S3")
async def test_fifty_awards_at_once_never_promise_more_than_the_budget_has(office, world):
    wanted = [await world.placement(await world.client(f"Person{n}", "Queue")) for n in range(5)]
    body = office.body(amount={"amount": "70.00"})
    answers = await asyncio.gather(
        *(office.api.post(f"/placements/{wanted[n % 5]}/subsidies", json=body) for n in range(50))
    )
    accepted = [one for one in answers if one.status_code == 201]
    assert len(accepted) == 10000 // (70 * 12) == 11
    assert {one.json()["code"] for one in answers if one not in accepted} == {"budget_exceeded"}
    (use,) = await world.rows("SELECT committed FROM program_budget_use")
    (stored,) = await world.rows("SELECT count(*) AS n FROM subsidy")
    assert (use["committed"], stored["n"]) == (11 * 12 * 70, 11)


@pytest.mark.row("S2", "S3")
async def test_payments_are_recorded_and_corrected(office, world):
    wanted = await world.placement(await world.client())
    made = await office.record(wanted, amount={"amount": "100.00"}, frequency="weekly")
    first, second = world.today, world.today + 7 * DAY
    at = f"/subsidies/{made}/payments"
    early = {"outcome": "missed", "why": "Bank closed"}
    assert (await office.api.post(f"{at}/{second}", json=early)).json()["code"] == "not_due_yet"
    assert (await office.api.post(f"{at}/{first + DAY}", json=early)).status_code == 404
    paid = {"outcome": "paid", "paid_on": str(first), "amount": {"amount": "90.00"}}
    assert (await office.api.post(f"{at}/{first}", json={"outcome": "paid"})).json()[
        "code"
    ] == "paid_on_needed"
    assert (await office.api.post(f"{at}/{first}", json={"outcome": "missed"})).status_code == 422
    assert (await office.api.post(f"{at}/{first}", json=paid)).status_code == 204
    assert (await office.api.post(f"{at}/{first}", json=paid)).json()["code"] == "payment_recorded"
    assert (await office.get(made))["line"]["next_due_on"] == str(second)
    assert await office.budget() == ("5290.00", "90.00", "4710.00")
    world.clock.advance(7 * DAY)
    assert (await office.api.post(f"{at}/{second}", json=early)).status_code == 204
    assert await office.budget() == ("5190.00", "90.00", "4810.00")
    one, two, *_ = await office.payments(made, str(first), str(second + 7 * DAY))
    assert (one["state"], one["amount"], two["state"], two["why"]) == (
        "paid",
        "90.00",
        "missed",
        "Bank closed",
    )
    right = {"outcome": "paid", "paid_on": str(second), "reason": "It came late", "version": two["version"]}
    assert (await office.api.put(f"{at}/{second}", json=right)).status_code == 204
    stale = await office.api.put(f"{at}/{second}", json=right)
    assert stale.json()["code"] == "edited_meanwhile"
    same = await office.api.put(f"{at}/{second}", json={**right, "version": two["version"] + 1})
    assert same.json()["code"] == "nothing_corrected"
    (_, two, *_) = await office.payments(made, str(first), str(second))
    assert (two["state"], two["corrections"][0]["reason"]) == ("paid", "It came late")
    assert await office.budget() == ("5290.00", "190.00", "4710.00")
    totals = (await office.get(made))["totals"]
    assert (totals["paid"], totals["missed"]) == ("190.00", "0.00")


@pytest.mark.row("S2", "S3")
async def test_another_amount_is_a_dated_rate_and_leaves_alone_what_was_paid(office, world):
    wanted = await world.placement(await world.client())
    made = await office.record(
        wanted, amount={"amount": "1033.33"}, frequency="weekly", ends_on=str(world.today + 27 * DAY)
    )
    today = world.today
    paid = {"outcome": "paid", "paid_on": str(today)}
    assert (await office.api.post(f"/subsidies/{made}/payments/{today}", json=paid)).status_code == 204
    version = (await office.get(made))["version"]
    change = {
        "from_on": str(today),
        "amount": {"amount": "500.00"},
        "frequency": "monthly",
        "version": version,
    }
    at = f"/subsidies/{made}/rates"
    assert (await office.api.post(at, json=change)).json()["code"] == "recorded_already"
    late = {**change, "from_on": str(today + 28 * DAY)}
    assert (await office.api.post(at, json=late)).json()["code"] == "outside_subsidy"
    change["from_on"] = str(today + 8 * DAY)
    dollars = {**change, "amount": {"amount": "5.00", "currency": "USD"}}
    assert (await office.api.post(at, json=dollars)).json()["code"] == "subsidy_in_another_currency"
    same = {**change, "amount": {"amount": "1033.33"}, "frequency": "weekly"}
    assert (await office.api.post(at, json=same)).json()["code"] == "nothing_changed"
    beyond = {**change, "amount": {"amount": "20000.00"}}
    assert (await office.api.post(at, json=beyond)).json()["code"] == "budget_exceeded"
    assert (await office.api.post(at, json=change)).status_code == 204
    assert (await office.api.post(at, json=change)).json()["code"] == "edited_meanwhile"
    payments = await office.payments(made, str(today), str(today + 40 * DAY))
    assert [(each["due_on"], each["amount"], each["state"]) for each in payments] == [
        (str(today), "1033.33", "paid"),
        (str(today + 7 * DAY), "1033.33", "future"),
        (str(today + 8 * DAY), "500.00", "future"),
    ]
    assert await office.budget() == ("2566.66", "1033.33", "7433.34")


@pytest.mark.row("S2", "S3")
async def test_an_end_frees_the_rest_of_the_budget(office, world):
    wanted = await world.placement(await world.client())
    made = await office.record(wanted)
    assert (await office.budget())[0] == "6000.00"
    version = (await office.get(made))["version"]
    early = {"ends_on": str(world.today - DAY), "version": version}
    assert (await office.api.put(f"/subsidies/{made}/end", json=early)).status_code == 422
    end = {"ends_on": str(world.today + 40 * DAY), "version": version}
    assert (await office.api.put(f"/subsidies/{made}/end", json=end)).status_code == 204
    assert (await office.budget())[0] == "1000.00"
    assert (await office.get(made))["line"]["ends_on"] == end["ends_on"]
    edited = {"reason_id": str(office.reason), "comments": "Moved out", "version": version + 1}
    assert (await office.api.put(f"/subsidies/{made}", json=edited)).status_code == 204
    assert (await office.api.put(f"/subsidies/{made}", json=edited)).status_code == 409
    assert (await office.get(made))["comments"] == "Moved out"


@pytest.mark.row("S1")
async def test_what_is_refused(office, world):
    wanted = await world.placement(await world.client())
    today = world.today
    assert await office.refused(wanted, kind="security_deposit") == "province_not_known"
    assert await office.refused(wanted, ends_on=str(today - DAY)) == "subsidy_ends_before_start"
    assert await office.refused(wanted, payment_on=str(today - DAY)) == "payment_outside_subsidy"
    assert await office.refused(wanted, reason_id=str(uuid.uuid4())) == "not_on_the_list"
    assert await office.refused(wanted, program_id=str(uuid.uuid4())) == "not_found"
    assert await office.refused(wanted, amount={"amount": "5", "currency": "USD"}) == "no_budget"
    assert await office.refused(wanted, starts_on=str(today - DAY)) == "no_budget"
    assert await office.refused(wanted, amount={"amount": "0.00"}) == "invalid_input"
    assert await office.refused(uuid.uuid4()) == "not_found"
    other = await world.program("Other", kinds=[SubsidyKind.ARREARS])
    assert await office.refused(wanted, program_id=str(other)) == "not_funded"
    over = await world.program("Over", kinds=EVERY_KIND, ends_on=today - DAY)
    assert await office.refused(wanted, program_id=str(over)) == "program_not_offered"
    (fails,) = [await world.placement(await world.client("Al", "Fails"))]
    await world.rows("UPDATE placement SET status = 'failed', ended_on = $2 WHERE id = $1", fails, today)
    assert await office.refused(fails) == "case_closed"


@pytest.mark.row("S1")
@pytest.mark.parametrize(
    ("province", "code"),
    [("ON", "security_deposit_unlawful"), ("QC", "security_deposit_unlawful"), ("BC", None)],
)
async def test_a_security_deposit_only_where_it_is_lawful(office, world, province, code):
    wanted = await world.placement(await world.client())
    unit = await world.home()
    await world.rows("UPDATE home SET province = $2 WHERE unit = $1", unit, province)
    await world.held(wanted, unit)
    if code is None:
        await office.record(wanted, kind="security_deposit", frequency="one_time")
        return
    answer = await office.api.post(
        f"/placements/{wanted}/subsidies", json=office.body(kind="security_deposit", frequency="one_time")
    )
    assert answer.json()["code"] == code
    assert ("Residential Tenancies Act" if province == "ON" else "Civil Code") in answer.json()["detail"]


async def _agrees(world, person):
    given = GiveConsent(client_id=person, purpose=Purpose.SHARE_SUBSIDIES, given_on=world.today)
    return await world.do(give_consent, given)


async def _told(world):
    rows = await world.rows(
        "SELECT type, status, addressee, data->'data' AS data, aggregate_version FROM outbox"
        " WHERE type LIKE 'support.subsidy%' ORDER BY position"
    )
    return [(row["type"].split(".")[1], row["status"]) for row in rows], rows


@pytest.mark.row("S1", "W5", "W13")
async def test_the_landlord_is_informed_under_the_consent_and_only_of_what_it_receives(office, world):
    person = await world.client()
    wanted = await world.placement(person)
    before = await office.record(wanted, amount={"amount": "1033.33"}, ends_on=str(world.today + 120 * DAY))
    await office.record(wanted, kind="moving", frequency="one_time")
    assert (await office.get(before))["report"] == "no_referral"
    await _agrees(world, person)
    await world.held(wanted, await world.home())
    told, rows = await _told(world)
    assert told == [("subsidy_committed", "pending")]
    assert '"1033.33"' in rows[0]["data"]
    assert str(before) not in rows[0]["data"], "our own id never crosses"
    assert (await office.get(before))["report"] == "reported"
    version = (await office.get(before))["version"]
    change = {
        "from_on": str(world.today + DAY),
        "amount": {"amount": "600.00"},
        "frequency": "monthly",
        "version": version,
    }
    assert (await office.api.post(f"/subsidies/{before}/rates", json=change)).status_code == 204
    end = {"ends_on": str(world.today + 90 * DAY), "version": version + 1}
    assert (await office.api.put(f"/subsidies/{before}/end", json=end)).status_code == 204
    told, rows = await _told(world)
    assert [name for name, _ in told] == [
        "subsidy_committed",
        "subsidy_changed",
        "subsidy_changed",
        "subsidy_ended",
    ]
    numbers = [row["aggregate_version"] for row in rows]
    assert numbers == sorted(set(numbers))
    assert len({row["addressee"] for row in rows}) == 1


@pytest.mark.row("S1", "W5", "W13")
async def test_without_the_consent_it_is_withheld_and_can_be_reported_later(office, world):
    person = await world.client()
    wanted = await world.placement(person)
    await world.held(wanted, await world.home())
    made = await office.record(wanted)
    assert (await _told(world))[0] == [("subsidy_committed", "withheld")]
    assert (await office.get(made))["report"] == "not_reported"
    at = f"/subsidies/{made}/report"
    assert (await office.api.post(at)).json()["code"] == "not_agreed_to_report"
    async with world.desk("caseworker") as browser:
        shown = (await browser.get(f"/front-desk/subsidies/{made}")).text
        assert "doesn’t know all of this subsidy" in shown
        placed = (await browser.get(f"/front-desk/placements/{wanted}")).text
        assert "hadn’t agreed to it" in placed
    agreed = await _agrees(world, person)
    assert (await office.api.post(at)).status_code == 204
    assert (await office.api.post(at)).json()["code"] == "nothing_to_report"
    await world.do(withdraw_consent, WithdrawConsent(client_id=person, consent_id=agreed))
    end = {"ends_on": str(world.today + 9 * DAY), "version": (await office.get(made))["version"]}
    assert (await office.api.put(f"/subsidies/{made}/end", json=end)).status_code == 204
    assert (await office.get(made))["report"] == "not_reported"
    assert (await _told(world))[0] == [
        ("subsidy_committed", "withheld"),
        ("subsidy_committed", "pending"),
        ("subsidy_ended", "withheld"),
    ]
    await _agrees(world, person)
    assert (await office.api.post(at)).status_code == 204
    assert (await _told(world))[0][-1] == ("subsidy_changed", "pending")


@pytest.mark.row("S1", "S3")
async def test_the_list_and_its_filters(office, world):
    wanted = await world.placement(await world.client("Ida", "Listed"))
    today = world.today
    running = await office.record(wanted, starts_on=str(today), payment_on=str(today + 5 * DAY))
    planned = await office.record(
        wanted, starts_on=str(today + 60 * DAY), kind="utility", amount={"amount": "9.00"}
    )
    ended = await office.record(wanted, frequency="one_time", kind="arrears", amount={"amount": "9.00"})
    world.clock.advance(DAY)

    async def ids(**wanted):
        answer = await office.api.get("/subsidies", params=wanted)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["items"]]

    assert await ids() == [ended, planned, running]
    assert await ids(state="running") == [running]
    assert await ids(state="planned") == [planned]
    assert await ids(state="ended") == [ended]
    assert await ids(kind="utility") == [planned]
    assert await ids(program=str(office.program), q="Listed") == [ended, planned, running]
    assert await ids(program=str(uuid.uuid4())) == []
    assert await ids(payments="upcoming") == [running]
    assert await ids(payments="not_recorded") == [ended]
    assert (await office.api.get("/subsidies", params={"after": "nonsense"})).status_code == 422


@pytest.mark.row("S1", "W10")
async def test_who_may_not(office, world):
    wanted = await world.placement(await world.client())
    made = await office.record(wanted)
    async with world.api("support_administrator") as api:
        assert (await api.get(f"/subsidies/{made}")).status_code == 403
        assert (await api.post(f"/placements/{wanted}/subsidies", json=office.body())).status_code == 403
    await world.rows("UPDATE client SET state = 'archived'")
    assert (await office.api.get(f"/subsidies/{made}")).status_code == 404
    assert (await office.api.get("/subsidies")).json()["items"] == []
    end = {"ends_on": str(world.today), "version": 1}
    assert (await office.api.put(f"/subsidies/{made}/end", json=end)).status_code == 404
    assert (await office.api.post(f"/placements/{wanted}/subsidies", json=office.body())).status_code == 404


@pytest.mark.row("H2", "S1", "W5")
async def test_a_subsidy_under_housing_loss_prevention_is_reported_to_the_landlord_of_the_stay(office, world):
    person = await world.client()
    wanted = await world.placement(person)
    unit = await world.home()
    request = await world.held(wanted, unit)
    started = {"unit": unit, "start": world.today}
    await world.receive("referred_tenancy_started", referral=await world.referral(request), **started)
    await world.do(move_in, MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1))
    await _agrees(world, person)
    opening = OpenPrevention(
        client_id=person,
        reason_id=await world.value(REASON_FOR_SERVICE, "rent_arrears"),
        started_on=world.today,
        caseworker="staff-7",
    )
    prevention = await world.do(open_prevention, opening)
    at = f"/housing-loss-preventions/{prevention}/subsidies"
    made = await office.api.post(at, json=office.body(kind="arrears", frequency="one_time"))
    assert made.status_code == 201, made.text
    assert (await _told(world))[0] == [("subsidy_committed", "pending")]
    (line,) = (await office.api.get(at)).json()
    assert (line["id"], line["prevention_id"]) == (made.json()["id"], str(prevention))
    assert (await office.api.get(f"/housing-loss-preventions/{uuid.uuid4()}/subsidies")).status_code == 404
    async with world.desk("caseworker") as browser:
        address = f"/front-desk/housing-loss-preventions/{prevention}/subsidies"
        assert "Arrears" in parse_page((await browser.get(address)).text).text
        fields = parse_page((await browser.get(f"{address}/new")).text).fields(f"{address}/new")
        typed = {"program_id": str(office.program), "reason_id": str(office.reason), "kind": "moving"}
        sent = await browser.post(f"{address}/new", data={**fields, **typed, "amount": "12.50"})
        assert sent.status_code == 303, sent.text
        fields = parse_page((await browser.get(f"{address}/new")).text).fields(f"{address}/new")
        refused = await browser.post(f"{address}/new", data={**fields, **typed, "amount": "999,999.00"})
        assert refused.status_code == 422
        assert "is left" in parse_page(refused.text).text


@pytest.mark.row("P8", "S1")
async def test_the_subsidies_of_a_placement_go_on_with_the_new_head(office, world):
    head, child = await world.family()
    wanted = await world.placement(head, child)
    made = await office.record(wanted, amount={"amount": "10.00"})
    one = await world.see(subsidy, uuid.UUID(made))
    assert one.line.client_id == head
    async with world.runtime.transaction(world.STAFF) as tx:
        placed = await locked_placement(tx, wanted)
        placed.client_id = child
        await follow_head(tx, placed)
    assert (await world.see(subsidy, uuid.UUID(made))).line.client_id == child
