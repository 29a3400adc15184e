"""A service's part of the broker as the chassis uses it; `contracts` describes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from nats.aio.client import Client


class Granted(Protocol):
    """Another service's stream, and the one consumer that its owner granted us there; compared by value.

    `api_prefix` is the owner's JetStream API as our account sees it, for example
    `JS.maple-homes_units.API`.
    """

    @property
    def stream(self) -> str:
        """Name of the owner's stream."""

    @property
    def consumer(self) -> str:
        """Name of our consumer there."""

    @property
    def listener(self) -> object:
        """Our own party and service, as text "<party>/<service>"."""

    @property
    def api_prefix(self) -> str:
        """First part of the subjects of its API."""

    @property
    def source(self) -> str:
        """The owner as its envelopes must name it: "/<party>/<service>"."""


class Given(Protocol):
    """A consumer of this service's stream that it granted to another."""

    @property
    def consumer(self) -> str:
        """Name of the consumer."""

    @property
    def addressed(self) -> Sequence[str]:
        """The subjects that nobody else receives."""


class Border(Protocol):
    """The stream that a service publishes to, what it may listen to, and how its admin sets both up."""

    @property
    def stream(self) -> str:
        """Name of the service's own stream."""

    @property
    def party(self) -> str:
        """The party whose service it is: what is addressed to it arrives here."""

    @property
    def sources(self) -> Sequence[Granted]:
        """The consumers that the other publishers granted to this service; they may change at any time."""

    @property
    def granted(self) -> Sequence[Given]:
        """The consumers that this service granted to others."""

    @property
    def retained(self) -> timedelta:
        """How long an addressed event stays in the stream after it was acknowledged."""

    async def establish(self, connection: Client) -> object:
        """Set up exactly the stream and the consumers that the service grants; safe to repeat."""

    async def redeliver(self, connection: Client, listener: str) -> None:
        """Reset the consumer of one listener, "<party>/<service>", to the first message."""
