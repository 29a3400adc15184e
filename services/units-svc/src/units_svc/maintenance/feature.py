"""Work on homes: what, by whom, when, at what cost (U7)."""

from chassis.feature import Feature, LookupList, NavItem
from deskkit.i18n import N_
from units_svc.inventory.feature import VIEW_UNITS

MAINTENANCE_TYPE = LookupList("maintenance_type", label="Maintenance types")

FEATURE = Feature(
    module=__name__,
    navigation=(NavItem("Maintenance", "maintenance", VIEW_UNITS, position=50),),
    lookups=(MAINTENANCE_TYPE,),
    tasks={
        "finish_work": N_("Finish the work at %(name)s"),
    },
    offers={"due": "due:due"},
)
