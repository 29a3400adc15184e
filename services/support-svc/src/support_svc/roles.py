"""The roles of the support organisation that may do something in this service.

Each feature's `feature.py` declares its permissions with the roles that hold them. There is none for rent,
leases, notices or eviction: case managers don't handle them (W10), and what has no permission has no route
either.
"""

CASEWORKER = "caseworker"
"""Works with clients."""
SUPERVISOR = "supervisor"
"""Works with clients, and sees what is archived."""
SUPPORT_ADMINISTRATOR = "support_administrator"
"""Maintains the lists, and sees no client."""
