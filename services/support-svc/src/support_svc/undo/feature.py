"""Taking back what isn't sent to another organisation yet (X8)."""

from chassis.access import Permission
from chassis.feature import EVERY_KIND, Feature
from chassis.undo import UNDO_CHANGES
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR

UNDOABLE: dict[str, str] = {
    "securing.give_up_unit": N_("A home is given up"),
    "securing.refer_household": N_("A household is referred for a tenancy"),
    "proposals.withdraw_proposal": N_("A proposed home is withdrawn"),
    "signings.answer_signing": N_("A signing is answered"),
    "moving_in.move_in": N_("A household moved in"),
    "moving_in.correct_move_in": N_("The day of a move-in is corrected"),
    "moving_in.join_home": N_("A person joined a home"),
    "followups.record_follow_up": N_("A follow-up is recorded"),
    "followups.correct_last_day": N_("A last day in a home is corrected"),
    "followups.correct_follow_up": N_("A follow-up is corrected"),
    "subsidies.record_subsidy": N_("A subsidy is recorded"),
    "subsidies.record_prevention_subsidy": N_("A subsidy against a loss of housing is recorded"),
    "subsidies.change_rate": N_("The rate of a subsidy is changed"),
    "subsidies.end_subsidy": N_("A subsidy is ended"),
    "subsidies.change_subsidy": N_("A subsidy is changed"),
    "subsidies.report_subsidy": N_("A subsidy is reported"),
}
"""What each undoable use case does, as a sentence without its full stop (message ids)."""

FEATURE = Feature(
    module=__name__,
    permissions=(Permission(UNDO_CHANGES, CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR),),
    words={"undoable": UNDOABLE},
    sentences={(EVERY_KIND, "undone"): N_("It was taken back before anybody was informed")},
)
