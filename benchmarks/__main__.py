"""Run the benchmarks in turn: `python -m benchmarks [name …] [--quick]`; without a name, all of them."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent

# Each is a program of its own with options of its own; `--quick` is for seeing that it runs.
QUICK = {
    "delivery_drain": ("--rounds", "1", "--events", "10000", "--others", "2000"),
    "delivery_latency": ("--rounds", "1", "--events", "60"),
    "delivery_listener": ("--rounds", "1", "--events", "5000"),
    "parties": ("--rounds", "1", "--events", "30", "--support", "3", "--property", "4"),
    "http_command": ("--rounds", "1", "--seconds", "1"),
    "real_commands": ("--rounds", "1", "--requests", "20"),
    "through_traefik": ("--rounds", "1", "--seconds", "1"),
    "growth": ("--rows", "2000", "--rounds", "1", "--seconds", "1"),
    "desk_pages": ("--rows", "2000", "--rounds", "1", "--seconds", "3"),
    "units_import": ("--rows", "5000", "--rounds", "1"),
    "clients_import": ("--rows", "5000", "--homes", "5000"),
    "homes_search": ("--rows", "20000", "--rounds", "1", "--searches", "100"),
    "client_search": ("--rows", "20000", "--rounds", "1", "--searches", "100"),
    "reports": ("--rows", "4000", "--rounds", "1"),
    "units_search": ("--rows", "20000", "--rounds", "1", "--searches", "100"),
}


def main() -> int:
    """Run what was asked for; return 1 when one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[*QUICK, []], help="only these")
    parser.add_argument("--quick", action="store_true", help="small and short; the figures mean nothing")
    chosen = parser.parse_args()
    failed = 0
    for name in chosen.name or QUICK:
        print(f"\n## {name}", flush=True)
        options = QUICK[name] if chosen.quick else ()
        failed |= (
            subprocess.run([sys.executable, str(HERE / f"{name}.py"), *options], check=False).returncode != 0
        )
    return failed


if __name__ == "__main__":
    sys.exit(main())
