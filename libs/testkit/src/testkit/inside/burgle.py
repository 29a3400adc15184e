from urllib.parse import urlsplit


async def main():
    """Connect to another service's database with this service's own role and password."""
    own = urlsplit(setting("DATABASE_URL"))
    try:
        connection = await asyncpg.connect(
            host=GIVEN["host"],
            port=GIVEN["port"],
            database=GIVEN["database"],
            user=own.username,
            password=own.password,
            timeout=5,
        )
    except asyncpg.PostgresError as refused:
        return refused.sqlstate
    except (OSError, asyncio.TimeoutError):
        return "unreachable"
    await connection.close()
    return "let in"


answer(main)
