async def main():
    """Return the ids of what was acted on, and what is parked or waits to be tried again."""
    connection = await database()
    parked = await connection.fetch(
        "SELECT subject, state, reason FROM parked WHERE state IN ('parked', 'waiting')"
    )
    ids = [row["id"] for row in await connection.fetch("SELECT id FROM inbox")]
    return {"ids": ids, "parked": [dict(row) for row in parked]}


answer(main)
