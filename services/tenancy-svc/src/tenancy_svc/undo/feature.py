"""Taking back what isn't sent to another organisation yet (X8)."""

from chassis.access import Permission
from chassis.feature import EVERY_KIND, Feature
from chassis.undo import UNDO_CHANGES
from deskkit.i18n import N_
from tenancy_svc.roles import INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR, PROPERTY_MANAGER

UNDOABLE: dict[str, str] = {
    "applications.decline_application": N_("An application is declined"),
    "applications.withdraw_application": N_("An application is withdrawn"),
    "applications.join_application": N_("Two applications are joined"),
    "signings.schedule_signing": N_("A signing is scheduled"),
    "signings.move_signing": N_("A signing is moved"),
    "signings.cancel_signing": N_("A signing is cancelled"),
    "signings.sign_lease": N_("A lease is signed"),
    "signings.record_not_signed": N_("A lease was not signed"),
    "entry.answer_entry": N_("A request for entry is answered"),
}
"""What each undoable use case does, as a sentence without its full stop (message ids)."""

FEATURE = Feature(
    module=__name__,
    permissions=(Permission(UNDO_CHANGES, INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR, PROPERTY_MANAGER),),
    words={"undoable": UNDOABLE},
    sentences={(EVERY_KIND, "undone"): N_("It was taken back before anybody was informed")},
)
