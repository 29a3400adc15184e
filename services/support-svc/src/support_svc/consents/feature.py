"""Consents: what a person agreed to, for which purpose, until when, and its withdrawal (C3)."""

from chassis.access import Permission
from chassis.feature import Feature
from support_svc.roles import CASEWORKER, SUPERVISOR

RECORD_CONSENT = Permission("record_consent", CASEWORKER, SUPERVISOR)

FEATURE = Feature(
    module=__name__, permissions=(RECORD_CONSENT,), offers={"moved_to_client": "moving:moved_to_client"}
)
