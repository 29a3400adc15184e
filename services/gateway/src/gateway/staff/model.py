"""People of one organisation: how they sign in, and which of its roles they hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Versioned
from chassis.errors import DomainError, Kind
from gateway.organisation import Organisation
from gateway.tables import Base


class StaffMember(Versioned, Base):
    """One person.

    `email` is in lower case; without `password_hash` they sign in through the provider only. `attested_by`
    confirmed that the person works for nobody on the other side; for people on the list before this was
    required, nobody did.
    """

    __tablename__ = "staff_member"
    __table_args__ = (CheckConstraint("(attested_at IS NULL) = (attested_by IS NULL)", name="attested"),)

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    roles: Mapped[list[str]]
    locale: Mapped[str] = mapped_column(server_default="en")
    active: Mapped[bool] = mapped_column(server_default="true")
    password_hash: Mapped[str | None]
    password_temporary: Mapped[bool] = mapped_column(server_default="false")
    provider_subject: Mapped[str | None] = mapped_column(unique=True)
    added_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attested_at: Mapped[datetime | None]
    attested_by: Mapped[str | None]


class RoleOfAnotherOrganisation(DomainError):
    """A role of another organisation, which this gateway never grants (W10)."""

    kind = Kind.invalid
    code = "role_of_another_organisation"
    message = "“{role}” isn't a role of this organisation."


class AttestationMissing(DomainError):
    """Nobody has confirmed that the person works for no organisation on the other side (W10)."""

    kind = Kind.invalid
    code = "attestation_missing"
    message = "Confirm that this person works for nobody on the other side."


class AddressTaken(DomainError):
    """A person with this e-mail address exists already."""

    kind = Kind.conflict
    code = "address_taken"
    message = "A person with this e-mail address is already in the list."


class LastAdministrator(DomainError):
    """The last active administrator can't be removed: nobody could add another."""

    kind = Kind.conflict
    code = "last_administrator"
    message = "This is the last active administrator. Make somebody else an administrator first."


def own_roles(organisation: Organisation, roles: Iterable[str]) -> list[str]:
    """Return the roles, sorted. Raises RoleOfAnotherOrganisation for one that the organisation hasn't."""
    chosen = sorted(set(roles))
    for role in chosen:
        if role not in organisation.roles:
            raise RoleOfAnotherOrganisation(field="roles", role=role)
    return chosen
