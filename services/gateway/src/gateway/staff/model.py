"""People of one organisation: how they sign in, and which of its roles they hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Versioned
from chassis.errors import DomainError, Kind
from gateway.organisation import NAMES, ROLES
from gateway.tables import Base


class StaffMember(Versioned, Base):
    """One person.

    `email` is kept in lower case; without `password_hash` they sign in through the provider only.
    """

    __tablename__ = "staff_member"

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    roles: Mapped[list[str]]
    locale: Mapped[str] = mapped_column(server_default="en")
    active: Mapped[bool] = mapped_column(server_default="true")
    password_hash: Mapped[str | None]
    password_temporary: Mapped[bool] = mapped_column(server_default="false")
    provider_subject: Mapped[str | None] = mapped_column(unique=True)
    added_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RoleOfAnotherOrganisation(DomainError):
    """A role that this organisation doesn't have; nobody may hold roles on both sides (W10)."""

    kind = Kind.invalid
    code = "role_of_another_organisation"
    message = "“{role}” isn't a role of this organisation. Nobody holds roles in both organisations."


class AddressTaken(DomainError):
    """Somebody with this e-mail address is there already."""

    kind = Kind.conflict
    code = "address_taken"
    message = "Somebody with this e-mail address is in the list already."


class LastAdministrator(DomainError):
    """Without an administrator nobody could add one."""

    kind = Kind.conflict
    code = "last_administrator"
    message = "This is the last active administrator. Make somebody else an administrator first."


def own_roles(entity: str, roles: Iterable[str]) -> list[str]:
    """The roles in order, if all are this entity's. Raises RoleOfAnotherOrganisation."""
    chosen = sorted(set(roles))
    for role in chosen:
        if role not in ROLES[entity]:
            raise RoleOfAnotherOrganisation(field="roles", role=role, organisation=NAMES[entity])
    return chosen
