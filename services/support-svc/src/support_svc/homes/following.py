"""The index of the homes of each process, which follows the table `home` before each search (P5)."""

from column_search import Columns, Follower
from support_svc.homes.facts import NAMES
from support_svc.homes.index import HOMES

homes_in_memory: Follower[Columns] = Follower(
    f"""
    SELECT unit AS id, listed, street, unit_number, city, region, housing_type, {", ".join(NAMES)},
        (rent * 100)::bigint AS rent, coalesce(currency, 'CAD') AS currency, features, inventory, managed_by,
        occupancy,
        available_from - DATE '0001-01-01' + 1 AS available_from, address_search,
        written_in::text AS written_in
    FROM home
    """,  # noqa: S608 - our own names of facts
    identity="home.unit",
    written_in="home.written_in",
    make=lambda: Columns(HOMES),
)
