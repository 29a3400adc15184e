"""Taking back what isn't sent to another organisation yet (X8)."""

from chassis.access import Permission
from chassis.feature import EVERY_KIND, Feature
from chassis.undo import UNDO_CHANGES
from deskkit.i18n import N_
from units_svc.roles import INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR, PROPERTY_MANAGER

UNDOABLE: dict[str, str] = {
    "holds.release_hold": N_("A hold is released"),
    "holds.prolong_hold": N_("A hold is prolonged"),
    "holds.correct_manager": N_("Who manages a home is corrected"),
    "holds.record_use": N_("The use of a home is recorded"),
    "holds.end_use": N_("The use of a home is ended"),
    "holds.withdraw_unit": N_("A home is taken off the list"),
    "holds.list_unit_again": N_("A home is listed again"),
    "maintenance.ask_entry": N_("Entry to a home is requested"),
    "maintenance.withdraw_entry": N_("A request for entry is withdrawn"),
    "maintenance.edit_work": N_("Maintenance work is changed"),
}
"""What each undoable use case does, as a sentence without its full stop (message ids)."""

FEATURE = Feature(
    module=__name__,
    permissions=(Permission(UNDO_CHANGES, INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR, PROPERTY_MANAGER),),
    words={"undoable": UNDOABLE},
    sentences={(EVERY_KIND, "undone"): N_("It was taken back before anybody was informed")},
)
