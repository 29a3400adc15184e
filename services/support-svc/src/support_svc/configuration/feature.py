"""The organisation's own rules, which features declare and an administrator sets from a day on."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from support_svc.roles import SUPPORT_ADMINISTRATOR

EDIT_SETTINGS = Permission("edit_settings", SUPPORT_ADMINISTRATOR)
VIEW_SETTINGS = Permission("view_settings", SUPPORT_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(EDIT_SETTINGS, VIEW_SETTINGS),
    navigation=(NavItem("Settings", "settings", EDIT_SETTINGS, position=92),),
)
