"""What a feature's `events.py` registers: the events it publishes, those it acts on, and its timers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from chassis.bus.listening import HM, H, Listening
from chassis.bus.timers import Timers
from chassis.feature import Feature
from chassis.publisher import Outgoing

if TYPE_CHECKING:
    from chassis.bus.timers import T

Fact = TypeVar("Fact")
Form = Callable[[Fact], Outgoing | Sequence[Outgoing]]
"""Makes of a fact what leaves the service: one message, or one for each party with only its own part."""


class Terms(Protocol):
    """The terms of an event, as far as its listener needs them."""

    @property
    def key(self) -> str:
        """Type of the event, with its version."""


class EventModel(Protocol):
    """A model of the published language, as far as a handler is registered for it."""

    @property
    def terms(self) -> Terms:
        """The terms on which it is published."""


class Events:
    """The events of one feature in both directions, and its timers; each has one function.

    A handler runs inside the transaction that also records the event as received, or deletes the timer, so
    its effect happens once, however often the event arrives. It must not commit, and must use nothing but
    the database.
    """

    def __init__(self) -> None:
        self.forms: dict[type, Form[Any]] = {}
        self.listening = Listening()
        self.timers = Timers()

    def publishes(self, fact: type[Fact]) -> Callable[[Form[Fact]], Form[Fact]]:
        """Register the published form of a fact; a fact without one can't leave the service."""

        def register(form: Form[Fact]) -> Form[Fact]:
            if fact in self.forms:
                raise TypeError(f"{fact.__name__} has a published form already")
            self.forms[fact] = form
            return form

        return register

    def on(self, event: EventModel, *, concludes: bool = False) -> Callable[[H], H]:
        """Register the handler of an event; see `Listening.on` for `concludes`."""
        return self.listening.on(event.terms.key, concludes=concludes)

    def on_many(self, event: EventModel) -> Callable[[HM], HM]:
        """Register a handler for runs of one type of event; see `Listening.on_many`."""
        return self.listening.on_many(event.terms.key)

    def at(self, kind: str, *, long: bool = False) -> Callable[[T], T]:
        """Register the handler of a kind of timer; see `Timers.on` for `long`."""
        return self.timers.on(kind, long=long)

    def include(self, other: Events) -> None:
        """Add what another feature registered. Raises TypeError for what both registered."""
        for fact, form in other.forms.items():
            self.publishes(fact)(form)
        self.listening.include(other.listening)
        self.timers.include(other.timers)


def events_of(features: Sequence[Feature]) -> Events:
    """Return what all features publish and act on. Raises TypeError for what two of them registered."""
    together = Events()
    for feature in features:
        if (module := feature.part("events")) is not None:
            together.include(module.EVENTS)
    return together
