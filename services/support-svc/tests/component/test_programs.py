"""Programs: their days, what an ended one retains, and their budgets (S1, S3, case 53)."""

import datetime as dt
import uuid

import pytest

from deskkit.testing import parse_page
from support_svc.placements.queries import placement

PAGE = "/front-desk/programs"
DAY = dt.timedelta(days=1)


async def _added(api, **fields):
    body = {"name_en": "Bridge", "name_fr": "Passerelle", **fields}
    answer = await api.post("/programs", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


@pytest.mark.row("S1")
async def test_case_53_a_program_that_ends_is_retained_and_not_offered(world):
    wanted = await world.placement(await world.client(), program_id=await world.program())
    async with world.api("support_administrator") as api:
        (outreach,) = [
            one for one in (await api.get("/programs")).json() if one["id"] == str(await world.program())
        ]
        ended = {
            "name_en": outreach["label_en"],
            "name_fr": outreach["label_fr"],
            "ends_on": str(world.today - DAY),
            "version": outreach["version"],
        }
        assert (await api.put(f"/programs/{outreach['id']}", json=ended)).status_code == 204
        offered = (await api.get("/programs", params={"offered": True})).json()
        assert outreach["id"] not in [one["id"] for one in offered]
        again = await api.put(f"/programs/{outreach['id']}", json=ended)
        assert again.status_code == 409, again.text
    one = await world.see(placement, wanted)
    assert (one.program_en, one.program_fr) == ("Street outreach", "Intervention de rue")
    async with world.api("caseworker") as api:
        body = {
            "caseworker": "staff-7",
            "housing_types": [str(one.housing_types[0])],
            "search_started_on": str(world.today),
            "program_id": outreach["id"],
        }
        other = await world.client("Another", "Client")
        refused = await api.post("/placements", json={**body, "client_id": str(other)})
        assert (refused.status_code, refused.json()["code"]) == (422, "program_not_offered")
        edited = await api.put(f"/placements/{wanted}", json={**body, "version": one.version})
        assert edited.status_code == 204, "the placement keeps its program when something else is changed"
    async with world.desk("caseworker") as browser:
        found = parse_page((await browser.get(f"/front-desk/placements?program={outreach['id']}")).text)
        assert "Jordan Davis" in found.text


@pytest.mark.row("S3")
async def test_budgets_of_a_program(world):
    async with world.api("support_administrator") as api:
        program = await _added(api, kinds=["arrears", "rent_supplement"])
        year = {"starts_on": "2026-04-01", "ends_on": "2027-03-31", "amount": {"amount": "10000.00"}}
        made = await api.post(f"/programs/{program}/budgets", json=year)
        assert made.status_code == 201, made.text
        overlapping = {**year, "starts_on": "2027-03-31", "ends_on": "2028-03-30"}
        refused = await api.post(f"/programs/{program}/budgets", json=overlapping)
        assert (refused.status_code, refused.json()["code"]) == (409, "budget_overlaps")
        dollars = {**year, "amount": {"amount": "5.00", "currency": "USD"}}
        assert (await api.post(f"/programs/{program}/budgets", json=dollars)).status_code == 201
        backwards = {**year, "ends_on": "2026-03-31"}
        assert (await api.post(f"/programs/{program}/budgets", json=backwards)).status_code == 422
        at = f"/programs/{program}/budgets/{made.json()['id']}"
        assert (await api.put(at, json={**dollars, "version": 1})).status_code == 422
        assert (await api.put(at, json={**year, "ends_on": "2027-06-30", "version": 1})).status_code == 204
        stale = await api.put(at, json={**year, "version": 1})
        assert (stale.status_code, stale.json()["code"]) == (409, "edited_meanwhile")
        seen = (await api.get(f"/programs/{program}")).json()
    assert seen["kinds"] == ["rent_supplement", "arrears"]
    budget = next(one for one in seen["budgets"] if one["currency"] == "CAD")
    figures = {name: budget[name] for name in ("ends_on", "amount", "committed", "paid", "left")}
    assert figures == {
        "ends_on": "2027-06-30",
        "amount": "10000.00",
        "committed": "0.00",
        "paid": "0.00",
        "left": "10000.00",
    }


@pytest.mark.row("S1", "S3")
async def test_who_changes_programs_and_what_is_not_there(world):
    async with world.api("caseworker") as api:
        body = {"name_en": "Bridge", "name_fr": "Passerelle"}
        assert (await api.post("/programs", json=body)).status_code == 403
        assert (await api.get("/programs")).status_code == 200
        assert (await api.get(f"/programs/{uuid.uuid4()}")).status_code == 404
    async with world.api("support_administrator") as api:
        missing = f"/programs/{uuid.uuid4()}"
        assert (await api.put(missing, json={**body, "version": 1})).status_code == 404
        year = {"starts_on": "2026-04-01", "ends_on": "2027-03-31", "amount": {"amount": "1.00"}}
        assert (await api.post(f"{missing}/budgets", json=year)).status_code == 404
        program = await world.program()
        unknown = f"/programs/{program}/budgets/{uuid.uuid4()}"
        assert (await api.put(unknown, json={**year, "version": 1})).status_code == 404
        ends_first = {**body, "starts_on": "2026-04-01", "ends_on": "2026-03-01"}
        assert (await api.post("/programs", json=ends_first)).status_code == 422


@pytest.mark.row("S1", "S3")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_an_administrator_keeps_programs_by_hand(world, locale):
    async with world.desk("support_administrator", locale=locale) as browser:

        async def sent(address, **fields):
            form = parse_page((await browser.get(address)).text).fields(address)
            return await browser.post(address, data={**form, **fields}, follow_redirects=True)

        refused = await sent(f"{PAGE}/new", name_en="", name_fr="Passerelle")
        assert refused.status_code == 422
        made = await sent(f"{PAGE}/new", name_en="Bridge", name_fr="Passerelle", kinds="arrears")
        assert made.status_code == 200
        program = await world.program("Bridge")
        at = f"{PAGE}/{program}"
        days = {"starts_on-year": "2026", "starts_on-month": "4", "starts_on-day": "1"}
        days |= {"ends_on-year": "2027", "ends_on-month": "3", "ends_on-day": "31"}
        assert (await sent(f"{at}/edit", **days)).status_code == 200
        assert (await sent(f"{at}/budgets/new", **days)).status_code == 422
        shown = await sent(f"{at}/budgets/new", **days, **{"amount": "10,000.00"})
        assert shown.status_code == 200, shown.text
        (budget,) = await world.rows("SELECT id FROM program_budget")
        shown = await sent(f"{at}/budgets/{budget['id']}", **{"amount": "12,500.50"})
        text = parse_page(shown.text).text.replace("\xa0", " ").replace("\u202f", " ")
        assert ("12,500.50" if locale == "en" else "12 500,50") in text
        listed = parse_page((await browser.get(PAGE)).text).text
        assert ("Bridge" if locale == "en" else "Passerelle") in listed
        assert (await browser.get(f"{at}/budgets/{uuid.uuid4()}")).status_code == 404
