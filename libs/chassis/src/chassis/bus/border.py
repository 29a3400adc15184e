"""A service's part of the broker as the chassis uses it; `contracts` describes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from nats.aio.client import Client

from chassis.bus.listening import Granted


class Border(Protocol):
    """The stream that a service publishes to, what it may listen to, and how its admin sets both up."""

    @property
    def stream(self) -> str:
        """Name of the service's own stream."""

    @property
    def sources(self) -> Sequence[Granted]:
        """The consumers that the other publishers granted to this service."""

    @property
    def kept(self) -> timedelta | None:
        """How long the stream retains a message; None: for ever."""

    async def establish(self, connection: Client) -> object:
        """Set up exactly the stream and the consumers that the service grants; safe to repeat."""

    async def redeliver(self, connection: Client, listener: str) -> None:
        """Reset the consumer of one listener to the first message."""
