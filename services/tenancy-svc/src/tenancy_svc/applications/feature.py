"""Applications for a home: referred or direct, decided by a closed list of reasons (T1)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from tenancy_svc.roles import PROPERTY_MANAGER

DECIDE_APPLICATIONS = Permission("decide_applications", PROPERTY_MANAGER)
EDIT_APPLICATIONS = Permission("edit_applications", PROPERTY_MANAGER)
OPEN_APPLICATIONS = Permission("open_applications", PROPERTY_MANAGER)
VIEW_APPLICATIONS = Permission("view_applications", PROPERTY_MANAGER)

FEATURE = Feature(
    module=__name__,
    permissions=(
        DECIDE_APPLICATIONS,
        EDIT_APPLICATIONS,
        OPEN_APPLICATIONS,
        VIEW_APPLICATIONS,
    ),
    navigation=(NavItem("Applications", "applications", VIEW_APPLICATIONS, position=20),),
    sentences={
        ("application", "referred"): N_("The referral arrived and became an application"),
        ("application", "opened"): N_("The application was opened"),
        ("application", "people_recorded"): N_("The people applying were recorded"),
        ("application", "contact_forgotten"): N_(
            "The household no longer agrees to share its contact; what the referral brought was deleted"
        ),
        ("application", "contact_retained"): N_(
            "The household no longer agrees to share its contact; it stays because of the lease"
        ),
        ("application", "accepted"): N_("The application was accepted"),
        ("application", "declined"): N_("The application was declined"),
        ("application", "withdrawn"): N_("The applicant withdrew"),
        ("application", "joined"): N_("The referral joined another application of the same household"),
        ("application", "joined_by"): N_("Another referral of the same household joined this application"),
    },
    tasks={
        "name_applicant": N_("Enter the applicant's details, brought in person (%(name)s)"),
        "decide": N_("Decide on the application (%(name)s)"),
        "ask_choices": N_("Ask what may be shared with the support organisation (%(name)s)"),
        "ask_after_withdrawal": N_(
            "Ask whether the applicant still wants the home: the referral was withdrawn (%(name)s)"
        ),
        "draw_up": N_("Draw up the lease (%(name)s)"),
        "hold_ending": N_("Sign before the hold on the home ends (%(name)s)"),
        "hold_ended": N_("The hold on the home ended: ask the inventory, or decline (%(name)s)"),
    },
    offers={"due": "due:due"},
)
