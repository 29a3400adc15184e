"""Lists of 50 rows on the desks, 20 pages a second, through Traefik, the service and its database.

    python benchmarks/desk_pages.py [--rounds 5] [--seconds 20] [--rows 20000]

Brings up a whole local stack in a folder of its own, with so many placements and homes, and asks for list
pages as a signed-in member of staff, first pages and others, whether or not the page before has come. Beside
them a static file of the same desk at the same pace: what Traefik, the server and this program cost alone.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import itertools
import os
import random
import re
import statistics
import uuid
from collections.abc import Iterator
from typing import Any

import asyncpg
import client_search
import httpx
import psutil
import units_search
from http_load import Round, paced

from partywall.staff_api import StaffApi
from testkit.local import LocalBack

PER_SECOND = 20
TARGET, STRETCH = 100, 40
DESKS = {
    "placements on the Front Desk": (
        "support",
        "caseworker",
        ("/front-desk/placements", "/front-desk/placements?status=housing_not_secured"),
    ),
    "homes on the Inventory Desk": (
        "property",
        "inventory_keeper",
        ("/inventory-desk/units", "/inventory-desk/units?sort=rent&bedrooms_from=2"),
    ),
}
PLACEMENT = [
    "id", "client_id", "caseworker", "search_started_on", "target_on", "currency", "status", "started_at",
    "version",
]  # fmt: skip


def placements(number: int, dice: random.Random) -> Iterator[tuple[Any, ...]]:
    """Yield a placement for each of so many clients; most of them are over."""
    began = dt.date(2024, 1, 1)
    for at in range(number):
        day = began + dt.timedelta(days=at * 1000 // number)
        target = day + dt.timedelta(days=90) if dice.random() < 0.8 else None
        status = dice.choice(["housing_not_secured"] + ["failed", "follow_ups_completed"] * 4)
        yield (
            uuid.UUID(int=at + 1), uuid.UUID(int=at + 1), "bench", day, target, "CAD", status,
            dt.datetime.combine(day, dt.time(12), dt.UTC), 1,
        )  # fmt: skip


async def fill(back: LocalBack, rows: int) -> None:
    """Write clients with a placement each, and homes."""
    dice = random.Random(rows)
    support = await asyncpg.connect(back.stack.programs.dsn(back.stack.layout.part("support")))
    await support.execute("INSERT INTO caseworker VALUES ('bench', 'Bench', true, now())")
    people = client_search.clients(rows, dice)
    async with client_search.copying_into(support, "client", "client_name", "placement"):
        await support.copy_records_to_table("client", records=people, columns=client_search.CLIENT)
        await support.copy_records_to_table("placement", records=placements(rows, dice), columns=PLACEMENT)
    await support.execute(
        "INSERT INTO placement_member SELECT id, client_id, true, true, NULL, 0 FROM placement"
    )
    await support.execute("ANALYZE")
    await support.close()
    units = await asyncpg.connect(back.stack.programs.dsn(back.stack.layout.part("units")))
    buildings, homes = units_search.rows(rows, dice)
    await units.copy_records_to_table("building", records=buildings, columns=units_search.BUILDING)
    await units.copy_records_to_table("unit", records=homes, columns=units_search.UNIT)
    await units.execute("ANALYZE")
    await units.close()


async def pages_of(client: httpx.AsyncClient, first: tuple[str, ...]) -> list[str]:
    """Return these addresses and the page after each of them; all hold 50 rows."""
    found = []
    for address in first:
        page = await client.get(address)
        rows = page.text.count("<tr") - page.text.count("<thead")
        assert page.status_code == httpx.codes.OK, (address, page.status_code)
        assert rows >= 50, f"{address} has {rows} rows"
        found.append(address)
        onward = re.search(r'href="([^"]*after=[^"]*)"', page.text)
        assert onward, f"{address} has no next page"
        found.append(str(page.url.join(onward[1].replace("&amp;", "&")).raw_path.decode()))
    return found


async def measure(back: LocalBack, rounds: int, seconds: float) -> None:
    """Ask for every desk's list and for its static file in turn, round by round."""
    results: dict[str, list[Round]] = {}
    computing: dict[str, list[float]] = {}
    for _ in range(rounds):
        for title, (entity, role, first) in DESKS.items():
            service = back.stack.running(
                back.stack.layout.part("support" if entity == "support" else "units")
            )
            assert service
            process = psutil.Process(service.pid)
            account, door = back.account(entity, role), back.stack.layout.door(entity)
            async with StaffApi(door, account.email, account.password) as staff, door.client() as client:
                client.cookies.set("partywall_token", await staff.token())
                addresses = itertools.cycle(await pages_of(client, first))
                style = re.search(r'href="([^"]+\.css[^"]*)"', (await client.get(first[0])).text)
                assert style
                static = itertools.repeat(style[1])
                for name, asked in ((f"{title}, its style sheet", static), (title, addresses)):

                    async def ask(asked: Iterator[str] = asked, client: httpx.AsyncClient = client) -> bool:
                        return (await client.get(next(asked))).status_code == httpx.codes.OK

                    before = process.cpu_times()
                    round_ = await paced(ask, per_second=PER_SECOND, seconds=seconds)
                    after = process.cpu_times()
                    spent = after.user + after.system - before.user - before.system
                    results.setdefault(name, []).append(round_)
                    computing.setdefault(name, []).append(spent * 1000 / (PER_SECOND * seconds))
    report(results, computing)


def report(results: dict[str, list[Round]], computing: dict[str, list[float]]) -> None:
    """Print medians of the rounds, with the target for the lists.

    *Computing* is the CPU time of the service for one page, which other processes hardly affect.
    """
    pace = f"{PER_SECOND} a second"
    print(f"\n{pace:<46} {'p50 ms':>7} {'p99 ms':>7} {'computing':>9} {'failed':>7} {'steal':>6}")
    for name, rounds in results.items():
        p50, p99 = (statistics.median(getattr(each, which) for each in rounds) for which in ("p50", "p99"))
        failed, steal = sum(each.failed for each in rounds), max(each.steal for each in rounds)
        word = ""
        if name in DESKS:
            word = "stretch reached" if p99 < STRETCH else "reached" if p99 < TARGET else "MISSED"
        own = statistics.median(computing[name])
        print(f"{name:<46} {p50:7.1f} {p99:7.1f} {own:9.1f} {failed:7} {steal:6.1%} {word}")
    print(f"target p99 < {TARGET} ms, stretch {STRETCH} ms; load of the machine {os.getloadavg()[0]:.1f}")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rows", type=int, default=20_000, help="placements, and homes")
    chosen = parser.parse_args()
    back = LocalBack()
    try:
        back.up()
        asyncio.run(fill(back, chosen.rows))
        asyncio.run(measure(back, chosen.rounds, chosen.seconds))
    finally:
        back.down()


if __name__ == "__main__":
    main()
