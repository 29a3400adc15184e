"""Holds: one at a time for a home, decided here and nowhere else."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from units_svc.inventory.feature import VIEW_UNITS
from units_svc.roles import INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR

DECIDE_HOLDS = Permission("decide_holds", INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(DECIDE_HOLDS,),
    navigation=(NavItem("Holds", "holds", VIEW_UNITS, position=30),),
    tasks={
        "hold_ending": N_("Look at the hold of %(name)s"),
    },
    offers={"due": "due:due"},
)
