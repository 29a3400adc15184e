"""The same command straight to the service, and through Traefik as the local stack sets it up.

    python benchmarks/through_traefik.py [--rounds 5] [--seconds 3] [--clients 32]

Starts a PostgreSQL, which doesn't wait for the disk here, and a Traefik of its own. *Ours* is the command of
`http_command.py`; *bare* is the fastest possible server in Python, with which Traefik costs most.
All of it shares the machine.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import uvloop
from delivery_ground import ground
from http_command import PATH, bearer, contestant, entry_on, issuer, new_shelf, settings_for, until_up
from http_load import Round, load, post
from joserfc.jwk import OKPKey

from partywall import traefik
from partywall.layout import Layout
from partywall.memory import layout_of
from partywall.nats_server import installed_program
from partywall.parties import usual_plan
from testkit.ports import free_ports

SERVERS = ("ours", "bare")
TARGET, STRETCH = 0.65, 0.8
PORTS = 13
"""As many as the usual stack has."""


@contextmanager
def proxy(layout: Layout) -> Iterator[None]:
    """Run Traefik with the configuration of the local stack."""
    configuration = traefik.write_configuration(layout)
    process = subprocess.Popen(
        [str(installed_program("traefik")), f"--configFile={configuration}"],
        cwd=layout.state,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.kill()
        process.wait(20)


async def measure(rounds: int, seconds: float, clients: int) -> None:
    """Let direct and through Traefik take turns, and print medians and ratios."""
    results: dict[tuple[str, str], list[Round]] = {}
    async with ground() as here:
        # The way to the service is measured, not the disk, which every command would wait for.
        await here.sql("ALTER SYSTEM SET synchronous_commit = off")
        await here.sql("SELECT pg_reload_conf()")
        shelf = await new_shelf(here.database)
        for name in SERVERS:
            with ExitStack() as running:
                folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
                ports = {"PARTYWALL_PORT_BASE": str(free_ports(PORTS))}
                layout = layout_of(folder, usual_plan().parties, ports)
                key = OKPKey.generate_key("Ed25519", {"kid": "bench"})
                settings = settings_for(here.database, running.enter_context(issuer(key)))
                # Every path that no service of an entity claims is its gateway's.
                behind = layout.port("property/gateway")
                running.enter_context(contestant(name, settings, behind))
                running.enter_context(proxy(layout))
                request = post(PATH, entry_on(shelf), bearer(key), host=layout.host("property"))
                ways = {"direct": behind, "Traefik": layout.base}
                for port in ways.values():
                    await until_up(port, request)
                    await load(port, lambda again=request: again, seconds=1, clients=clients)
                for _ in range(rounds):
                    for way, port in ways.items():
                        round_ = await load(
                            port, lambda again=request: again, seconds=seconds, clients=clients
                        )
                        results.setdefault((name, way), []).append(round_)
    report(results)


def report(results: dict[tuple[str, str], list[Round]]) -> None:
    """Print the medians, and each ratio with its target."""
    print(f"{'':<14} {'per s':>8} {'p50 ms':>8} {'p99 ms':>8} {'failed':>7} {'steal':>6}")
    for (name, way), rounds in results.items():
        middle = [
            statistics.median(getattr(each, what) for each in rounds) for what in ("per_second", "p50", "p99")
        ]
        failed, steal = sum(each.failed for each in rounds), max(each.steal for each in rounds)
        rate, p50, p99 = middle
        print(f"{name + ' ' + way:<14} {rate:8.0f} {p50:8.2f} {p99:8.2f} {failed:7} {steal:6.1%}")
    for name in SERVERS:
        pairs = zip(results[name, "Traefik"], results[name, "direct"], strict=True)
        ratio = statistics.median(through.per_second / direct.per_second for through, direct in pairs)
        word = "stretch reached" if ratio >= STRETCH else "reached" if ratio >= TARGET else "MISSED"
        print(f"{name}, Traefik / direct: {ratio:.2f} (target {TARGET}, stretch {STRETCH}: {word})")
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--clients", type=int, default=32)
    chosen = parser.parse_args()
    uvloop.run(measure(chosen.rounds, chosen.seconds, chosen.clients))


if __name__ == "__main__":
    main()
