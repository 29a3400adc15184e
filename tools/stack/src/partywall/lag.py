"""How far each listener is behind, as the broker counts it for the consumer that the publisher granted."""

from __future__ import annotations

from dataclasses import dataclass

import nats
from nats.js.errors import NotFoundError

from contracts.border import inbox_of
from contracts.seats import Seat
from partywall.stack import Stack


@dataclass(frozen=True, slots=True)
class Lag:
    """Events of `publisher` not yet delivered to `listener`, and those delivered but not acknowledged."""

    publisher: Seat
    listener: Seat
    waiting: int
    unacknowledged: int


async def _ignore(error: Exception) -> None:
    """Do nothing: each request raises its own error."""


async def lags(stack: Stack) -> list[Lag]:
    """Return the lag of every granted consumer; one that doesn't exist is left out."""
    found: list[Lag] = []
    grants = stack.neighbourhood.grants
    for publisher in stack.layout.seats:
        given = [grant for grant in grants.all if grant.publisher == publisher]
        user = publisher.admin
        connection = await nats.connect(
            stack.layout.nats_url,
            user=user,
            password=stack.vault.secret(f"nats-{user}"),
            inbox_prefix=inbox_of(user).encode(),
            allow_reconnect=False,
            # This also limits the attempts of the first connection, by default two minutes.
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=2,
            error_cb=_ignore,
        )
        try:
            for grant in given:
                try:
                    info = await connection.jetstream().consumer_info(grant.stream, grant.consumer)
                except NotFoundError:
                    continue
                waiting, unacknowledged = info.num_pending or 0, info.num_ack_pending or 0
                found.append(Lag(publisher, grant.listener, waiting, unacknowledged))
        finally:
            await connection.close()
    return found
