"""The organisation's clauses: nothing else goes into a lease template, and two people approve each."""

from chassis.access import Permission
from chassis.feature import Feature
from tenancy_svc.roles import PROPERTY_ADMINISTRATOR, PROPERTY_MANAGER

APPROVE_CLAUSES = Permission("approve_clauses", PROPERTY_ADMINISTRATOR)
EDIT_CLAUSES = Permission("edit_clauses", PROPERTY_ADMINISTRATOR)
VIEW_CLAUSES = Permission("view_clauses", PROPERTY_MANAGER, PROPERTY_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(
        APPROVE_CLAUSES,
        EDIT_CLAUSES,
        VIEW_CLAUSES,
    ),
)
