"""An import that the worker gave up or that somebody stopped: what is seen of it, how it goes on (U8)."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import sys
from typing import Any
from uuid import UUID

import pytest

from chassis.actor import Actor
from chassis.bus.timer_runner import TimerRunner
from importing.model import ImportState, why_halted
from importing.steps import ImportCommand, ReceiveFile
from units_svc.imports.commands import carry_on, carry_through, receive_file, stop_import
from units_svc.imports.mapping import MAPPINGS
from units_svc.imports.queries import import_record
from units_svc.imports.views import UnitImportView as ImportView
from units_svc.worker import DUTIES

pytestmark = pytest.mark.row("U8")

KEEPER = Actor("staff-1", "property", frozenset({"inventory_keeper"}), "Kim Okafor")
HEADER = "address,unit,city,province,housing_type"
ROWS = 12_000
FILE = "\n".join(
    [HEADER, *(f"{at // 20 + 1} Example St,{at % 20 + 1},Toronto,ON,apartment" for at in range(ROWS))]
)


async def _receive(world: Any, content: str = FILE, **options: Any) -> UUID:
    received = ReceiveFile(MAPPINGS.named("unit-list"), io.BytesIO(content.encode()), "homes.csv", **options)
    found: UUID = await world.do(receive_file, received)
    return found


async def _partly_written(world: Any) -> ImportView:
    """Return an import of which some homes are written, and some aren't."""
    import_id = await _receive(world, at_once=True)
    while (found := await world.see(import_record, import_id)).new == 0:
        await world.do(carry_on, ImportCommand(import_id))
    assert 0 < found.new < ROWS
    return found  # type: ignore[no-any-return]


async def _homes(world: Any) -> int:
    return int(await world.value("SELECT count(*) FROM unit"))


async def test_one_that_the_worker_gave_up_shows_why_and_goes_on_when_it_is_let(
    world: Any, visitor: Any
) -> None:
    import_id = await _receive(world, f"{HEADER}\n1 Example St,1,Toronto,ON,apartment\n")
    stored = await world.value("SELECT definition FROM unit_import")
    await world.rows("UPDATE unit_import SET definition = '{}'")
    runner = TimerRunner(world.runtime, DUTIES.timers)
    for _ in range(8):
        assert (await world.see(import_record, import_id)).working
        await runner.fire_due()
        world.clock.advance(dt.timedelta(hours=2))
    assert await runner.fire_due() == 0, "it isn't tried a ninth time"
    found = await world.see(import_record, import_id)
    assert (found.state, found.working, found.resumable) == (ImportState.READING, False, True)
    keeper = visitor("inventory_keeper")
    path = f"/inventory-desk/imports/{import_id}"
    page = await keeper.see(path)
    assert "A step failed for an unexpected reason" in page.html
    assert "hx-get" not in page.html, "nothing is to be waited for"
    assert "Go on with the import of homes.csv" in (await keeper.see("/inventory-desk")).html
    assert "Broken off" in (await keeper.see("/inventory-desk/imports")).html
    await world.rows("UPDATE unit_import SET definition = $1", stored)
    assert await keeper.send(path, {}, action=f"{path}/resume") == path
    await runner.fire_due()
    await runner.fire_due()
    assert (await world.see(import_record, import_id)).state is not ImportState.READING


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("failed: DiskFullError (53100)", "no room"),
        ("failed: QueryCanceledError (57014)", "longer than"),
        ("failed: LockNotAvailableError (55P03 unit)", "same records"),
        ("failed: KeyError", "unexpected reason"),
    ],
)
def test_why_a_step_failed_is_shown_in_plain_words(reason: str, words: str) -> None:
    assert words in why_halted(reason)


async def test_one_that_is_stopped_keeps_what_is_written_and_goes_on_with_the_rest(
    world: Any, visitor: Any
) -> None:
    written = (await _partly_written(world)).new
    import_id = await world.value("SELECT id FROM unit_import")
    path = f"/inventory-desk/imports/{import_id}"
    keeper = visitor("inventory_keeper")
    looking_on = {"headers": {"HX-Request": "true"}}
    same = await keeper.client.get(f"{path}?seen=applying", **looking_on)
    assert "<progress" in same.text
    later = await keeper.client.get(f"{path}?seen=reading", **looking_on)
    assert later.headers["HX-Refresh"] == "true", "what one can do about it has changed"
    assert await keeper.send(path, {}, action=f"{path}/stop") == path
    found = await world.see(import_record, import_id)
    assert (found.state, found.new, found.left) == (ImportState.STOPPED, written, ROWS - written)
    assert await world.due() == []
    assert not await world.do(carry_on, ImportCommand(import_id)), "a step that came late does nothing"
    assert await _homes(world) == written
    page = await keeper.see(path)
    assert f"{ROWS - written:,} right lines aren’t written." in page.html
    assert await keeper.send(path, {}, action=f"{path}/resume") == path
    while (found := await world.see(import_record, import_id)).state is not ImportState.DONE:
        assert await world.due() == ["import_step"]
    assert (found.new, found.changed, found.unchanged, found.left) == (ROWS, 0, 0, 0)
    assert await _homes(world) == ROWS
    assert await world.value("SELECT count(*) FROM outbox") == ROWS


async def test_the_rest_can_be_let_go_and_the_file_sent_again_does_nothing_twice(world: Any) -> None:
    stopped = await _partly_written(world)
    async with world.api("inventory_keeper") as client:
        path = f"/imports/{stopped.id}"
        assert (await client.delete(path)).status_code == 409, "it's being written"
        assert (await client.post(f"{path}/stop")).json()["state"] == "stopped"
        assert (await client.post(f"{path}/stop")).status_code == 409
        assert (await client.delete(path)).status_code == 204
        left = (await client.get(path)).json()
        assert (left["state"], left["new"], left["left"]) == ("stopped", stopped.new, ROWS - stopped.new)
        assert (await client.post(f"{path}/resume")).status_code == 409
        assert await world.value("SELECT count(*) FROM import_part") == 0
        again = await carry_through(world.runtime, KEEPER, await _receive(world, at_once=True))
        assert (again.new, again.changed, again.unchanged) == (ROWS - stopped.new, 0, stopped.new)
        first = (await client.get("/imports", params={"limit": 1})).json()
        assert (first["count"], [one["id"] for one in first["items"]]) == (2, [str(again.id)])
        second = (await client.get("/imports", params={"limit": 1, "after": first["next"]})).json()
        assert ([one["id"] for one in second["items"]], second["next"]) == ([str(stopped.id)], None)
    assert await world.value("SELECT count(*) FROM outbox") == ROWS


async def test_the_command_line_goes_on_with_one_that_was_stopped(world: Any) -> None:
    stopped = await _partly_written(world)
    await world.do(stop_import, ImportCommand(stopped.id))
    going_on = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "units_svc", "import", "--resume", str(stopped.id)),
        env=world.environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await going_on.communicate()
    assert (going_on.returncode, b"Written." in printed) == (0, True), printed
    assert await _homes(world) == ROWS


async def test_a_decision_that_comes_too_late_shows_how_the_import_stands(world: Any, visitor: Any) -> None:
    import_id = await _receive(world, f"{HEADER}\n1 Example St,1,Toronto,ON,apartment\n", at_once=True)
    path = f"/inventory-desk/imports/{import_id}"
    keeper = visitor("inventory_keeper", locale="fr")
    form = (await keeper.see(path)).fields(f"{path}/discard")
    await carry_through(world.runtime, KEEPER, import_id)
    answer = await keeper.client.post(f"{path}/discard", data=form)
    assert answer.status_code == 409
    assert "Cela n’est pas possible dans l’état actuel de l’importation." in answer.text
    assert await _homes(world) == 1


async def test_one_that_is_only_read_again_to_be_written_on_is_not_forgotten(world: Any) -> None:
    found = await _partly_written(world)
    await world.rows("TRUNCATE import_row")
    while found.state is not ImportState.READING:
        await world.do(carry_on, ImportCommand(found.id))
        found = await world.see(import_record, found.id)
    assert not found.discardable
    async with world.api("inventory_keeper") as client:
        assert (await client.delete(f"/imports/{found.id}")).status_code == 409
    assert found.new == await _homes(world)
