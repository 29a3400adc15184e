"""Makes messages of the facts that a service publishes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from chassis.ids import new_id
from chassis.tracing import traceparent


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """One message, ready to be sent.

    `subject` is its subject on the broker, `type` its event type, `aggregate` the thing it is about (order is
    guaranteed per aggregate), `version` the number in that order. `data` is the whole message in JSON: bytes,
    text or a mapping. `needs` are the purposes to which the person concerned must have agreed; empty when it
    is about nobody.
    """

    subject: str
    type: str
    aggregate: str
    version: int
    data: bytes | str | Mapping[str, Any]
    needs: frozenset[str]
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
    def subject(self) -> str:
        """Subject on the broker, and the event's type."""

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


class FormsPublisher:
    """Publishes each fact in its one form.

    `source` names the publishing legal entity and service; `write` puts an event into its envelope; `forms`
    return the event of a fact, and its number in the order of its aggregate.
    """

    def __init__(
        self,
        source: str,
        write: Callable[..., bytes],
        forms: Mapping[type, Callable[[Any], tuple[Publishable, int]]],
    ) -> None:
        self.source = source
        self._write = write
        self._forms = forms

    def to_messages(self, fact: object, now: datetime) -> Sequence[OutboxMessage]:
        """Return the message for a fact. Raises TypeError for anything that has no published form."""
        form = self._forms.get(type(fact))
        if form is None:
            raise TypeError(f"{type(fact).__name__} has no published form")
        event, number = form(fact)
        event_id = new_id()
        aggregate: UUID = getattr(event, event.terms.aggregate)
        data = self._write(
            event,
            id=event_id,
            time=now,
            aggregate=aggregate,
            aggregate_version=number,
            source=self.source,
            traceparent=traceparent(),
        )
        subject = event.terms.subject
        return [OutboxMessage(subject, subject, str(aggregate), number, data, event.needs, event_id)]


class NothingPublished:
    """The publisher of a service that publishes nothing: publishing with it is a bug."""

    def to_messages(self, fact: object, now: datetime) -> Sequence[OutboxMessage]:
        """Raise TypeError: this service publishes nothing."""
        raise TypeError(f"{type(fact).__name__} has no published form: this service publishes nothing")
