"""Retention: legal holds, what is due, and erasing somebody for good (X7).

Every feature whose tables lead to a person offers as `erased_with_person` what becomes of its rows, as
`hinders_erasure` why that has to wait, and as `expiring` what is deleted by itself.
"""

from chassis.access import Permission
from chassis.feature import Feature, NavItem, Setting
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR

PROPOSE_ERASURE = Permission("propose_erasure", CASEWORKER, SUPERVISOR)
DECIDE_ERASURE = Permission("decide_erasure", SUPERVISOR)
HOLD_RECORDS = Permission("hold_records", SUPERVISOR)
VIEW_RETENTION = Permission("view_retention", CASEWORKER, SUPERVISOR)
SEE_WHAT_IS_DUE = Permission("see_what_is_due", SUPERVISOR)

WAITING_DAYS = Setting(
    code="erasure_waiting",
    label="Wait before an approved erasure",
    hint="For how long an approved erasure can still be stopped. Afterwards nobody can undo it.",
    default=14,
    low=1,
    high=90,
    unit="days",
)

FEATURE = Feature(
    module=__name__,
    permissions=(PROPOSE_ERASURE, DECIDE_ERASURE, HOLD_RECORDS, VIEW_RETENTION, SEE_WHAT_IS_DUE),
    navigation=(NavItem("Retention", "retention_due", SEE_WHAT_IS_DUE, position=72),),
    settings=(WAITING_DAYS,),
    sentences={
        ("legal_hold", "set"): N_("A legal hold was set"),
        ("legal_hold", "ended"): N_("The legal hold was ended"),
        ("erasure_request", "proposed"): N_("The erasure was proposed"),
        ("erasure_request", "approved"): N_("The erasure was approved"),
        ("erasure_request", "refused"): N_("The erasure was refused"),
        ("erasure_request", "halted"): N_("The erasure was halted: something hinders it"),
        ("erasure", "carried_out"): N_("A person was erased"),
        ("erasure", "expired"): N_("Records whose period was over were deleted"),
    },
    offers={
        "moved_to_client": "moving:moved_to_client",
        "erased_with_person": "erasing:erased_with_person",
        "hinders_erasure": "erasing:legal_holds",
        "erased_references": "queries:is_erased",
    },
)
