"""Clients: the people the organisation supports, their households, and what is open for them (C1, C2)."""

from chassis.access import Permission
from chassis.feature import Feature, LookupList, NavItem, Setting
from support_svc.roles import CASEWORKER, SUPERVISOR

EDIT_CLIENT = Permission("edit_client", CASEWORKER, SUPERVISOR)
SEE_ARCHIVED = Permission("see_archived", SUPERVISOR)
VIEW_CLIENTS = Permission("view_clients", CASEWORKER, SUPERVISOR)

GENDER = LookupList("gender", label="Gender")
INDIGENOUS_INDICATOR = LookupList("indigenous_indicator", label="Indigenous indicator")
RELATIONSHIP = LookupList("relationship", label="Relationship")
RETAIN_CASE_FILE = Setting(
    code="retain_case_files",
    label="Retention of case files",
    hint=(
        "For how long after the last entry: the client’s details, contacts, consents, documents and plan. "
        "No statute of Ontario names the period for a support organisation: your organisation decides."
    ),
    default=84,
    low=1,
    high=600,
    unit="months",
)

FEATURE = Feature(
    module=__name__,
    permissions=(
        EDIT_CLIENT,
        SEE_ARCHIVED,
        VIEW_CLIENTS,
    ),
    navigation=(NavItem("Clients", "clients", VIEW_CLIENTS, position=20),),
    settings=(RETAIN_CASE_FILE,),
    lookups=(GENDER, INDIGENOUS_INDICATOR, RELATIONSHIP),
    offers={
        "configurable_forms": "commands:FORMS",
        "moved_to_client": "moving:moved_to_client",
        "erased_with_person": "erasing:erased_with_person",
        "hinders_erasure": "erasing:head_of_others",
    },
)
