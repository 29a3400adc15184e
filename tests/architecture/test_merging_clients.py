"""No feature that names clients is forgotten when two records of one person are merged (C3)."""

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, Table, Uuid

from chassis.feature import load_models, offers_of
from support_svc.features import FEATURES
from support_svc.tables import Base


def naming_clients(metadata: MetaData) -> set[str]:
    """Columns that name a client: those that refer to the table, and those that are called after it."""
    return {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.name == "client_id" or any(key.column.table.name == "client" for key in column.foreign_keys)
    }


def moved_columns() -> list[str]:
    """Columns that some feature moves, by what it offers."""
    return [
        f"{column.property.columns[0].table.name}.{column.property.columns[0].name}"
        for parts in offers_of(FEATURES, "moved_to_client")
        for part in parts()
        for column in part.columns
    ]


@pytest.mark.row("C3")
def test_every_column_that_names_a_client_is_moved_once() -> None:
    load_models(FEATURES)
    moved = moved_columns()
    assert len(moved) == len(set(moved))
    assert set(moved) == naming_clients(Base.metadata)


def test_a_table_that_nobody_moves_is_found() -> None:
    """Planted: a table that refers to clients, and one that only names them."""
    metadata = MetaData()
    Table("client", metadata, Column("id", Uuid, primary_key=True))
    Table("planted", metadata, Column("who", Uuid, ForeignKey("client.id")))
    Table("named", metadata, Column("client_id", Uuid))
    assert naming_clients(metadata) == {"planted.who", "named.client_id"}
