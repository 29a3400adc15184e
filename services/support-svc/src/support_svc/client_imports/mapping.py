"""Mapping files of clients and consents: which column of somebody's table is which field (C7).

The template mapping (`mappings/client-list.toml`) explains every key.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from importing.mappings import ReadyMappings
from trade.csv_import.mapping import Closed, TableMapping
from trade.csv_import.notation import Kind

ClientField = Literal[
    "given_name", "family_name", "preferred_name", "other_names", "date_of_birth", "estimated_age",
    "estimated_on", "gender", "indigenous", "disability", "preferred_language", "address_line", "city",
    "province", "postal_code", "country", "comments", "state", "phones", "emails", "external_ids",
]  # fmt: skip
ConsentField = Literal[
    "client_ref", "purposes", "shared_with", "recipient", "type", "categories", "given_on", "expires_on",
    "ended_on", "given_how", "taken_by", "document_reference", "withdrawn_on",
    "withdrawn_by", "status",
]  # fmt: skip
FieldName = Literal[ClientField, ConsentField]

KINDS: dict[FieldName, Kind] = {
    "date_of_birth": Kind.DAY,
    "estimated_age": Kind.WHOLE,
    "estimated_on": Kind.DAY,
    "given_on": Kind.DAY,
    "expires_on": Kind.DAY,
    "ended_on": Kind.DAY,
    "withdrawn_on": Kind.DAY,
}
"""Fields whose cells are read by the notation of their column."""
_JOINED = frozenset({"other_names", "comments", "address_line", "given_name"})
_REQUIRED: dict[str, tuple[FieldName, ...]] = {
    "client": ("family_name",),
    "consent": ("client_ref", "purposes", "type", "given_on"),
}


class Flag(Closed):
    """A column in which the file itself marks lines that are to be looked at: what it `contains` then."""

    column: str
    contains: str


class ClientMapping(TableMapping[FieldName]):
    """A mapping of clients, or of consents that name their clients by what the same source calls them.

    `doubles` says whether a line that seems to be somebody who is known already, or on another line, is set
    aside, or is somebody else. `flagged` sets lines aside that the file itself marks.
    """

    records: Literal["client", "consent"] = "client"
    doubles: Literal["aside", "apart"] = "aside"
    flagged: Flag | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [
            name for name in _REQUIRED[self.records] if name not in self.fields and name not in self.constants
        ]
        if missing:
            raise ValueError(f"neither a column nor a constant for {', '.join(missing)}")
        if self.records == "consent" and not self.key:
            raise ValueError("a list of consents needs a key")
        for name, rule in self.fields.items():
            if rule.how == "add":
                raise ValueError(f"{name} can't be added up")
            if rule.how == "join" and name not in _JOINED:
                raise ValueError(f"{name} can't be joined")
        return self

    @property
    def known_columns(self) -> frozenset[str]:
        """Every column the mapping reads."""
        return super().known_columns | ({self.flagged.column} if self.flagged else set())

    @property
    def rows(self) -> str:
        """What a row is."""
        return self.records


MAPPINGS = ReadyMappings("support_svc.client_imports", ClientMapping, template="client-list")
