"""Homes: buildings, the units in them, their condition, rent and occupancy."""

from chassis.access import Permission
from chassis.feature import Feature, LookupList, NavItem
from trade.listings import FEATURES, HOUSING_TYPES
from units_svc.inventory.published import PUBLISHED_FEATURES, PUBLISHED_TYPES
from units_svc.roles import INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR, PROPERTY_MANAGER

EDIT_UNITS = Permission("edit_units", INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR)
VIEW_UNITS = Permission("view_units", PROPERTY_MANAGER, INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR)

HOUSING_TYPE = LookupList(
    "housing_type",
    label="Housing types",
    hint="The word under which others know it.",
    stands_for=PUBLISHED_TYPES,
    groups=HOUSING_TYPES,
)
STATUS = LookupList("status", label="Statuses")
UNIT_FEATURE = LookupList(
    "feature",
    label="Features",
    hint="The word under which others know it.",
    stands_for=PUBLISHED_FEATURES,
    groups=FEATURES,
)
REGION = LookupList(
    "region",
    label="Geographic regions",
    hint="The code under which others know it, such as north-york.",
    stands_for=(),
)
SERVICE_PROVIDER = LookupList("service_provider", label="Service providers")

FEATURE = Feature(
    module=__name__,
    permissions=(
        EDIT_UNITS,
        VIEW_UNITS,
    ),
    navigation=(NavItem("Housing Units", "units", VIEW_UNITS, position=20),),
    lookups=(HOUSING_TYPE, STATUS, UNIT_FEATURE, REGION, SERVICE_PROVIDER),
    offers={"companion": "index:FOLLOWER.reading_ahead"},
)
