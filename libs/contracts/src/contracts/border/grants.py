"""Who may do what at the broker, as data: names, grants and the permissions of each user.

What a seat may receive of another follows from the catalogue (which service listens to which event) and from
the register of parties (who there is): open events of every publisher, and those addressed to its own party
(N2).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from contracts.catalogue import CATALOGUE, Catalogue
from contracts.event import Terms
from contracts.parties import Register
from contracts.seats import Seat
from contracts.words import Service


def own_stream_subjects(seat: Seat) -> tuple[str, ...]:
    """Return what a seat asks about its own stream: to notice what is lost, and to remove what is done with.

    They are the stream's state, its messages, its consumers' states, and the removal of messages.
    """
    stream = tuple(f"$JS.API.STREAM.{request}.{seat.stream}" for request in ("INFO", "MSG.GET", "PURGE"))
    return (*stream, f"$JS.API.CONSUMER.INFO.{seat.stream}.*")


def wake_subject(service: str) -> str:
    """Return the subject, private to its account, by which a commit wakes a service's relay."""
    return f"wake.{Service(service)}"


SERVER_STATE = "broker.state"
"""Subject on which an account asks how durably its server stores messages; names no other account."""


def inbox_of(user: str) -> str:
    """Return the inbox prefix a user must connect with: it may subscribe to nothing else."""
    return f"_INBOX.{user}"


@dataclass(frozen=True, slots=True)
class Grant:
    """A durable pull consumer created for one listener: all events between the two go through it."""

    publisher: Seat
    listener: Seat
    subjects: tuple[str, ...]
    """Exactly what the catalogue lists for the listener: open events, and those addressed to its party."""
    addressed: tuple[str, ...]
    """Those of `subjects` that are addressed to its party."""

    @property
    def stream(self) -> str:
        """Stream of the publisher."""
        return self.publisher.stream

    @property
    def consumer(self) -> str:
        """Name of the consumer: the listener's own."""
        return self.listener.account

    @property
    def source(self) -> str:
        """The `source` of every envelope that comes through it."""
        return self.publisher.source

    @property
    def next_subject(self) -> str:
        """Subject of requests for the next messages, at the publisher's server."""
        return f"$JS.API.CONSUMER.MSG.NEXT.{self.stream}.{self.consumer}"

    @property
    def info_subject(self) -> str:
        """Subject of requests for the consumer's state, at the publisher's server."""
        return f"$JS.API.CONSUMER.INFO.{self.stream}.{self.consumer}"

    @property
    def ack_subject(self) -> str:
        """Subject of acknowledgements; it can't be renamed."""
        return f"$JS.ACK.{self.stream}.{self.consumer}.>"

    @property
    def api_prefix(self) -> str:
        """Prefix under which the listener's account sees the publisher's JetStream API."""
        return f"JS.{self.publisher.account}.API"

    def imported(self, subject: str) -> str:
        """Return the name an API subject of the publisher has in the listener's account."""
        return subject.replace("$JS.API", self.api_prefix, 1)

    @property
    def requests(self) -> tuple[str, ...]:
        """All that the listener's user may publish for this grant, as named in its own account."""
        return (self.imported(self.next_subject), self.imported(self.info_subject), self.ack_subject)


@dataclass(frozen=True)
class Grants:
    """Every grant between some seats, and which of them are in force.

    `seats` are those that have an account. A grant that a `suspended` party gives or has isn't in force: no
    account exports or imports it. Its consumer exists all the same, so that what is addressed to the party
    waits for it (N5).
    """

    seats: tuple[Seat, ...]
    suspended: frozenset[str] = frozenset()
    catalogue: Catalogue = field(default_factory=lambda: CATALOGUE)

    @classmethod
    def of(cls, register: Register, on: dt.date, catalogue: Catalogue = CATALOGUE) -> Grants:
        """Return the grants that follow from the register on a day."""
        return cls(register.seats(on), register.suspended(), catalogue)

    @cached_property
    def all(self) -> tuple[Grant, ...]:
        """Every grant, in force or not, by publisher and listener: a consumer exists for each."""
        return tuple(
            Grant(
                publisher, listener, subjects, tuple(s for s in subjects if s.endswith(f".{listener.party}"))
            )
            for publisher in self.seats
            for listener in self.seats
            if (subjects := self.subjects(publisher, listener))
        )

    @cached_property
    def effective(self) -> tuple[Grant, ...]:
        """The grants in force."""
        return tuple(g for g in self.all if self.suspended.isdisjoint((g.publisher.party, g.listener.party)))

    @cached_property
    def _promised(self) -> Mapping[Seat, Sequence[Grant]]:
        return _grouped(self.all, lambda grant: grant.publisher)

    @cached_property
    def _given(self) -> Mapping[Seat, Sequence[Grant]]:
        return _grouped(self.effective, lambda grant: grant.publisher)

    @cached_property
    def _had(self) -> Mapping[Seat, Sequence[Grant]]:
        return _grouped(self.effective, lambda grant: grant.listener)

    @cached_property
    def _crossing(self) -> Mapping[tuple[Service, Service], Sequence[Terms]]:
        return {
            (publisher, listener): [model.terms for model in self.catalogue.crossing(publisher, listener)]
            for publisher in Service
            for listener in Service
        }

    def subjects(self, publisher: Seat, listener: Seat) -> tuple[str, ...]:
        """Return exactly the subjects that one seat may receive from another; empty when none."""
        return tuple(
            terms.subject(publisher.party, listener.party if terms.addressed else None)
            for terms in self._crossing[publisher.service, listener.service]
        )

    def promised_by(self, seat: Seat) -> Sequence[Grant]:
        """Return all grants that a seat gives, in force or not: its stream has a consumer for each."""
        return self._promised.get(seat, ())

    def given_by(self, seat: Seat) -> Sequence[Grant]:
        """Return the grants in force that a seat gives: its account exports each."""
        return self._given.get(seat, ())

    def given_to(self, seat: Seat) -> Sequence[Grant]:
        """Return the grants in force that a seat has: it listens to one consumer for each."""
        return self._had.get(seat, ())

    @property
    def users(self) -> tuple[str, ...]:
        """Every user the broker needs a password for."""
        return tuple(user for seat in self.seats for user in (seat.admin, seat.account))

    def may_publish(self, seat: Seat) -> tuple[str, ...]:
        """Return what a seat may publish: its events, its wake ping, the requests of its grants, and
        questions about its own stream and the server's state.
        """
        own = tuple(
            model.terms.subject(seat.party, "*" if model.terms.addressed else None)
            for model in self.catalogue.published_by(seat.service)
        )
        asked = tuple(subject for grant in self.given_to(seat) for subject in grant.requests)
        return (*own, wake_subject(seat.service), SERVER_STATE, *own_stream_subjects(seat), *asked)


def _grouped(grants: Iterable[Grant], by: Callable[[Grant], Seat]) -> Mapping[Seat, Sequence[Grant]]:
    groups: dict[Seat, list[Grant]] = {}
    for grant in grants:
        groups.setdefault(by(grant), []).append(grant)
    return groups


def may_subscribe(seat: Seat) -> tuple[str, ...]:
    """Return what a seat's user may subscribe to: answers to itself, and its wake ping."""
    return (f"{inbox_of(seat.account)}.>", wake_subject(seat.service))


def admin_may_publish() -> tuple[str, ...]:
    """Return what an admin may publish: requests to its own account's JetStream API, so never an event."""
    return ("$JS.API.>",)
