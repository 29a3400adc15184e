"""Everything a seat has at the broker, in one value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from nats.aio.client import Client

from contracts.border.grants import Grant, Grants
from contracts.border.streams import RETAINED, Changes, establish, redeliver
from contracts.parties import Register, RegisterFile, RegisterRefused
from contracts.seats import Seat
from contracts.words import Service


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


@dataclass(slots=True)
class OwnBorder:
    """A seat's stream, what it may listen to, and how the admin of its account sets both up.

    All of it follows from the register as it is at that moment, on that day in UTC.
    """

    seat: Seat
    parties: RegisterFile
    today: Callable[[], dt.date] = _today
    _last: tuple[Register, dt.date, Grants] | None = field(default=None, init=False, repr=False)

    @classmethod
    def of(cls, party: str, service: Service, parties: RegisterFile) -> Self:
        """Return the part of the broker of a party's service. Raises RegisterRefused if there is no such."""
        seat, found = Seat(party, service), parties.party(party)
        if found is None or seat not in found.seats:
            raise RegisterRefused(f"the register of parties has no {seat}")
        return cls(seat, parties)

    @property
    def grants(self) -> Grants:
        """The grants between all seats as the register has them now."""
        register, today = self.parties.register, self.today()
        if self._last is None or self._last[0] is not register or self._last[1] != today:
            self._last = register, today, Grants.of(register, today)
        return self._last[2]

    @property
    def stream(self) -> str:
        """Name of the seat's own stream."""
        return self.seat.stream

    @property
    def party(self) -> str:
        """The party whose seat it is."""
        return self.seat.party

    @property
    def sources(self) -> Sequence[Grant]:
        """The consumers that the other publishers granted to this seat."""
        return self.grants.given_to(self.seat)

    @property
    def granted(self) -> Sequence[Grant]:
        """The consumers that this seat granted to others."""
        return [grant for grant in self.grants.all if grant.publisher == self.seat]

    @property
    def retained(self) -> timedelta:
        """How long an addressed event stays in the stream after it was acknowledged."""
        return RETAINED

    async def establish(self, connection: Client) -> Changes:
        """Set up exactly the stream and the consumers that the seat grants; see `establish`."""
        return await establish(self.seat, self.grants, connection)

    async def redeliver(self, connection: Client, listener: str) -> None:
        """Reset the consumer of one listener, such as "maple-homes/tenancy", to the first message.

        Raises ValueError for a listener that is granted nothing.
        """
        await redeliver(self.seat, self.grants, connection, Seat.named(listener))
