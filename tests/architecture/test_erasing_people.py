"""Of every table it's declared what becomes of it when somebody is erased (X7)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column

from chassis.db import new_metadata
from chassis.erasing import ErasedRows
from chassis.feature import load_models, offers_of
from support_svc.client_imports.erasing import CONTENTS
from support_svc.features import FEATURES
from support_svc.tables import Base

NOBODY = {
    "calendar_address": "a colleague's calendar",
    "caseworker": "names colleagues",
    "client_contact_text": "the database deletes a text that nobody has any more",
    "client_name_word": "the database deletes a word that nobody has any more",
    "client_import": "counts of a file; how far it came is blanked with its contents",
    "erased_reference": "references that lead nowhere",
    "erasure": "that somebody was erased",
    "field_rule": "the organisation's rules",
    "home": "a home of an inventory",
    "home_early_change": "a home of an inventory",
    "household": "a number of people, of whom its members tell",
    "import_batch": "counted into the import when it's finished, and deleted",
    "inventory_place": "a region or a type of homes",
    "inventory_receipt": "an inventory",
    "lookup_value": "a list",
    "needed_document": "a list",
    "needed_list": "a list",
    "program": "a program",
    "program_budget": "a program's budget",
    "program_budget_use": "a total",
    "quarterly_export": "that a file without persons was made",
    "setting_value": "the organisation's rules",
}
"""Tables without a person, each with what it is about."""


def declared() -> list[ErasedRows]:
    """Everything that features declare."""
    load_models(FEATURES)
    return [part for parts in offers_of(FEATURES, "erased_with_person") for part in parts()]


def undeclared(metadata: sa.MetaData, parts: Sequence[ErasedRows]) -> list[str]:
    """Tables of which nobody decided what becomes of them, and columns of those that stay."""
    tables = {part.table.name for part in parts}
    found = [name for name in metadata.tables if name not in tables]
    for part in parts:
        if not part.deleted:
            columns = {column.name for column in part.table.columns if column.computed is None}
            found += [f"{part.table.name}.{name}" for name in sorted(columns ^ part.decided)]
    return sorted(found)


@pytest.mark.row("X7")
def test_of_every_table_and_column_it_is_decided_what_becomes_of_it() -> None:
    contents = {table.__tablename__ for table in CONTENTS}
    assert set(undeclared(Base.metadata, declared())) == set(NOBODY) | contents


@pytest.mark.row("X7")
def test_text_that_anybody_types_never_stays() -> None:
    """What stays of a row is dates, amounts, words of a vocabulary, references and names of colleagues."""
    staying = {
        f"{part.table.name}.{column.key}"
        for part in declared()
        if not part.deleted
        for column in part.stays or ()
        if isinstance(column.type, sa.Text | sa.LargeBinary | sa.JSON)
        or (isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum))
    }
    assert {name for name in staying if not name.endswith(("_by_name", ".taken_by", ".caseworker"))} == {
        "consent.recipient",
        "housing_debt.currency",
        "housing_rent.currency",
        "placement.currency",
        "subsidy.currency",
    }


def test_a_table_and_a_column_that_nobody_declared_are_found() -> None:
    """Planted: a table that names somebody, and a comment in one that stays."""

    class Planted(DeclarativeBase):
        metadata = new_metadata()

    class Visit(Planted):
        __tablename__ = "visit"
        client_id = mapped_column(sa.Uuid, primary_key=True)
        comments = mapped_column(sa.Text)

    assert undeclared(Planted.metadata, []) == ["visit"]
    stays = ErasedRows(Visit.client_id, names="client", stays=())
    assert undeclared(Planted.metadata, [stays]) == ["visit.comments"]
    assert undeclared(Planted.metadata, [ErasedRows(Visit.client_id, names="client")]) == []
    blanked = ErasedRows(Visit.client_id, names="client", stays=(), blanked={Visit.comments: None})
    assert undeclared(Planted.metadata, [blanked]) == []
