"""From a plan of who takes part to the next version of the register of parties (N1, N5).

A plan is a short list that a person writes: ids, names, kinds. Keys, days and versions are added here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import Field, model_validator

from contracts.parties import (
    Names,
    Party,
    Register,
    private_key,
    private_text,
    public_text,
    signed,
    verified,
)
from contracts.seats import Seat
from contracts.words import Closed, Flag, PartyId, PartyKind, Service


class PlannedParty(Closed):
    """A party as a plan lists it."""

    id: PartyId
    """For example "maple-homes"."""
    names: Names
    """As pages show it."""
    kinds: Annotated[tuple[PartyKind, ...], Field(min_length=1)]
    """What it is to its neighbours."""
    suspended: Flag = False
    """Whether it takes no part for now."""

    @property
    def seats(self) -> tuple[Seat, ...]:
        """The services that it runs."""
        return tuple(Seat(self.id, service) for service in Service if service.kind in self.kinds)


class Plan(Closed):
    """Who takes part."""

    parties: Annotated[tuple[PlannedParty, ...], Field(min_length=1)]
    """In any order."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        ids = [party.id for party in self.parties]
        if len(set(ids)) != len(ids):
            raise ValueError("a party is planned twice")
        return self

    @property
    def seats(self) -> tuple[Seat, ...]:
        """The seats of all of them."""
        return tuple(seat for party in sorted(self.parties, key=lambda one: one.id) for seat in party.seats)

    @property
    def suspended(self) -> frozenset[str]:
        """The ids of those that take no part for now."""
        return frozenset(party.id for party in self.parties if party.suspended)


def read_plan(path: Path) -> Plan:
    """Return the plan in a file. Raises OSError, and pydantic's ValidationError."""
    return Plan.model_validate_json(path.read_bytes())


def began_everywhere(now: dt.datetime) -> dt.date:
    """Return the latest day that has begun in every time zone: who takes part from it does so at once."""
    return (now.astimezone(dt.UTC) - dt.timedelta(hours=12)).date()


def revised(register: Register | None, plan: Plan, on: dt.date, new_key: Callable[[str], str]) -> Register:
    """Return the register that a plan leads to from the present one; the present one if nothing differs.

    `on` is the day on which the new ones begin; those that the plan no longer has leave on the day before it,
    or on their first day. `new_key(id)` makes a party's key pair, and returns the public key. Raises
    ValueError for a party under the id of one that left, and for a plan that makes no register.
    """
    present = {party.id: party for party in register.parties} if register else {}
    planned = {party.id: party for party in plan.parties}
    parties = [_party(wanted, present.get(id), on, new_key) for id, wanted in planned.items()]
    parties += [_left(party, on) for id, party in present.items() if id not in planned]
    parties.sort(key=lambda party: party.id)
    if register is None:
        return Register(version=1, parties=tuple(parties))
    return register if tuple(parties) == register.parties else register.followed_by(parties)


def _party(wanted: PlannedParty, present: Party | None, on: dt.date, new_key: Callable[[str], str]) -> Party:
    planned = {"names": wanted.names, "kinds": wanted.kinds, "suspended": wanted.suspended}
    if present is None:
        return Party(id=wanted.id, key=new_key(wanted.id), since=on, **planned)
    if present.until is not None:
        raise ValueError(f"{wanted.id} left on {present.until}: its id is never used again")
    return Party.model_validate({**dict(present), **planned})


def _left(party: Party, on: dt.date) -> Party:
    if party.until is not None:
        return party
    last = max(party.since, on - dt.timedelta(days=1))
    return Party.model_validate({**dict(party), "until": last})


def enrol(plan: Plan, file: Path, keys: KeyFiles, signers: Sequence[str], on: dt.date) -> Register:
    """Bring the register in a file to what a plan says, and return it; see `revised`.

    Each of `signers` names a key of the neighbourhood, which signs. The file is replaced in one step, and
    stays as it is when nothing differs. Raises OSError, and ValueError when the present one isn't signed by
    all of them (RegisterRefused), when a signer has the name of a party, or when the plan can't be followed.
    """
    if named := set(signers) & {party.id for party in plan.parties}:
        raise ValueError(f"{min(named)} is a party's id: its key can't sign for the neighbourhood")
    public = [keys.public(name) for name in signers]
    present = verified(file.read_bytes(), public) if file.exists() else None
    register = revised(present, plan, on, keys.public)
    if register is not present:
        store(register, file, *map(keys.private, signers))
    return register


def store(register: Register, path: Path, *keys: Ed25519PrivateKey) -> None:
    """Sign a register with each key and write it where services read it, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_suffix(".new")
    written.write_text(signed(register, *keys).text(), encoding="utf-8")
    written.replace(path)


class KeyFiles:
    """Private keys in files of one folder, readable by their owner alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def private(self, name: str) -> Ed25519PrivateKey:
        """Return a private key; it is made the first time."""
        path = self.folder / f"{name}.key"
        if path.exists():
            return private_key(path.read_text(encoding="ascii").strip())
        made = Ed25519PrivateKey.generate()
        self.folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(private_text(made) + "\n", encoding="ascii")
        return made

    def public(self, name: str) -> str:
        """Return the public key of a pair, in base64url; the pair is made the first time."""
        return public_text(self.private(name))
