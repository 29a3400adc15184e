from nats.errors import NoRespondersError, TimeoutError


async def main():
    """Try what isn't granted, and return what the server said to each attempt."""
    client = await broker()
    found = {}
    for how, subject in GIVEN:
        REFUSED.clear()
        try:
            if how == "publish":
                await client.publish(subject, b"{}")
                await client.flush(timeout=5)
            elif how == "subscribe":
                subscription = await client.subscribe(subject)
                await client.flush(timeout=5)
            else:
                await client.request(subject, b"", timeout=1)
        except NoRespondersError:
            found[f"{how} {subject}"] = "nobody there"
            continue
        except TimeoutError:
            pass
        # A refusal of a user comes as an error beside the flow, a moment later.
        for _ in range(20):
            if REFUSED:
                break
            await asyncio.sleep(0.05)
        said = " ".join(REFUSED).lower()
        if "permissions violation" in said:
            found[f"{how} {subject}"] = "refused"
        else:
            found[f"{how} {subject}"] = said or "let through"
        if how == "subscribe" and "permissions violation" not in said:
            await subscription.unsubscribe()
    await client.close()
    return found


answer(main)
