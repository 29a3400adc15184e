"""A cut-off address and a failure of ours are pages with a way on; programs get problem documents."""

import uuid

import pytest
import structlog

from chassis.db import Database
from deskkit.testing import parse_page


@pytest.mark.row("X6")
@pytest.mark.parametrize(("locale", "words"), [("en", "Page not found"), ("fr", "Page introuvable")])
@pytest.mark.parametrize("address", ["/front-desk/clients/0192f0", "/front-desk/nowhere", "/front-desk/%00"])
async def test_a_cut_or_mistyped_address_is_a_page(world, locale, words, address):
    async with world.desk("caseworker", locale=locale) as browser:
        answer = await browser.get(address)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (404, "text/html")
    page = parse_page(answer.text)
    assert page.h1 == words
    assert "/front-desk" in page.links().values()


@pytest.mark.row("X6")
@pytest.mark.parametrize(
    ("locale", "words"),
    [("en", "Something went wrong on our side"), ("fr", "Une erreur s’est produite de notre côté")],
)
async def test_a_failure_of_ours_is_a_page_with_the_reference_of_its_log_line(world, locale, words):
    connection = await world.database.connect()
    await connection.execute("ALTER TABLE client RENAME TO client_gone")
    await connection.close()
    with structlog.testing.capture_logs() as lines:
        async with world.desk("caseworker", locale=locale) as browser:
            answer = await browser.get("/front-desk/clients")
        async with world.api("caseworker") as api:
            problem = await api.get("/clients")
    assert (answer.status_code, problem.status_code) == (500, 500)
    page = parse_page(answer.text)
    assert page.h1 == words
    logged = [line["reference"] for line in lines if line["event"] == "request_failed"]
    assert logged[0] in page.text
    assert logged[1] == problem.json()["reference"]


@pytest.mark.row("X6")
async def test_too_much_at_once_is_a_page(world):
    async with world.desk("caseworker") as browser:
        answer = await browser.post("/front-desk/clients/new", content=b"x" * 2_000_000)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (413, "text/html")
    parse_page(answer.text)


@pytest.mark.row("X2")
@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/clients", {"q": "a\0b"}, "q"),
        ("/clients", {"stauts": "active"}, "stauts"),
        ("/placements", {"q": "\0"}, "q"),
        ("/homes", {"q": "\0"}, "q"),
        ("/homes", {"rent_to": "1e308"}, "rent_to"),
    ],
)
async def test_a_hostile_query_is_refused_at_its_field(world, path, query, field):
    async with world.api("caseworker") as api:
        answer = await api.get(path, params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.row("X2")
async def test_a_hostile_body_is_refused_at_its_field_and_nothing_is_recorded(world):
    async with world.api("caseworker") as api:
        for body, field in (
            ({"given_name": "a\0b", "family_name": "Marrow"}, "given_name"),
            ({"given_name": "A", "family_name": "B", "date_of_birth": "0001-01-01"}, "date_of_birth"),
            ({"given_name": "A", "family_name": "B", "date_of_birth": "9999-12-31"}, "date_of_birth"),
            ({"given_name": "A", "family_name": "B", "phones": ["416\0"]}, "phones.0"),
        ):
            answer = await api.post("/clients", json={**body, "checked": True})
            assert answer.status_code == 422, answer.text
            assert any(error["field"].startswith(field.split(".")[0]) for error in answer.json()["errors"])
    assert await world.rows("SELECT id FROM client") == []


@pytest.mark.row("X2")
async def test_a_repeated_request_while_the_database_is_away_is_asked_to_wait(world):
    nowhere = world.runtime.database.url.set(port=1).render_as_string(hide_password=False)
    await world.runtime.database.close()
    world.runtime.database = Database(nowhere)
    async with world.api("caseworker", **{"Idempotency-Key": str(uuid.uuid4())}) as api:
        answer = await api.post("/clients", json={"given_name": "A", "family_name": "B", "checked": True})
    assert answer.status_code == 503
