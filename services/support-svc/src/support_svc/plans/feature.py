"""A client's own plan: goals in the client's words, and steps that somebody owes (C10).

It is voluntary. Nothing else reads it: no rule, list, report or event. My day shows the steps that the
caseworker owes, and no other.
"""

from chassis.access import Permission
from chassis.feature import Feature
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR

EDIT_PLAN = Permission("edit_plan", CASEWORKER, SUPERVISOR)
VIEW_PLAN = Permission("view_plan", CASEWORKER, SUPERVISOR)

FEATURE = Feature(
    module=__name__,
    permissions=(EDIT_PLAN, VIEW_PLAN),
    task_names={"plan_step": N_("Step of a plan")},
    tasks={"plan_step": N_("Your step in the plan of %(name)s")},
    offers={
        "due": "due:due",
        "history_records": "queries:records_of",
        "moved_to_client": "moving:moved_to_client",
        "erased_with_person": "erasing:erased_with_person",
    },
)
"""It offers what is due, its history and its rows in a merge: nothing that a decision could depend on."""
