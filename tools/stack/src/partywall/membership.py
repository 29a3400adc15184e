"""Parties that join, pause and leave while all others go on working (N5)."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import nats
from nats.js.errors import NotFoundError

from contracts.border import inbox_of, jetstream
from contracts.enrolment import Plan, PlannedParty
from contracts.seats import Seat
from partywall.crossings import backlog
from partywall.export import export, new_folder
from partywall.lag import Lag, lags
from partywall.layout import Kind, Layout
from partywall.parties import BadParties
from partywall.stack import Stack

LAST_EVENTS = 10.0
"""Seconds that the last events of a party that leaves have to reach those they are for."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a party that left took along, and the events that their listeners hadn't received by then."""

    files: tuple[Path, ...]
    undelivered: tuple[Lag, ...]
    unsent: int


def join(stack: Stack, plan: Plan) -> list[str]:
    """Enrol the parties of a plan that aren't yet, start what they run, and return their ids.

    What an earlier attempt left undone is done. A stack that is stopped starts them with its next `up`.
    Raises BadParties and what `Stack.up` raises.
    """
    with stack.alone():
        present = {party.id: party for party in stack.neighbourhood.parties}
        different = [one.id for one in plan.parties if _differs(present.get(one.id), one)]
        if different:
            raise BadParties(f"{', '.join(different)} takes part already, with another name or kinds.")
        joining = [party for party in plan.parties if party.id not in present]
        runs = stack.anything_runs()
        if joining:
            layout = _layout(stack, [*present.values(), *joining])
            stack.require_free_ports([part for part in layout.parts if part not in stack.layout.parts])
            _enrol(stack, layout)
        if runs:
            stack.start_missing()
    return [party.id for party in joining]


def _differs(present: PlannedParty | None, planned: PlannedParty) -> bool:
    return present is not None and (present.names, present.kinds) != (planned.names, planned.kinds)


def suspend(stack: Stack, id: str, *, suspended: bool) -> bool:
    """Let a party take no part for now, or take part again; return False when it was so already.

    What it runs goes on, and what is for it waits at the broker. Raises BadParties.
    """
    with stack.alone():
        party = _enrolled(stack, id)
        if party.suspended == suspended:
            return False
        others = [one for one in stack.neighbourhood.parties if one != party]
        changed = party.model_copy(update={"suspended": suspended})
        _enrol(stack, _layout(stack, [*others, changed]))
        stack.follow_parties()
    return True


def leave(stack: Stack, id: str, folder: Path) -> Left:
    """Let a party leave, with an export of all it owns here in an empty folder; return what it took.

    Its processes stop; accounts, consumers and databases go, and what it published stays with those who
    received it. Nothing is removed before the export is complete. Raises BadParties, PostgresFailed,
    PartFailed.
    """
    with stack.alone():
        party = _enrolled(stack, id)
        others = [one for one in stack.neighbourhood.parties if one != party]
        if not others:
            raise BadParties(f"{id} is the only party of this stack.")
        target = new_folder(folder)
        broker = stack.running(stack.layout.part("nats")) is not None
        unsent, undelivered = asyncio.run(_last_events(stack, party)) if broker else (0, [])
        leaving = stack.layout.parts_of(id)
        stack.in_parallel(stack.end, [part for part in leaving if part.kind is not Kind.POSTGRES])
        stack.start(f"{id}/postgres")
        files = asyncio.run(export(stack, id, target))
        if broker:
            for seat in party.seats:
                asyncio.run(_delete_stream(stack, seat))
        stack.in_parallel(stack.end, [part for part in leaving if part.kind is Kind.POSTGRES])
        _enrol(stack, _layout(stack, others))
        stack.follow_parties()
        if broker:
            stack.set_up_what_is_new()
        shutil.rmtree(stack.layout.postgres_data(id))
    return Left(tuple(files), tuple(undelivered), unsent)


def _enrolled(stack: Stack, id: str) -> PlannedParty:
    found = next((party for party in stack.neighbourhood.parties if party.id == id), None)
    if found is None:
        ids = ", ".join(party.id for party in stack.neighbourhood.parties)
        raise BadParties(f"{id} doesn't take part in this stack: {ids}")
    return found


def _layout(stack: Stack, parties: Iterable[PlannedParty]) -> Layout:
    """Return the layout with other parties; everything that stays has the port it has."""
    ordered = tuple(sorted(parties, key=lambda party: party.id))
    present = {part.name: part.offset for part in stack.layout.parts if part.party is not None}
    staying = {party.id for party in ordered}
    ports = {name: offset for name, offset in present.items() if name.partition("/")[0] in staying}
    return replace(stack.layout, parties=ordered, ports_in_use=ports)


def _enrol(stack: Stack, layout: Layout) -> None:
    stack.neighbourhood.write(Plan(parties=layout.parties))
    stack.move_to(layout)


async def _last_events(stack: Stack, party: PlannedParty) -> tuple[int, list[Lag]]:
    """Wait until what a party published has arrived; return how much is unsent, and who lacks something."""
    until = time.monotonic() + LAST_EVENTS
    while True:
        # Asked in this order: what is sent in between is seen at the broker.
        unsent = sum([(await backlog(stack, seat)).pending for seat in party.seats])
        behind = [
            lag
            for lag in await lags(stack)
            if lag.publisher.party == party.id and lag.waiting + lag.unacknowledged
        ]
        if not (unsent or behind) or time.monotonic() > until:
            return unsent, behind
        await asyncio.sleep(0.2)


async def _delete_stream(stack: Stack, seat: Seat) -> None:
    """Delete a seat's stream with what it stores, as the admin of its account."""
    connection = await nats.connect(
        stack.layout.nats_url,
        user=seat.admin,
        password=stack.vault.secret(f"nats-{seat.admin}"),
        inbox_prefix=inbox_of(seat.admin).encode(),
        allow_reconnect=False,
    )
    try:
        await jetstream(connection).delete_stream(seat.stream)
    except NotFoundError:
        return
    finally:
        await connection.close()
