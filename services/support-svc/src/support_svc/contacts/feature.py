"""Contacts of a client: who else may be reached about the person, and about what (C4)."""

from chassis.access import Permission
from chassis.feature import Feature, LookupList
from support_svc.roles import CASEWORKER, SUPERVISOR

EDIT_CONTACTS = Permission("edit_contacts", CASEWORKER, SUPERVISOR)

CONTACT_RELATIONSHIP = LookupList("contact_relationship", label="Relationship of a contact")

FEATURE = Feature(
    module=__name__,
    permissions=(EDIT_CONTACTS,),
    lookups=(CONTACT_RELATIONSHIP,),
    offers={
        "configurable_forms": "commands:FORMS",
        "moved_to_client": "moving:moved_to_client",
        "erased_with_person": "erasing:erased_with_person",
    },
)
