"""A seat: a party's running service, with one account, one stream and one database of its own."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.words import Service


@dataclass(frozen=True, slots=True, order=True)
class Seat:
    """A party's running service, written "maple-homes/tenancy"."""

    party: str
    service: Service

    @classmethod
    def named(cls, text: str) -> Seat:
        """Return the seat with this name. Raises ValueError for a text that isn't one."""
        party, _, service = text.partition("/")
        return cls(party, Service(service))

    def __str__(self) -> str:
        return f"{self.party}/{self.service}"

    @property
    def source(self) -> str:
        """The `source` in the envelopes of its events."""
        return f"/{self}"

    @property
    def account(self) -> str:
        """Its account at the broker, also its user there and the name of its consumers."""
        return f"{self.party}_{self.service}"

    @property
    def admin(self) -> str:
        """The user that sets up its stream and consumers at deploy time, and no more."""
        return f"{self.account}_admin"

    @property
    def stream(self) -> str:
        """The stream that stores its events."""
        return f"EVT_{self.account}"
