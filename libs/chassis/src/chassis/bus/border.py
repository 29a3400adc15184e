"""A service's part of the broker, as the chassis uses it; the published language describes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from nats.aio.client import Client

from chassis.bus.listening import Granted


class Border(Protocol):
    """The stream a service publishes to, what it may listen to, and how its admin sets both up."""

    @property
    def stream(self) -> str:
        """Name of the service's own stream."""

    @property
    def sources(self) -> Sequence[Granted]:
        """The consumers that the other publishers granted to this service."""

    @property
    def kept(self) -> timedelta | None:
        """How long the stream keeps a message; None: for ever."""

    async def establish(self, connection: Client) -> object:
        """Make the broker hold exactly the stream and the consumers that it grants; safe to repeat."""

    async def redeliver(self, connection: Client, listener: str) -> None:
        """Let the consumer of one listener begin at the first message again."""
