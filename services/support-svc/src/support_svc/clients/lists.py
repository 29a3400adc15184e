"""Adding and amending clients of a list: any number of them by the same few statements (C7).

A list is a selectable with a row for each client, its columns named as in the table. What a row doesn't state
is NULL.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import FromClause, Integer, case, cast, func, insert, literal, select, type_coerce, update

from support_svc.clients.model import Client, ClientState, ContactPoint, YesNoUnknown

if TYPE_CHECKING:
    from chassis.tx import Tx

OF_CLIENT = (
    "given_name", "family_name", "preferred_name", "other_names", "date_of_birth", "estimated_age",
    "estimated_on", "gender_id", "indigenous_id", "disability", "preferred_language", "address_line", "city",
    "province", "postal_code", "country", "comments", "state",
)  # fmt: skip
"""What a list may state of a client."""
_OTHERWISE = {"disability": YesNoUnknown.UNKNOWN, "state": ClientState.ACTIVE}


async def add_clients(tx: Tx, clients: FromClause) -> None:
    """Add clients of a list: `OF_CLIENT` with id and name_search."""
    stated = [
        func.coalesce(clients.c[name], literal(_OTHERWISE[name].value))
        if name in _OTHERWISE
        else clients.c[name]
        for name in OF_CLIENT
    ]
    names = ["id", "name_search", *OF_CLIENT, "created_at", "version"]
    added = select(clients.c.id, clients.c.name_search, *stated, literal(tx.now), literal(1))
    await tx.execute(insert(Client).from_select(names, added, include_defaults=False))
    await tx.touched_each("client", clients, "created")


async def amend_clients(tx: Tx, clients: FromClause, stated: Collection[str]) -> None:
    """Write over records what a list states of these columns; a blank leaves what is there."""
    values: dict[str, Any] = {name: func.coalesce(clients.c[name], getattr(Client, name)) for name in stated}
    born = values.get("date_of_birth")
    if born is not None:
        # A date of birth takes the place of an estimate, never the other way round.
        for name in ("estimated_age", "estimated_on"):
            values[name] = case((born.is_not(None), None), else_=values.get(name, getattr(Client, name)))
    await tx.execute(
        update(Client)
        .where(Client.id == clients.c.id)
        .values(**values, name_search=clients.c.name_search, version=Client.version + 1)
        .execution_options(synchronize_session=False)
    )
    await tx.touched_each("client", clients, "edited")


async def add_contact_points(tx: Tx, points: FromClause) -> None:
    """Add telephone numbers and e-mail addresses of a list: client_id, kind, value, plain, position.

    They follow those that a record has.
    """
    last = (
        select(func.coalesce(func.max(ContactPoint.position), -1))
        .where(ContactPoint.client_id == points.c.client_id)
        .scalar_subquery()
    )
    added = select(
        func.uuidv7(), points.c.client_id, points.c.kind, points.c.value, points.c.plain,
        type_coerce(last, Integer) + cast(points.c.position, Integer),
    )  # fmt: skip
    names = ["id", "client_id", "kind", "value", "plain", "position"]
    await tx.execute(insert(ContactPoint).from_select(names, added, include_defaults=False))
