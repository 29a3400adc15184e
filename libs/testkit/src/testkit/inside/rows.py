async def main():
    """Run one statement; parameters are text, and PostgreSQL is told so."""
    connection = await database()
    parts = GIVEN["sql"]
    statement = await connection.prepare(parts)
    values = [
        given if kind.name in ("text", "varchar") else cast(kind.name, given)
        for kind, given in zip(statement.get_parameters(), GIVEN["params"])
    ]
    return [dict(row) for row in await statement.fetch(*values)]


def cast(kind, given):
    """Give a value the type that its parameter has."""
    if kind == "uuid":
        import uuid

        return uuid.UUID(given)
    if kind.startswith("int"):
        return int(given)
    return given


answer(main)
