"""Imports on a real database: what is written, what is reported, what a second time changes (U8)."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.actor import Actor
from contracts import units
from contracts.envelope import read
from importing.model import FileUnreadable, NotReady
from importing.steps import ImportCommand, ReceiveFile
from units_svc.imports.commands import apply_import, carry_through, discard_import, receive_file
from units_svc.imports.mapping import MAPPINGS
from units_svc.imports.queries import import_problems, import_record, wrong_rows
from units_svc.imports.views import UnitImportView as ImportView
from units_svc.inventory.commands import EditDetails, edit_details
from units_svc.inventory.listing import publish_listing
from units_svc.inventory.model import Unit
from units_svc.inventory.queries import unit_list, unit_record
from units_svc.inventory.searching import UnitFilter
from units_svc.landlords.model import ManagedBy

REGISTER = Path(__file__).parents[5] / "shared" / "data" / "toronto-rentsafe" / "registrations.csv"
KEEPER = Actor("staff-1", "property", frozenset({"inventory_keeper"}), "Kim Okafor")
HEADER = (
    "address,unit,city,province,postal_code,housing_type,rent,bedrooms,"
    "floor,building_floors,landlord,features"
)


async def _load(
    world: Any, content: str | bytes | Path, mapping: str = "unit-list", **options: Any
) -> ImportView:
    """Send a file and let it be read and compared."""
    raw = await asyncio.to_thread(content.read_bytes) if isinstance(content, Path) else content
    raw = raw.encode() if isinstance(raw, str) else raw
    received = ReceiveFile(MAPPINGS.named(mapping), io.BytesIO(raw), "file.csv", **options)
    return await carry_through(world.runtime, KEEPER, await world.do(receive_file, received))


async def _write(world: Any, import_id: UUID) -> tuple[int, int, int]:
    await world.do(apply_import, ImportCommand(import_id))
    return _counts(await carry_through(world.runtime, KEEPER, import_id))


async def _import(
    world: Any, content: str | bytes | Path, mapping: str = "unit-list"
) -> tuple[int, int, int]:
    return await _write(world, (await _load(world, content, mapping)).id)


def _counts(found: ImportView) -> tuple[int, int, int]:
    return found.new, found.changed, found.unchanged


@pytest.mark.row("U8")
async def test_a_register_becomes_homes_and_its_dirt_is_named_by_line_and_column(
    world: Any, data: Path
) -> None:
    loaded = await _load(world, data / "register.csv", "toronto-rentsafe")
    assert (loaded.rows, *_counts(loaded)) == (7, 15, 0, 0)
    assert await world.value("SELECT count(*) FROM unit") == 0, "a preview writes nothing"
    problems = [(p.line, p.column, p.rule) for p in await world.see(import_problems, loaded.id)]
    assert problems == [
        (4, "CONFIRMED_UNITS", "out_of_range"),
        (5, "PCODE", "not_a_postal_code"),
        (6, "PROPERTY_TYPE", "missing"),
        (7, None, "address_twice"),
    ]
    assert [row.cells[0] for row in await world.see(wrong_rows, loaded.id)] == [
        "9000003", "9000004", "9000005", "9000006",
    ]  # fmt: skip

    assert await _write(world, loaded.id) == (15, 0, 0)
    found = await world.see(unit_list, UnitFilter(text="22 Example"))
    home = await world.see(unit_record, found.items[0].id)
    assert (home.street, home.unit_number, home.building_floors, home.year_built) == (
        "22 Example St E",
        "R-1",
        12,
        1970,
    )
    assert (home.landlord, home.manager.managed_by, home.region) == (
        "Toronto Community Housing Corporation",
        ManagedBy.PROPERTY_ENTITY,
        "toronto-east-york",
    )
    assert (home.rent_amount, home.bedrooms, home.postal_code, home.postal_area) == (None, None, None, "M5A")
    assert home.features == ["balcony", "elevator", "intercom", "laundry_in_building", "pool"]
    private = await world.see(unit_record, (await world.see(unit_list, UnitFilter(text="model"))).items[0].id)
    assert (private.street, private.landlord) == ("1-3 Model Ave W", "LANTERN HOMES INC.")
    assert private.manager.managed_by is ManagedBy.THIRD_PARTY
    assert (await world.published()) == ["unit_published"] * 15


@pytest.mark.row("U8")
async def test_a_second_import_changes_nothing_and_leaves_staffs_corrections(world: Any, data: Path) -> None:
    await _import(world, data / "register.csv", "toronto-rentsafe")
    found = await world.see(unit_list, UnitFilter(text="22 Example"))
    home = await world.see(unit_record, found.items[0].id)
    changed = {name: getattr(home, name) for name in EditDetails.model_fields if hasattr(home, name)}
    await world.do(
        edit_details, EditDetails(**{**changed, "unit_id": home.id, "housing_type": "studio", "bedrooms": 0})
    )
    before = len(await world.published())
    assert await _import(world, data / "register.csv", "toronto-rentsafe") == (0, 0, 15)
    assert len(await world.published()) == before
    again = await world.see(unit_record, home.id)
    assert (again.housing_type, again.bedrooms, again.version) == ("studio", 0, home.version + 1)


@pytest.mark.row("U8")
async def test_what_changed_in_the_file_is_changed_and_published_and_nothing_else(
    world: Any, data: Path
) -> None:
    await _import(world, data / "register.csv", "toronto-rentsafe")
    before = len(await world.published())
    text = (data / "register.csv").read_text().replace(",6,12,1970,", ",7,12,1971,")
    assert await _import(world, text, "toronto-rentsafe") == (1, 6, 9)
    assert len(await world.published()) == before + 7
    years = await world.rows("SELECT DISTINCT year_built FROM unit WHERE address_order LIKE 'example st e%'")
    assert years == [{"year_built": 1971}]


@pytest.mark.row("U8", "U1")
async def test_listings_published_in_bulk_are_those_published_one_by_one(world: Any, data: Path) -> None:
    await _import(world, data / "register.csv", "toronto-rentsafe")
    unit_id = (await world.see(unit_list, UnitFilter(text="22 Example"))).items[0].id
    in_bulk = (await world.rows("SELECT data FROM outbox WHERE aggregate = $1", str(unit_id)))[0]["data"]
    async with world.runtime.transaction(Actor.system("test", "property")) as tx:
        await publish_listing(tx, await tx.session.get_one(Unit, unit_id))
    alone = await world.last_published(units.UnitPublishedV1)
    event = read(units.UnitPublishedV1, in_bulk)
    assert event.data == alone.data.model_copy(update={"listing_version": event.data.listing_version})
    assert (event.source, event.type, event.dataschema, event.subject) == (
        alone.source, alone.type, alone.dataschema, alone.subject,
    )  # fmt: skip
    assert event.aggregateversion == event.data.listing_version == 1


BAD = [
    ("1 Example St,1,Toronto,ON,V5K 0A1,apartment,,,,,,", "postal_code", "postal_code_of_another_province"),
    ("1 Example St,1,Toronto,ON,ABC,apartment,,,,,,", "postal_code", "not_a_postal_code"),
    ("1 Example St,1,Toronto,XX,,apartment,,,,,,", "province", "not_a_province"),
    ("1 Example St,1,Toronto,ON,,apartment,-5,,,,,", "rent", "below_zero"),
    ("1 Example St,1,Toronto,ON,,apartment,lots,,,,,", "rent", "not_an_amount"),
    ("1 Example St,1,Toronto,ON,,apartment,,,9,4,,", "floor", "floor_above_building"),
    ("1 Example St,1,Toronto,ON,,castle,,,,,,", "housing_type", "not_on_the_list"),
    (",1,Toronto,ON,,apartment,,,,,,", "address", "missing"),
    ("<b>1</b>,1,Toronto,ON,,apartment,,,,,,", "address", "not_allowed"),
    ("1 Example St,1,Toronto,ON,,apartment,,two,,,,", "bedrooms", "not_a_number"),
    ("1 Example St,1,Toronto,ON,,apartment,,,,,,elevator;moat", "features", "not_on_the_list"),
]


@pytest.mark.row("U8", "U2", "U3")
@pytest.mark.parametrize(("line", "column", "rule"), BAD, ids=[f"{c}-{r}" for _, c, r in BAD])
async def test_a_wrong_row_names_its_column_and_rule_and_the_others_go_through(
    world: Any, line: str, column: str, rule: str
) -> None:
    good = "2 Example St,7,Toronto,ON,M5A 1A1,apartment,$1 200.00,1,2,4,Ada's Homes,elevator;intercom"
    loaded = await _load(world, f"{HEADER}\n{line}\n{good}\n")
    (problem,) = await world.see(import_problems, loaded.id)
    assert (problem.line, problem.column, problem.rule) == (2, column, rule)
    assert await _write(world, loaded.id) == (1, 0, 0)
    assert (await world.see(import_record, loaded.id)).wrong_rows == 1


@pytest.mark.row("U8")
async def test_the_template_reads_what_spreadsheets_write(world: Any) -> None:
    rows = (
        "Address;Unit;City;Province;Housing_Type;Rent;Accessible;Landlord\r\n"
        "12, rue de l’Église;3;Québec;QC;apartment;1 150,50 $;oui;Société d’habitation Épinette\r\n"
    )
    for content in (rows.encode("cp1252"), b"\xef\xbb\xbf" + rows.encode(), rows.encode("utf-16")):
        counts = await _import(world, content)
        assert counts in ((1, 0, 0), (0, 0, 1))
    (home,) = (await world.see(unit_list, UnitFilter(text="eglise"))).items
    assert (home.street, home.city, str(home.rent_amount)) == ("12, rue de l’Église", "Québec", "1150.50")
    assert home.landlord == "Société d’habitation Épinette"


@pytest.mark.row("U8")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest", "isn't a text file"),
        (b"name,colour\nA,red\n", "no column"),
        (b"address,city\n\x00\x00,x\n", "isn't a text file"),
    ],
)
async def test_what_is_no_table_is_refused_in_words(world: Any, content: bytes, words: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        await _load(world, content)
    assert words in str(refused.value)
    assert await world.value("SELECT count(*) FROM unit_import") == 0


@pytest.mark.row("U8")
async def test_an_import_is_written_once_and_a_discarded_one_never(world: Any, data: Path) -> None:
    loaded = await _load(world, data / "register.csv", "toronto-rentsafe", row_limit=2)
    assert _counts(loaded) == (10, 0, 0)
    await _write(world, loaded.id)
    with pytest.raises(NotReady):
        await _write(world, loaded.id)
    other = await _load(world, data / "register.csv", "toronto-rentsafe")
    await world.do(discard_import, ImportCommand(other.id))
    with pytest.raises(NotReady):
        await _write(world, other.id)
    assert await world.value("SELECT count(*) FROM unit") == 10
    assert await world.value("SELECT count(*) FROM import_row") == 0


@pytest.mark.row("U8")
def test_a_mapping_that_makes_no_sense_is_refused_in_words() -> None:
    with pytest.raises(FileUnreadable, match="city"):
        MAPPINGS.parse('name="x"\ntitle_en="x"\ntitle_fr="x"\nsource="x"\n[fields]\n', form="toml")
    with pytest.raises(FileUnreadable):
        MAPPINGS.parse("{", form="json")


@pytest.mark.row("U8")
async def test_over_the_api_a_file_is_sent_previewed_and_written(world: Any, data: Path) -> None:
    async with world.api("inventory_keeper") as client:
        with (data / "register.csv").open("rb") as file:
            begun = await client.post(
                "/imports",
                data={"mapping": "toronto-rentsafe"},
                files={"file": ("register.csv", file, "text/csv")},
            )
        assert (begun.status_code, begun.json()["state"]) == (202, "reading"), begun.text
        path = f"/imports/{begun.json()['id']}"
        while (read := (await client.get(path)).json())["state"] != "ready":
            await world.due()
        assert (read["new"], read["wrong_rows"], read["progress"]) == (15, 4, 100)
        assert (await client.get(f"{path}/problems")).json()[0]["line"] == 4
        written = await client.post(f"{path}/application")
        assert (written.status_code, written.json()["state"]) == (202, "applying")
        assert (await client.post(f"{path}/application")).status_code == 409
        while (await client.get(path)).json()["state"] != "done":
            await world.due()
        listed = (await client.get("/units", params={"text": "nowhere", "limit": 2})).json()
        assert listed["items"] == []
        page = (await client.get("/units", params={"text": "example", "limit": 2})).json()
        rest = (
            await client.get("/units", params={"text": "example", "limit": 200, "after": page["next"]})
        ).json()
        assert len(page["items"]) + len(rest["items"]) == 10
    async with world.api("property_manager") as client:
        assert (await client.get("/imports")).status_code == 403


@pytest.mark.row("U8")
async def test_the_command_line_imports_and_prints_what_it_did(world: Any, data: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "units_svc",
        "import",
        str(data / "register.csv"),
        "--mapping",
        "toronto-rentsafe",
    ]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *more],
            env=world.environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    dry = run("--dry-run")
    assert (dry.returncode, "Dry run: nothing was written." in dry.stdout) == (1, True), dry.stderr
    assert (
        "line 5, column PCODE: “M53” isn't the first half of a postal code. [not_a_postal_code]" in dry.stdout
    )
    assert "homes: 15 new, 0 changed, 0 unchanged" in dry.stdout
    done = run("--limit", "2")
    assert (done.returncode, "Written." in done.stdout) == (0, True), done.stderr
    assert await world.value("SELECT count(*) FROM unit") == 10


@pytest.mark.row("U8")
@pytest.mark.skipif(
    not REGISTER.exists(), reason="the city's register isn't at hand; our own file stands in above"
)
async def test_the_citys_own_register_is_read_whole(world: Any) -> None:
    loaded = await _load(world, REGISTER, "toronto-rentsafe", row_limit=400)
    assert loaded.rows == 400
    assert await _write(world, loaded.id) == _counts(loaded)
    again = await _load(world, REGISTER, "toronto-rentsafe", row_limit=400)
    assert (again.new, again.changed) == (0, 0)
    assert again.unchanged == loaded.new
