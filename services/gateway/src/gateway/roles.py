"""The roles of all organisations, for the gateway's permissions; an instance serves one organisation."""

from gateway.organisation import BY_KIND

EVERYBODY = tuple(sorted({role for organisation in BY_KIND.values() for role in organisation.roles}))
"""Every role of every organisation. A token of another organisation is refused whatever its roles."""
ADMINISTRATORS = tuple(sorted({role for one in BY_KIND.values() for role in one.administrators}))
"""The roles that manage the staff of their organisation."""
