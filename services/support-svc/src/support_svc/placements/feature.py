"""Housing Placements: the search for a home, from its start to its end (P1 to P4, P10).

The later features are asked for what this one can't know, by what they offer: `requests_of_placement` for the
requests that its page shows, `placement_is_securing`, `next_follow_up` and `follow_up_due_by` for its list.
They act with it when it's handed over (`placement_handed_over`), fails (`placement_failed`) or ends
(`placement_ended`).
"""

from chassis.access import Permission
from chassis.feature import Feature, LookupList, NavItem
from support_svc.roles import CASEWORKER, SUPERVISOR

EDIT_PLACEMENT = Permission("edit_placement", CASEWORKER, SUPERVISOR)
START_PLACEMENT = Permission("start_placement", CASEWORKER, SUPERVISOR)
VIEW_PLACEMENTS = Permission("view_placements", CASEWORKER, SUPERVISOR)

REASON_NOT_SECURED = LookupList("reason_not_secured", label="Reason not secured")
REFERRAL_SOURCE = LookupList("referral_source", label="Referral source")

FEATURE = Feature(
    module=__name__,
    permissions=(EDIT_PLACEMENT, START_PLACEMENT, VIEW_PLACEMENTS),
    navigation=(NavItem("Housing Placements", "placements", VIEW_PLACEMENTS, position=30),),
    lookups=(REFERRAL_SOURCE, REASON_NOT_SECURED),
    offers={
        "configurable_forms": "commands:FORMS",
        "undone": "timeline:note_undone",
        "moved_to_client": "moving:moved_to_client",
        "members_of_placements": "moving:members_of_placements",
        "open_matters": "queries:placements_open",
        "erased_with_person": "erasing:erased_with_person",
        "hinders_erasure": "erasing:running_placements",
    },
)
