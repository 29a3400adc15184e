"""Makes messages of the facts that a service publishes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from chassis.ids import new_id
from chassis.tracing import traceparent


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """One message, ready to be sent.

    `subject` is its subject on the broker, `type` its event type, `addressee` the one party that it is for
    (None: everybody that listens), `aggregate` the thing it is about (order is guaranteed per aggregate),
    `version` the number in that order. `data` is the whole message in JSON: bytes, text or a mapping. `needs`
    are the purposes to which the person concerned must have agreed; empty when it is about nobody.
    """

    subject: str
    type: str
    aggregate: str
    version: int
    data: bytes | str | Mapping[str, Any]
    needs: frozenset[str]
    addressee: str | None = None
    event_id: UUID = field(default_factory=new_id)


class BasisMissing(RuntimeError):
    """A message lacks a consent that its terms require: a bug; it is never sent."""

    def __init__(self, message: OutboxMessage, missing: frozenset[str]) -> None:
        super().__init__(f"{message.type} needs a basis for {', '.join(sorted(missing))}")


class Publisher(Protocol):
    """Turns facts into messages."""

    def to_messages(self, fact: object, now: datetime) -> Sequence[OutboxMessage]:
        """Return the messages of a fact at time `now`. Raises TypeError for one without a published form."""
        ...


class PublishableTerms(Protocol):
    """The terms of an event, as far as its publisher needs them."""

    @property
    def key(self) -> str:
        """The event's type."""

    def subject(self, party: str, addressee: str | None = None) -> str:
        """Return the subject on the broker. Raises ValueError for an addressee that the event can't have."""

    @property
    def aggregate(self) -> str:
        """Name of the field whose value orders events."""


class Publishable(Protocol):
    """An event of the published language, as far as its publisher needs to know it."""

    @property
    def terms(self) -> PublishableTerms:
        """The terms on which it is published."""

    @property
    def needs(self) -> frozenset[str]:
        """The purposes to which the person concerned must have agreed."""


class Outgoing(NamedTuple):
    """What leaves for one addressee: an event, and its number in the order of its aggregate, from 1.

    `to` is the party that it is for; None for an event that every party that listens may have.
    """

    event: Publishable
    number: int
    to: str | None = None


class FormsPublisher:
    """Publishes each fact in its one form.

    `party` and `service` name the publisher; `write` puts an event into its envelope; `forms` return what
    leaves for each addressee of a fact.
    """

    def __init__(
        self,
        party: str,
        service: str,
        write: Callable[..., bytes],
        forms: Mapping[type, Callable[[Any], Outgoing | Sequence[Outgoing]]],
    ) -> None:
        self.party = party
        self.source = f"/{party}/{service}"
        self._write = write
        self._forms = forms

    def to_messages(self, fact: object, now: datetime) -> Sequence[OutboxMessage]:
        """Return the messages of a fact. Raises TypeError for anything that has no published form."""
        form = self._forms.get(type(fact))
        if form is None:
            raise TypeError(f"{type(fact).__name__} has no published form")
        outgoing = form(fact)
        return [
            self._message(one, now) for one in ([outgoing] if isinstance(outgoing, Outgoing) else outgoing)
        ]

    def _message(self, outgoing: Outgoing, now: datetime) -> OutboxMessage:
        event, number, to = outgoing
        terms = event.terms
        event_id = new_id()
        aggregate: UUID = getattr(event, terms.aggregate)
        data = self._write(
            event,
            id=event_id,
            time=now,
            aggregate=aggregate,
            aggregate_version=number,
            source=self.source,
            addressee=to,
            traceparent=traceparent(),
        )
        subject = terms.subject(self.party, to)
        return OutboxMessage(subject, terms.key, str(aggregate), number, data, event.needs, to, event_id)


class NothingPublished:
    """The publisher of a service that publishes nothing: publishing with it is a bug."""

    def to_messages(self, fact: object, now: datetime) -> Sequence[OutboxMessage]:
        """Raise TypeError: this service publishes nothing."""
        raise TypeError(f"{type(fact).__name__} has no published form: this service publishes nothing")
