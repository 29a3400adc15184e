"""A message as it arrived: read as far as delivery needs, never refused here."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_OID, UUID, uuid5

from chassis.bus.listening import Incoming, Unreadable, read_incoming
from chassis.bus.parking import UNREADABLE
from chassis.bus.pulling import Delivery


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message. `event` is None when it can't be read; `problem` says why, without its content."""

    id: UUID
    subject: str
    aggregate: str
    version: int
    sequence: int
    data: bytes
    event: Incoming | None
    problem: str | None = None


def arrived(delivery: Delivery, source: str) -> Arrival:
    """Return the delivery as an arrival.

    An unreadable one is known by its place in the stream, which never changes.
    """
    try:
        event = read_incoming(delivery.subject, delivery.data, source, delivery.sequence)
    except Unreadable as error:
        return _unreadable(delivery, source, error.reason)
    if event.type != event.subject:
        return _unreadable(delivery, source, "type: another than the subject")
    return Arrival(event.id, event.subject, event.aggregate, event.version, event.sequence, event.data, event)


def _unreadable(delivery: Delivery, source: str, reason: str) -> Arrival:
    place = f"{source}/{delivery.sequence}"
    return Arrival(
        id=uuid5(NAMESPACE_OID, place),
        subject=delivery.subject,
        aggregate=f"unreadable/{place}",
        version=0,
        sequence=delivery.sequence,
        data=delivery.data,
        event=None,
        problem=f"{UNREADABLE}: {reason}",
    )
