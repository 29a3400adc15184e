"""The features of this service, in the order in which they may know each other: later ones the earlier."""

from chassis.feature import Feature
from tenancy_svc.applications import feature as applications
from tenancy_svc.clause_review import feature as clause_review
from tenancy_svc.clauses import feature as clauses
from tenancy_svc.disclosures import feature as disclosures
from tenancy_svc.documents import feature as documents
from tenancy_svc.entry import feature as entry
from tenancy_svc.homes import feature as homes
from tenancy_svc.lease_templates import feature as lease_templates
from tenancy_svc.leases import feature as leases
from tenancy_svc.my_day import feature as my_day
from tenancy_svc.signings import feature as signings
from tenancy_svc.statutes import feature as statutes
from tenancy_svc.subsidies import feature as subsidies
from tenancy_svc.undo import feature as undo

FEATURES: tuple[Feature, ...] = (
    undo.FEATURE,
    documents.FEATURE,
    clause_review.FEATURE,
    clauses.FEATURE,
    homes.FEATURE,
    disclosures.FEATURE,
    subsidies.FEATURE,
    statutes.FEATURE,
    lease_templates.FEATURE,
    applications.FEATURE,
    leases.FEATURE,
    entry.FEATURE,
    signings.FEATURE,
    my_day.FEATURE,
)
