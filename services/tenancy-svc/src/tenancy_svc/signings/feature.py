"""Signing a lease: arranged, announced to the chosen advocate, attested and held (T5, W4)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from tenancy_svc.leases.feature import VIEW_LEASES
from tenancy_svc.roles import PROPERTY_MANAGER

ARRANGE_SIGNINGS = Permission("arrange_signings", PROPERTY_MANAGER)
HOLD_SIGNINGS = Permission("hold_signings", PROPERTY_MANAGER)

FEATURE = Feature(
    module=__name__,
    permissions=(
        ARRANGE_SIGNINGS,
        HOLD_SIGNINGS,
    ),
    navigation=(NavItem("Signings", "signings", VIEW_LEASES, position=40),),
    sentences={
        ("lease", "began"): N_("The lease was signed and the tenancy began"),
        ("lease", "signing_scheduled"): N_("The signing was arranged"),
        ("lease", "signing_moved"): N_("The signing was moved"),
        ("lease", "signing_cancelled"): N_("The signing was cancelled"),
        ("lease", "rights_explained"): N_("The tenant's rights were explained and acknowledged"),
        ("lease", "attested"): N_("A party attested that no service is a condition"),
        ("lease", "attestation_taken_back"): N_("An attestation was taken back"),
        ("lease", "signed_at_another_time"): N_("The tenants agreed to sign at a time other than arranged"),
        ("lease", "not_signed"): N_("The signing took place, but the lease wasn't signed"),
    },
    tasks={
        "arrange_signing": N_("Arrange the signing (%(name)s)"),
        "hold_signing": N_("Hold the signing (%(name)s)"),
    },
    offers={"due": "due:due"},
)
