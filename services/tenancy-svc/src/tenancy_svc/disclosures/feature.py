"""What the tenant allows to be disclosed to each support organisation, and what was (W5, W13)."""

from chassis.access import Permission
from chassis.feature import Feature
from deskkit.i18n import N_
from tenancy_svc.roles import PROPERTY_MANAGER

RECORD_CHOICES = Permission("record_choices", PROPERTY_MANAGER)
VIEW_CHOICES = Permission("view_choices", PROPERTY_MANAGER)

FEATURE = Feature(
    module=__name__,
    permissions=(
        RECORD_CHOICES,
        VIEW_CHOICES,
    ),
    sentences={
        ("application", "choices_recorded"): N_(
            "What may be shared with the support organisation was recorded"
        ),
        ("application", "choice_withdrawn"): N_("The tenant took back a choice about what may be shared"),
    },
)
