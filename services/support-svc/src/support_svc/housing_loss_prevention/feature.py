"""Housing Loss Prevention, HLP: helping clients who have a home to stay in it (H1 to H4).

The later features are asked for what this one can't know: `next_follow_up_of_prevention` for its list and
page. They act with it when it's opened with the day of a first follow-up (`prevention_opened`), handed over
(`prevention_handed_over`) or closed (`prevention_closed`).
"""

from chassis.access import Permission
from chassis.feature import Feature, LookupList, NavItem
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR

EDIT_PREVENTION = Permission("edit_prevention", CASEWORKER, SUPERVISOR)
VIEW_PREVENTIONS = Permission("view_preventions", CASEWORKER, SUPERVISOR)

REASON_FOR_SERVICE = LookupList("reason_for_service", label="Reason for Service")
CREDITOR_KIND = LookupList("creditor_kind", label="Kinds of creditors")

OUTCOMES = {
    "kept_without_subsidy": N_("Kept the housing, without a subsidy"),
    "kept_with_former_subsidy": N_("Kept the housing, with the subsidy they had"),
    "kept_with_new_subsidy": N_("Kept the housing, with a new subsidy"),
    "kept_with_other_help": N_("Kept the housing, with other financial help"),
    "moved_to_other_housing": N_("Moved to other housing"),
    "temporary_with_family_or_friends": N_("With family or friends for a time"),
    "permanent_with_family_or_friends": N_("With family or friends permanently"),
    "transitional": N_("Transitional housing"),
    "became_homeless": N_("Became homeless"),
    "institution": N_("Institution"),
    "deceased": N_("Deceased"),
    "unknown": N_("Not known"),
}
RISK_KINDS = {
    "arrears": N_("Rent arrears"),
    "conduct": N_("Conduct"),
    "end_of_term": N_("End of term"),
    "landlords_use": N_("The landlord’s own use"),
}
RISK_STAGES = {
    "notice": N_("notice served"),
    "application": N_("application to the tribunal"),
    "hearing": N_("hearing fixed"),
    "order": N_("order made"),
}
RESOLUTIONS = {
    "remedied": N_("remedied in time"),
    "agreement": N_("agreement with the landlord"),
    "withdrawn": N_("withdrawn by the landlord"),
    "expired": N_("the notice has expired"),
    "dismissed": N_("dismissed by the tribunal"),
    "tenancy_ended": N_("the tenancy has ended"),
}
SOURCES = {
    "caseworker": N_("Opened by the caseworker"),
    "diversion": N_("From a diversion attempt"),
    "notice": N_("The landlord reported a notice"),
}

FEATURE = Feature(
    module=__name__,
    permissions=(EDIT_PREVENTION, VIEW_PREVENTIONS),
    navigation=(NavItem("Housing Loss Prevention", "preventions", VIEW_PREVENTIONS, position=35),),
    lookups=(REASON_FOR_SERVICE, CREDITOR_KIND),
    words={
        "prevention_outcomes": OUTCOMES,
        "risk_kinds": RISK_KINDS,
        "risk_stages": RISK_STAGES,
        "risk_resolutions": RESOLUTIONS,
        "risk_sources": SOURCES,
    },
    sentences={
        ("housing_loss_prevention", "opened"): N_("Opened"),
        ("housing_loss_prevention", "changed"): N_("Changed"),
        ("housing_loss_prevention", "closed"): N_("Closed"),
        ("housing_loss_prevention", "reopened"): N_("Opened again"),
        ("housing_loss_prevention", "follow_up_recorded"): N_("A follow-up was recorded"),
        ("housing_loss_prevention", "follow_up_corrected"): N_("A follow-up was corrected"),
        ("housing_loss_prevention", "debt_recorded"): N_("A debt was recorded"),
        ("housing_loss_prevention", "debt_changed"): N_("A debt was changed"),
        ("housing_loss_prevention", "debt_removed"): N_("A debt was taken off the record"),
        ("housing_loss_prevention", "risk_added"): N_("An offer was taken up: a notice belongs to it now"),
    },
    tasks={
        "answer_offer": N_("%(name)s: offer help, the tenancy is at risk"),
        "remedy": N_("%(name)s: the notice can be remedied until then"),
        "date_prevention": N_("%(name)s: decide what comes next in the housing loss prevention"),
    },
    task_names={
        "answer_offer": N_("Help to offer"),
        "remedy": N_("Remedy date"),
        "date_prevention": N_("Housing loss prevention without a next step"),
    },
    offers={
        "configurable_forms": "commands:FORMS",
        "due": "due:due",
        "open_matters": "queries:preventions_open",
        "housing_actions": "queries:actions_of",
        "moved_to_client": "moving:moved_to_client",
        "erased_with_person": "erasing:erased_with_person",
        "hinders_erasure": "erasing:open_preventions",
    },
)
