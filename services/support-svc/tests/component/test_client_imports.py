"""Imports of clients and consents: what is written, what is reported, what a second file changes (C7)."""

# ruff: noqa: E501 - lines of files

from __future__ import annotations

import asyncio
import datetime as dt
import io
import random
from pathlib import Path
from typing import Any

import pytest

from chassis.actor import Actor
from deskkit.testing import parse_page
from importing.model import FileUnreadable
from importing.steps import ImportCommand, ReceiveFile
from importing.views import ImportView
from support_svc.client_imports.commands import (
    AnswerNotation,
    answer_notation,
    apply_import,
    carry_through,
    receive_file,
)
from support_svc.client_imports.mapping import MAPPINGS
from support_svc.client_imports.queries import import_columns, import_problems, wrong_rows
from support_svc.clients.commands import CreateClient, create_client
from support_svc.clients.queries import client, search_clients
from support_svc.field_rules.commands import ChangeFieldRule, change_field_rule
from support_svc.field_rules.model import FieldRule
from trade.csv_import.notation import Choices, Notation

_BESIDE = Path("shared") / "data" / "hifis-aligned-sample"
SAMPLE = next((at / _BESIDE for at in Path(__file__).parents if (at / _BESIDE).is_dir()), _BESIDE)
SUPERVISOR = Actor("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")
ADMINISTRATOR = Actor("staff-9", "support", frozenset({"support_administrator"}), "Alex Wren")
HEADER = "given_name,family_name,date_of_birth,phone,email,comments\n"


async def _load(world: Any, content: str | bytes, mapping: str = "client-list", **options: Any) -> ImportView:
    raw = content.encode() if isinstance(content, str) else content
    received = ReceiveFile(MAPPINGS.named(mapping), io.BytesIO(raw), "file.csv", **options)
    import_id = await world.do(receive_file, received, SUPERVISOR)
    return await carry_through(world.runtime, SUPERVISOR, import_id)


async def _write(world: Any, found: ImportView) -> tuple[int, int, int]:
    await world.do(apply_import, ImportCommand(found.id), SUPERVISOR)
    return _counts(await carry_through(world.runtime, SUPERVISOR, found.id))


async def _import(world: Any, content: str | bytes, mapping: str = "client-list") -> tuple[int, int, int]:
    return await _write(world, await _load(world, content, mapping))


def _counts(found: ImportView) -> tuple[int, int, int]:
    return found.new, found.changed, found.unchanged


async def _problems(world: Any, found: ImportView) -> list[tuple[int, str | None, str]]:
    problems = await world.see(import_problems, found.id, actor=SUPERVISOR)
    return [(one.line, one.column, one.rule) for one in problems]


async def _value(world: Any, sql: str) -> Any:
    (row,) = await world.rows(sql)
    return next(iter(row.values()))


@pytest.mark.row("C7", "C1")
async def test_a_list_becomes_clients_who_are_found_by_any_part_of_their_names(world: Any) -> None:
    content = (
        HEADER
        + "Zdenka,Quillfeather,1984-03-31,(250) 318-2594,Zdenka@mail.example,Likes tea\n"
        + ",Sukarno,,,,\n"
        + 'محمد,الاحمد,"March 5, 1990",250.738.9179,,\n'
    )
    found = await _load(world, content)
    assert _counts(found) == (3, 0, 0)
    assert await _value(world, "SELECT count(*) FROM client") == 0, "a preview writes nothing"
    assert await _write(world, found) == (3, 0, 0)
    for typed in ("Quilfether", "zdenka", "2503182594", "mhmd", "1990-03-05"):
        assert len((await world.see(search_clients, typed)).items) == 1, typed
    (line,) = (await world.see(search_clients, "Quillfeather")).items
    person = await world.see(client, line.id)
    assert person.date_of_birth == dt.date(1984, 3, 31)
    assert (person.phones, person.emails) == (("+1 250-318-2594",), ("Zdenka@mail.example",))
    assert person.comments == "Likes tea"
    written = await world.rows("SELECT action, actor_name FROM audit WHERE record_kind = 'client'")
    assert [(one["action"], one["actor_name"]) for one in written] == [("created", "Sam Okafor")] * 3


@pytest.mark.row("C7")
async def test_three_errors_in_a_row_are_three_errors_with_line_and_column(world: Any) -> None:
    """Cases 46 and 48."""
    content = (
        HEADER
        + "A,Onesson,31/02/1990,,,\nB,Twosson,1899-01-01,,,\nC,Threesson,2090-01-01,,,\n"
        + "D,Foursson,0001-01-01,,,\nE,Fivesson,30411,,,\nF,,1990-01-01,,,\nG,Sevensson,1990-01-02,12,x@,\n"
    )
    found = await _load(world, content)
    assert await _problems(world, found) == [
        (2, "date_of_birth", "not_a_day"),
        (3, "date_of_birth", "day_out_of_range"),
        (4, "date_of_birth", "day_in_future"),
        (6, "date_of_birth", "not_a_day"),
        (7, "family_name", "missing"),
        (8, "phone", "not_a_telephone_number"),
        (8, "email", "not_an_email"),
    ]
    assert (found.rows, found.wrong_rows, found.new) == (7, 6, 1)
    lines = await world.see(wrong_rows, found.id, actor=SUPERVISOR)
    assert [one.line for one in lines] == [2, 3, 4, 6, 7, 8]
    assert await _write(world, found) == (1, 0, 0)
    assert await _value(world, "SELECT date_of_birth FROM client") is None, "0001 means that nothing is known"


@pytest.mark.row("C7")
async def test_a_day_that_can_be_two_is_asked_once_for_the_file(world: Any) -> None:
    """Case 48: what is clear is read as it is, whatever others of its column are."""
    content = (
        HEADER + "A,One,03/04/1990,,,\nB,Two,26/10/1990,,,\nC,Three,10/27/1990,,,\nD,Four,1990-05-06,,,\n"
    )
    found = await _load(world, content)
    assert await _problems(world, found) == [(2, "date_of_birth", "unclear_day")]
    columns = await world.see(import_columns, found.id, actor=SUPERVISOR)
    assert [(one.column, one.asked) for one in columns.habits] == [("date_of_birth", True)]
    await world.do(answer_notation, AnswerNotation(found.id, Choices(days=Notation.DAY_FIRST)), SUPERVISOR)
    found = await carry_through(world.runtime, SUPERVISOR, found.id)
    assert await _problems(world, found) == []
    assert await _write(world, found) == (4, 0, 0)
    rows = await world.rows("SELECT date_of_birth FROM client ORDER BY given_name")
    assert [one["date_of_birth"].isoformat() for one in rows] == [
        "1990-04-03", "1990-10-26", "1990-10-27", "1990-05-06",
    ]  # fmt: skip


@pytest.mark.row("C7")
async def test_the_same_file_again_reordered_with_spaces_from_another_zone_changes_nothing(
    world: Any,
) -> None:
    """Case 47: a file that names 120 people makes 120."""
    dice = random.Random(7)  # noqa: S311
    lines = [
        f"Given{n},Family{n},{dt.date(1950, 1, 1) + dt.timedelta(days=97 * n)},250 318 {2000 + n},,note {n}"
        for n in range(120)
    ]
    assert await _import(world, HEADER + "\n".join(lines)) == (120, 0, 0)
    before = await world.rows("SELECT * FROM client ORDER BY id")
    dice.shuffle(lines)
    spaced = [line.replace(",", " ,  ") + "   " for line in lines]
    assert await _import(world, "\ufeff" + HEADER + "\r\n".join(spaced) + "\r\n") == (0, 0, 120)
    assert await world.rows("SELECT * FROM client ORDER BY id") == before


@pytest.mark.row("C7", "C3")
async def test_doubles_in_the_file_and_against_the_register_are_shown_before_anything_is_written(
    world: Any,
) -> None:
    """Case 46; they're told by name and birth in either order, or by a way to be reached without a birth."""
    known = CreateClient(
        given_name="Ann", family_name="Gallagher", date_of_birth=dt.date(1980, 2, 3), phones=["250 318 2594"]
    )
    await world.do(create_client, known)
    content = (
        HEADER
        + "Ann,Gallagher,1980-02-03,,,\nGallagher,Ann,,250-318-2594,,\nAnn,Gallagher,1999-02-03,,,\n"
        + "Bo,Lund,1970-01-01,,,\nLund,BO,1970-01-01,,,\n"
    )
    found = await _load(world, content)
    assert await _problems(world, found) == [
        (2, None, "recorded_already"),
        (3, None, "recorded_already"),
        (6, None, "twice_in_the_file"),
    ]
    assert (await world.see(import_columns, found.id, actor=SUPERVISOR)).may_keep_both
    assert _counts(found) == (2, 0, 0)
    await world.do(answer_notation, AnswerNotation(found.id, keep_doubles=True), SUPERVISOR)
    found = await carry_through(world.runtime, SUPERVISOR, found.id)
    assert (found.wrong_rows, _counts(found)) == (0, (5, 0, 0)), "somebody looked: they are others"


@pytest.mark.row("C7", "C3")
async def test_blanks_match_nothing(world: Any) -> None:
    """Case 2: people of one name without telephone, e-mail or birth are never the same; a family neither."""
    content = (
        "client_id,first_name,last_name,dob,phone,email\n"
        + "".join(f"X-{n},John,Smith,,,\n" for n in range(40))
        + "F-1,Una,Brook,1980-01-01,250 318 2594,\nF-2,Finn,Brook,2011-01-01,250 318 2594,\n"
        + "F-3,Fay,Brook,2011-01-01,250 318 2594,\n"
    )
    found = await _load(world, content, "hifis-clients")
    assert (found.wrong_rows, _counts(found)) == (0, (43, 0, 0))
    assert await _write(world, found) == (43, 0, 0)
    assert _counts(await _load(world, content, "hifis-clients")) == (0, 0, 43)


@pytest.mark.row("C7", "C3")
async def test_who_was_imported_as_another_person_is_never_proposed_again(world: Any) -> None:
    """Case 3: the next file of a source names the person, and finds the record that came of it."""
    first = "client_id,first_name,last_name,dob\nA-1,Ann,Gallagher,1980-02-03\nA-2,Ann,Gallagher,1980-02-03\n"
    found = await _load(world, first, "hifis-clients")
    assert await _problems(world, found) == [(3, None, "twice_in_the_file")]
    await world.do(answer_notation, AnswerNotation(found.id, keep_doubles=True), SUPERVISOR)
    found = await carry_through(world.runtime, SUPERVISOR, found.id)
    assert await _write(world, found) == (2, 0, 0)
    again = first.replace("A-2,Ann,Gallagher,1980-02-03", "A-2,Ann,Gallagher-Roy,1980-02-03")
    found = await _load(world, again, "hifis-clients")
    assert (await _problems(world, found), _counts(found)) == ([], (0, 1, 1))


@pytest.mark.row("C7")
async def test_a_newer_file_changes_what_it_states_and_no_blank_of_it_deletes(world: Any) -> None:
    first = (
        "client_id,first_name,last_name,dob,phone,email,gender\nA-1,Ann,Lee,1980-02-03,250 318 2594,,female\n"
    )
    assert await _import(world, first, "hifis-clients") == (1, 0, 0)
    newer = "client_id,first_name,last_name,dob,phone,email,gender\nA-1,Anne,Lee,,250 318 2595,a@x.example,\n"
    assert await _import(world, newer, "hifis-clients") == (0, 1, 0)
    (line,) = (await world.see(search_clients, "Lee")).items
    person = await world.see(client, line.id)
    assert (person.given_name, person.date_of_birth, person.gender_en) == (
        "Anne",
        dt.date(1980, 2, 3),
        "Woman",
    )
    assert (person.phones, person.emails) == (("+1 250-318-2594", "+1 250-318-2595"), ("a@x.example",))
    assert len((await world.see(search_clients, "Anne")).items) == 1, "the words of the name follow"


@pytest.mark.row("C7")
@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (HEADER.encode(), "no line below"),
        (b"first_name\nAnn\n", "family_name"),
        (b"PK\x03\x04 workbook", "text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "text file"),
        (b"", "empty"),
    ],
    ids=["header only", "one column", "workbook", "picture", "empty"],
)
async def test_what_is_no_table_of_clients_is_told_and_nothing_is_written(
    world: Any, content: bytes, refused: str
) -> None:
    """Case 44."""
    with pytest.raises(FileUnreadable) as told:
        await _load(world, content)
    assert refused in str(told.value)
    assert await _value(world, "SELECT count(*) FROM client_import") == 0


@pytest.mark.row("C7")
async def test_blank_lines_are_left_out(world: Any) -> None:
    """Case 44."""
    assert await _import(world, HEADER + "\n,,,,,\nAnn,Lee,,,,\n\n   ,,,,,\n") == (1, 0, 0)


@pytest.mark.row("C7")
async def test_cells_that_look_like_formulas_are_stored_as_typed(world: Any) -> None:
    """Case 45: a telephone number keeps its plus."""
    content = HEADER + "=1+1,-Lee,,+1-416-555-0142,,@x\nBo,'=2,,,,-123 Main St\n"
    assert await _import(world, content) == (2, 0, 0)
    rows = await world.rows("SELECT given_name, family_name, comments FROM client ORDER BY given_name")
    assert [tuple(one.values()) for one in rows] == [("=1+1", "-Lee", "@x"), ("Bo", "=2", "-123 Main St")]
    assert await _value(world, "SELECT value FROM client_contact_point") == "+1 416-555-0142"


@pytest.mark.row("C7", "C6")
async def test_consents_come_as_a_second_file_that_names_its_clients(world: Any) -> None:
    clients = "client_id,first_name,last_name,dob\nA-1,Ann,Lee,1980-02-03\nA-2,Bo,Lund,1970-01-01\n"
    await _import(world, clients, "hifis-clients")
    header = (
        "consent_id,client_id,consent_type,status,purpose_codes,data_categories,sharing_scope_type,given_date,"
        "expiry_date,withdrawal_date,superseded_date,consent_source,notes\n"
    )
    day = world.runtime.clock.now().date()
    content = header + "".join(
        (
            'C-1,A-1,explicit,superseded,"reporting,case_mgmt",family,all_dsa_agencies,2023-01-01,2024-01-01,,'
            "2023-06-01,paper,\n",
            f"C-2,A-1,explicit,active,referrals,family,limited_agencies,2023-06-01,{day.year + 1}-01-01,,,portal,\n",
            "C-3,A-2,explicit,withdrawn,case_mgmt,family,all_dsa_agencies,2023-01-01,,2023-02-01,,paper,\n",
            "C-4,A-2,explicit,active,research,family,all_dsa_agencies,2023-01-01,,,,paper,\n",
            "C-5,A-2,explicit,active,case_mgmt,family,no_sharing,2023-01-01,,,,paper,\n",
            "C-6,A-2,implied,active,case_mgmt,mental_health,all_dsa_agencies,2023-01-01,,,,paper,\n",
            "C-7,A-2,opt_out,active,case_mgmt,family,all_dsa_agencies,2023-01-01,,,,paper,\n",
            "C-8,A-2,explicit,active,,family,all_dsa_agencies,2023-01-01,,,,paper,\n",
            "C-9,A-9,explicit,active,case_mgmt,family,all_dsa_agencies,2023-01-01,,,,paper,\n",
            "C-10,A-2,inherited,active,case_mgmt,family,all_dsa_agencies,2023-01-01,,,,paper,RED_FLAG: past_19\n",
        )
    )
    found = await _load(world, content, "hifis-consents")
    assert await _problems(world, found) == [
        (7, "consent_type", "implied_for_sensitive"),
        (8, "consent_type", "unknown_word"),
        (9, "purpose_codes", "missing"),
        (10, "client_id", "client_unknown"),
        (11, "notes", "flagged_in_file"),
    ]
    assert await _write(world, found) == (3, 0, 2)
    rows = await world.rows(
        "SELECT family_name, purpose, recipient, type, given_on, expires_on, withdrawn_at IS NOT NULL AS over,"
        " superseded_by IS NOT NULL AS behind, given_how FROM consent JOIN client ON client.id = client_id"
        " ORDER BY family_name, given_on"
    )
    assert [(one["family_name"], str(one["expires_on"]), one["over"], one["behind"]) for one in rows] == [
        ("Lee", "2023-06-01", False, True),
        ("Lee", f"{day.year + 1}-01-01", False, False),
        ("Lund", "None", True, False),
    ]
    assert {(one["purpose"], one["recipient"]) for one in rows} == {
        ("coordinate_services", "service_partners")
    }, "nobody agreed there that a landlord may be asked"
    assert _counts(await _load(world, content, "hifis-consents")) == (0, 0, 5)
    newer = content.replace(
        f"active,referrals,family,limited_agencies,2023-06-01,{day.year + 1}-01-01,,",
        f"withdrawn,referrals,family,limited_agencies,2023-06-01,{day.year + 1}-01-01,2024-02-02,",
    )
    assert await _import(world, newer, "hifis-consents") == (0, 1, 4)
    assert await _value(world, "SELECT count(*) FROM consent WHERE withdrawn_at IS NOT NULL") == 2


@pytest.mark.row("C7")
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the sample isn't at hand; files of our own stand in above")
async def test_the_sample_of_another_system_is_imported_with_its_dirt(world: Any) -> None:
    clients = await asyncio.to_thread((SAMPLE / "clients.csv").read_bytes)
    found = await _load(world, clients, "hifis-clients")
    asked = [
        one.column
        for one in (await world.see(import_columns, found.id, actor=SUPERVISOR)).habits
        if one.asked
    ]
    assert asked == ["dob"]
    await world.do(answer_notation, AnswerNotation(found.id, Choices(days=Notation.MONTH_FIRST)), SUPERVISOR)
    found = await carry_through(world.runtime, SUPERVISOR, found.id)
    problems = await _problems(world, found)
    assert {rule for _, _, rule in problems} <= {
        "twice_in_the_file", "day_in_future", "not_a_day", "not_a_telephone_number", "not_an_email", "unknown_word",
    }, problems  # fmt: skip
    assert found.wrong_rows < 25, problems
    new, changed, unchanged = await _write(world, found)
    assert (new, changed, unchanged) == (500 - found.wrong_rows, 0, 0)
    consents = await asyncio.to_thread((SAMPLE / "consent_records.csv").read_bytes)
    found = await _load(world, consents, "hifis-consents")
    rules = [rule for _, _, rule in await _problems(world, found)]
    assert rules.count("flagged_in_file") == 56, "every line that the export marks"
    assert rules.count("unknown_word") == 16, "to have not objected is no consent"
    await _write(world, found)
    flagged = await _value(world, "SELECT count(*) FROM consent WHERE document_reference = 'DOC-14673'")
    assert flagged == 0
    assert _counts(await _load(world, consents, "hifis-consents"))[:2] == (0, 0)


@pytest.mark.row("C7")
async def test_rows_without_a_mandatory_field_are_recorded_and_listed_and_hidden_values_left_out(
    world: Any,
) -> None:
    for field, rule in (
        ("comments", FieldRule.MANDATORY),
        ("gender_id", FieldRule.MANDATORY),
        ("preferred_language", FieldRule.HIDDEN),
    ):
        command = ChangeFieldRule(form="client", field=field, rule=rule, from_day=world.today)
        await world.do(change_field_rule, command, ADMINISTRATOR)
    content = (
        "given_name,family_name,date_of_birth,preferred_language,comments\n"
        "Ilse,Morrow,1980-02-03,fr,\nBo,Lund,1990-04-05,,Likes tea\n"
    )
    found = await _load(world, content)
    expected = [
        (1, None, "field_mandatory"),
        (2, "comments", "field_mandatory"),
        (2, "preferred_language", "field_hidden"),
    ]
    assert (sorted(await _problems(world, found), key=str), found.wrong_rows) == (expected, 0)
    assert await _write(world, found) == (2, 0, 0)
    assert sorted(await _problems(world, found), key=str) == expected
    assert await world.rows("SELECT DISTINCT preferred_language FROM client") == [
        {"preferred_language": None}
    ]
    async with world.desk("supervisor", locale="fr") as browser:
        page = parse_page((await browser.get(f"/front-desk/imports/{found.id}")).text).text
    assert "Consigné sans « Commentaires »" in page
    assert "Langue préférée" in page
    await _import(world, content.replace("tea", "coffee"))
    assert await _value(world, "SELECT count(*) FROM client") == 2


@pytest.mark.row("C7")
async def test_a_file_without_a_mapping_is_read_as_the_template(world):
    async with world.api("supervisor") as http:
        template = await http.get("/imports/template")
        sent = await http.post("/imports", files={"file": ("people.csv", template.content)})
    assert sent.status_code == 202, sent.text
    assert sent.json()["mapping"] == "client-list"
