"""People as an application and a lease name them: tenants and occupants, each once (T1, T4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import ColumnElement, ScalarSelect, func, select

from tenancy_svc.fields import Command
from trade.contact import Email, Name, OptionalName, Phone
from trade.letters import searchable


class Part(StrEnum):
    """The part a person has in an application or a lease."""

    TENANT = "tenant"
    OCCUPANT = "occupant"


class HasPart(Protocol):
    """Somebody in an application or a lease."""

    @property
    def part(self) -> Part:
        """The part this person has in it."""
        ...


Somebody = TypeVar("Somebody", bound=HasPart)


def tenants_of(people: Iterable[Somebody]) -> list[Somebody]:
    """Return those who are tenants, in their order."""
    return [person for person in people if person.part is Part.TENANT]


def written_name(given_name: str, family_name: str) -> str:
    """Return a person's name as it's shown: the given name is empty for somebody with one name only."""
    return f"{given_name} {family_name}".strip()


def first_tenant_in(
    people: type[Any], belongs: ColumnElement[bool], around: type[Any], what: ColumnElement[str] | None = None
) -> ScalarSelect[str | None]:
    """The name of the first tenant in a table of people who belong to the row `around` it, NULL without one.

    With `what` something else of that tenant. The name is written as `written_name` writes it.
    """
    name = func.trim(people.given_name + " " + people.family_name)
    return (
        select(name if what is None else what)
        .where(belongs, people.part == Part.TENANT)
        .order_by(people.position)
        .limit(1)
        .correlate(around)
        .scalar_subquery()
    )


def searchable_name(context: Any) -> str:
    """The words of the name in a row that is written, as a search compares them."""
    row = context.get_current_parameters()
    return searchable(row["given_name"], row["family_name"])


class PersonGiven(Command):
    """One person as the applicant gave them."""

    part: Part = Field(default=Part.TENANT, title="Part in the application")
    # Empty for a person with one name only, which is the family name then.
    given_name: OptionalName = Field(default="", title="Given name")
    family_name: Name = Field(title="Family name")
    phone: Phone | None = Field(default=None, title="Phone")
    email: Email | None = Field(default=None, title="E-mail")

    @property
    def name(self) -> str:
        """Given and family name."""
        return written_name(self.given_name, self.family_name)


def _each_once(people: tuple[PersonGiven, ...]) -> tuple[PersonGiven, ...]:
    """Refuse a list that names somebody twice, in whatever part.

    Two people of one name are two when a telephone number or an e-mail address tells them apart.
    """
    for number, person in enumerate(people):
        if any(_same(person, other) for other in people[:number]):
            raise PydanticCustomError(
                "named_twice",
                "Somebody is named twice. If these are two people of one name, give each a phone number "
                "or an e-mail address of their own.",
            )
    return people


def _same(one: PersonGiven, other: PersonGiven) -> bool:
    def name(person: PersonGiven) -> str:
        return " ".join(unicodedata.normalize("NFKC", person.name).casefold().split())

    def differ(mine: str | None, theirs: str | None) -> bool:
        return mine is not None and theirs is not None and mine.casefold() != theirs.casefold()

    phones = [re.sub(r"\D", "", person.phone)[-10:] if person.phone else None for person in (one, other)]
    return name(one) == name(other) and not (differ(*phones) or differ(one.email, other.email))


PeopleGiven = Annotated[tuple[PersonGiven, ...], AfterValidator(_each_once)]
"""People as the applicant gave them, each once."""
