"""Staff: who may add whom, and that a role of the other organisation can't be given."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from deskkit.testing import missing_translations, parse_page

PASSWORD = "four words without sense"
ADMINISTRATOR = "support_administrator@support.example"


async def sign_in(browser: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    page = parse_page((await browser.get("/sign-in")).text)
    return await browser.post(
        "/sign-in", data={**page.fields("/sign-in"), "email": email, "password": password}
    )


@pytest.mark.row("X1")
def test_every_text_has_a_french_translation() -> None:
    assert missing_translations("gateway") == []


@pytest.mark.row("W10", "X2", "X3")
async def test_an_administrator_adds_a_person_who_then_chooses_a_password(gateways: Any) -> None:
    gateway = await gateways()
    async with gateway.browser() as browser, gateway.browser() as newcomer:
        await sign_in(browser, ADMINISTRATOR)
        page = parse_page((await browser.get("/staff/add")).text)
        fields = {
            **page.fields("/staff/add"),
            "name": 'New & "Sample"',
            "email": "New@Support.example",
            "roles": "caseworker",
            "works_for_no_other": "yes",
        }
        wrong = await browser.post("/staff/add", data={**fields, "roles": "property_manager"})
        assert wrong.status_code == 422
        assert "“property_manager” isn't a role of this organisation." in parse_page(wrong.text).text
        marked_up = await browser.post("/staff/add", data={**fields, "name": "<b>New</b>"})
        assert marked_up.status_code == 422
        assert "Name can't hold “<”, “>”" in parse_page(marked_up.text).text
        shown = parse_page((await browser.post("/staff/add", data=fields)).text)
        password = next(shown.root.iter("code")).text
        again = await browser.post("/staff/add", data=fields)
        assert "already in the list" in again.text
        answer = await sign_in(newcomer, "new@support.example", password)
        assert answer.headers["location"].startswith("/session/password")
        listed = parse_page((await browser.get("/staff?q=new")).text)
        assert 'New & "Sample"' in listed.text
    async with (await gateway.runtime.database.raw()).acquire() as connection:
        rows = await connection.fetch(
            "SELECT actor_name, action FROM audit WHERE record_kind = 'staff_member'"
        )
    assert ("Support administrator", "added") in [tuple(row) for row in rows]


@pytest.mark.row("X4")
async def test_two_administrators_editing_one_person(gateways: Any) -> None:
    gateway = await gateways()
    async with gateway.browser() as browser:
        await sign_in(browser, ADMINISTRATOR)
        listing = parse_page((await browser.get("/staff")).text)
        member = listing.links()["Caseworker"]
        fields = parse_page((await browser.get(f"{member}/change")).text).fields(f"{member}/change")
        fields["roles"] = "caseworker"
        first = await browser.post(f"{member}/change", data={**fields, "name": "First", "form_token": "a"})
        assert first.status_code == 303, parse_page(first.text).text
        second = await browser.post(f"{member}/change", data={**fields, "name": "Second", "form_token": "b"})
        page = parse_page(second.text)
        assert "First" in page.text
        assert page.fields(f"{member}/change")["version"] != fields["version"]
        parse_page((await browser.get(member)).text)


@pytest.mark.row("W10")
async def test_who_adds_somebody_confirms_that_they_work_for_nobody_on_the_other_side(
    gateways: Any,
) -> None:
    gateway = await gateways()
    async with gateway.browser() as browser:
        await sign_in(browser, ADMINISTRATOR)
        page = parse_page((await browser.get("/staff/add")).text)
        assert "works for no owner or manager of homes" in page.text
        fields = {
            **page.fields("/staff/add"),
            "name": "Ana",
            "email": "ana@support.example",
            "roles": "caseworker",
        }
        refused = await browser.post("/staff/add", data=fields)
        assert refused.status_code == 422
        assert "Confirm that this person works for nobody on the other side." in refused.text
        # Everything that is wrong is shown at once.
        several = await browser.post("/staff/add", data={**fields, "email": ADMINISTRATOR})
        assert 'href="#works_for_no_other"' in several.text
        assert 'href="#email"' in several.text
        added = await browser.post("/staff/add", data={**fields, "works_for_no_other": "yes"})
        assert added.status_code == 200, parse_page(added.text).text
    async with (await gateway.runtime.database.raw()).acquire() as connection:
        row = await connection.fetchrow("SELECT * FROM staff_member WHERE email = 'ana@support.example'")
        assert row["attested_by"] == "Support administrator"
        assert row["attested_at"] == row["added_at"]
        changes = await connection.fetchval(
            "SELECT changes FROM audit WHERE record_id = $1 AND action = 'added'", str(row["id"])
        )
        assert "works_for_no_other" in changes


@pytest.mark.row("W10")
async def test_those_who_were_there_before_are_listed_and_confirmed_at_their_next_change(
    gateways: Any,
) -> None:
    gateway = await gateways()
    async with (await gateway.runtime.database.raw()).acquire() as connection:
        await connection.execute(
            "UPDATE staff_member SET attested_at = NULL, attested_by = NULL WHERE roles = '{caseworker}'"
        )
    async with gateway.browser() as browser:
        await sign_in(browser, ADMINISTRATOR)
        listing = parse_page((await browser.get("/staff")).text)
        assert "Nobody has confirmed yet for 1 person" in listing.text
        waiting = parse_page((await browser.get(listing.links()["Show them"])).text)
        assert "Caseworker" in waiting.links()
        assert "Supervisor" not in waiting.links()
        member = waiting.links()["Caseworker"]
        assert "not confirmed yet" in parse_page((await browser.get(member)).text).text
        action = f"{member}/change"
        fields = {**parse_page((await browser.get(action)).text).fields(action), "roles": "caseworker"}
        refused = await browser.post(action, data=fields)
        assert refused.status_code == 422
        assert "Confirm that this person" in refused.text
        fields = {**parse_page(refused.text).fields(action), "roles": "caseworker"}
        done = await browser.post(action, data={**fields, "works_for_no_other": "yes"})
        assert done.status_code == 303, parse_page(done.text).text
        assert "confirmed by Support administrator" in parse_page((await browser.get(member)).text).text
        assert "Nobody has confirmed yet" not in (await browser.get("/staff")).text
        again = parse_page((await browser.get(action)).text)
        assert 'name="works_for_no_other"' not in again.html, "it is asked for once"


@pytest.mark.row("W10")
async def test_access_is_given_back_only_to_somebody_who_is_confirmed(gateways: Any) -> None:
    gateway = await gateways()
    async with gateway.browser() as browser:
        await sign_in(browser, ADMINISTRATOR)
        action = f"{parse_page((await browser.get('/staff')).text).links()['Caseworker']}/access"
        page = parse_page((await browser.get(action)).text)
        assert (await browser.post(action, data=page.fields(action))).status_code == 303
        async with (await gateway.runtime.database.raw()).acquire() as connection:
            await connection.execute("UPDATE staff_member SET attested_at = NULL, attested_by = NULL")
        fields = parse_page((await browser.get(action)).text).fields(action)
        assert (await browser.post(action, data=fields)).status_code == 422
        fields |= {"works_for_no_other": "yes", "form_token": "another"}
        assert (await browser.post(action, data=fields)).status_code == 303


@pytest.mark.row("W10")
@pytest.mark.parametrize("entity", ["support", "property"])
async def test_the_pages_claim_what_is_checked_and_no_more(gateways: Any, entity: str) -> None:
    gateway = await gateways(entity)
    async with gateway.browser() as browser:
        await sign_in(browser, f"{entity}_administrator@{entity}.example")
        for path in ("/", "/staff", "/staff/add"):
            text = (await browser.get(path)).text
            assert "holds roles in both" not in text
            assert "shares nothing" not in text
        assert "are never compared" in (await browser.get("/")).text


async def test_ending_access_ends_sessions_and_the_last_administrator_stays(gateways: Any) -> None:
    gateway = await gateways()
    async with gateway.browser() as browser, gateway.browser() as other:
        await sign_in(browser, ADMINISTRATOR)
        await sign_in(other, "caseworker@support.example")
        links = parse_page((await browser.get("/staff")).text).links()
        page = parse_page((await browser.get(f"{links['Caseworker']}/access")).text)
        action = f"{links['Caseworker']}/access"
        assert (await browser.post(action, data=page.fields(action))).status_code == 303
        assert parse_page((await other.get("/session/renew?next=/")).text).h1 == "Sign in"
        assert (await sign_in(other, "caseworker@support.example")).status_code == 401
        action = f"{links['Support administrator']}/access"
        page = parse_page((await browser.get(action)).text)
        assert "last active administrator" in (await browser.post(action, data=page.fields(action))).text


@pytest.mark.row("W10")
async def test_only_administrators_see_staff_on_pages_and_in_the_api(gateways: Any) -> None:
    gateway = await gateways()
    async with gateway.browser() as browser:
        await sign_in(browser, "caseworker@support.example")
        for path in ("/staff", "/staff/add"):
            assert (await browser.get(path)).status_code == 403
        credentials = {"email": "caseworker@support.example", "password": PASSWORD}
        token = (await browser.post("/api/gateway/v1/sign-in", json=credentials)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        assert (await browser.get("/api/gateway/v1/staff", headers=headers)).status_code == 403
        credentials["email"] = ADMINISTRATOR
        token = (await browser.post("/api/gateway/v1/sign-in", json=credentials)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        listed = (await browser.get("/api/gateway/v1/staff", headers=headers)).json()
        assert {row["email"] for row in listed} >= {ADMINISTRATOR}
        assert all("password_hash" not in row for row in listed)
        new = {"email": "a@support.example", "name": "A", "roles": ["inventory_keeper"]}
        new["works_for_no_other"] = True
        refused = await browser.post("/api/gateway/v1/staff", json=new, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "role_of_another_organisation")
