"""Documents of clients: which are needed, asked for and there, when they expire, and their files (C9)."""

from chassis.access import Permission
from chassis.feature import Feature, LookupList, NavItem, Setting
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR

EDIT_DOCUMENTS = Permission("edit_documents", CASEWORKER, SUPERVISOR)
EDIT_NEEDED_DOCUMENTS = Permission("edit_needed_documents", SUPPORT_ADMINISTRATOR)
VIEW_DOCUMENTS = Permission("view_documents", CASEWORKER, SUPERVISOR)
VIEW_NEEDED_DOCUMENTS = Permission("view_needed_documents", CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR)

DOCUMENT_KIND = LookupList("document_kind", label="Kinds of document")

REMINDER = Setting(
    code="document_reminder",
    label="Reminder before a document expires",
    hint="How long before its last day a document is on My day for renewal, and how long after it.",
    default=30,
    low=1,
    high=365,
    unit="days",
)

FILE_LIMIT = 48_000_000
"""Bytes: a file that is too large is refused in the words of its page, if it isn't far too large."""

FEATURE = Feature(
    module=__name__,
    permissions=(EDIT_DOCUMENTS, EDIT_NEEDED_DOCUMENTS, VIEW_DOCUMENTS, VIEW_NEEDED_DOCUMENTS),
    navigation=(
        NavItem(
            "Needed documents",
            "needed_documents",
            EDIT_NEEDED_DOCUMENTS,
            position=91,
            set_up=N_("Which documents a program or a type of home needs."),
        ),
    ),
    lookups=(DOCUMENT_KIND,),
    settings=(REMINDER,),
    tasks={"renew_document": N_("Ask %(name)s for a new document: one expires")},
    task_names={"renew_document": N_("Document to renew")},
    body_limits={"/documents/": FILE_LIMIT},
    offers={
        "configurable_forms": "commands:FORMS",
        "due": "due:due",
        "history_records": "queries:records_of",
        "moved_to_client": "moving:moved_to_client",
        "erased_with_person": "erasing:erased_with_person",
    },
)
