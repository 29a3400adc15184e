from contracts.border import sources_for


async def main():
    """Return how many events of its neighbours the service still has before it."""
    client = await broker()
    waiting = 0
    for source in sources_for(SERVICE):
        reply = await client.request(
            f"{source.api_prefix}.CONSUMER.INFO.{source.stream}.{source.consumer}", b"", timeout=5
        )
        info = json.loads(reply.data)
        waiting += info["num_pending"] + info["num_ack_pending"]
    await client.close()
    return waiting


answer(main)
