"""The index of the homes of each process, which follows the table `home` before each search (P5)."""

from chassis.search import Follower
from support_svc.homes.index import HomeIndex

homes_in_memory = Follower(
    """
SELECT unit AS id, listing_version, listed, street, unit_number, city, region, housing_type, bedrooms,
    area_square_feet, floor, year_built, rent, features, accessible, shareable, managed_by, occupancy,
    available_from, address_search, written_in::text AS written_in,
    pg_snapshot_xmin(pg_current_snapshot())::text AS upto
FROM home WHERE (written_in, unit) > ($1::text::xid8, $2::uuid) ORDER BY written_in, unit LIMIT $3
""",
    HomeIndex,
)
