"""Facts about a person, of which a record has one each: compared, chosen and put back (C3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from support_svc.clients.model import Client, ClientState, Language, YesNoUnknown


class FactOfClient(StrEnum):
    """A fact about a person; of two records that differ in it, one's is chosen."""

    NAME = "name"
    PREFERRED_NAME = "preferred_name"
    BIRTH = "birth"
    GENDER = "gender"
    INDIGENOUS = "indigenous"
    DISABILITY = "disability"
    PREFERRED_LANGUAGE = "preferred_language"
    ADDRESS = "address"
    COMMENTS = "comments"
    STATE = "state"


COLUMNS: Mapping[FactOfClient, Sequence[str]] = {
    FactOfClient.NAME: ("given_name", "family_name"),
    FactOfClient.PREFERRED_NAME: ("preferred_name",),
    FactOfClient.BIRTH: ("date_of_birth", "estimated_age", "estimated_on"),
    FactOfClient.GENDER: ("gender_id",),
    FactOfClient.INDIGENOUS: ("indigenous_id",),
    FactOfClient.DISABILITY: ("disability",),
    FactOfClient.PREFERRED_LANGUAGE: ("preferred_language",),
    FactOfClient.ADDRESS: ("address_line", "city", "province", "postal_code", "country"),
    FactOfClient.COMMENTS: ("comments",),
    FactOfClient.STATE: ("state",),
}
_BLANK = (None, "", YesNoUnknown.UNKNOWN)
_READ: Mapping[str, Any] = {
    "date_of_birth": date.fromisoformat,
    "estimated_on": date.fromisoformat,
    "gender_id": UUID,
    "indigenous_id": UUID,
    "disability": YesNoUnknown,
    "preferred_language": Language,
    "state": ClientState,
}
OTHER_NAMES_AT_MOST = 300


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact in two records; `differs`: both say something, and not the same."""

    fact: FactOfClient
    survivor: tuple[Any, ...]
    merged: tuple[Any, ...]

    @property
    def differs(self) -> bool:
        """Whether it has to be chosen which one is stored."""
        return not is_blank(self.survivor) and not is_blank(self.merged) and self.survivor != self.merged


def compared(survivor: Client, merged: Client) -> list[Compared]:
    """Every fact of two records."""
    return [Compared(fact, values(survivor, fact), values(merged, fact)) for fact in FactOfClient]


def values(client: Client, fact: FactOfClient) -> tuple[Any, ...]:
    """What one record says."""
    return tuple(getattr(client, name) for name in COLUMNS[fact])


def is_blank(said: Sequence[Any]) -> bool:
    """Whether a record says nothing about a fact; a blank matches nothing and overwrites nothing."""
    return all(value in _BLANK for value in said)


def write(client: Client, fact: FactOfClient, said: Sequence[Any]) -> None:
    """Let a record say something else."""
    for name, value in zip(COLUMNS[fact], said, strict=True):
        setattr(client, name, value)


def as_json(said: Sequence[Any]) -> list[Any]:
    """Return what a record says as JSON."""
    return [value if value is None or isinstance(value, int) else str(value) for value in said]


def from_json(fact: FactOfClient, stored: Sequence[Any]) -> tuple[Any, ...]:
    """Return what `as_json` wrote as the columns hold it."""
    return tuple(
        None if value is None else _READ.get(name, lambda same: same)(value)
        for name, value in zip(COLUMNS[fact], stored, strict=True)
    )


def with_names(others: str | None, *names: str | None) -> str | None:
    """Other names with more of them, each once; what no longer fits is left out."""
    found = [name.strip() for name in (others or "").split(",") if name.strip()]
    for name in (one.strip() for whole in names if whole for one in whole.split(",")):
        known = {one.casefold() for one in found}
        if name and name.casefold() not in known and len(", ".join([*found, name])) <= OTHER_NAMES_AT_MOST:
            found.append(name)
    return ", ".join(found) or None
