"""Registers of parties for tests: signed files, and the usual two and five parties."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contracts.border import Grants
from contracts.enrolment import KeyFiles, Plan, enrol, read_plan
from contracts.parties import Register

_PLANS = Path(__file__).resolve().parents[4] / "deploy" / "parties"
SIGNERS = ["neighbourhood"]
SINCE = dt.date(2020, 1, 1)
"""The day since which everybody in these registers takes part: before any clock of a test."""


@dataclass
class Neighbourhood:
    """A register of parties in a file, and the keys that sign it; a test may revise it."""

    file: Path
    keys: KeyFiles
    register: Register

    @classmethod
    def of(cls, plan: Plan, folder: Path) -> Neighbourhood:
        """Return a neighbourhood of these parties; its files are in `folder`."""
        file, keys = folder / "parties.json", KeyFiles(folder / "keys")
        return cls(file, keys, enrol(plan, file, keys, SIGNERS, SINCE))

    def revise(self, plan: Plan, on: dt.date) -> None:
        """Sign and write the next version, with the parties of another plan."""
        self.register = enrol(plan, self.file, self.keys, SIGNERS, on)

    def grants(self) -> Grants:
        """Return the grants between its seats today."""
        return Grants.of(self.register, dt.datetime.now(dt.UTC).date())

    def settings(self) -> dict[str, str]:
        """Return the settings of a service that concern the register."""
        return {"parties_file": str(self.file), "parties_keys": " ".join(map(self.keys.public, SIGNERS))}


def plan(name: str) -> Plan:
    """Return a plan that is delivered with the project: "pair" or "two-of-each"."""
    return read_plan(_PLANS / f"{name}.json")


@cache
def neighbourhood(name: str = "pair") -> Neighbourhood:
    """Return the neighbourhood of a delivered plan, made once for each process; nobody may revise it."""
    folder = Path(tempfile.mkdtemp(prefix=f"partywall-{name}-"))
    return Neighbourhood.of(plan(name), folder)
