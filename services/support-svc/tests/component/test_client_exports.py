"""What is exported is everything, harmless, and read back by the import without loss (C7)."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from chassis.actor import Actor
from importing.steps import ImportCommand, ReceiveFile
from support_svc.client_imports.commands import apply_import, carry_through, receive_file
from support_svc.client_imports.mapping import MAPPINGS
from support_svc.client_imports.queries import import_problems
from support_svc.clients.commands import (
    CreateClient,
    EditClient,
    FormHousehold,
    create_client,
    edit_client,
    form_household,
)
from support_svc.clients.feature import GENDER, INDIGENOUS_INDICATOR
from support_svc.clients.model import ClientState
from support_svc.clients.queries import client
from support_svc.consents.commands import GiveConsent, WithdrawConsent, give_consent, withdraw_consent
from support_svc.consents.model import ConsentType, GivenHow, Purpose
from support_svc.housing_history.commands import AddHousing, Rent, add_housing
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.settings import Settings
from support_svc.wiring import build_runtime
from testkit.world import settings_of

SUPERVISOR = Actor("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")
DAY = dt.timedelta(days=1)


@pytest_asyncio.fixture
async def another_world(world: Any, fresh_database: Any) -> AsyncIterator[Any]:
    """A second support-svc with an empty database of its own, in another time zone."""
    database = await fresh_database("support")
    settings = settings_of("support", "support", database, world.keys) | {"time_zone": "America/Vancouver"}
    runtime = build_runtime(Settings(**settings), world.clock)
    yield type(world)(runtime, world.clock, database, world.keys)
    await runtime.close()


async def _archive(world: Any, path: str = "/exports/clients") -> dict[str, list[dict[str, str]]]:
    async with world.api("supervisor") as http:
        answer = await http.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return {
        name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
        for name in archive.namelist()
        if name.endswith(".csv")
    }


async def _file(world: Any, name: str) -> bytes:
    async with world.api("supervisor") as http:
        answer = await http.get("/exports/clients")
    return zipfile.ZipFile(io.BytesIO(answer.content)).read(name)


async def _import(world: Any, content: bytes, mapping: str) -> tuple[int, int, int]:
    received = ReceiveFile(MAPPINGS.named(mapping), io.BytesIO(content), "file.csv")
    import_id = await world.do(receive_file, received, SUPERVISOR)
    await carry_through(world.runtime, SUPERVISOR, import_id)
    problems = await world.see(import_problems, import_id, actor=SUPERVISOR)
    assert problems == []
    await world.do(apply_import, ImportCommand(import_id), SUPERVISOR)
    found = await carry_through(world.runtime, SUPERVISOR, import_id)
    return found.new, found.changed, found.unchanged


async def _people(world: Any) -> None:
    """Record people with everything that a record can hold."""
    today = world.runtime.clock.now().date()
    full = CreateClient(
        given_name="Zdenka", family_name="O'Quill-Feather", preferred_name="Zed", other_names="Quill; Ž",
        date_of_birth=dt.date(1984, 2, 29), gender_id=await world.value(GENDER, "woman"),
        indigenous_id=await world.value(INDIGENOUS_INDICATOR, "metis"), disability="yes",
        preferred_language="fr", phones=["+44 20 7946 0958", "250 318 2594"],
        emails=["zed;x@mail.example", "z@x.example"], address_line="-1, rue de l’Érable", city="Québec",
        province="QC", postal_code="G1A 1A1", comments="=1+1\nsecond line, \"quoted\"\n\n@last",
    )  # fmt: skip
    one = await world.do(create_client, full)
    two = await world.do(create_client, CreateClient(family_name="الاحمد", one_name=True, estimated_age=41))
    three = await world.do(create_client, CreateClient(given_name="=Ann", family_name="+Lee", comments="'x"))
    alike = CreateClient(given_name="=Ann", family_name="+Lee", checked=True)
    await world.do(create_client, alike)
    person = await world.see(client, three)
    gone = EditClient(
        client_id=three, version=person.version, state=ClientState.ARCHIVED, given_name="=Ann",
        family_name="+Lee", comments="'x",
    )  # fmt: skip
    await world.do(edit_client, gone)
    await world.do(form_household, FormHousehold(head_id=one, member_ids=[two]))
    share, house = Purpose.SHARE_CONTACT_FOR_TENANCY, Purpose.BE_HOUSED
    for purpose, given, expires, type_ in (
        (house, today - 400 * DAY, today - 40 * DAY, ConsentType.IMPLIED),
        (house, today - 30 * DAY, None, ConsentType.EXPLICIT),
        (share, today - 30 * DAY, today + 30 * DAY, ConsentType.EXPLICIT),
        (Purpose.COORDINATE_SERVICES, today - 9 * DAY, None, ConsentType.DECLINED_ANONYMOUS),
    ):
        consent = GiveConsent(
            client_id=one, purpose=purpose, given_on=given, expires_on=expires, type=type_,
            given_how=GivenHow.WRITTEN, document_reference="-12",
        )  # fmt: skip
        given_id = await world.do(give_consent, consent)
        if purpose is share:
            await world.do(withdraw_consent, WithdrawConsent(client_id=one, consent_id=given_id))
    apartment = await world.value(HOUSING_TYPE, "apartment")
    stay = AddHousing(
        client_id=one, housing_type_id=apartment, address="1 Elm Street", started_on=today - 100 * DAY,
        rent=Rent(amount="800.50", currency="CAD"),
    )  # fmt: skip
    await world.do(add_housing, stay)


@pytest.mark.row("C7", "C1", "C6")
async def test_what_is_exported_is_read_into_an_empty_register_and_exported_the_same(
    world: Any, another_world: Any
) -> None:
    await _people(world)
    exported = await _archive(world)
    assert [len(rows) for rows in exported.values()] == [4, 4, 2, 1, 1]
    other = another_world
    assert await _import(other, await _file(world, "clients.csv"), "partywall-clients") == (4, 0, 0)
    assert await _import(other, await _file(world, "consents.csv"), "partywall-consents") == (4, 0, 0)
    again = await _archive(other)
    for name, key in (("clients.csv", "client"), ("consents.csv", "consent")):
        assert sorted(again[name], key=lambda row: row[key]) == sorted(
            exported[name], key=lambda row: row[key]
        )
    assert {one["status"] for one in again["consents.csv"]} == {"active", "superseded", "withdrawn"}


@pytest.mark.row("C7")
async def test_our_own_export_changes_nothing_where_it_came_from(world: Any) -> None:
    await _people(world)
    before = await world.rows("SELECT * FROM client ORDER BY id")
    consents = await world.rows("SELECT * FROM consent ORDER BY id")
    assert await _import(world, await _file(world, "clients.csv"), "partywall-clients") == (0, 0, 4)
    assert await _import(world, await _file(world, "consents.csv"), "partywall-consents") == (0, 0, 4)
    assert await world.rows("SELECT * FROM client ORDER BY id") == before
    assert await world.rows("SELECT * FROM consent ORDER BY id") == consents


@pytest.mark.row("C7")
async def test_no_cell_of_an_export_is_run_by_a_spreadsheet(world: Any) -> None:
    """Case 45: what was typed stays as typed, with an apostrophe before it."""
    await _people(world)
    for rows in (await _archive(world)).values():
        for row in rows:
            assert not [cell for cell in row.values() if cell[:1] in tuple("=+-@\t\r")], row
    (phone, *_) = [one["phones"] for one in (await _archive(world))["clients.csv"] if one["phones"]]
    assert phone == "'+44 20 7946 0958;+1 250-318-2594"


@pytest.mark.row("C7", "X3")
async def test_one_client_is_exported_with_everything_and_the_view_is_logged(world: Any) -> None:
    await _people(world)
    one = next(
        row["client"] for row in (await _archive(world))["clients.csv"] if row["given_name"] == "Zdenka"
    )
    before = len(await world.rows("SELECT 1 FROM access_log WHERE record_id = $1", one))
    exported = await _archive(world, f"/exports/clients/{one}")
    sizes = {name: len(rows) for name, rows in exported.items()}
    assert sizes == {"clients.csv": 1, "consents.csv": 4, "households.csv": 1, "stays.csv": 1, "rents.csv": 1}
    logged = await world.rows("SELECT query FROM access_log WHERE record_id = $1 ORDER BY at, id", one)
    assert [row["query"] for row in logged[before:]] == ["client_exports.exported_clients"]


@pytest.mark.row("C7", "W10")
async def test_only_a_supervisor_exports_and_nobody_learns_of_others(world: Any) -> None:
    unknown = "018f0000-0000-7000-8000-000000000000"
    for role, wanted in (("caseworker", 403), ("support_administrator", 403), ("supervisor", 200)):
        async with world.api(role) as http:
            assert (await http.get("/exports/clients")).status_code == wanted
            one = await http.get(f"/exports/clients/{unknown}")
            assert one.status_code == (404 if wanted == 200 else 403)
            assert (await http.get("/imports")).status_code == (403 if role == "caseworker" else 200)
