"""The template: a table with one row a person whose columns need no mapping of one's own (C7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from deskkit.i18n import N_
from support_svc.client_imports.mapping import MAPPINGS, FieldName

_NAME = N_("A name of at most 120 characters")
_DAY = N_("A day, such as 1984-03-31")

_COLUMNS: dict[FieldName, tuple[str, str]] = {
    "given_name": (N_("Empty for somebody with one name only"), "Example"),
    "family_name": (_NAME, "Person"),
    "preferred_name": (_NAME, ""),
    "other_names": (N_("Any other names, with a semicolon between them"), ""),
    "date_of_birth": (_DAY, "1984-03-31"),
    "estimated_age": (N_("A whole number; only where the date of birth isn't known"), ""),
    "gender": (N_("A value of the list, in English or French"), ""),
    "indigenous": (N_("A value of the list, in English or French"), ""),
    "disability": (N_("Yes, no or unknown"), ""),
    "preferred_language": (N_("English, French or other"), "en"),
    "phones": (N_("Telephone numbers, with a semicolon between them"), "416 555 0100"),
    "emails": (N_("E-mail addresses, with a semicolon between them"), ""),
    "address_line": (N_("The mailing address"), ""),
    "city": (_NAME, "Toronto"),
    "province": (_NAME, "ON"),
    "postal_code": (N_("A postal code"), ""),
    "comments": (N_("At most 4,000 characters"), ""),
}
_TITLES: dict[str, str] = {
    "given_name": N_("given name"), "family_name": N_("family name"), "preferred_name": N_("preferred name"),
    "other_names": N_("other names"), "date_of_birth": N_("date of birth"),
    "estimated_age": N_("estimated age"), "estimated_on": N_("day of the estimate"), "gender": N_("gender"),
    "indigenous": N_("Indigenous indicator"), "disability": N_("lives with a disability"),
    "preferred_language": N_("preferred language"), "address_line": N_("mailing address"),
    "city": N_("city"), "province": N_("province"), "postal_code": N_("postal code"),
    "country": N_("country"), "comments": N_("comments"), "state": N_("state of the record"),
    "phones": N_("phone numbers"), "emails": N_("e-mail addresses"),
    "external_ids": N_("ids in other systems"), "client_ref": N_("whose consent it is"),
    "purposes": N_("purpose"), "shared_with": N_("with whom it is shared"), "recipient": N_("for whom"),
    "type": N_("type of consent"), "categories": N_("kinds of data"), "given_on": N_("given on"),
    "expires_on": N_("expires on"), "ended_on": N_("superseded on"), "given_how": N_("how it was given"),
    "taken_by": N_("by whom it was taken"), "document_reference": N_("document reference"),
    "withdrawn_on": N_("withdrawn on"), "withdrawn_by": N_("who recorded the withdrawal"),
    "status": N_("status"), "key": N_("what names the line"),
    "flagged": N_("mark of the file"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """One column: its name in the file, whether a row needs it, and what may stand in it (a msgid)."""

    name: str
    required: bool
    meaning: str


def field_titles(translate: Callable[[str], str]) -> dict[str, str]:
    """Return what people call the fields that columns are read as, within a sentence."""
    return {name: translate(title) for name, title in _TITLES.items()}


def template_columns() -> list[TemplateColumn]:
    """Return the template's columns in their order."""
    fields = MAPPINGS.named(MAPPINGS.template).fields
    return [
        TemplateColumn(fields[name].columns[0], fields[name].required, meaning)
        for name, (meaning, _) in _COLUMNS.items()
    ]


def template_table() -> tuple[list[str], list[list[str]]]:
    """Return the header of the table to be filled in, and an example row."""
    fields = MAPPINGS.named(MAPPINGS.template).fields
    header = [fields[name].columns[0] for name in _COLUMNS]
    return header, [[example for _, example in _COLUMNS.values()]]
