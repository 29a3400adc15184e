"""Housing Placements: from the search for a home to the move-in, and what happens on the way (P1 to P7)."""

from chassis.access import Permission
from chassis.feature import Feature, LookupList, NavItem
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR

EDIT_PLACEMENT = Permission("edit_placement", CASEWORKER, SUPERVISOR)
RECORD_MOVE_IN = Permission("record_move_in", CASEWORKER, SUPERVISOR)
SECURE_UNIT = Permission("secure_unit", CASEWORKER, SUPERVISOR)
START_PLACEMENT = Permission("start_placement", CASEWORKER, SUPERVISOR)
VIEW_PLACEMENTS = Permission("view_placements", CASEWORKER, SUPERVISOR)

DECLINED_BECAUSE = {
    "unit_no_longer_available": N_("The home is no longer available."),
    "household_exceeds_legal_occupancy": N_("The household is too large for the home by law."),
    "applicant_withdrew": N_("The applicant withdrew."),
    "income_above_legal_limit": N_("The income is above the program’s legal limit."),
    "legal_age_rule": N_("The home has a legal age rule."),
    "other_legal_bar": N_("Another legal bar."),
}
"""Why an application was declined (message ids), by the codes of the published language."""

PROGRAM = LookupList("program", label="Program")
REASON_NOT_SECURED = LookupList("reason_not_secured", label="Reason not secured")
REFERRAL_SOURCE = LookupList("referral_source", label="Referral source")

FEATURE = Feature(
    module=__name__,
    permissions=(
        EDIT_PLACEMENT,
        RECORD_MOVE_IN,
        SECURE_UNIT,
        START_PLACEMENT,
        VIEW_PLACEMENTS,
    ),
    navigation=(NavItem("Housing Placements", "placements", VIEW_PLACEMENTS, position=30),),
    lookups=(PROGRAM, REFERRAL_SOURCE, REASON_NOT_SECURED),
    offers={"due": "due:due", "open_matters": "rows:placements_open"},
    words={"declined_because": DECLINED_BECAUSE},
    tasks={
        "find_home": N_("Find a home for %(name)s"),
        "find_another_home": N_("Find another home for %(name)s: the application was declined"),
        "wait_for_answer": N_("%(name)s: waiting for the inventory’s answer"),
        "use_hold": N_("Move %(name)s in before the hold lapses, or ask for more time"),
        "move_in": N_("Move %(name)s in"),
    },
)
