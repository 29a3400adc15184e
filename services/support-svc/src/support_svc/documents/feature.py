"""Documents of clients: which are needed, asked for and there, when they expire, and their files (C9)."""

from chassis.access import Permission
from chassis.feature import Feature, LookupList, NavItem
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR

EDIT_DOCUMENTS = Permission("edit_documents", CASEWORKER, SUPERVISOR)
EDIT_NEEDED_DOCUMENTS = Permission("edit_needed_documents", SUPPORT_ADMINISTRATOR)
VIEW_DOCUMENTS = Permission("view_documents", CASEWORKER, SUPERVISOR)
VIEW_NEEDED_DOCUMENTS = Permission("view_needed_documents", CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR)

DOCUMENT_KIND = LookupList("document_kind", label="Kinds of document")

FILE_LIMIT = 48_000_000
"""Bytes: a file that is too large is refused in the words of its page, if it isn't far too large."""

FEATURE = Feature(
    module=__name__,
    permissions=(EDIT_DOCUMENTS, EDIT_NEEDED_DOCUMENTS, VIEW_DOCUMENTS, VIEW_NEEDED_DOCUMENTS),
    navigation=(NavItem("Needed documents", "needed_documents", EDIT_NEEDED_DOCUMENTS, position=91),),
    lookups=(DOCUMENT_KIND,),
    tasks={"renew_document": N_("Ask %(name)s for a new document: one expires")},
    task_names={"renew_document": N_("Document to renew")},
    body_limits={"/documents/": FILE_LIMIT},
    offers={
        "due": "due:due",
        "history_records": "queries:records_of",
        "moved_to_client": "moving:moved_to_client",
        "erased_with_person": "erasing:erased_with_person",
    },
)
