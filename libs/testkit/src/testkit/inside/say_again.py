import random
import uuid


async def main():
    """Publish what the outbox says was sent, shuffled, each under a message id of its own."""
    import datetime as dt

    connection = await database()
    rows = list(
        await connection.fetch(
            "SELECT subject, data::text AS data FROM outbox"
            " WHERE status = 'published' AND recorded_at >= $1 ORDER BY id",
            dt.datetime.fromisoformat(GIVEN["since"]),
        )
    )
    random.Random(GIVEN["seed"]).shuffle(rows)
    client = await broker()
    stream = client.jetstream(timeout=10)
    for row in rows:
        await stream.publish(row["subject"], row["data"].encode(), headers={"Nats-Msg-Id": str(uuid.uuid4())})
    await client.close()
    return len(rows)


answer(main)
