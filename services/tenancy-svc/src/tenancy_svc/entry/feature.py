"""Entry to tenants' homes for work: asked by the inventory, answered by the landlord (U7)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from tenancy_svc.roles import PROPERTY_MANAGER

ANSWER_ENTRY = Permission("answer_entry", PROPERTY_MANAGER)
VIEW_ENTRIES = Permission("view_entries", PROPERTY_MANAGER)

FEATURE = Feature(
    module=__name__,
    permissions=(
        ANSWER_ENTRY,
        VIEW_ENTRIES,
    ),
    navigation=(NavItem("Entry requests", "entry_requests", VIEW_ENTRIES, position=50),),
    sentences={
        ("entry_request", "asked"): N_("The inventory asked for entry"),
        ("entry_request", "notice_given"): N_("Notice of entry was given"),
        ("entry_request", "tenant_agreed"): N_("The tenant agreed to the entry"),
        ("entry_request", "refused"): N_("It was answered that there is no entry"),
        ("entry_request", "withdrawn"): N_("The inventory gave the entry up"),
    },
    tasks={
        "answer_entry": N_("Answer the request for entry, while a notice can be in time (%(name)s)"),
    },
    offers={"due": "due:due"},
)
