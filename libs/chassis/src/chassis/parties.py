"""The other organisations, as a service sees them: who they are, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Protocol

from chassis.errors import DomainError, Kind


class Party(Protocol):
    """One organisation of the register of parties."""

    @property
    def id(self) -> str:
        """Its id, such as "maple-homes"."""

    @property
    def kinds(self) -> Sequence[str]:
        """What it is to the others, such as "property"."""

    def name(self, locale: str) -> str:
        """Return its name in the reader's language."""


class Parties(Protocol):
    """The register of parties, as it is now."""

    @property
    def problem(self) -> str | None:
        """Why a newer register wasn't taken in; None while there is none."""

    def party(self, id: str) -> Party | None:
        """Return the party with an id, or None for one that was never registered."""

    def of_kind(self, kind: str, on: date) -> Sequence[Party]:
        """Return the parties of a kind, such as "property", that take part on a day."""


class Alone:
    """The parties of a service that knows of nobody."""

    problem: str | None = None

    def party(self, id: str) -> Party | None:
        """Return None."""
        return None

    def of_kind(self, kind: str, on: date) -> Sequence[Party]:
        """Return nobody."""
        return ()


def name_of(parties: Parties, id: str, locale: str) -> str:
    """Return the name of a party in the reader's language; the id of one that isn't registered."""
    found = parties.party(id)
    return id if found is None else found.name(locale)


class NotTheSenders(DomainError):
    """An event is about a record that concerns another organisation than the one that sent it (N2)."""

    kind: ClassVar[Kind] = Kind.forbidden
    code = "not_the_senders"
    message = "This concerns another organisation than the one that sent it."


def require_sender(sender: str, party: str) -> None:
    """Check that an event came from the party that its record concerns. Raises NotTheSenders."""
    if sender != party:
        raise NotTheSenders
