"""Homes are private: nothing that watches the people in them gets into the inventory (U5, W8)."""

from chassis.access import Permission
from chassis.feature import Feature
from units_svc.roles import INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR, PROPERTY_MANAGER

JUDGE_TEXTS = Permission("judge_texts", PROPERTY_ADMINISTRATOR)
LEAVE_REFUSAL = Permission("leave_refusal", PROPERTY_MANAGER, INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR)
VIEW_TEXTS = Permission("view_texts", PROPERTY_MANAGER, INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(
        JUDGE_TEXTS,
        LEAVE_REFUSAL,
        VIEW_TEXTS,
    ),
)
