"""What goes wrong in an import: a worker that is killed, a server that crashes, and files made to do harm
(U8)."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import gzip
import io
import sys
import threading
import time
from typing import Any
from uuid import UUID

import pytest

from chassis.actor import Actor
from importing import batches, staging, steps
from importing.model import FileUnreadable, ImportState
from importing.steps import ImportCommand, ReceiveFile
from trade.csv_import.columns import ColumnDoubled
from units_svc.imports.commands import apply_import, carry_on, carry_through, receive_file
from units_svc.imports.mapping import MAPPINGS
from units_svc.imports.queries import import_problems, import_record
from units_svc.imports.reading import RowReader
from units_svc.imports.views import UnitImportView as ImportView
from units_svc.inventory.commands import AddUnit, add_unit
from units_svc.worker import DUTIES

KEEPER = Actor("staff-1", "property", frozenset({"inventory_keeper"}), "Kim Okafor")
HEADER = "address,unit,city,province,housing_type,comments"


class BrokenOff(Exception):
    """What ends a step after its batches were committed."""


def _table(rows: int) -> bytes:
    """Return a unit list with homes in buildings of twenty, in no order, each tenth row wrong."""
    lines = [
        f"{at // 20 + 1} Example St,{at % 20 + 1},Toronto,ON,{'castle' if at % 10 == 9 else 'apartment'},"
        for at in range(rows)
    ]
    lines.sort(key=lambda line: line[::-1])
    return "\n".join([HEADER, *lines, ""]).encode()


async def _receive(world: Any, content: bytes, **options: Any) -> UUID:
    received = ReceiveFile(MAPPINGS.named("unit-list"), io.BytesIO(content), "file.csv", **options)
    found: UUID = await world.do(receive_file, received)
    return found


async def _all_of(world: Any, content: bytes) -> ImportView:
    return await carry_through(world.runtime, KEEPER, await _receive(world, content, at_once=True))


@pytest.mark.row("U8")
async def test_a_file_with_a_column_twice_is_refused_with_its_name(world: Any, visitor: Any) -> None:
    content = f"{HEADER},Unit\n1 Example St,1,Toronto,ON,apartment,,2\n"
    with pytest.raises(FileUnreadable) as refused:
        await _receive(world, content.encode())
    assert (refused.value.message, refused.value.params) == (ColumnDoubled.message, {"columns": "unit"})
    answer = await visitor("inventory_keeper", locale="fr").send(
        "/inventory-desk/imports/new",
        {"mapping": "unit-list"},
        files={"file": ("homes.csv", content.encode(), "text/csv")},
        status=422,
    )
    assert "plus d’une colonne unit" in answer.html
    assert await world.value("SELECT count(*) FROM unit_import") == 0


@pytest.mark.row("U8")
async def test_the_next_rows_are_read_no_further_when_those_before_cannot_be_stored(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = await _receive(world, _table(60_000))
    read_row, read_window = RowReader.read, staging._read
    rows_of: list[int] = []
    reading_on, ended = threading.Event(), 0

    def slowly(reader: RowReader, line: int, cells: Any) -> Any:
        rows_of[-1] += 1
        if len(rows_of) > 1:
            # So slow that it can't come to its end by itself before it is asked to stop.
            reading_on.set()
            time.sleep(0.002)
        return read_row(reader, line, cells)

    def watched(*args: Any, **more: Any) -> Any:
        nonlocal ended
        rows_of.append(0)
        batch = read_window(*args, **more)
        ended += 1
        return batch

    async def broken(*_: Any) -> None:
        assert await asyncio.to_thread(reading_on.wait, 120)
        raise BrokenOff

    monkeypatch.setattr(steps, "STEP_SECONDS", 600)
    monkeypatch.setattr(RowReader, "read", slowly)
    monkeypatch.setattr(staging, "_read", watched)
    monkeypatch.setattr(staging, "_store", broken)
    with pytest.raises(BrokenOff):
        await world.do(carry_on, ImportCommand(import_id))
    assert ended == 2, "the other reader has ended"
    assert 0 < rows_of[1] < rows_of[0] / 2


@pytest.mark.row("U8")
async def test_one_who_is_killed_in_the_middle_does_nothing_twice_and_loses_nothing(
    world: Any, tmp_path: Any
) -> None:
    file = tmp_path / "homes.csv"
    file.write_bytes(_table(24_000))
    command = [sys.executable, "-m", "units_svc", "import"]
    running = await asyncio.create_subprocess_exec(
        *command, str(file), env=world.environment(), stdout=asyncio.subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            written = await world.value("SELECT count(*) FROM unit")
            if written or running.returncode is not None:
                break
            await asyncio.sleep(0.05)
        assert running.returncode is None, "it was over before it could be killed"
    finally:
        running.kill()
        await running.wait()
    assert 0 < written < 21_600
    import_id = await world.value("SELECT id FROM unit_import")
    world.clock.advance(dt.timedelta(days=36_500))
    while (await world.see(import_record, import_id)).state is not ImportState.DONE:
        assert "import_step" in await world.due(), "the worker goes on with it by itself"
        # The server may not have noticed yet that the killed one is gone: then the worker looks again later.
        world.clock.advance(steps.LATER)
    found = await world.see(import_record, import_id)
    assert (found.rows, found.wrong_rows, found.new, found.unchanged) == (24_000, 2_400, 21_600, 0)
    assert await world.value("SELECT count(*) FROM unit") == 21_600
    assert await world.value("SELECT count(DISTINCT aggregate) FROM outbox") == 21_600
    assert await world.value("SELECT count(*) FROM outbox") == 21_600
    assert await world.value("SELECT count(*) FROM import_part") == 0
    assert await world.value("SELECT count(*) FROM import_row") == 0


@pytest.mark.row("U8")
async def test_rows_that_a_crashed_server_forgot_are_read_again(world: Any) -> None:
    import_id = await _receive(world, _table(7_000), at_once=True)
    while (await world.see(import_record, import_id)).new == 0:
        await world.do(carry_on, ImportCommand(import_id))
    before = (await world.see(import_record, import_id)).new
    assert 0 < before < 6_300
    connection = await world.database.connect()
    await connection.execute("TRUNCATE import_row")
    await connection.close()
    found = await carry_through(world.runtime, KEEPER, import_id)
    assert (found.state, found.new, found.unchanged, found.wrong_rows) == (ImportState.DONE, 6_300, 0, 700)
    assert await world.value("SELECT count(*) FROM outbox") == 6_300
    assert await world.value("SELECT count(*) FROM import_wrong_row") == 700


@pytest.mark.row("U8")
@pytest.mark.parametrize("crashed", [False, True], ids=["its worker", "its worker and the database server"])
async def test_batches_that_were_committed_before_a_failure_are_only_counted(
    world: Any, monkeypatch: pytest.MonkeyPatch, crashed: bool
) -> None:
    import_id = await _receive(world, _table(8_000), at_once=True)
    while (await world.see(import_record, import_id)).state is ImportState.READING:
        await world.do(carry_on, ImportCommand(import_id))

    async def broken_off(tx: Any, kind: Any, found: Any) -> None:
        raise BrokenOff

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(batches, "count_batches", broken_off)
        with pytest.raises(BrokenOff):
            await world.do(carry_on, ImportCommand(import_id))
    written = await world.value("SELECT count(*) FROM unit")
    assert 0 < written < 7_200
    assert (await world.see(import_record, import_id)).new == 0
    if crashed:
        connection = await world.database.connect()
        await connection.execute("TRUNCATE import_row")
        await connection.close()
    found = await carry_through(world.runtime, KEEPER, import_id)
    assert (found.state, found.new, found.changed, found.unchanged) == (ImportState.DONE, 7_200, 0, 0)
    assert await world.value("SELECT count(*) FROM unit") == 7_200
    assert await world.value("SELECT count(*) FROM outbox") == 7_200
    assert await world.value("SELECT count(*) FROM import_batch") == 0


@pytest.mark.row("U8")
async def test_two_who_carry_the_same_import_on_do_it_once(world: Any) -> None:
    import_id = await _receive(world, _table(6_000), at_once=True)
    await asyncio.gather(*(carry_through(world.runtime, KEEPER, import_id) for _ in range(3)))
    found = await world.see(import_record, import_id)
    assert (found.state, found.new) == (ImportState.DONE, 5_400)
    assert await world.value("SELECT count(*) FROM outbox") == 5_400


@pytest.mark.row("U8")
async def test_steps_are_small_and_the_page_follows_them(world: Any) -> None:
    import_id = await _receive(world, _table(12_000))
    seen = []
    while await world.do(carry_on, ImportCommand(import_id)):
        found = await world.see(import_record, import_id)
        seen.append((found.state, found.progress))
    assert {state for state, _ in seen} == {ImportState.READING, ImportState.COMPARING} or {
        state for state, _ in seen
    } == {ImportState.COMPARING}
    comparing = [progress for state, progress in seen if state is ImportState.COMPARING]
    assert comparing == sorted(comparing)
    assert any(0 < progress < 100 for progress in comparing)
    assert await world.value("SELECT count(*) FROM unit") == 0
    await world.do(apply_import, ImportCommand(import_id))
    found = await carry_through(world.runtime, KEEPER, import_id)
    assert (found.new, found.unchanged, found.progress) == (10_800, 0, 100)


HARM = {
    "a zip archive": (b"PK\x03\x04" + b"\x00" * 500, "isn't a text file"),
    "a zip bomb": (gzip.compress(b"\x00" * 5_000_000), "isn't a text file"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "isn't a text file"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "isn't a text file"),
    "NUL bytes far inside": (f"{HEADER}\n".encode() + b"x,y\n" * 400_000 + b"\x00", "isn't a text file"),
    "bytes of no encoding": (f"{HEADER}\n".encode() + b"\x81\x8d\xff\n", "isn't a text file"),
    "a million columns": (b"a," * 300_000 + b"a\n1\n", "more than 1000 columns"),
    "a header of one huge line": (b"a" * 3_000_000, "doesn't end"),
    "blanks": (b" \n \n", "empty"),
}


@pytest.mark.row("U8")
@pytest.mark.parametrize("name", HARM)
async def test_what_is_made_to_do_harm_is_refused_in_words_before_it_is_stored(world: Any, name: str) -> None:
    content, words = HARM[name]
    with pytest.raises(FileUnreadable) as refused:
        await _receive(world, content)
    assert words in str(refused.value)
    assert await world.value("SELECT count(*) FROM unit_import") == 0
    assert await world.value("SELECT count(*) FROM import_part") == 0


@pytest.mark.row("U8")
@pytest.mark.parametrize(
    "row", ['"never closed,1,Toronto,ON,apartment,', "x" * 2_500_000], ids=["an open quote", "a huge line"]
)
async def test_a_row_that_never_ends_ends_the_import_with_its_line(world: Any, row: str) -> None:
    good = "1 Example St,1,Toronto,ON,apartment,"
    found = await _all_of(world, "\n".join([HEADER, good, row, *[good] * 9_000]).encode())
    assert (found.state, found.failure_params) == (ImportState.FAILED, {"line": 3})
    assert await world.value("SELECT count(*) FROM unit") == 0
    assert await world.value("SELECT count(*) FROM import_part") == 0


@pytest.mark.row("U8")
async def test_a_row_of_a_million_cells_is_one_wrong_row(world: Any) -> None:
    good = "1 Example St,1,Toronto,ON,apartment,"
    found = await _all_of(world, f"{HEADER}\n{good}{',x' * 300_000}\n{good}\n".encode())
    assert (found.new, found.wrong_rows) == (1, 1)
    (problem,) = await world.see(import_problems, found.id)
    assert (problem.line, problem.rule) == (2, "more_cells_than_columns")


@pytest.mark.row("U8", "X6")
async def test_html_and_formulas_come_back_harmless_and_can_be_sent_again(world: Any, visitor: Any) -> None:
    rows = [
        "1 Example St,1,Toronto,ON,apartment,<script>alert(1)</script>",
        "2 Example St,1,Toronto,ON,castle,=HYPERLINK(1)",
        "3 Example St,1,Toronto,ON,<b>,+1 416",
    ]
    found = await _all_of(world, "\n".join([HEADER, *rows]).encode())
    assert (found.new, found.wrong_rows) == (1, 2)
    keeper = visitor("inventory_keeper")
    page = await keeper.see(f"/inventory-desk/imports/{found.id}")
    assert "<b>" not in page.html
    unit = await world.value("SELECT id FROM unit")
    assert "<script>alert" not in (await keeper.see(f"/inventory-desk/units/{unit}/details")).html
    answer = await keeper.client.get(f"/inventory-desk/imports/{found.id}/wrong-rows.csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line[5] for line in lines[1:]] == ["'=HYPERLINK(1)", "'+1 416"]
    mended = answer.content.replace(b"castle", b"apartment").replace(b"<b>", b"studio")
    assert (await _all_of(world, mended)).new == 2
    stored = await world.rows("SELECT comments FROM unit WHERE comments IS NOT NULL ORDER BY comments")
    assert [row["comments"] for row in stored] == ["+1 416", "<script>alert(1)</script>", "=HYPERLINK(1)"]


@pytest.mark.row("U2", "U3", "U8")
async def test_what_rows_state_about_one_another_and_of_the_inventory_must_fit(world: Any) -> None:
    await world.do(
        add_unit,
        AddUnit(
            street="9 Example Street", unit_number="1", city="Toronto", province="ON",
            region="toronto-east-york", housing_type="apartment", status="good",
            status_observed_on=world.clock.now().date(), building_floors=4,
        ),
    )  # fmt: skip
    header = "address,unit,city,province,housing_type,floor,building_floors,status_observed_on,rent"
    rows = [
        "9 Example St,2,Toronto,ON,apartment,9,,,",
        "5 Example St,1,Toronto,ON,apartment,2,3,,",
        "5 Example St,2,Toronto,ON,apartment,7,,,",
        "5 Example St,Unit 1,Toronto,ON,apartment,1,,,",
        "6 Example St,1,Toronto,ON,apartment,,,2026-03-03,",
        "6 Example St,2,Toronto,ZZ,apartment,,,,",
        "6 Example St,3,Toronto,ON,apartment,,,,-0.01",
        "9 EXAMPLE STREET,#1,toronto,ON,studio,,,,",
    ]
    found = await _all_of(world, "\n".join([header, *rows]).encode())
    problems = [(p.line, p.column, p.rule) for p in await world.see(import_problems, found.id)]
    assert problems == [
        (2, None, "floor_above_building"),
        (4, None, "floor_above_building"),
        (5, None, "address_twice"),
        (6, "status_observed_on", "day_in_future"),
        (7, "province", "not_a_province"),
        (8, "rent", "below_zero"),
    ]
    assert (found.new, found.changed) == (1, 1), "the home that exists was corrected, not added again"
    assert await world.value("SELECT count(*) FROM unit") == 2


@pytest.mark.row("U8")
async def test_only_the_import_takes_large_files(world: Any) -> None:
    large = b"x" * 1_200_000
    async with world.api("inventory_keeper") as client:
        assert (await client.post("/units", content=large)).status_code == 413
        sent = await client.post("/imports", files={"file": ("x.csv", HEADER.encode() + b"\n" + large)})
        assert sent.status_code == 202
        template = await client.get("/imports/template")
        assert template.text.lstrip("\ufeff").startswith("building_name,address,unit_number")
        again = await client.post("/imports", files={"file": ("x.csv", template.content)})
        import_id = again.json()["id"]
        found = await carry_through(world.runtime, KEEPER, UUID(import_id))
        assert (found.new, found.wrong_rows) == (1, 0), "the template's example is right"
        mapping = await client.get("/imports/mappings/unit-list")
        assert 'name = "unit-list"' in mapping.text
        assert (await client.get("/imports/mappings/nobody")).status_code == 422


@pytest.mark.row("U8")
async def test_wrong_lines_are_set_aside_a_few_at_a_time_whatever_the_server_believes(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server last looked at the staging tables when they held another file, as after many imports."""

    async def nothing(tx: Any) -> None:
        return

    for at in range(3):
        await _all_of(world, _table(40 + at))
    other = await _receive(world, _table(3_000))
    await world.do(carry_on, ImportCommand(other))
    await world.rows("ANALYZE import_row, import_problem, import_wrong_row, import_mark, building, unit")
    monkeypatch.setattr(steps, "take_statistics", nothing)
    monkeypatch.setattr(steps, "CHECKED_AT_ONCE", 1_000)
    monkeypatch.setattr(steps, "STEP_SECONDS", 0)
    lines = [f"{at // 20 + 1} Example St,{at % 20 + 1},Toronto,ON,apartment," for at in range(8_000)]
    import_id = await _receive(world, "\n".join([HEADER, *lines, *lines[:3_000]]).encode())
    wrong, seen = [], []
    while (found := await world.see(import_record, import_id)).state is ImportState.READING:
        before = time.monotonic()
        await world.do(carry_on, ImportCommand(import_id))
        assert time.monotonic() - before < 20
        wrong.append(
            await world.value("SELECT count(*) FROM import_wrong_row WHERE import_id = $1", import_id)
        )
        seen.append(found.progress)
    assert wrong[-1] == 3_000
    assert len(set(wrong)) > 5, "each step commits what it set aside"
    assert seen == sorted(seen)
    found = await carry_through(world.runtime, KEEPER, import_id)
    assert (found.rows, found.wrong_rows, found.new + found.unchanged) == (11_000, 3_000, 8_000)


@pytest.mark.row("U8")
def test_a_step_of_an_import_keeps_no_deadline_waiting() -> None:
    assert DUTIES.timers.kinds(long=True) == ["import_step"]
    assert "hold_deadline" in DUTIES.timers.kinds(long=False)
