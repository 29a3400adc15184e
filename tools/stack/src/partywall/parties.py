"""Who takes part in a local stack: the signed register in its folder, and the key that signs it (N1)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import ValidationError

from contracts.border import Grants
from contracts.enrolment import KeyFiles, Plan, PlannedParty, began_everywhere, enrol, read_plan
from contracts.parties import Register, verified
from partywall.layout import project_root

SIGNER = "neighbourhood"
"""Name of the one key that signs the register of a local stack."""


class BadParties(ValueError):
    """A file of parties, or a change of them, that can't be used; the message says why."""


def usual_plan() -> Plan:
    """Return the plan of a property entity with its inventory, and a support organisation."""
    return plan_in(project_root() / "deploy" / "parties" / "pair.json")


def plan_in(path: Path) -> Plan:
    """Return the plan in a file. Raises BadParties."""
    try:
        return read_plan(path)
    except OSError as error:
        raise BadParties(f"{path} can't be read ({error.strerror}).") from error
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        raise BadParties(f"{path}: {'.'.join(map(str, wrong['loc']))}: {wrong['msg']}") from error


class Neighbourhood:
    """The parties of one state folder; their register is written when it is first needed.

    Any process may use it: what is in force is read from the folder.
    """

    def __init__(self, state: Path, plan: Plan | None = None) -> None:
        self._folder = state / "parties"
        self._first = plan
        self.keys = KeyFiles(self._folder / "keys")

    @property
    def file(self) -> Path:
        """The signed register, as every service reads it."""
        return self._folder / "parties.json"

    def stored(self) -> Register | None:
        """Return the register, or None before it is first needed. Raises RegisterRefused."""
        try:
            text = self.file.read_bytes()
        except FileNotFoundError:
            return None
        return verified(text, [self.keys.public(SIGNER)])

    @property
    def plan(self) -> Plan:
        """The parties that haven't left."""
        register = self.stored()
        if register is None:
            return self._first or usual_plan()
        staying = (party for party in register.parties if party.until is None)
        return Plan(
            parties=tuple(
                PlannedParty(id=one.id, names=one.names, kinds=one.kinds, suspended=one.suspended)
                for one in staying
            )
        )

    @property
    def parties(self) -> tuple[PlannedParty, ...]:
        """The parties that haven't left, in the order of their ids."""
        return tuple(sorted(self.plan.parties, key=lambda party: party.id))

    @property
    def grants(self) -> Grants:
        """What passes between them."""
        return Grants(self.plan.seats, self.plan.suspended)

    def settings(self) -> dict[str, str]:
        """Return the settings of every service that concern the register, which exists from now on."""
        if not self.file.exists():
            self.write(self.plan)
        return {"PARTIES_FILE": str(self.file), "PARTIES_KEYS": self.keys.public(SIGNER)}

    def write(self, plan: Plan) -> None:
        """Sign and write the version with these parties; those it doesn't list leave at once.

        Raises BadParties.
        """
        leaving = {party.id for party in self.plan.parties} - {party.id for party in plan.parties}
        # Who joins takes part since the day before, so that it may leave on the day on which it came.
        on = began_everywhere(dt.datetime.now(dt.UTC)) - dt.timedelta(days=0 if leaving else 1)
        try:
            enrol(plan, self.file, self.keys, [SIGNER], on)
        except ValueError as error:
            raise BadParties(_words(error)) from error


def _words(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        return str(error.errors(include_url=False, include_input=False)[0]["msg"])
    return str(error)
