"""Every table of tenancy-svc, so that the metadata is complete for migrations."""

from tenancy_svc.applications import model as applications
from tenancy_svc.clause_review import model as clause_review
from tenancy_svc.clauses import model as clauses
from tenancy_svc.disclosures import model as disclosures
from tenancy_svc.entry import model as entry
from tenancy_svc.homes import model as homes
from tenancy_svc.lease_templates import model as lease_templates
from tenancy_svc.leases import model as leases
from tenancy_svc.signings import model as signings
from tenancy_svc.statutes import model as statutes
from tenancy_svc.tables import Base

metadata = Base.metadata

__all__ = [
    "applications",
    "clause_review",
    "clauses",
    "disclosures",
    "entry",
    "homes",
    "lease_templates",
    "leases",
    "metadata",
    "signings",
    "statutes",
]
