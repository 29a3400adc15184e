"""Importing homes from somebody's file (U8)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from units_svc.roles import INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR

IMPORT_UNITS = Permission("import_units", INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(IMPORT_UNITS,),
    navigation=(NavItem("Imports", "imports", IMPORT_UNITS, position=70),),
    body_limits={"/imports": "upload_limit"},
    tasks={
        "resume_import": N_("Go on with the import of %(name)s"),
        "decide_import": N_("Decide about the import of %(name)s"),
    },
    offers={"due": "due:due"},
)
