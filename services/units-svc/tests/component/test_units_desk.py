"""The inventory desk, page by page, in both languages, as people use it (U1, U2, U3, U6, U8, U9, X1, X2)."""

from __future__ import annotations

import csv
import html
import io
import re
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from deskkit.testing import missing_translations
from units_svc.holds.model import HoldState
from units_svc.holds.use import ChangeListing, withdraw_unit
from units_svc.inspections.commands import Area, RecordInspection, record_inspection
from units_svc.inspections.model import Grade, InspectionKind
from units_svc.inventory import queries
from units_svc.inventory.model import Occupancy
from units_svc.landlords.model import Relation
from units_svc.maintenance.commands import AddContractor, AddWork, add_contractor, add_work
from units_svc.privacy.model import MonitoringRefused

LOCALES = pytest.mark.parametrize("locale", ["en", "fr"])


async def _furnished(world: Any, data: Path, visitor: Any) -> dict[str, str]:
    """Fill the inventory with a bit of everything and return ids."""
    landlord = await world.landlord()
    unit = await world.unit(landlord_id=landlord, features=["elevator"], comments="Quiet street.")
    held, request = await world.unit(), uuid.uuid4()
    await world.receive("unit_requested", unit=held, request=request)
    await world.receive("unit_requested", unit=held, request=uuid.uuid4())
    keeper = visitor("inventory_keeper")
    with (data / "register.csv").open("rb") as file:
        target = await keeper.send(
            "/inventory-desk/imports/new",
            {"mapping": "toronto-rentsafe"},
            files={"file": ("register.csv", file, "text/csv")},
        )
    value = await world.value("SELECT id FROM lookup_value WHERE list = 'feature' LIMIT 1")
    contractor = await world.do(add_contractor, AddContractor(name="Pipes & Co", phone="416 555 0100"))
    work = await world.do(
        add_work,
        AddWork(
            unit_id=unit, type="plumbing", description="New tap", contractor_id=contractor,
            scheduled_start=world.clock.now().date(), scheduled_cost=Decimal(120),
        ),
    )  # fmt: skip
    inspection = await world.do(
        record_inspection,
        RecordInspection(
            unit_id=unit, kind=InspectionKind.MOVE_IN, inspected_on=world.clock.now().date(),
            areas=[Area(area="kitchen", grade=Grade.POOR, remark="Tap leaks")],
        ),
    )  # fmt: skip
    with pytest.raises(MonitoringRefused):
        await world.do(add_work, AddWork(unit_id=unit, type="plumbing", description="Hidden camera"))
    return {
        "landlord": str(landlord),
        "unit": str(unit),
        "held": str(held),
        "request": str(request),
        "import": str(target).rsplit("/", 1)[-1],
        "value": str(value),
        "contractor": str(contractor),
        "work": str(work),
        "inspection": str(inspection),
    }


async def _finished(world: Any) -> None:
    """Let the worker do all it has to do."""
    while "import_step" in await world.due():
        pass


PAGES = [
    "",
    "/units",
    "/units?text=example&rent_to=2000&bedrooms_from=1&features=elevator&occupancy=available&sort=rent",
    "/units?sort=-address&text=nowhere+at+all",
    "/units?bedrooms_from=many&active=",
    "/units/new",
    "/units/{unit}",
    "/units/{unit}/details",
    "/units/{unit}/history",
    "/units/{unit}/address/edit",
    "/units/{unit}/details/edit",
    "/units/{unit}/status",
    "/units/{unit}/rent",
    "/units/{unit}/use",
    "/units/{held}/use",
    "/units/{held}/history",
    "/units/{unit}/use/new",
    "/units/{unit}/listing",
    "/units/{held}/listing",
    "/holds",
    "/holds/{request}",
    "/holds/{request}/release",
    "/holds/{request}/deadline",
    "/landlords",
    "/landlords?words=maple&relation=third_party",
    "/landlords/new",
    "/landlords/{landlord}",
    "/landlords/{landlord}/edit",
    "/imports",
    "/imports/new",
    "/imports/template",
    "/imports/{import}",
    "/lists",
    "/lists/feature",
    "/lists/service_provider",
    "/lists/feature/new",
    "/lists/region/new",
    "/lists/feature/{value}",
    "/units/{unit}/maintenance",
    "/units/{unit}/maintenance/new",
    "/maintenance",
    "/maintenance?state=overdue&scheduled_from=2026-01-01",
    "/maintenance/{work}",
    "/maintenance/{work}/edit",
    "/contractors",
    "/contractors/new",
    "/contractors/{contractor}",
    "/contractors/{contractor}/edit",
    "/units/{unit}/photos",
    "/units/{unit}/inspections",
    "/units/{unit}/inspections/new",
    "/inspections/{inspection}",
    "/inspections/{inspection}/edit",
    "/privacy",
    "/reports",
    "/reports/vacancy",
    "/reports/vacancy?by=housing_type&first=2026-01-01&last=2026-12-31",
    "/reports/time-to-relet",
    "/reports/maintenance-cost?by=building",
    "/reports/privacy",
]


@LOCALES
@pytest.mark.row("U1", "U2", "U3", "U5", "U6", "U7", "U8", "U9", "U10", "R3", "X1", "X2", "X6")
async def test_every_page_is_whole_in_both_languages(
    world: Any, data: Path, visitor: Any, locale: str
) -> None:
    ids = await _furnished(world, data, visitor)
    person = visitor("property_administrator", locale=locale)
    for path in PAGES:
        page = await person.see(f"/inventory-desk{path.format(**ids)}")
        assert ("Fermer la session" in page.html) == (locale == "fr"), path


@pytest.mark.row("X1")
def test_everything_has_its_french() -> None:
    assert missing_translations("units_svc", enums=[Occupancy]) == []


@pytest.mark.row("U2", "U3", "X5")
async def test_a_home_is_added_corrected_and_found(world: Any, visitor: Any) -> None:
    keeper = visitor("inventory_keeper")
    target = await keeper.send(
        "/inventory-desk/units/new",
        {
            "street": "12 Rue Sainte-Émilie", "unit_number": "3", "city": "Toronto", "postal_code": "m5v2t6",
            "region": "toronto-east-york", "housing_type": "apartment", "status": "good", "bedrooms": "1",
            "rent": "1 350,50", "features": "elevator", "building_floors": "5", "floor": "2",
        },
    )  # fmt: skip
    page = await keeper.see(target)
    assert "M5V 2T6" in page.text
    found = await keeper.see("/inventory-desk/units?q=emilie")
    assert "3 – 12 Rue Sainte-Émilie" in found.text
    assert "1 home" in found.text
    wrong = await keeper.send(f"{target}/details/edit", {"floor": "9"}, status=422)
    assert "The building has 5 floors; floor 9 is above it." in wrong.text
    await keeper.send(f"{target}/details/edit", {"bedrooms": "2"})
    assert (await world.published()) == ["unit_published", "unit_published"]


@pytest.mark.row("X4")
async def test_the_second_of_two_editors_is_shown_the_difference(world: Any, visitor: Any) -> None:
    unit, first, second = await world.unit(bedrooms=1), visitor(), visitor()
    path = f"/inventory-desk/units/{unit}/details/edit"
    stale = (await second.see(path)).fields()
    await first.send(path, {"bedrooms": "2"})
    refused = await second.client.post(path, data={**stale, "bedrooms": "3"})
    assert refused.status_code == 422
    assert "What differs" in refused.text
    assert await world.value("SELECT bedrooms FROM unit WHERE id = $1", unit) == 2


@pytest.mark.row("U8")
async def test_an_import_is_previewed_written_and_its_wrong_lines_come_back(
    world: Any, data: Path, visitor: Any
) -> None:
    keeper = visitor("inventory_keeper")
    ids = await _furnished(world, data, visitor)
    path = f"/inventory-desk/imports/{ids['import']}"
    assert "You can leave this page" in (await keeper.see(path)).text
    part = await keeper.client.get(f"{path}?seen=reading", headers={"HX-Request": "true"})
    assert 'hx-get="' in part.text
    assert "<h1" not in part.text
    await _finished(world)
    done = await keeper.client.get(path, headers={"HX-Request": "true"})
    assert (done.headers["HX-Refresh"], done.text) == ("true", "")
    page = await keeper.see(path)
    assert "15new homes" in page.text
    assert "4wrong lines" in page.text
    assert await world.value("SELECT count(*) FROM unit") == 2
    answer = await keeper.client.post(f"{path}/write", data=page.fields(f"{path}/write"))
    assert answer.status_code == 303
    assert await world.value("SELECT count(*) FROM unit") == 2, "nothing is written inside a request"
    assert "The records are being written" in (await keeper.see(path)).text
    await _finished(world)
    assert await world.value("SELECT count(*) FROM unit") == 17
    wrong = (await keeper.client.get(f"{path}/wrong-rows.csv")).text
    assert wrong.splitlines()[1].startswith("9000003")
    assert len(wrong.splitlines()) == 5


@pytest.mark.row("U9")
async def test_staff_end_a_hold_after_reading_what_will_be_sent(world: Any, data: Path, visitor: Any) -> None:
    ids = await _furnished(world, data, visitor)
    keeper = visitor("inventory_keeper")
    path = f"/inventory-desk/holds/{ids['request']}/release"
    assert "will receive, word for word" in (await keeper.see(path)).text
    await keeper.send(path, {"remark": ""}, status=422)
    await keeper.send(path, {"remark": "The ceiling came down."})
    assert (
        await world.value("SELECT state FROM hold WHERE request_id = $1", uuid.UUID(ids["request"]))
        == HoldState.RELEASED
    )


@pytest.mark.row("U1")
async def test_the_list_is_exported_without_formulas(world: Any, visitor: Any) -> None:
    await world.unit(building_name="=HYPERLINK(1)", street="1 Example Street")
    answer = await visitor().client.get("/inventory-desk/units/export.csv")
    assert "'=HYPERLINK(1)" in answer.text
    assert answer.headers["content-type"].startswith("text/csv")


@pytest.mark.row("U1")
async def test_a_list_of_any_length_is_exported_whole(
    world: Any, visitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "BATCH", 2)
    for number in range(1, 6):
        await world.unit(street="1 Example Street", unit_number=str(number))
    await world.unit(street="2 Elsewhere Street")
    answer = await visitor().client.get("/inventory-desk/units/export.csv?text=example")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line["unit_number"] for line in lines] == ["1", "2", "3", "4", "5"]
    async with world.api() as nobody:
        assert (await nobody.get("/units/export")).status_code == 403


@pytest.mark.row("U1")
async def test_every_filter_in_use_can_be_taken_away_by_itself(world: Any, visitor: Any) -> None:
    landlord = await world.landlord(name="Maple Homes")
    await world.unit(landlord_id=landlord)
    asked = {
        "text": "example", "city": "Toronto", "region": "toronto-east-york", "landlord_id": str(landlord),
        "accessible": "no", "shareable": "no", "active": "no", "bedrooms_from": "1",
    }  # fmt: skip
    address = "/inventory-desk/units?" + urlencode(asked)
    page = await visitor().see(address)
    chips = re.findall(r'class="chip" href="([^"]+)"', page.html)
    left = [parse_qs(urlsplit(html.unescape(chip)).query) for chip in chips]
    assert sorted(next(iter(set(asked) - set(one))) for one in left) == sorted(asked)
    assert all(len(one) == len(asked) - 1 for one in left)


@pytest.mark.row("U1", "U2")
async def test_the_homes_of_a_building_are_one_link_away_listed_or_not(world: Any, visitor: Any) -> None:
    unit = await world.unit(street="1 Example Street", unit_number="1")
    hidden = await world.unit(street="1 Example Street", unit_number="2")
    await world.do(withdraw_unit, ChangeListing(unit_id=hidden))
    keeper = visitor()
    page = await keeper.see(f"/inventory-desk/units/{unit}")
    link = re.search(r'href="([^"]+)">2 homes<', page.html)
    assert link, page.html
    assert "2 homes" in (await keeper.see(html.unescape(link[1]))).text


@pytest.mark.row("U3", "U4")
async def test_the_details_show_who_lives_there_and_lead_to_why(world: Any, visitor: Any) -> None:
    landlord = await world.landlord(name="Maple Homes")
    unit = await world.unit(landlord_id=landlord)
    page = await visitor().see(f"/inventory-desk/units/{unit}/details")
    assert f'<a href="/inventory-desk/units/{unit}/use">Available</a>' in page.html
    assert f'<a href="/inventory-desk/landlords/{landlord}">Maple Homes</a>' in page.html


@pytest.mark.row("W10")
async def test_a_manager_looks_and_changes_nothing(world: Any, visitor: Any) -> None:
    unit, manager = await world.unit(), visitor("property_manager")
    assert "Edit the details" not in (await manager.see(f"/inventory-desk/units/{unit}/details")).text
    refused = await manager.client.get("/inventory-desk/imports")
    assert refused.status_code == 403
    path = f"/inventory-desk/units/{unit}/rent"
    page = await manager.see(path)
    refused = await manager.client.post(path, data={**page.fields(), "amount": "1"})
    assert refused.status_code in {403, 422}, "in order, but not permitted"
    assert "Your role" in refused.text
    assert await world.value("SELECT count(*) FROM rent WHERE unit_id = $1", unit) == 1


@pytest.mark.row("X3", "U6")
async def test_a_landlords_page_shows_who_changed_what_in_the_readers_words(world: Any, visitor: Any) -> None:
    landlord = await world.landlord(Relation.THIRD_PARTY, "Oak Homes")
    keeper = visitor("inventory_keeper")
    changed = {"relation": "managing_agent", "name": "Oak & Elm", "phone": "416 555 0100"}
    contact = {"contacts-0-name": "Ada Pike", "contacts-0-phone": "416 555 0199"}
    await keeper.send(f"/inventory-desk/landlords/{landlord}/edit", changed | contact)
    await keeper.send(f"/inventory-desk/landlords/{landlord}/edit", {"contacts-0-phone": "416 555 0177"})
    page = await keeper.see(f"/inventory-desk/landlords/{landlord}")
    shown = html.unescape(re.sub(r"<[^>]+>", "\n", page.html.partition("Who changed what")[2]))
    lines = [line.strip() for line in shown.splitlines() if line.strip()]
    assert lines.count("Edited") == 2
    assert "Name: Oak Homes → Oak & Elm" in lines
    assert "Relation to the property entity: A third party → Its managing agent" in lines
    assert "Phone: not known → 416 555 0100" in lines
    assert lines.count("Contacts") == 2
    assert "416 555 0177" not in shown
    assert "Name key" not in shown
    french = await visitor("inventory_keeper", locale="fr").see(f"/inventory-desk/landlords/{landlord}")
    assert "Modifié" in french.html
    async with world.api("property_manager") as manager:
        edits = (await manager.get(f"/landlords/{landlord}/history")).json()
    assert [(one["by"], one["action"]) for one in edits] == [
        ("Kim Okafor", "edited"),
        ("Kim Okafor", "edited"),
        ("Kim Okafor", "added"),
    ]


@pytest.mark.row("X3", "U7")
async def test_a_contractors_page_shows_who_changed_what_to_everybody_who_may_look(
    world: Any, visitor: Any
) -> None:
    contractor = await world.do(add_contractor, AddContractor(name="Pipes & Co", phone="416 555 0100"))
    path = f"/inventory-desk/contractors/{contractor}"
    await visitor("inventory_keeper").send(f"{path}/edit", {"phone": "416 555 0199", "comments": "Prompt."})
    manager = visitor("property_manager")
    page = await manager.see(path)
    assert "Phone: 416 555 0100 → 416 555 0199" in page.html
    assert "/edit" not in page.html
    assert (await manager.see("/inventory-desk/contractors")).html.count(path) == 1
    async with world.api("property_manager") as client:
        edits = (await client.get(f"/contractors/{contractor}/history")).json()
    assert [one["action"] for one in edits] == ["edited", "added"]
    assert edits[0]["changes"]["phone"] == ["416 555 0100", "416 555 0199"]


@pytest.mark.row("X1", "N1")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_the_header_names_the_organisation_of_the_register_in_the_readers_language(
    world: Any, locale: str
) -> None:
    words = world.runtime.parties.party("property").name(locale)
    async with world.desk("inventory_keeper", locale=locale) as browser:
        page = (await browser.get("/inventory-desk")).text
    assert f'<span class="brand-org">{words}</span>' in page
