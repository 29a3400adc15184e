"""What a file's columns, commas and days mean, and homes that a newer file no longer names (U8)."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.actor import Actor
from importing.model import FileUnreadable
from importing.steps import ImportCommand, ReceiveFile
from trade.csv_import.notation import NO_CHOICES, Choices, Notation
from units_svc.imports.commands import (
    AnswerNotation,
    answer_notation,
    apply_import,
    carry_through,
    receive_file,
    withdraw_missing,
)
from units_svc.imports.mapping import MAPPINGS, Mapping
from units_svc.imports.queries import import_columns, import_missing, import_problems
from units_svc.imports.views import UnitImportView as ImportView
from units_svc.inventory.queries import unit_list, unit_record
from units_svc.inventory.searching import UnitFilter

pytestmark = pytest.mark.row("U8")
KEEPER = Actor("staff-1", "property", frozenset({"inventory_keeper"}), "Kim Okafor")
HEAD = "address;unit;city;province;housing_type"


async def _read(world: Any, content: str, mapping: Mapping | None = None, **more: Any) -> ImportView:
    received = ReceiveFile(
        mapping or MAPPINGS.named("unit-list"), io.BytesIO(content.encode()), "homes.csv", **more
    )
    return await carry_through(world.runtime, KEEPER, await world.do(receive_file, received))


async def _write(world: Any, found: ImportView) -> ImportView:
    await world.do(apply_import, ImportCommand(found.id))
    return await carry_through(world.runtime, KEEPER, found.id)


async def _rules(world: Any, import_id: UUID) -> list[tuple[int, str | None, str]]:
    return [(p.line, p.column, p.rule) for p in await world.see(import_problems, import_id)]


async def _homes(world: Any) -> dict[str, Any]:
    found = await world.see(unit_list, UnitFilter(text=""))
    return {home.street: await world.see(unit_record, home.id) for home in found.items}


async def test_commas_are_decimals_or_thousands_by_what_their_column_holds(world: Any) -> None:
    rows = (
        "1 Elm St;1;Toronto;ON;apartment;2,0;640,0;1350,000;43,6532\n"
        "2 Elm St;1;Toronto;ON;apartment;3,0;1,000;950,000;43,7\n"
        "3 Elm St;1;Toronto;ON;apartment;1,5;700,0;1 400,50;43,8\n"
    )
    found = await _read(world, f"{HEAD};bedrooms;area_square_feet;rent;latitude\n{rows}")
    assert await _rules(world, found.id) == [(4, "bedrooms", "not_a_number")]
    columns = await world.see(import_columns, found.id)
    assert {(one.column, one.habit, one.asked) for one in columns.habits} == {
        ("bedrooms", Notation.COMMA, False),
        ("area_square_feet", Notation.COMMA, False),
        ("rent", Notation.COMMA, False),
    }
    await _write(world, found)
    homes = await _homes(world)
    first, second = homes["1 Elm St"], homes["2 Elm St"]
    assert (first.bedrooms, first.area_square_feet, first.rent_amount) == (2, 640, Decimal(1350))
    assert (first.latitude, second.rent_amount) == (Decimal("43.6532"), Decimal(950))
    assert second.area_square_feet == 1, "a thousand would have no decimal mark in this column"


async def test_english_thousands_stay_thousands(world: Any) -> None:
    rows = "1 Elm St;1;Toronto;ON;apartment;1,350\n2 Elm St;1;Toronto;ON;apartment;1,425\n"
    found = await _read(world, f"{HEAD};rent\n{rows}", at_once=True)
    assert (found.new, found.wrong_rows) == (2, 0)
    assert {home.rent_amount for home in (await _homes(world)).values()} == {Decimal(1350), Decimal(1425)}


async def test_what_can_be_read_in_two_ways_is_refused_and_asked_about(world: Any, visitor: Any) -> None:
    rows = "1 Elm St;1;Toronto;ON;apartment;1,350;3/4/2026\n2 Elm St;1;Toronto;ON;apartment;1,200;5/5/2026\n"
    found = await _read(world, f"{HEAD};Loyer;Disponible dès\n{rows}")
    assert await _rules(world, found.id) == [
        (2, "Loyer", "unclear_number"),
        (2, "Disponible dès", "unclear_day"),
        (3, "Loyer", "unclear_number"),
    ]
    path = f"/inventory-desk/imports/{found.id}"
    keeper = visitor("inventory_keeper", locale="fr")
    page = await keeper.see(path)
    assert "« 3/4/2026 » peut désigner deux jours" in re.sub(r"[\u00a0\u202f]", " ", page.html)
    for words in ("Nombre à double sens", "Jour à double sens", "dans : Loyer", "dans : Disponible dès"):
        assert words in re.sub(r"[\u00a0\u202f]", " ", page.html)
    assert "Unclear" not in page.html
    target = f"{path}/answers"
    sent = await keeper.send(path, {"decimal": "point", "days": "day_first"}, action=target)
    assert sent == path
    again = await carry_through(world.runtime, KEEPER, found.id)
    assert (again.new, again.wrong_rows) == (2, 0)
    assert "la virgule" not in (await keeper.see(path)).html
    await _write(world, again)
    homes = await _homes(world)
    assert homes["1 Elm St"].rent_amount == Decimal(1350)
    day = await world.value("SELECT free_from FROM occupation LIMIT 1") or homes["1 Elm St"].available_from
    assert day is None, "a home that is free has no day from which it is"


async def test_the_same_answers_can_be_sent_with_the_file(world: Any) -> None:
    row = "1 Elm St;1;Toronto;ON;apartment;1,350;3/4/2025\n"
    choices = Choices(Notation.POINT, Notation.MONTH_FIRST)
    found = await _read(world, f"{HEAD};rent;status_observed_on\n{row}", at_once=True, choices=choices)
    assert (found.new, found.wrong_rows) == (1, 0)
    home = (await _homes(world))["1 Elm St"]
    assert (home.rent_amount, home.status_observed_on.isoformat()) == (Decimal(1350), "2025-03-04")


async def test_one_day_that_can_be_read_one_way_only_decides_how_the_others_are(world: Any) -> None:
    rows = "".join(
        f"{at} Elm St;1;Toronto;ON;apartment;{day}\n" for at, day in enumerate(("3/4/2025", "12/31/2025"), 1)
    )
    found = await _read(world, f"{HEAD};status_observed_on\n{rows}", at_once=True)
    assert found.wrong_rows == 0
    homes = await _homes(world)
    assert homes["1 Elm St"].status_observed_on.isoformat() == "2025-03-04"


async def test_the_first_and_the_last_year_mean_that_nothing_is_known(world: Any) -> None:
    rows = (
        "1 Elm St;1;Toronto;ON;apartment;0001-01-01;9999-12-31;occupied_by_other\n"
        "2 Elm St;1;Toronto;ON;apartment;2026-01-05;31/12/9999;available\n"
        "3 Elm St;1;Toronto;ON;apartment;1620-01-05;;available\n"
    )
    found = await _read(world, f"{HEAD};status_observed_on;available_from;occupancy\n{rows}", at_once=True)
    assert await _rules(world, found.id) == [(4, "status_observed_on", "day_out_of_range")]
    homes = await _homes(world)
    assert {home.available_from for home in homes.values()} == {None}
    assert homes["1 Elm St"].status_observed_on == world.clock.now().date()
    assert set(await world.published()) == {"unit_published"}


async def test_a_french_table_with_a_title_a_sep_line_and_labels_is_read(world: Any) -> None:
    content = (
        "sep=;\nLogements de la Ville, 2026\n\n"
        "Adresse;Logement;Ville;Province;Type de logement;État;Loyer;Chambres\n"
        "12, rue Principale;3;Toronto;Ontario;Appartement;Bon;1 150,50 $;2\n"
        "13, rue Principale;3;Gatineau;Québec;Château;Bon;1 150,50 $;2\n"
    )
    found = await _read(world, content, at_once=True)
    assert await _rules(world, found.id) == [(6, "Type de logement", "not_on_the_list")]
    (home,) = (await _homes(world)).values()
    assert (home.province, home.housing_type, home.status) == ("ON", "apartment", "good")
    assert (home.rent_amount, home.bedrooms) == (Decimal("1150.50"), 2)


async def test_a_file_with_only_a_header_is_refused(world: Any, visitor: Any) -> None:
    for content in (f"{HEAD}\n", f"{HEAD}", f"A title\n{HEAD}\n\n  \n"):
        with pytest.raises(FileUnreadable, match="no line below"):
            await _read(world, content)
    answer = await visitor("inventory_keeper", locale="fr").send(
        "/inventory-desk/imports/new",
        {"mapping": "unit-list"},
        files={"file": ("homes.csv", HEAD.encode(), "text/csv")},
        status=422,
    )
    assert "aucune ligne sous les noms de ses colonnes" in answer.html


OWN = """
name = "{name}"
title_en = "{name}"
title_fr = "{name}"
source = "city"
rows = "building"
key = ["ID"]
[constants]
city = "Vancouver"
province = "BC"
country = "CA"
housing_type = "apartment"
status = "not_inspected"
occupancy = "available"
[fields]
street = {{ columns = ["No", "Dir", "Street"], how = "join", required = true }}
units = {{ columns = ["Studio", "1BR", "2BR"], how = "add", required = true }}
building_name = {{ columns = ["Name"] }}
[features]
elevator = {{ column = "Lift", when = ["Y"] }}
moat = {{ column = "Lift", when = ["Z"] }}
"""
REGISTER = "ID,No,Dir,Street,Studio,1BR,2BR,Lift,Note\n"


def _own(name: str = "vancouver", change: tuple[str, str] = ("", "")) -> Mapping:
    return MAPPINGS.parse(OWN.format(name=name).replace(*change), form="toml")


async def test_columns_are_joined_and_added_and_the_report_shows_what_was_read(
    world: Any, visitor: Any
) -> None:
    rows = (
        "A1,12,W,Hastings St,2,1,,Y,x\nA2,14,,Hastings St,,,,N,x\nA3,16,,,1,,,N,x\nA4,18,,Main St,1,no,,N,x\n"
    )
    found = await _read(world, REGISTER + rows, _own())
    assert (found.new, found.missing) == (3, 0)
    assert await _rules(world, found.id) == [
        (3, "Studio", "missing"),
        (4, "No", "only_a_number"),
        (5, "1BR", "not_a_number"),
    ]
    columns = await world.see(import_columns, found.id)
    assert dict(columns.read)["Dir"] == ["street"]
    assert (columns.not_read, columns.absent) == (["Note"], ["Name"])
    assert [params for _, params in columns.notes] == [{"feature": "moat"}]
    page = await visitor("inventory_keeper", locale="fr").see(f"/inventory-desk/imports/{found.id}")
    for words in ("laissée de côté", "Dans le fichier, mais non lues", "Note", "Name", "numéro et rue"):
        assert words in page.html
    await _write(world, found)
    streets = await world.rows("SELECT street FROM building")
    assert [row["street"] for row in streets] == ["12 W Hastings St"]


async def test_a_count_of_homes_beside_one_row_a_home_is_reported(world: Any) -> None:
    row = "1 Elm St;1;Toronto;ON;apartment;14\n"
    found = await _read(world, f"{HEAD};Number of units\n{row}")
    assert [params for _, params in (await world.see(import_columns, found.id)).notes] == [
        {"column": "Number of units"}
    ]
    with pytest.raises(FileUnreadable, match="every row is one home"):
        _own(change=('rows = "building"', 'rows = "unit"'))
    with pytest.raises(FileUnreadable, match="can't be added"):
        _own(change=('["Name"]', '["Name"], how = "add"'))


async def test_a_street_of_numbers_alone_is_wrong(world: Any) -> None:
    found = await _read(world, f"{HEAD}\n123;1;Toronto;ON;apartment\n")
    assert await _rules(world, found.id) == [(2, "address", "only_a_number")]


async def test_what_people_call_a_mapping_is_no_part_of_it(world: Any) -> None:
    rows = "A1,12,W,Hastings St,2,1,,Y,x\n"
    await _read(world, REGISTER + rows, _own(), at_once=True)
    before = len(await world.published())
    renamed = await _read(world, REGISTER + rows, _own("another-name"), at_once=True)
    assert (renamed.new, renamed.changed, renamed.unchanged) == (0, 0, 3)
    assert len(await world.published()) == before
    assert _own().digest() == _own("another-name").digest()


async def test_homes_that_a_newer_file_no_longer_names_are_withdrawn_together_but_not_held_ones(
    world: Any, visitor: Any
) -> None:
    first = "A1,12,W,Hastings St,2,,,Y,x\nA2,14,W,Hastings St,2,,,Y,x\nA3,16,W,Hastings St,1,,,Y,x\n"
    await _read(world, REGISTER + first, _own(), at_once=True)
    held = await world.value("SELECT id FROM unit WHERE source_ref = 'A2/1'")
    await world.rows("UPDATE unit SET occupancy = 'secured' WHERE id = $1", held)
    # A1 has one home fewer, A2 is gone, A3 is there though its line is wrong.
    newer = "A1,12,W,Hastings St,1,,,Y,x\nA3,16,W,Hastings St,none,,,Y,x\n"
    found = await _read(world, REGISTER + newer, _own())
    assert (found.missing, found.wrong_rows) == (3, 1)
    missing = await world.see(import_missing, found.id)
    assert {(one.street, one.stays) for one in missing} == {
        ("12 W Hastings St", False),
        ("14 W Hastings St", False),
        ("14 W Hastings St", True),
    }
    keeper = visitor("inventory_keeper")
    path = f"/inventory-desk/imports/{found.id}/missing"
    assert "when the import is written" in (await keeper.see(path)).html
    # Nothing of it is new or changed but the number of homes: it is written by the API.
    found = await _write(world, found)
    before = len(await world.published())
    page = await keeper.see(path)
    assert "Take 2 homes off the list" in page.html
    assert "1 of them is held for somebody" in page.html
    await keeper.send(path, {}, action=path)
    assert sorted((await world.published())[before:]) == ["unit_withdrawn"] * 2
    active = await world.rows("SELECT source_ref FROM unit WHERE active ORDER BY source_ref")
    assert [row["source_ref"] for row in active] == ["A1/1", "A2/1", "A3/1"]
    assert await world.do(withdraw_missing, ImportCommand(found.id)) == 0


async def test_several_buildings_at_one_address_can_all_be_stored(world: Any) -> None:
    rows = "A1,12,W,Hastings St,2,,,Y,x\nA2,12,W,Hastings St,1,,,Y,x\n"
    found = await _read(world, REGISTER + rows, _own())
    assert await _rules(world, found.id) == [(3, None, "address_twice")]
    assert (await world.see(import_columns, found.id)).may_keep_both
    await world.do(answer_notation, AnswerNotation(found.id, NO_CHOICES, keep_same_address=True))
    found = await carry_through(world.runtime, KEEPER, found.id)
    assert (found.new, found.wrong_rows) == (3, 0)
    await _write(world, found)
    keeping = _own(change=('rows = "building"', 'rows = "building"\nsame_address = "keep"'))
    turned = "".join(reversed(rows.splitlines(keepends=True)))
    again = await _read(world, REGISTER + turned, keeping, at_once=True)
    assert (again.new, again.changed, again.unchanged, again.wrong_rows) == (0, 0, 3, 0)
    assert await world.value("SELECT count(*) FROM building") == 2
