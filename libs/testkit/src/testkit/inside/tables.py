async def main():
    """Return every row of every table as text, sorted."""
    connection = await database()
    names = await connection.fetch(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1"
    )
    found = {}
    for (name,) in names:
        if name not in GIVEN["leave_out"]:
            rows = await connection.fetch(f'SELECT t::text FROM "{name}" t')
            found[name] = sorted(row[0] for row in rows)
    return found


answer(main)
