"""Who may do what (W3 W10), which texts are refused, and that models, migrations and languages agree."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.db import tables
from chassis.feature import permissions_of
from chassis.http.routes import account_for
from tenancy_svc.features import FEATURES
from tenancy_svc.migrations.versions.lease_templates import SHIPPED, clauses_of
from tenancy_svc.tables import Base
from trade.text_review.clauses import review_clause
from trade.text_review.verdicts import Verdict


@pytest.mark.row("W3", "T1")
@pytest.mark.parametrize(
    "reason",
    ["credit", "rental_history", "criminal_record", "not_housing_ready", "refused_services", "sobriety"],
)
async def test_a_reason_that_housing_first_forbids_does_not_exist(world: Any, reason: str) -> None:
    application, _, _ = await world.referral(name={"given": "Robin", "family": "Sample"})
    async with world.api("property_manager") as api:
        answer = await api.post(f"/applications/{application}/decline", json={"reason": reason})
    assert answer.status_code == 422
    assert await world.published() == ["application_opened"]


@pytest.mark.row("W10")
@pytest.mark.parametrize("entity", ["support"])
async def test_nobody_of_the_support_organisation_gets_in(world: Any, entity: str) -> None:
    async with world.api("caseworker", "property_manager", entity=entity) as api:
        for path in ("/applications", "/leases", "/signings", "/my-day", "/homes"):
            assert (await api.get(path)).status_code == 401


@pytest.mark.row("W10")
async def test_there_is_no_route_and_no_permission_for_records_of_support(world: Any) -> None:
    words = ("client", "case", "consent", "diversion", "placement", "subsid", "follow", "housing-history")
    # What a program pays towards a rent is reported to the landlord under the client's consent (S3).
    reported = "/api/tenancy/v1/applications/{application_id}/subsidies"
    for route in account_for(world.app):
        if (route.method, route.path) == ("GET", reported):
            continue
        assert not any(word in route.path for word in words), route
    for permission in (each for feature in FEATURES for each in feature.permissions):
        assert permission == "view_subsidies" or not any(word in permission for word in words), permission
    assert set(permissions_of(FEATURES)) == {"property_manager", "property_administrator", "inventory_keeper"}


@pytest.mark.row("W10")
async def test_every_route_is_guarded_but_a_short_list(world: Any) -> None:
    public = {route.path for route in account_for(world.app) if not route.guards}
    desk, api = "/property-desk", "/api/tenancy/v1"
    allowed = (
        "/livez",
        "/readyz",
        "/metrics",
        f"{desk}/static",
        f"{desk}/language",
        f"{api}/docs",
        f"{api}/openapi.json",
    )
    assert all(path.startswith(allowed) for path in public), public


@pytest.mark.row("T2", "T3")
@pytest.mark.parametrize("jurisdiction", sorted(SHIPPED))
async def test_the_shipped_templates_are_published_and_pass_their_own_review(
    world: Any, jurisdiction: str
) -> None:
    for clause in clauses_of(jurisdiction):
        for text in clause:
            assert review_clause(text).verdict is Verdict.PASSED, (text, review_clause(text))
    rows = await world.rows(
        "SELECT count(*) AS clauses FROM template_clause c JOIN template_edition e ON e.id = c.edition_id"
        " JOIN lease_template t ON t.id = e.template_id WHERE t.jurisdiction = $1 AND e.state = 'published'",
        jurisdiction,
    )
    assert rows[0]["clauses"] == len(clauses_of(jurisdiction))


def _administrator(world: Any, name: str) -> Any:
    api = world.api("property_administrator")
    token = world.keys.key("property").token(
        roles=("property_administrator",), audience=["tenancy"], name=name
    )
    api.headers["Authorization"] = f"Bearer {token}"
    return api


CLAUSE = {
    "title_en": "Bicycles",
    "text_en": "Bicycles are stored in the bike room.",
    "title_fr": "Vélos",
    "text_fr": "Les vélos se rangent au local à vélos.",
}


@pytest.mark.row("T2", "T3", "W3")
async def test_a_refused_clause_is_not_stored_but_the_attempt_is(world: Any) -> None:
    async with _administrator(world, "Ada Pike") as api:
        refused = await api.post("/clauses", json={**CLAUSE, "text_en": "The tenant must attend treatment."})
        assert (refused.status_code, refused.json()["code"]) == (422, "clause_conditions_tenancy")
        assert "treatment" in refused.json()["detail"]
        assert "retain housing" in refused.json()["detail"]
        french = {**CLAUSE, "text_fr": "Le locataire doit suivre une thérapie."}
        assert (await api.post("/clauses", json=french)).json()["code"] == "clause_conditions_tenancy"
    assert not await world.rows("SELECT 1 FROM organisation_clause WHERE title_en = 'Bicycles'")
    recorded = await world.rows("SELECT verdict, place FROM reviewed_text")
    assert [(row["verdict"], row["place"]) for row in recorded] == [("refused", "clause")] * 2


@pytest.mark.row("T3", "W3", "W11", "X2")
async def test_every_refused_text_of_a_clause_is_named_at_once(world: Any) -> None:
    refused = {
        "text_en": "The tenant must attend treatment.",
        "text_fr": "Le locataire doit suivre une thérapie.",
    }
    async with _administrator(world, "Ada Pike") as api:
        answer = (await api.post("/clauses", json=CLAUSE | refused)).json()
        assert [(one["field"], one["rule"]) for one in answer["errors"]] == [
            (field, "clause_conditions_tenancy") for field in refused
        ]
    written = await world.rows("SELECT text FROM reviewed_text WHERE verdict = 'refused'")
    assert sorted(row["text"] for row in written) == sorted(refused.values())


@pytest.mark.row("T2", "T3", "W3")
async def test_a_clause_goes_into_a_template_when_two_others_approved_its_wording(world: Any) -> None:
    template = (await world.rows("SELECT id FROM lease_template WHERE jurisdiction = 'ca_on'"))[0]["id"]
    draft = f"/lease-templates/{template}/draft"
    async with (
        _administrator(world, "Ada Pike") as author,
        _administrator(world, "Bo Lund") as second,
        _administrator(world, "Cy Reed") as third,
        world.api("property_manager") as manager,
    ):
        clause = (await author.post("/clauses", json=CLAUSE)).json()["clause_id"]
        chosen, approvals = {"source_id": clause}, f"/clauses/{clause}/approvals"
        assert (await author.post(f"{draft}/clauses", json=chosen)).json()["code"] == "no_draft"
        await author.post(draft)

        async def approve(api: Any, wording: int = 1) -> Any:
            answer = (await api.post(approvals, json={"wording": wording})).json()
            return answer.get("code", answer.get("approved"))

        async def add() -> Any:
            answer = await author.post(f"{draft}/clauses", json=chosen)
            return answer.status_code, answer.json().get("code")

        assert (await manager.post(approvals, json={"wording": 1})).status_code == 403
        assert await approve(author) == "approved_by_author"
        assert await add() == (409, "clause_not_approved")
        assert await approve(second) is False
        assert await approve(second) == "approved_by_you"
        assert await add() == (409, "clause_not_approved")
        assert await approve(third) is True
        assert await approve(third) == "nothing_to_approve"

        # A changed text needs approval again, also by those who approved the one before.
        version = (await author.get(f"/clauses/{clause}")).json()["clause"]["version"]
        changed = {
            **CLAUSE,
            "text_en": "Bicycles and scooters are stored in the bike room.",
            "version": version,
        }
        assert (await second.put(f"/clauses/{clause}", json=changed)).status_code == 200
        assert await add() == (409, "clause_not_approved")
        assert await approve(third, 1) == "wording_changed"
        assert await approve(second, 2) == "approved_by_author"
        assert await approve(author, 2) is False
        assert await approve(third, 2) is True

        assert await add() == (201, None)
        assert await add() == (409, "clause_in_draft")
        record = (await third.get(f"/clauses/{clause}")).json()
        assert [one["approver"] for one in record["clause"]["approvals"]] == ["Ada Pike", "Cy Reed"]
        assert {one["verdict"] for one in (*record["english"], *record["french"])} == {"passed"}
        assert (await author.post(f"{draft}/publication")).json() == {"number": 2}
    (stored,) = await world.rows(
        "SELECT text_en, approved_by, source_wording FROM template_clause WHERE title_en = 'Bicycles'"
    )
    assert tuple(stored.values()) == (changed["text_en"], "Ada Pike, Cy Reed", 2)


@pytest.mark.row("T2")
async def test_clauses_that_were_published_before_are_approved_until_they_change(world: Any) -> None:
    template = (await world.rows("SELECT id FROM lease_template WHERE jurisdiction = 'ca_on'"))[0]["id"]
    async with _administrator(world, "Ada Pike") as api:
        shipped = (await api.get("/clauses")).json()
        assert shipped
        assert all(one["approved"] and one["brought_in"] and not one["approvals"] for one in shipped)
        await api.post(f"/lease-templates/{template}/draft")
        assert (await api.post(f"/lease-templates/{template}/draft/publication")).json() == {"number": 2}
        one = shipped[0]
        texts = {name: one[name] for name in CLAUSE}
        await api.put(
            f"/clauses/{one['id']}",
            json={**texts, "text_en": texts["text_en"] + " Pets are welcome.", "version": one["version"]},
        )
        after = (await api.get(f"/clauses/{one['id']}")).json()["clause"]
        assert (after["approved"], after["brought_in"], after["missing"]) == (False, False, 2)


@pytest.mark.row("T3", "W3")
async def test_a_review_says_why_of_each_sentence(world: Any) -> None:
    text = "Rent is due monthly. The tenant must attend treatment. Services are voluntary."
    async with world.api("property_manager") as api:
        review = (await api.post("/clause-reviews", json={"text": text})).json()
    assert review["verdict"] == "refused"
    assert [one["verdict"] for one in review["sentences"]] == ["passed", "refused", "passed"]
    rent, treatment, _ = review["sentences"]
    assert (rent["reason"], rent["words"], rent["rule"]) == ("off_topic", [], None)
    assert "treatment" in " ".join(treatment["words"])
    assert treatment["likelihood"] > 60
    assert "retain housing" in treatment["policy_sentence"]


@pytest.mark.row("T2")
async def test_a_lease_keeps_the_template_version_it_was_drawn_up_from(world: Any) -> None:
    application, _, _ = await world.referral(name={"given": "Robin", "family": "Sample"})
    template = (await world.rows("SELECT id FROM lease_template WHERE jurisdiction = 'ca_on'"))[0]["id"]
    party = {"part": "tenant", "given_name": "Robin", "family_name": "Sample"}
    async with world.api("property_manager", "property_administrator") as api:
        await api.post(f"/applications/{application}/acceptance")
        terms = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": [party]}
        lease = (await api.post("/leases", json={"application_id": str(application), **terms})).json()["id"]
        await api.post(f"/lease-templates/{template}/draft")
        await api.post(f"/lease-templates/{template}/draft/publication")
        assert (await api.get(f"/leases/{lease}")).json()["clauses"]["number"] == 1
        version = (await api.get(f"/leases/{lease}")).json()["version"]
        await api.post(f"/leases/{lease}/amendments", json={"version": version, **terms})
        assert (await api.get(f"/leases/{lease}")).json()["clauses"]["number"] == 2


async def test_models_and_migrations_agree(world: Any) -> None:
    both = MetaData()
    for table in (*Base.metadata.tables.values(), *tables.metadata.tables.values()):
        table.to_metadata(both)
    engine = create_async_engine(world.database.url)
    async with engine.connect() as connection:
        found = await connection.run_sync(lambda c: compare_metadata(MigrationContext.configure(c), both))
    await engine.dispose()
    assert [change for change in found if "alembic_version" not in str(change)] == []
