from contracts.catalogue import CATALOGUE


async def main():
    """Return what waits to be sent, and the ids of what was sent to each listener."""
    connection = await database()
    told = {}
    pending = 0
    for row in await connection.fetch("SELECT id, subject, status FROM outbox WHERE status <> 'withheld'"):
        pending += row["status"] == "pending"
        for listener in CATALOGUE.terms(row["subject"]).listeners:
            told.setdefault(str(listener), []).append(row["id"])
    return {"pending": pending, "told": told}


answer(main)
