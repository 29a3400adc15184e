"""Consents: what a person agreed to, for which purpose, until when, and its withdrawal (C3)."""

from chassis.access import Permission
from chassis.feature import Feature, Setting
from deskkit.i18n import N_
from support_svc.roles import CASEWORKER, SUPERVISOR

RECORD_CONSENT = Permission("record_consent", CASEWORKER, SUPERVISOR)

CONSENT_TYPES = Setting(
    code="consent_types",
    label="Types of consent that are offered",
    hint="Explicit consent and a refusal can always be recorded. Consents of other types that exist stay.",
    default=("implied", "inherited", "coordinated_access", "coordinated_access_explicit"),
    words={
        "implied": N_("Implied"),
        "inherited": N_("Inherited"),
        "coordinated_access": N_("Coordinated access"),
        "coordinated_access_explicit": N_("Coordinated access, explicit"),
    },
)
REMINDER = Setting(
    code="consent_reminder",
    label="Reminder before a consent expires",
    hint="How long before its last day a consent is listed for renewal, and how long after it.",
    default=30,
    low=1,
    high=365,
    unit="days",
)

FEATURE = Feature(
    module=__name__,
    permissions=(RECORD_CONSENT,),
    offers={
        "configurable_forms": "commands:FORMS",
        "moved_to_client": "moving:moved_to_client",
        "erased_with_person": "erasing:erased_with_person",
    },
    settings=(CONSENT_TYPES, REMINDER),
)
