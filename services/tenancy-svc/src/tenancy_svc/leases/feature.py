"""Leases in editions that are never overwritten (T4)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from tenancy_svc.roles import PROPERTY_MANAGER

DRAW_UP_LEASES = Permission("draw_up_leases", PROPERTY_MANAGER)
VIEW_LEASES = Permission("view_leases", PROPERTY_MANAGER)

FEATURE = Feature(
    module=__name__,
    permissions=(
        DRAW_UP_LEASES,
        VIEW_LEASES,
    ),
    navigation=(NavItem("Leases", "leases", VIEW_LEASES, position=30),),
    sentences={
        ("lease", "drawn_up"): N_("The lease was drawn up"),
        ("lease", "amended"): N_("The lease was changed before signing; the former version stays on record"),
        ("lease", "discarded"): N_("The draft lease was discarded"),
    },
    tasks={
        "crossed_hold": N_(
            "A lease took a home that was held for another applicant: read what followed (%(name)s)"
        ),
    },
    offers={"due": "due:due"},
)
