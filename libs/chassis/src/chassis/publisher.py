"""From a fact of the trade to the messages that leave the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from chassis.ids import new_id

if TYPE_CHECKING:
    from chassis.tx import Tx


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """One message to be sent as it stands.

    `subject` is where it goes, `type` what it's called, `aggregate` the thing it is about (order is kept per
    aggregate), `version` that thing's version. `data` is the whole message in JSON: bytes, text or a mapping.
    `needs` are the purposes to which the person concerned must have agreed; none for what is about nobody.
    """

    subject: str
    type: str
    aggregate: str
    version: int
    data: bytes | str | Mapping[str, Any]
    needs: frozenset[str]
    event_id: UUID = field(default_factory=new_id)


class BasisMissing(RuntimeError):
    """A message was to leave without a consent that its terms name: a mistake of the program, never sent."""

    def __init__(self, message: OutboxMessage, missing: frozenset[str]) -> None:
        super().__init__(f"{message.type} needs a basis for {', '.join(sorted(missing))}")


class Publisher(Protocol):
    """Turns facts into messages; a service's `messaging/publishing.py` holds the only one."""

    def to_messages(self, fact: object, tx: Tx) -> Sequence[OutboxMessage]:
        """Return the messages that tell `fact`; none when nobody outside may hear of it."""
        ...


class NothingPublished:
    """The publisher of a service that tells nobody anything: a fact given to it is a mistake."""

    def to_messages(self, fact: object, tx: Tx) -> Sequence[OutboxMessage]:
        """Refuse: this service has no published language."""
        raise TypeError(f"{type(fact).__name__} has no published form in {tx.runtime.name}")
