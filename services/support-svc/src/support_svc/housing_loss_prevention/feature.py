"""Housing Loss Prevention, HLP: helping clients who have a home to stay in it (H1 to H4).

The later features are asked for what this one can't know: `next_follow_up_of_prevention` for its list and
page. They act with it when it's opened with the day of a first follow-up (`prevention_opened`), handed over
(`prevention_handed_over`) or closed (`prevention_closed`).
"""

from chassis.access import Permission
from chassis.feature import Feature, LookupList
from support_svc.roles import CASEWORKER, SUPERVISOR

EDIT_PREVENTION = Permission("edit_prevention", CASEWORKER, SUPERVISOR)
VIEW_PREVENTIONS = Permission("view_preventions", CASEWORKER, SUPERVISOR)

REASON_FOR_SERVICE = LookupList("reason_for_service", label="Reason for Service")
CREDITOR_KIND = LookupList("creditor_kind", label="Kinds of creditors")

FEATURE = Feature(
    module=__name__,
    permissions=(EDIT_PREVENTION, VIEW_PREVENTIONS),
    lookups=(REASON_FOR_SERVICE, CREDITOR_KIND),
)
