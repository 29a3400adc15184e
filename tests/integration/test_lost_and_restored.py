"""The runbooks for a lost broker and a restored database, rehearsed in the middle of a journey."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from partywall import operating
from partywall.doctor import examine
from partywall.journey import STEPS
from testkit.live import Live
from testkit.local import LocalBack
from testkit.waiting import eventually

pytestmark = [pytest.mark.row("X1", "W1", "W13"), pytest.mark.timeout(900)]

WORKERS = ("units-worker", "tenancy-worker", "support-worker")
SECURED = STEPS.index("until_housing_is_secured") + 1


@pytest.fixture(scope="module")
def own_back() -> Iterator[LocalBack]:
    """A stack of this file's own, because no other test could use it afterwards."""
    back = LocalBack()
    try:
        back.up()
        yield back
    finally:
        back.down()


async def not_ready(back: LocalBack, name: str) -> None:
    """Wait until a worker reports that database and stream don't match, as the doctor does."""

    async def says_so() -> None:
        hindrance = await asyncio.to_thread(back.stack.programs.not_ready, back.stack.layout.part(name))
        assert hindrance is not None
        assert "continuity" in hindrance
        assert "heal" in hindrance

    await eventually(says_so, timeout=60)
    findings = await asyncio.to_thread(lambda: list(examine(back.stack)))
    assert [one for one in findings if one.mend.startswith("partywall heal")]


async def healed(back: LocalBack) -> str:
    """Run `partywall heal` and wait until all workers are ready; return what it printed."""
    printed = StringIO()
    await operating.heal(back.stack, Console(file=printed, width=200))

    async def ready() -> None:
        for name in WORKERS:
            assert (
                await asyncio.to_thread(back.stack.programs.not_ready, back.stack.layout.part(name)) is None
            )

    await eventually(ready, timeout=90)
    return printed.getvalue()


async def test_a_lost_broker_is_noticed_and_filled_again(own_back: LocalBack) -> None:
    live = Live(own_back)
    async with live.journey("Lost", "Broker") as journey:
        for step in STEPS[:SECURED]:
            await journey.take(step)
        await live.all_acted_on()
        await live.kill("nats")
        shutil.rmtree(own_back.stack.layout.nats_folder / "jetstream")
        await live.start("nats")
        # As an operator who sees that there are no streams.
        await operating_border(own_back)
        await not_ready(own_back, "units-worker")

        printed = await healed(own_back)
        assert "events are published again" in printed
        for step in STEPS[SECURED:]:
            await journey.take(step)
        assert (await journey.placement_record())["status"] == "moved_in"
    await live.all_acted_on()


async def operating_border(back: LocalBack) -> None:
    """Set up the streams again, empty, as `border` of each service does."""
    for service in ("units", "tenancy", "support"):
        await operating.establish_border(
            back.stack.programs, back.stack.report, back.stack.layout.part(service)
        )


async def test_a_restored_database_is_noticed_and_catches_up(own_back: LocalBack) -> None:
    live = Live(own_back)
    property_parts = ("units", "units-worker", "tenancy", "tenancy-worker", "property/gateway")
    data = own_back.stack.layout.postgres_data("property")
    backup = data.parent / "backup"

    async def with_database_stopped(do: Callable[[], object]) -> None:
        await live.stop(*property_parts)
        await live.stop("property/postgres")
        await asyncio.to_thread(do)
        await live.start("property/postgres")

    async with live.journey("Restored", "Database") as journey:
        for step in STEPS[:3]:
            await journey.take(step)
        await live.all_acted_on()
        await with_database_stopped(lambda: shutil.copytree(data, backup))
        await live.start(*property_parts)
        # Within the hour that will be lost, the home is secured and the application opened.
        for step in STEPS[3:SECURED]:
            await journey.take(step)
        await live.all_acted_on()

        await with_database_stopped(lambda: restore(data, backup))
        await live.launch(*property_parts)  # without waiting for them to be ready: they won't
        await not_ready(own_back, "units-worker")
        printed = await healed(own_back)
        assert "events of the lost database" in printed
        assert "are delivered again" in printed

        # The hold is there again, and the journey continues from where it was.
        for step in STEPS[SECURED:]:
            await journey.take(step)
        assert (await journey.placement_record())["status"] == "moved_in"
    await live.all_acted_on()


def restore(data: Path, backup: Path) -> None:
    """Replace the newer folder by the older one, with its owner."""
    owner = data.stat()
    shutil.rmtree(data)
    shutil.copytree(backup, data)
    for path in (data, *data.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)
    data.chmod(0o700)
