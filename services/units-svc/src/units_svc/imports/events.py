"""The steps of an import, each when the one before it is done (U8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.bus.events import Events
from importing.model import STEP
from units_svc.imports.commands import carry_on_unless_busy

if TYPE_CHECKING:
    from chassis.tx import Tx

EVENTS = Events()


@EVENTS.at(STEP, long=True)
async def import_step(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """The next step of an import is due."""
    await carry_on_unless_busy(tx, UUID(key))
