"""Programs: what funds help, from when until when, and the budgets that subsidies are paid from (S1, S3).

What a later feature promised from a budget is asked of `spent_from_budget`.
"""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR

EDIT_PROGRAMS = Permission("edit_programs", SUPPORT_ADMINISTRATOR)
VIEW_PROGRAMS = Permission("view_programs", CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(EDIT_PROGRAMS, VIEW_PROGRAMS),
    navigation=(
        NavItem(
            "Programs",
            "programs",
            VIEW_PROGRAMS,
            position=85,
            set_up=N_("What funds help, from when until when, and the budgets."),
        ),
    ),
    sentences={
        ("program", "added"): N_("The program was added"),
        ("program", "changed"): N_("The program was changed"),
        ("program", "budget_added"): N_("A budget was added"),
        ("program", "budget_changed"): N_("A budget was changed"),
    },
)
