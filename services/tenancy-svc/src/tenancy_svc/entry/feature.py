"""Entry to tenants' homes for work: requested by the inventory, answered by the landlord (U7)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from deskkit.i18n import N_
from tenancy_svc.roles import PROPERTY_MANAGER

ANSWER_ENTRY_REQUESTS = Permission("answer_entry_requests", PROPERTY_MANAGER)
VIEW_ENTRY_REQUESTS = Permission("view_entry_requests", PROPERTY_MANAGER)

FEATURE = Feature(
    module=__name__,
    permissions=(
        ANSWER_ENTRY_REQUESTS,
        VIEW_ENTRY_REQUESTS,
    ),
    navigation=(NavItem("Entry requests", "entry_requests", VIEW_ENTRY_REQUESTS, position=50),),
    sentences={
        ("entry_request", "asked"): N_("The inventory asked for entry"),
        ("entry_request", "notice_given"): N_("Notice of entry was given"),
        ("entry_request", "tenant_agreed"): N_("The tenant agreed to the entry"),
        ("entry_request", "refused"): N_("Entry was refused"),
        ("entry_request", "withdrawn"): N_("The inventory withdrew the request"),
    },
    tasks={
        "answer_entry": N_("Answer the request for entry while there is time to give notice (%(name)s)"),
    },
    offers={"due": "due:due"},
)
