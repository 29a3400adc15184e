"""The roles of both organisations, as the gateway's permissions name them; an instance serves one of them."""

from gateway.organisation import ADMINISTRATOR, ROLES

EVERYBODY = tuple(role for roles in ROLES.values() for role in roles)
"""Every role of every entity. A token of another entity is refused whatever its roles."""
ADMINISTRATORS = tuple(ADMINISTRATOR.values())
"""Those who manage the staff of their own organisation."""
