"""Parties join, pause and leave a running stack; for all others nothing changes (N5)."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import stat
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import nats
import pytest
import pytest_asyncio

from contracts.border import inbox_of, jetstream
from contracts.parties import verified
from contracts.seats import Seat
from partywall import cli, membership
from partywall.crossings import crossings
from partywall.doctor import examine
from partywall.journey import STEPS, Between
from partywall.lag import lags
from partywall.layout import Kind
from partywall.parties import BadParties
from partywall.postgres import BINARIES
from testkit.live import Live
from testkit.local import LocalBack
from testkit.parties import plan
from testkit.waiting import eventually

pytestmark = [pytest.mark.row("N5", "N6"), pytest.mark.timeout(1200)]

FIVE = plan("two-of-each")
JOINED = Between("harbour-support", "lakeside-homes", "city-inventory")
MIXED = (JOINED, Between("harbour-support"), Between("support", "lakeside-homes", "city-inventory"))
HALFWAY = STEPS.index("until_the_application_is_open") + 1


@dataclass
class Grown:
    """A stack of two parties that three more joined while the two were at work."""

    back: LocalBack
    live: Live
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    moved_in_meanwhile: int = 0


def processes(back: LocalBack) -> dict[str, int]:
    """The process ids of all parts that run."""
    parts = ((part.name, back.stack.running(part)) for part in back.stack.layout.parts)
    return {name: running.pid for name, running in parts if running is not None}


def connections(back: LocalBack) -> set[tuple[int, str]]:
    """Number and start of each connection to the broker that isn't a tool's."""
    url = f"http://127.0.0.1:{back.stack.layout.nats_monitor_port}/connz?limit=2048"
    found = httpx.get(url, timeout=10).json()["connections"]
    return {(one["cid"], one["start"]) for one in found if one.get("name")}


@pytest.fixture(scope="module")
def pair() -> Iterator[LocalBack]:
    """A stack of this file's own: the usual two, with ports for three more."""
    back = LocalBack(more_ports=16)
    try:
        back.up()
        yield back
    finally:
        back.down()


@pytest_asyncio.fixture(scope="module")
async def grown(pair: LocalBack) -> AsyncIterator[Grown]:
    """Three parties join while the first two go on with one journey after the other."""
    found = Grown(pair, Live(pair))
    found.before = {"processes": processes(pair), "connections": connections(pair)}
    joined = asyncio.Event()

    async def at_work() -> None:
        while not joined.is_set():
            async with found.live.journey("Meanwhile", f"Household {found.moved_in_meanwhile}") as journey:
                await journey.run()
            found.moved_in_meanwhile += 1

    working = asyncio.create_task(at_work())
    ids = await asyncio.to_thread(membership.join, pair.stack, FIVE)
    assert sorted(ids) == ["city-inventory", "harbour-support", "lakeside-homes"]
    joined.set()
    await working
    found.after = {"processes": processes(pair), "connections": connections(pair)}
    await asyncio.to_thread(pair.equip)
    yield found


async def test_nobody_is_restarted_or_disconnected_by_those_who_join(grown: Grown) -> None:
    assert grown.after["processes"].items() >= grown.before["processes"].items()
    assert len(grown.after["processes"]) == len(grown.before["processes"]) + 12
    assert grown.before["connections"] <= grown.after["connections"]
    assert grown.moved_in_meanwhile >= 1
    findings = await asyncio.to_thread(lambda: list(examine(grown.back.stack)))
    assert [finding for finding in findings if not finding.well] == []


async def test_those_who_joined_work_with_each_other_and_with_those_before(grown: Grown) -> None:
    for between in MIXED:
        async with grown.live.journey("Joined", f"{between.support} {between.landlord}", between) as journey:
            await journey.run()
            assert (await journey.placement_record())["status"] == "moved_in"
    await grown.live.all_acted_on()


async def test_joining_again_changes_nothing_and_another_name_is_refused(grown: Grown) -> None:
    version = grown.back.stack.neighbourhood.stored()
    assert await asyncio.to_thread(membership.join, grown.back.stack, FIVE) == []
    first, *others = FIVE.parties
    renamed = first.model_copy(update={"kinds": first.kinds[:1]})
    with pytest.raises(BadParties, match="takes part already"):
        membership.join(grown.back.stack, FIVE.model_copy(update={"parties": (renamed, *others)}))
    assert grown.back.stack.neighbourhood.stored() == version


async def test_what_an_interrupted_attempt_left_undone_is_done_by_the_next(grown: Grown) -> None:
    await grown.live.stop("harbour-support/support-worker", "harbour-support/gateway")
    assert await asyncio.to_thread(membership.join, grown.back.stack, FIVE) == []
    assert grown.back.stack.missing() == []


async def test_what_is_for_a_suspended_party_waits_and_harms_nobody(grown: Grown) -> None:
    stack, live = grown.back.stack, grown.live
    before = processes(grown.back)
    async with live.journey("Suspended", "Household", JOINED) as journey:
        for step in STEPS[:3]:
            await journey.take(step)
        await asyncio.to_thread(membership.suspend, stack, "harbour-support", suspended=True)
        # The workers follow the register within seconds; what is published from then on waits.
        await asyncio.sleep(3)
        await journey.take("secure_the_unit")
        async with live.journey("Active", "Household") as other:
            began = dt.datetime.now(dt.UTC)
            await other.run()
        delays = [
            one.delay_ms(seat)
            for one in await crossings(stack, began)
            for seat in one.listeners
            if {one.publisher.party, seat.party} <= {"property", "support"}
        ]
        assert delays
        assert max(delay or 0 for delay in delays) < 5_000
        waiting = {(str(lag.publisher), str(lag.listener)): lag.waiting for lag in await lags(stack)}
        assert waiting["harbour-support/support", "city-inventory/units"] >= 1
        assert (await journey.placement_record())["request"]["state"] == "asked"
        await asyncio.to_thread(membership.suspend, stack, "harbour-support", suspended=False)
        for step in STEPS[STEPS.index("until_housing_is_secured") :]:
            await journey.take(step)
        assert (await journey.placement_record())["status"] == "moved_in"
    await live.all_acted_on()
    assert processes(grown.back) == before


async def test_a_party_that_leaves_takes_everything_and_leaves_nothing_behind(
    grown: Grown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stack, live = grown.back.stack, grown.live
    async with live.journey("Left", "Behind", JOINED) as journey:
        for step in STEPS[:HALFWAY]:
            await journey.take(step)
        application = journey.application
    await live.all_acted_on()
    seat = Seat.named("harbour-support/support")
    server = stack.programs.postgres(seat.party)
    owned = {name: await rows_of(server.dsn(name)) for name in ("support", "gateway")}
    published = await live.rows(str(seat), "SELECT id, subject FROM outbox ORDER BY position")
    known = await live.count("property/tenancy", "SELECT count(*) AS n FROM inbox")
    before = processes(grown.back)
    staying = {name: pid for name, pid in before.items() if not name.startswith("harbour-support/")}
    alive = connections(grown.back)

    folder = tmp_path / "export"
    monkeypatch.setenv("PARTYWALL_STATE", str(stack.layout.state))
    monkeypatch.setenv("PARTYWALL_PORT_BASE", str(stack.layout.base))
    status = await asyncio.to_thread(cli.main, ["party", "remove", seat.party, "--export", str(folder)])
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert str(folder) in printed

    # For the others: the same processes, the same connections, and a journey as before.
    grown.back.reopen()
    stack = grown.back.stack
    assert processes(grown.back) == staying
    assert connections(grown.back) <= alive
    async with live.journey("After", "Leaving") as after:
        await after.run()
    # Nothing of it is left at the broker, in Traefik, on the disk.
    config = (stack.layout.nats_folder / "nats.conf").read_text()
    assert "harbour-support" not in config
    for publisher in stack.layout.seats:
        assert seat.account not in await consumers_of(grown.back, publisher)
    stored = stack.layout.nats_folder / "jetstream" / "jetstream" / seat.account / "streams"
    assert not (stored / seat.stream).exists()
    assert not stack.layout.postgres_data(seat.party).exists()
    assert not stack.layout.parts_of(seat.party)

    async def no_route() -> None:
        async with stack.layout.door(seat.party).client() as client:
            assert (await client.get("/sign-in")).status_code == httpx.codes.NOT_FOUND

    await eventually(no_route, timeout=15)
    # What it published stays with those who received it.
    assert (await live.count("property/tenancy", "SELECT count(*) AS n FROM inbox")) >= known
    async with live.person("lakeside-homes", "property_manager") as manager:
        record = await manager.get(f"/api/tenancy/v1/applications/{application}")
        assert record["referred_by"] == seat.party
    # The register says that it was here, and its id can't come back.
    around = stack.neighbourhood
    register = verified(around.file.read_bytes(), [around.keys.public("neighbourhood")])
    left = register.party(seat.party)
    assert left is not None
    assert not left.takes_part(dt.datetime.now(dt.UTC).date())
    with pytest.raises(BadParties, match="never used again"):
        membership.join(stack, FIVE)

    # What it took is complete: everything can be read from it again.
    contents = json.loads((folder / "contents.json").read_text())
    assert contents["files"].keys() | {"contents.json"} == {path.name for path in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    lines = [json.loads(line) for line in (folder / "support-outbox.jsonl").read_text().splitlines()]
    assert [[line["id"], line["subject"]] for line in lines] == [list(row.values()) for row in published]
    for name, rows in owned.items():
        assert await restored(grown.back, folder / f"{name}.sql") == rows, name


async def consumers_of(back: LocalBack, seat: Seat) -> set[str]:
    """The names of the consumers that a seat's stream has at the broker."""
    connection = await nats.connect(
        back.stack.layout.nats_url,
        user=seat.admin,
        password=back.stack.vault.secret(f"nats-{seat.admin}"),
        inbox_prefix=inbox_of(seat.admin).encode(),
    )
    try:
        return {one.name for one in await jetstream(connection).consumers_info(seat.stream)}
    finally:
        await connection.close()


async def rows_of(dsn: str) -> dict[str, int]:
    """The number of rows in each table of a database."""
    connection = await asyncpg.connect(dsn)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {
            name: await connection.fetchval(f'SELECT count(*) FROM "{name}"')  # noqa: S608 - own names
            for (name,) in tables
        }
    finally:
        await connection.close()


async def restored(back: LocalBack, dump: Path) -> dict[str, int]:
    """The number of rows in each table after a dump was read into an empty database."""
    cluster = back.stack.programs.postgres("property")
    name = f"restored_{dump.stem}"
    admin = await asyncpg.connect(cluster.dsn())
    await admin.execute(f'CREATE DATABASE "{name}"')
    await admin.close()
    command = [BINARIES / "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={dump}"]
    command.append(cluster.dsn(name))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    assert await process.wait() == 0
    return await rows_of(cluster.dsn(name))


async def test_a_stopped_stack_is_changed_for_its_next_start(grown: Grown) -> None:
    """Without any process: the register is written, and a party leaves with its export all the same."""
    stack = grown.back.stack
    await asyncio.to_thread(stack.down)
    folder = stack.layout.state / "taken-along"
    left = await asyncio.to_thread(membership.leave, stack, "city-inventory", folder)
    assert {path.name for path in left.files} >= {"units.sql", "units-outbox.jsonl", "gateway.sql"}
    assert not stack.anything_runs()
    started = await asyncio.to_thread(stack.up)
    assert not [part for part in started if part.party == "city-inventory"]
    assert {part.kind for part in started} == set(Kind)
