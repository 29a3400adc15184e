"""Clause review: whether a text makes the tenancy depend on services, sobriety or programme rules (T3)."""

from chassis.access import Permission
from chassis.feature import Feature
from tenancy_svc.roles import PROPERTY_ADMINISTRATOR, PROPERTY_MANAGER

REVIEW_TEXTS = Permission("review_texts", PROPERTY_MANAGER, PROPERTY_ADMINISTRATOR)
VIEW_REVIEWED_TEXTS = Permission("view_reviewed_texts", PROPERTY_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(
        REVIEW_TEXTS,
        VIEW_REVIEWED_TEXTS,
    ),
)
