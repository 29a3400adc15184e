"""Look-up lists: what a service needs to store and check the values of the lists that its features declare.

A value in use is retired, never deleted: records refer to it. Each service has its own table and pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from chassis.db import Versioned
from chassis.errors import DomainError, InvalidInput, Kind, NotFound
from chassis.feature import LookupList, lookups_of
from chassis.surroundings import Surroundings

_CODE = "^[a-z]+(_[a-z]+)*$"
_WORD = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


class NotOnTheList(DomainError):
    """A value that isn't on the list, or was retired, can't be chosen again."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_on_the_list"
    message: ClassVar[str] = "Choose a value from the list."


class CodeTaken(DomainError):
    """Two values of one list can't have the same code."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "code_taken"
    message: ClassVar[str] = "The list already has a value with the code {value}."


class Labelled:
    """Something with a label in both languages."""

    __slots__ = ()
    label_en: Any
    label_fr: Any

    def label(self, locale: str) -> str:
        """Return the label in the person's language."""
        return str(self.label_fr if locale == "fr" else self.label_en)


class LookupColumns(Labelled, Versioned):
    """The columns of a service's table of values (`lookup_value`).

    `published_as` is the word that the value stands for outside of the service, in lists whose values stand
    for something.
    """

    list: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(60))
    label_en: Mapped[str] = mapped_column(String(120))
    label_fr: Mapped[str] = mapped_column(String(120))
    sort_order: Mapped[int] = mapped_column(Integer, default=0)
    active: Mapped[bool] = mapped_column(default=True)
    published_as: Mapped[str | None] = mapped_column(String(60))

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy passes the class
        return (
            UniqueConstraint("list", "code"),
            CheckConstraint(f"list ~ '{_CODE}'", name="list"),
            Index("ix_lookup_value_list_order", "list", "sort_order"),
        )


def declared_lists(runtime: Surroundings) -> Mapping[str, LookupList]:
    """Return the lists that the features of a service declare, by their codes and in their order."""
    return lookups_of(runtime.features)


def declared(runtime: Surroundings, code: str) -> LookupList:
    """Return the list of this code. Raises NotFound when no feature declares it."""
    found = declared_lists(runtime).get(code)
    if found is None:
        raise NotFound(what="list")
    return found


def require_word(of: LookupList, word: str | None) -> None:
    """Refuse a word that the values of a list can't stand for. Raises InvalidInput."""
    if not word:
        return
    if of.stands_for is None:
        raise InvalidInput(field="published_as", rule="Values of this list aren't shared with anybody.")
    if of.stands_for and word not in of.stands_for:
        raise InvalidInput(field="published_as", rule="Choose a word that others know.")
    if not _WORD.fullmatch(word):
        raise InvalidInput(field="published_as", rule="Use small letters, digits and hyphens.")
