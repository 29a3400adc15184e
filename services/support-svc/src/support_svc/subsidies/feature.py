"""Rent subsidies: what a program pays for a household, when, and what of it was paid (S1 to S3)."""

from chassis.access import Permission
from chassis.feature import Feature, LookupList, NavItem, Setting
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR

EDIT_SUBSIDIES = Permission("edit_subsidies", CASEWORKER, SUPERVISOR)
VIEW_SUBSIDIES = Permission("view_subsidies", CASEWORKER, SUPERVISOR)

SUBSIDY_REASON = LookupList("subsidy_reason", label="Reasons for a subsidy")
RETAIN_MONEY = Setting(
    code="retain_subsidies",
    label="Retention of records of subsidies",
    hint=(
        "For how long after the last day of a subsidy. Books and records are retained for six years after "
        "the end of the tax year that they are about (Income Tax Act, subsection 230(4))."
    ),
    default=84,
    low=1,
    high=600,
    unit="months",
)

FEATURE = Feature(
    module=__name__,
    permissions=(EDIT_SUBSIDIES, VIEW_SUBSIDIES),
    navigation=(NavItem("Rent Subsidies", "subsidies", VIEW_SUBSIDIES, position=35),),
    lookups=(SUBSIDY_REASON,),
    settings=(RETAIN_MONEY,),
    sentences={
        ("subsidy", "recorded"): N_("The subsidy was recorded"),
        ("subsidy", "rate_changed"): N_("The amount or the frequency was changed"),
        ("subsidy", "ended"): N_("The subsidy was ended"),
        ("subsidy", "changed"): N_("The reason or the comments were changed"),
        ("subsidy", "payment_recorded"): N_("A payment was recorded"),
        ("subsidy", "payment_corrected"): N_("A payment was corrected"),
        ("subsidy", "reported"): N_("The landlord was informed of the subsidy"),
        ("subsidy", "handed_to_new_head"): N_("The household has a new head, whose subsidy it is now"),
    },
    offers={
        "configurable_forms": "commands:FORMS",
        "spent_from_budget": "budgets:spent_from_budget",
        "household_referred": "reporting:report_running",
        "placement_has_new_head": "commands:follow_head",
        "moved_to_client": "moving:moved_to_client",
        "erased_with_person": "erasing:erased_with_person",
        "hinders_erasure": "erasing:running_subsidies",
    },
)
