"""The legal bars that an application may be declined under: a list for an administrator (T1, W3)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from tenancy_svc.roles import PROPERTY_ADMINISTRATOR, PROPERTY_MANAGER

EDIT_STATUTES = Permission("edit_statutes", PROPERTY_ADMINISTRATOR)
VIEW_STATUTES = Permission("view_statutes", PROPERTY_MANAGER, PROPERTY_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(
        EDIT_STATUTES,
        VIEW_STATUTES,
    ),
    navigation=(NavItem("Legal bars", "statutes", VIEW_STATUTES, position=70),),
    sentences={
        ("statute", "added"): N_("A legal bar was added to the list"),
        ("statute", "retired"): N_("A legal bar was taken off the list"),
    },
)
