"""A service's part of the broker, as the contracts describe it and the chassis uses it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from nats.aio.client import Client

from chassis.bus.listening import Granted

if TYPE_CHECKING:
    from chassis.bus.healing import Follow


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """The stream a service publishes to, what it may listen to, and how its admin sets both up.

    `kept` is how long the stream keeps a message (None: for ever). `establish(connection)` makes the broker
    hold exactly the stream and the consumers it grants; `redeliver(connection, listener)` lets one of these
    begin at the first message again. `follow` is what the service does by itself with events that it took
    back from its stream.
    """

    stream: str
    sources: Sequence[Granted]
    kept: timedelta | None
    establish: Callable[[Client], Awaitable[object]]
    redeliver: Callable[[Client, str], Awaitable[None]]
    follow: Follow | None = None
