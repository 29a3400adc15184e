"""The roles of both organisations, for the gateway's permissions; an instance serves one organisation."""

from gateway.organisation import ADMINISTRATOR, ROLES

EVERYBODY = tuple(role for roles in ROLES.values() for role in roles)
"""Every role of every entity. A token of another entity is refused whatever its roles."""
ADMINISTRATORS = tuple(ADMINISTRATOR.values())
"""The roles that manage the staff of their organisation."""
