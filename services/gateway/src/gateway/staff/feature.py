"""People of one organisation and the roles they hold."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from gateway.roles import ADMINISTRATORS, EVERYBODY

CHANGE_OWN_ACCOUNT = Permission("change_own_account", *EVERYBODY)
MANAGE_STAFF = Permission("manage_staff", *ADMINISTRATORS)
VIEW_OWN_ACCOUNT = Permission("view_own_account", *EVERYBODY)

FEATURE = Feature(
    module=__name__,
    permissions=(
        CHANGE_OWN_ACCOUNT,
        MANAGE_STAFF,
        VIEW_OWN_ACCOUNT,
    ),
    navigation=(
        NavItem(N_("Your account"), "session.mine", VIEW_OWN_ACCOUNT, position=10),
        NavItem(N_("Staff"), "staff", MANAGE_STAFF, position=20),
    ),
)
