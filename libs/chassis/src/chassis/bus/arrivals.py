"""A message as it arrived: read as far as delivery needs; an unreadable one is still an arrival."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_OID, UUID, uuid5

from chassis.border import Granted
from chassis.bus.listening import Incoming, Unreadable, read_incoming
from chassis.bus.pulling import Delivery

UNREADABLE = "unreadable"
"""Reason, with the fields after a colon, of a message that isn't what its contract says."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message. `event` is None when it can't be read; `problem` says why, without its content."""

    id: UUID
    subject: str
    aggregate: str
    version: int
    delivery: Delivery
    event: Incoming | None
    problem: str | None = None


def arrived(delivery: Delivery, granted: Granted, own: str) -> Arrival:
    """Return the delivery as an arrival at the party `own`.

    An unreadable one is identified by its position in the stream, which never changes. What the envelope says
    of its sender and addressee isn't believed: it must be the stream's owner, and this party or nobody (N2).
    """
    stream = granted.stream
    try:
        event = read_incoming(delivery.subject, delivery.data, stream, delivery.sequence)
    except Unreadable as error:
        return _unreadable(delivery, stream, error.reason)
    if wrong := _misattributed(event, granted, own):
        return _unreadable(delivery, stream, wrong)
    return Arrival(event.id, event.subject, event.aggregate, event.version, delivery, event)


def _misattributed(event: Incoming, granted: Granted, own: str) -> str | None:
    if f"/{event.sender}/{event.type.partition('.')[0]}" != granted.source:
        return "source: not the owner of the stream"
    if event.addressee not in (None, own):
        return "addressee: another party"
    if event.subject != ".".join(filter(None, ("evt", event.sender, event.type, event.addressee))):
        return "type or addressee: not those of the subject"
    return None


def _unreadable(delivery: Delivery, source: str, reason: str) -> Arrival:
    return by_position(source, delivery, problem=f"{UNREADABLE}: {reason}")


def by_position(source: str, delivery: Delivery, *, problem: str) -> Arrival:
    """Return a message as an arrival without its content, identified by its position in the stream.

    Its data are stored as they arrived, as bytes, whatever they are.
    """
    position = f"{source}/{delivery.sequence}"
    return Arrival(
        id=uuid5(NAMESPACE_OID, position),
        subject="".join(letter if letter.isprintable() else "?" for letter in delivery.subject)[:200],
        aggregate=f"unreadable/{position}",
        version=0,
        delivery=delivery,
        event=None,
        problem=problem,
    )
