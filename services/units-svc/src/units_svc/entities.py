"""The property entities that a landlord can be of: who is registered, and who is meant when none is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import StringConstraints

from chassis.errors import InvalidInput

if TYPE_CHECKING:
    from chassis.parties import Party
    from chassis.surroundings import Surroundings

PartyId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
"""The id of a party in the register."""


@dataclass(frozen=True, slots=True)
class PropertyEntities:
    """The property entities that take part on a day, in the order of their ids.

    `usual` is the one that is meant where none is named: the only one, or the one that runs this inventory;
    None when somebody has to choose.
    """

    parties: tuple[Party, ...]
    usual: str | None

    @classmethod
    def of(cls, runtime: Surroundings, on: date) -> PropertyEntities:
        """Return those of the register of parties as it is now."""
        parties = tuple(runtime.parties.of_kind("property", on))
        ids = [party.id for party in parties]
        return cls(parties, ids[0] if len(ids) == 1 else runtime.entity if runtime.entity in ids else None)

    @property
    def to_choose_from(self) -> bool:
        """Whether there is more than one, so that somebody may be asked which."""
        return len(self.parties) > 1

    def words(self) -> dict[str, str]:
        """Return each id by itself and by the names that only one party has."""
        names = [(name, party.id) for party in self.parties for name in {party.name("en"), party.name("fr")}]
        several = Counter(name for name, _ in names)
        return {name: id for name, id in names if several[name] == 1} | {
            one.id: one.id for one in self.parties
        }

    def named(
        self, party: str | None, *, wanted: bool, field: str, stored: Collection[str | None] = ()
    ) -> str | None:
        """Return the party to store for what a property entity manages (`wanted`), None for anything else.

        A party that is `stored` already stays, though it takes part no longer. Raises InvalidInput at
        `field`.
        """
        if not wanted:
            if party is not None:
                raise InvalidInput(field=field, rule="Leave this empty: a third party manages its own homes.")
            return None
        party = party or self.usual
        if party is None:
            raise InvalidInput(field=field, rule="Choose the property entity.")
        if party not in stored and party not in [one.id for one in self.parties]:
            raise InvalidInput(field=field, rule="Choose one of the property entities on the list.")
        return party
