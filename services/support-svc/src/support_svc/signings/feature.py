"""Lease signings that a client wants the caseworker to attend: what was arranged, and the answers (W4)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR

ANSWER_SIGNING = Permission("answer_signing", CASEWORKER, SUPERVISOR)
VIEW_SIGNINGS = Permission("view_signings", CASEWORKER, SUPERVISOR)

FEATURE = Feature(
    module=__name__,
    permissions=(
        ANSWER_SIGNING,
        VIEW_SIGNINGS,
    ),
    navigation=(NavItem("Signings", "signings", VIEW_SIGNINGS, position=40),),
    tasks={
        "answer_signing": N_("Answer the signing of %(name)s"),
        "attend_signing": N_("Attend the signing of %(name)s"),
    },
    task_names={
        "answer_signing": N_("Signing to answer"),
        "attend_signing": N_("Signing to attend"),
    },
    offers={"due": "due:due", "erased_with_person": "erasing:erased_with_person"},
)
