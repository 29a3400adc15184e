"""Look-up lists of the support organisation, and who can be named as caseworker."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR

EDIT_LOOKUPS = Permission("edit_lookups", SUPPORT_ADMINISTRATOR)
VIEW_LOOKUPS = Permission("view_lookups", CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(
        EDIT_LOOKUPS,
        VIEW_LOOKUPS,
    ),
    navigation=(
        NavItem(
            "Lists",
            "lookups",
            EDIT_LOOKUPS,
            position=90,
            set_up=N_("The values that forms offer, and who can be named as caseworker."),
        ),
    ),
)
