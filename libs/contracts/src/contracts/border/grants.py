"""Who may do what at the broker, as data: names, grants and the permissions of each user."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.catalogue import CATALOGUE, Catalogue
from contracts.words import Service

_ACCOUNTS = {Service.UNITS: "UNITS", Service.SUPPORT: "SUPPORT", Service.TENANCY: "PROPERTY"}


def account_of(service: str) -> str:
    """Return the broker account of a service. Raises ValueError for a service that isn't one."""
    return _ACCOUNTS[Service(service)]


def stream_of(service: str) -> str:
    """Return the name of the stream that stores a service's events."""
    return f"EVT_{Service(service).upper()}"


def own_stream_subjects(service: str) -> tuple[str, ...]:
    """Return the subjects for the state and messages of a service's own stream, to notice what is lost."""
    return tuple(f"$JS.API.STREAM.{question}.{stream_of(service)}" for question in ("INFO", "MSG.GET"))


def admin_user(service: str) -> str:
    """Return the user that sets up a service's stream and consumers at deploy time, and no more."""
    return f"{Service(service)}_admin"


def wake_subject(service: str) -> str:
    """Return the subject, private to its account, by which a commit wakes a service's relay."""
    return f"wake.{Service(service)}"


SERVER_STATE = "broker.state"
"""Subject on which an account asks how durably its server stores messages; names no other account."""


def inbox_of(user: str) -> str:
    """Return the inbox prefix a user must connect with: it may subscribe to nothing else."""
    return f"_INBOX.{user}"


def users(catalogue: Catalogue = CATALOGUE) -> tuple[str, ...]:
    """Return every user the broker needs a password for."""
    return tuple(user for service in catalogue.services for user in (admin_user(service), str(service)))


@dataclass(frozen=True, slots=True)
class Grant:
    """A durable pull consumer created for one listener: all events between the two go through it."""

    publisher: Service
    listener: Service
    subjects: tuple[str, ...]
    """Exactly what the catalogue lists for the listener."""

    @property
    def stream(self) -> str:
        """Stream of the publisher."""
        return stream_of(self.publisher)

    @property
    def consumer(self) -> str:
        """Name of the consumer: the listener's own."""
        return str(self.listener)

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
        return f"JS.{account_of(self.publisher)}.API"

    def imported(self, subject: str) -> str:
        """Return the name an API subject of the publisher has in the listener's account."""
        return subject.replace("$JS.API", self.api_prefix, 1)

    @property
    def requests(self) -> tuple[str, ...]:
        """All that the listener's user may publish for this grant, as named in its own account."""
        return (self.imported(self.next_subject), self.imported(self.info_subject), self.ack_subject)


def grants(catalogue: Catalogue = CATALOGUE) -> tuple[Grant, ...]:
    """Return every grant that follows from the catalogue."""
    return tuple(
        Grant(publisher, listener, catalogue.subjects(publisher, listener))
        for publisher in catalogue.services
        for listener in catalogue.listeners_of(publisher)
    )


@dataclass(frozen=True, slots=True)
class Source:
    """What a listening service binds to.

    `connection.jetstream(prefix=api_prefix).pull_subscribe_bind(consumer=consumer, stream=stream)`
    """

    publisher: Service
    stream: str
    consumer: str
    api_prefix: str
    subjects: tuple[str, ...]


def sources_for(service: str, catalogue: Catalogue = CATALOGUE) -> tuple[Source, ...]:
    """Return the consumers that a service listens to, one for each publisher."""
    return tuple(
        Source(grant.publisher, grant.stream, grant.consumer, grant.api_prefix, grant.subjects)
        for grant in grants(catalogue)
        if grant.listener == service
    )


def may_publish(service: str, catalogue: Catalogue = CATALOGUE) -> tuple[str, ...]:
    """Return what a service may publish: its events, its wake ping, the requests of its grants, and questions
    about its own stream and the server's state.
    """
    own = tuple(model.terms.subject for model in catalogue.published_by(service))
    asked = tuple(s for grant in grants(catalogue) if grant.listener == service for s in grant.requests)
    return (*own, wake_subject(service), SERVER_STATE, *own_stream_subjects(service), *asked)


def may_subscribe(service: str) -> tuple[str, ...]:
    """Return what a service's user may subscribe to: answers to itself, and its wake ping."""
    return (f"{inbox_of(service)}.>", wake_subject(service))


def admin_may_publish() -> tuple[str, ...]:
    """Return what an admin may publish: requests to its own account's JetStream API, so never an event."""
    return ("$JS.API.>",)
