"""Follow-ups: when somebody is asked next how the housing is going, and what was found (P8, H2, F1).

The later features act when the household of a placement has a new head (`placement_has_new_head`).
"""

from chassis.access import Permission
from chassis.feature import Feature
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR

RECORD_FOLLOW_UP = Permission("record_follow_up", CASEWORKER, SUPERVISOR)
VIEW_FOLLOW_UPS = Permission("view_follow_ups", CASEWORKER, SUPERVISOR)

FEATURE = Feature(
    module=__name__,
    permissions=(
        RECORD_FOLLOW_UP,
        VIEW_FOLLOW_UPS,
    ),
    tasks={
        "follow_up": N_("Record the follow-up with %(name)s"),
    },
    task_names={"follow_up": N_("Follow-up")},
    offers={
        "configurable_forms": "commands:FORMS",
        "moved_to_client": "moving:moved_to_client",
        "due": "due:due",
        "next_follow_up": "queries:next_follow_up",
        "follow_up_due_by": "queries:follow_up_due_by",
        "placement_handed_over": "commands:hand_over",
        "placement_ended": "commands:cancel_due",
        "next_follow_up_of_prevention": "queries:next_follow_up_of_prevention",
        "prevention_opened": "commands:prevention_opened",
        "prevention_handed_over": "commands:hand_over",
        "prevention_closed": "commands:cancel_due",
        "erased_with_person": "erasing:erased_with_person",
    },
)
