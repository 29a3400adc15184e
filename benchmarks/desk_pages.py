"""My day and full pages of lists on the desks, 20 a second, through Traefik, the service and its database.

    python benchmarks/desk_pages.py [--rounds 5] [--seconds 20] [--rows 300000]

Brings up a whole local stack in a folder of its own, with so many clients with a placement each, and homes,
and asks for list pages as a signed-in member of staff, first pages and others, whether or not the page
before has come. Beside them a static file of the same desk at the same pace: what Traefik, the server and
this program cost alone.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

import asyncpg
import httpx
import psutil
import support_ground
import units_search
from http_load import Round, paced

from partywall.staff_api import StaffApi
from testkit.local import LocalBack

PER_SECOND = 20
TARGET, STRETCH = 100, 40


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of a desk, and who looks at it; `after` it are more pages, unless all is on one."""

    entity: str
    role: str
    first: tuple[str, ...]
    after: bool = True


DESKS = {
    "My day": Listed("support", "caseworker", ("/front-desk",), after=False),
    "clients": Listed("support", "caseworker", ("/front-desk/clients", "/front-desk/clients?state=active")),
    "placements": Listed(
        "support",
        "caseworker",
        ("/front-desk/placements", "/front-desk/placements?status=housing_not_secured"),
    ),
    "housing loss preventions": Listed(
        "support",
        "caseworker",
        ("/front-desk/housing-loss-preventions", "/front-desk/housing-loss-preventions?status=closed"),
    ),
    "homes": Listed(
        "property",
        "inventory_keeper",
        ("/inventory-desk/units", "/inventory-desk/units?sort=rent&bedrooms_from=2"),
    ),
}


async def fill(back: LocalBack, rows: int) -> None:
    """Write the records of a support organisation, some of them of the caseworker who looks, and homes."""
    account = back.account("support", "caseworker")
    async with StaffApi(back.stack.layout.door("support"), account.email, account.password) as staff:
        caseworker = await staff.subject()
    support = await asyncpg.connect(back.stack.programs.dsn(back.stack.layout.part("support")))
    await support.execute(
        "INSERT INTO caseworker VALUES ($1, 'Bench', true, now()) ON CONFLICT DO NOTHING", caseworker
    )
    await support_ground.fill(support, rows)
    await support.close()
    units = await asyncpg.connect(back.stack.programs.dsn(back.stack.layout.part("units")))
    buildings, homes = units_search.rows(rows, random.Random(rows))
    await units.copy_records_to_table("building", records=buildings, columns=units_search.BUILDING)
    await units.copy_records_to_table("unit", records=homes, columns=units_search.UNIT)
    await units.execute("ANALYZE")
    await units.close()


async def pages_of(client: httpx.AsyncClient, listed: Listed) -> list[str]:
    """Return the addresses of a list, and the page after each of them if it has more; those are full."""
    found = []
    for address in listed.first:
        page = await client.get(address)
        rows = page.text.count("<tr") - page.text.count("<thead")
        assert page.status_code == httpx.codes.OK, (address, page.status_code)
        found.append(address)
        if not listed.after:
            continue
        assert rows >= 25, f"{address} has {rows} rows"
        onward = re.search(r'href="([^"]*after=[^"]*)"', page.text)
        assert onward, f"{address} has no next page"
        found.append(str(page.url.join(onward[1].replace("&amp;", "&")).raw_path.decode()))
    return found


async def measure(back: LocalBack, rounds: int, seconds: float) -> None:
    """Ask for every desk's list and for its static file in turn, round by round."""
    results: dict[str, list[Round]] = {}
    computing: dict[str, list[float]] = {}
    for _ in range(rounds):
        for title, listed in DESKS.items():
            service = back.stack.running(
                back.stack.layout.part("support" if listed.entity == "support" else "units")
            )
            assert service
            process = psutil.Process(service.pid)
            account, door = back.account(listed.entity, listed.role), back.stack.layout.door(listed.entity)
            async with StaffApi(door, account.email, account.password) as staff, door.client() as client:
                client.cookies.set("partywall_token", await staff.token())
                addresses = itertools.cycle(await pages_of(client, listed))
                style = re.search(r'href="([^"]+\.css[^"]*)"', (await client.get(listed.first[0])).text)
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
    parser.add_argument("--rows", type=int, default=300_000, help="clients with a placement each, and homes")
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
