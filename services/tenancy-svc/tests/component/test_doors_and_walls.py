"""Who may do what (W3 W10), what isn't let through, and that models, migrations and languages agree."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.db import tables
from chassis.http.routes import account_for
from tenancy_svc.access import ROLES, Permission
from tenancy_svc.migrations.versions.v2_lease_templates import SHIPPED, clauses_of
from tenancy_svc.models import metadata
from trade.text_review.clauses import review_clause
from trade.text_review.verdicts import Verdict


@pytest.mark.row("W3", "T1")
@pytest.mark.parametrize(
    "reason",
    ["credit", "rental_history", "criminal_record", "not_housing_ready", "refused_services", "sobriety"],
)
async def test_a_reason_that_housing_first_forbids_does_not_exist(world: Any, reason: str) -> None:
    application, _, _ = await world.referral(name={"given": "Robin", "family": "Sample"})
    async with world.client("property_manager") as api:
        answer = await api.post(f"/applications/{application}/decline", json={"reason": reason})
    assert answer.status_code == 422
    assert await world.told() == ["application_opened"]


@pytest.mark.row("W10")
@pytest.mark.parametrize("entity", ["support"])
async def test_nobody_of_the_support_organisation_gets_in(world: Any, entity: str) -> None:
    async with world.client("caseworker", "property_manager", entity=entity) as api:
        for path in ("/applications", "/leases", "/signings", "/my-day", "/homes"):
            assert (await api.get(path)).status_code == 401


@pytest.mark.row("W10")
async def test_there_is_no_route_and_no_permission_for_records_of_support(world: Any) -> None:
    words = ("client", "case", "consent", "diversion", "placement", "subsid", "follow", "housing-history")
    for route in account_for(world.app):
        assert not any(word in route.path for word in words), route
    for permission in Permission:
        assert not any(word in permission.value for word in words), permission
    assert set(ROLES) == {"property_manager", "property_administrator", "inventory_keeper"}


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
        "SELECT count(*) AS clauses FROM template_clauses c JOIN template_editions e ON e.id = c.edition_id"
        " JOIN lease_templates t ON t.id = e.template_id WHERE t.jurisdiction = $1 AND e.state = 'published'",
        jurisdiction,
    )
    assert rows[0]["clauses"] == len(clauses_of(jurisdiction))


@pytest.mark.row("T2", "T3", "W3")
async def test_a_refused_clause_is_not_stored_but_the_attempt_is(world: Any) -> None:
    template = (await world.rows("SELECT id FROM lease_templates WHERE jurisdiction = 'ca_on'"))[0]["id"]
    clause = {"title_en": "Support", "title_fr": "Soutien", "text_fr": "Le locataire paie le loyer."}
    async with world.client("property_administrator") as api:
        base = f"/lease-templates/{template}/draft"
        early = await api.post(f"{base}/clauses", json={**clause, "text_en": "Rent is due monthly."})
        assert early.json()["code"] == "no_draft"
        assert (await api.post(base)).status_code == 201
        refused = await api.post(
            f"{base}/clauses", json={**clause, "text_en": "The tenant must attend treatment."}
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "clause_conditions_tenancy")
        assert "treatment" in refused.json()["detail"]
        assert "retain housing" in refused.json()["detail"]
        french = {**clause, "text_en": "Rent.", "text_fr": "Le locataire doit suivre une thérapie."}
        assert (await api.post(f"{base}/clauses", json=french)).json()["code"] == "clause_conditions_tenancy"
        assert (await api.post(f"{base}/publication")).json() == {"number": 2}
    assert not await world.rows("SELECT 1 FROM template_clauses WHERE title_en = 'Support'")
    kept = await world.rows("SELECT verdict, place FROM reviewed_texts")
    assert [(row["verdict"], row["place"]) for row in kept] == [("refused", "lease_template")] * 2


@pytest.mark.row("T3", "W3")
async def test_a_review_says_why_of_each_sentence(world: Any) -> None:
    text = "Rent is due monthly. The tenant must attend treatment. Services are voluntary."
    async with world.client("property_manager") as api:
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
    template = (await world.rows("SELECT id FROM lease_templates WHERE jurisdiction = 'ca_on'"))[0]["id"]
    party = {"part": "tenant", "given_name": "Robin", "family_name": "Sample"}
    async with world.client("property_manager", "property_administrator") as api:
        await api.post(f"/applications/{application}/acceptance")
        terms = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": [party]}
        lease = (await api.post("/leases", json={"application_id": str(application), **terms})).json()["id"]
        await api.post(f"/lease-templates/{template}/draft")
        await api.post(f"/lease-templates/{template}/draft/publication")
        assert (await api.get(f"/leases/{lease}")).json()["clauses"]["number"] == 1
        version = (await api.get(f"/leases/{lease}")).json()["version"]
        await api.post(f"/leases/{lease}/amendments", json={"version": version, **terms})
        assert (await api.get(f"/leases/{lease}")).json()["clauses"]["number"] == 2


async def test_models_and_migrations_say_the_same(world: Any) -> None:
    both = MetaData()
    for table in (*metadata.tables.values(), *tables.metadata.tables.values()):
        table.to_metadata(both)
    engine = create_async_engine(world.database.url)
    async with engine.connect() as connection:
        found = await connection.run_sync(lambda c: compare_metadata(MigrationContext.configure(c), both))
    await engine.dispose()
    assert [change for change in found if "alembic_version" not in str(change)] == []
