"""The features of this service, in the order in which they may know each other: later ones the earlier."""

from chassis.feature import Feature
from units_svc.holds import feature as holds
from units_svc.imports import feature as imports
from units_svc.inspections import feature as inspections
from units_svc.inventory import feature as inventory
from units_svc.landlords import feature as landlords
from units_svc.lookups import feature as lookups
from units_svc.maintenance import feature as maintenance
from units_svc.my_day import feature as my_day
from units_svc.photos import feature as photos
from units_svc.privacy import feature as privacy
from units_svc.proposals import feature as proposals
from units_svc.reports import feature as reports
from units_svc.undo import feature as undo

FEATURES: tuple[Feature, ...] = (
    undo.FEATURE,
    privacy.FEATURE,
    lookups.FEATURE,
    landlords.FEATURE,
    inventory.FEATURE,
    maintenance.FEATURE,
    holds.FEATURE,
    proposals.FEATURE,
    photos.FEATURE,
    inspections.FEATURE,
    imports.FEATURE,
    reports.FEATURE,
    my_day.FEATURE,
)
