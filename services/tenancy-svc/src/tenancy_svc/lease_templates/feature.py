"""The one lease template of a jurisdiction, in editions of reviewed clauses (T2)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from tenancy_svc.roles import PROPERTY_ADMINISTRATOR, PROPERTY_MANAGER

EDIT_TEMPLATES = Permission("edit_templates", PROPERTY_ADMINISTRATOR)
VIEW_TEMPLATES = Permission("view_templates", PROPERTY_MANAGER, PROPERTY_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(
        EDIT_TEMPLATES,
        VIEW_TEMPLATES,
    ),
    navigation=(NavItem("Lease templates", "lease_templates", VIEW_TEMPLATES, position=60),),
    sentences={
        ("template", "drafted"): N_("A new version was begun"),
        ("template", "clause_added"): N_("An approved clause was added"),
        ("template", "clause_written"): N_("A clause was written"),
        ("template", "clause_removed"): N_("A clause was taken out"),
        ("template", "clause_approved"): N_("A clause was read and approved by a person"),
        ("template", "published"): N_("A version was published"),
        ("template", "draft_discarded"): N_("The draft was discarded"),
    },
)
