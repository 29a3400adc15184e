"""The timers of retention: every night what is due, and approved erasures on their day (X7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.bus.events import Events
from chassis.perform import perform_in
from support_svc.retention.carrying_out import ERASE, carry_out
from support_svc.retention.commands import LOOK_OVER, look_over

if TYPE_CHECKING:
    from chassis.tx import Tx

EVENTS = Events()


@EVENTS.at(LOOK_OVER, long=True)
async def records_are_looked_over(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """It's night: what is due is found, and what has expired deleted."""
    after = payload.get("after")
    await perform_in(tx, look_over, None if after is None else UUID(after))


@EVENTS.at(ERASE, long=True)
async def day_of_an_erasure(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """The days of waiting are over: the erasure is carried out, unless something hinders it."""
    await perform_in(tx, carry_out, UUID(key))
