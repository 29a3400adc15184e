"""Writing many rows at once by PostgreSQL's COPY, within a use case's transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from chassis.db.models import Conventions

if TYPE_CHECKING:
    from chassis.tx import Tx


async def copy_rows(
    tx: Tx, record: type[Conventions], columns: Sequence[str], rows: Collection[Sequence[Any]]
) -> None:
    """Write rows to the table of a mapped class, their values in the order of `columns`.

    The driver encodes them: defaults of the mapping don't apply, and JSON is given as text.
    """
    if not rows:
        return
    connection = await (await tx.session.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    table: str = record.__tablename__  # type: ignore[attr-defined]
    await driver.copy_records_to_table(table, records=rows, columns=columns)
