"""Reports on the organisation's own work, and the quarterly export of housing facts (R1, R5)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from support_svc.roles import SUPERVISOR, SUPPORT_ADMINISTRATOR

VIEW_REPORTS = Permission("view_reports", SUPERVISOR, SUPPORT_ADMINISTRATOR)
VIEW_REPORT_ROWS = Permission("view_report_rows", SUPERVISOR)
"""Seeing which records a figure counts. An administrator sees no client, and so the figures alone."""
EXPORT_HOUSING_FACTS = Permission("export_housing_facts", SUPERVISOR)

FEATURE = Feature(
    module=__name__,
    permissions=(VIEW_REPORTS, VIEW_REPORT_ROWS, EXPORT_HOUSING_FACTS),
    navigation=(NavItem("Reports", "reports", VIEW_REPORTS, position=60),),
    sentences={("quarterly_export", "made"): N_("The quarterly export was made")},
)
