"""Which fields of a form the organisation makes mandatory or hides, from a day on; the rest stays optional.

A feature declares its forms with `offers={"configurable_forms": "commands:FORMS"}`. The fields that the
product itself requires, and those on which another rule depends, can't be chosen.
"""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR

EDIT_FIELD_RULES = Permission("edit_field_rules", SUPPORT_ADMINISTRATOR)
VIEW_FIELD_RULES = Permission("view_field_rules", CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(EDIT_FIELD_RULES, VIEW_FIELD_RULES),
    navigation=(
        NavItem(
            "Fields of forms",
            "field_rules",
            EDIT_FIELD_RULES,
            position=93,
            set_up=N_("Which fields must be filled in, which may be, and which are not used."),
        ),
    ),
)
