"""Everything a service has at the broker, in one value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from nats.aio.client import Client

from contracts.border.grants import Source, sources_for, stream_of
from contracts.border.streams import Changes, establish, redeliver, streams_for
from contracts.words import Service


@dataclass(frozen=True, slots=True)
class OwnBorder:
    """A service's stream, what it may listen to, and how the admin of its account sets both up."""

    service: Service

    @property
    def stream(self) -> str:
        """Name of the service's own stream."""
        return stream_of(self.service)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The consumers that the other publishers granted to this service."""
        return sources_for(self.service)

    @property
    def kept(self) -> timedelta | None:
        """How long the stream retains a message; None: for ever."""
        (stream,) = streams_for(self.service)
        return stream.max_age

    async def establish(self, connection: Client) -> Changes:
        """Set up exactly the stream and the consumers that the service grants; see `establish`."""
        return await establish(self.service, connection)

    async def redeliver(self, connection: Client, listener: str) -> None:
        """Reset the consumer of one listener to the first message; see `redeliver`."""
        await redeliver(self.service, connection, listener)
