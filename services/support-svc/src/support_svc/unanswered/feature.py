"""What nobody answered: shown to the person who asked, then to the supervisor (F4)."""

from chassis.access import Permission
from chassis.feature import Feature, Setting
from support_svc.roles import CASEWORKER, SUPERVISOR

VIEW_UNANSWERED = Permission("view_unanswered", CASEWORKER, SUPERVISOR)
SEE_UNANSWERED_OF_ALL = Permission("see_unanswered_of_all", SUPERVISOR)

SHOWN_TO_PERSON = Setting(
    code="unanswered_person",
    label="No answer: shown to the caseworker",
    hint="After how long a request or a referral that nobody answered is on the My day of who asked.",
    default=24,
    low=1,
    high=720,
    unit="hours",
)
SHOWN_TO_SUPERVISOR = Setting(
    code="unanswered_supervisor",
    label="No answer: shown to supervisors",
    hint="After how long it is on every supervisor’s My day as well.",
    default=72,
    low=1,
    high=2160,
    unit="hours",
)

FEATURE = Feature(
    module=__name__,
    permissions=(VIEW_UNANSWERED, SEE_UNANSWERED_OF_ALL),
    settings=(SHOWN_TO_PERSON, SHOWN_TO_SUPERVISOR),
    offers={"due": "due:due"},
)
