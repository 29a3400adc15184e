"""What the wall refuses, tried on the running stack: broker, databases, Traefik and services."""

from __future__ import annotations

from uuid import uuid4

import pytest

from partywall.journey import STEPS
from testkit.live import Live, trespasses

SERVICES = ("units", "support", "tenancy")
PAIRS = [(service, other) for service in SERVICES for other in SERVICES if service != other]


@pytest.mark.row("W1", "N2")
@pytest.mark.parametrize(("service", "other"), PAIRS)
async def test_the_broker_refuses_forged_private_and_foreign_subjects(
    live: Live, service: str, other: str
) -> None:
    """A service can neither publish as another, nor subscribe to it, nor read its stream."""
    attempts = trespasses(live.back.seats[service], live.back.seats[other])
    answers = await live.broker_refuses(service, attempts)
    assert set(answers.values()) <= {"refused", "nobody there"}, answers
    assert len(answers) == len(attempts)


@pytest.mark.row("W1")
@pytest.mark.parametrize(("service", "other"), PAIRS)
async def test_a_database_refuses_the_role_of_another_service(live: Live, service: str, other: str) -> None:
    """The server itself refuses: the role doesn't exist there, or may not connect."""
    refusal = await live.database_refuses(service, other)
    assert refusal in {"28000", "28P01", "42501", "unreachable"}, refusal


@pytest.mark.row("W10")
async def test_a_token_of_one_organisation_gets_nowhere_in_the_other(live: Live) -> None:
    """Not at Traefik (no route), not at the service (another issuer and audience)."""
    async with live.person("property", "property_manager") as manager:
        property_token = await manager.token()
    async with live.person("support", "caseworker") as caseworker:
        support_token = await caseworker.token()
    crossed = [
        ("support", "/api/support/v1/placements", property_token),
        ("property", "/api/tenancy/v1/leases", support_token),
        ("property", "/api/units/v1/units", support_token),
    ]
    for entity, path, token in crossed:
        async with live.door(entity).client() as client:
            answer = await client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, path
    for entity, path in (("property", "/api/support/v1/placements"), ("support", "/api/tenancy/v1/leases")):
        async with live.door(entity).client() as client:
            answer = await client.get(path, headers={"Authorization": f"Bearer {property_token}"})
        assert answer.status_code == 404, path


@pytest.mark.row("W1", "W2")
async def test_no_word_of_the_support_side_is_in_any_byte_that_crossed(live: Live) -> None:
    """No stream and no database of the property side contains notes of the support side."""
    canary = f"canary-{uuid4().hex}"
    async with live.journey("Canary", "Household") as journey:
        for step in STEPS[:2]:
            await journey.take(step)
        caseworker = journey.caseworker
        record = await caseworker.get(f"/api/support/v1/clients/{journey.client}")
        reasons = await caseworker.get("/api/support/v1/lookups/reason_not_secured")
        await caseworker.post(
            f"/api/support/v1/placements/{journey.placement}/attempts",
            {
                "attempted_on": live.today(),
                "reason_id": reasons[0]["id"],
                "caseworker": await caseworker.subject(),
                "comments": f"{canary} missed two appointments",
            },
        )
        for step in STEPS[2:]:
            await journey.take(step)
        number = str(record["number"])
    await live.all_acted_on()
    published = await live.everything_published()
    assert canary not in published
    assert journey.client not in published
    assert f'"{number}"' not in published
    for service in ("tenancy", "units"):
        stored = await live.everything_stored(service)
        assert canary not in stored
        assert journey.client not in stored
        assert journey.placement not in stored
    # The same search finds it where it belongs, so it works.
    assert canary in await live.everything_stored("support")


@pytest.mark.row("W10")
async def test_the_demo_people_can_sign_in_only_at_home(live: Live) -> None:
    """The same address and password at the other organisation are refused like any wrong ones."""
    account = live.account("support", "caseworker")
    body = {"email": account.email, "password": account.password}
    async with live.door("property").client() as client:
        refused = await client.post("/api/gateway/v1/sign-in", json=body)
    async with live.door("support").client() as client:
        accepted = await client.post("/api/gateway/v1/sign-in", json=body)
    assert (refused.status_code, accepted.status_code) == (401, 200)
