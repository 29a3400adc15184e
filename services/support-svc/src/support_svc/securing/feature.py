"""Securing a home: asking the inventory for it, and what follows until the household can move in (P6).

The later features act when a household was referred to a landlord (`household_referred`).
"""

from chassis.access import Permission
from chassis.feature import Feature, Setting
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR

SECURE_UNIT = Permission("secure_unit", CASEWORKER, SUPERVISOR)

USUAL_WAIT = Setting(
    code="expected_move_in",
    label="Expected move-in that is suggested",
    hint="How long after today forms suggest. How long a home is held, the inventory decides.",
    default=14,
    low=0,
    high=365,
    unit="days",
)

DECLINED_BECAUSE = {
    "unit_no_longer_available": N_("The home is no longer available."),
    "household_exceeds_legal_occupancy": N_("The household is too large for the home by law."),
    "applicant_withdrew": N_("The applicant withdrew."),
    "income_above_legal_limit": N_("The income is above the program’s legal limit."),
    "legal_age_rule": N_("The home has a legal age rule."),
    "other_legal_bar": N_("Another legal bar."),
}
"""Why an application was declined (message ids), by the codes of the published language."""

FEATURE = Feature(
    module=__name__,
    permissions=(SECURE_UNIT,),
    settings=(USUAL_WAIT,),
    offers={
        "due": "due:due",
        "awaited": "awaited:awaited",
        "open_matters": "queries:homes_open",
        "requests_of_placement": "queries:requests_of_placement",
        "placement_is_securing": "queries:is_securing",
        "placement_failed": "consequences:give_up_all",
        "erased_with_person": "erasing:erased_with_person",
    },
    words={"declined_because": DECLINED_BECAUSE},
    tasks={
        "find_home": N_("Find a home for %(name)s"),
        "find_another_home": N_("Find another home for %(name)s: the application was declined"),
        "wait_for_answer": N_("%(name)s: waiting for the inventory’s answer"),
        "use_hold": N_("Move %(name)s in before the hold lapses, or ask for more time"),
        "move_in": N_("Move %(name)s in"),
        "ask_inventory_again": N_("The inventory has not answered about the home for %(name)s: ask again"),
        "ask_landlord_again": N_("The landlord has not answered the referral of %(name)s: ask again"),
    },
    task_names={
        "find_home": N_("Home to find"),
        "find_another_home": N_("Other home to find"),
        "wait_for_answer": N_("Answer awaited"),
        "use_hold": N_("Hold about to lapse"),
        "move_in": N_("Move-in"),
        "ask_inventory_again": N_("No answer from the inventory"),
        "ask_landlord_again": N_("No answer to a referral"),
    },
)
