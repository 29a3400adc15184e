"""Asks every feature of a service the same question."""

from __future__ import annotations

from typing import Any

from chassis.feature import offers_of
from chassis.tx import ReadTx


async def asked_of_all(tx: ReadTx, question: str, *given: object) -> list[Any]:
    """Return the answers of all features whose query for `question` the actor may run, in their order.

    `given` is what the question is about.
    """
    permits = tx.runtime.access.permits
    queries = offers_of(tx.runtime.features, question)
    return [await query(tx, *given) for query in queries if permits(tx.actor, query.permission)]
