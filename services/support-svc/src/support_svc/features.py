"""The features of this service, in the order in which they may know each other: later ones the earlier."""

from chassis.feature import Feature
from support_svc.calendars import feature as calendars
from support_svc.client_exports import feature as client_exports
from support_svc.client_imports import feature as client_imports
from support_svc.clients import feature as clients
from support_svc.configuration import feature as configuration
from support_svc.consents import feature as consents
from support_svc.contacts import feature as contacts
from support_svc.corrections import feature as corrections
from support_svc.documents import feature as documents
from support_svc.field_rules import feature as field_rules
from support_svc.followups import feature as followups
from support_svc.history import feature as history
from support_svc.homes import feature as homes
from support_svc.housing_history import feature as housing_history
from support_svc.housing_loss_prevention import feature as housing_loss_prevention
from support_svc.housing_search import feature as housing_search
from support_svc.lookups import feature as lookups
from support_svc.merging import feature as merging
from support_svc.moving_in import feature as moving_in
from support_svc.my_day import feature as my_day
from support_svc.overviews import feature as overviews
from support_svc.placements import feature as placements
from support_svc.plans import feature as plans
from support_svc.programs import feature as programs
from support_svc.proposals import feature as proposals
from support_svc.reports import feature as reports
from support_svc.restrictions import feature as restrictions
from support_svc.retention import feature as retention
from support_svc.securing import feature as securing
from support_svc.signings import feature as signings
from support_svc.subsidies import feature as subsidies
from support_svc.team_list import feature as team_list
from support_svc.unanswered import feature as unanswered
from support_svc.undo import feature as undo
from support_svc.view_log import feature as view_log
from support_svc.viewings import feature as viewings
from support_svc.withdrawals import feature as withdrawals

FEATURES: tuple[Feature, ...] = (
    undo.FEATURE,
    lookups.FEATURE,
    configuration.FEATURE,
    field_rules.FEATURE,
    corrections.FEATURE,
    clients.FEATURE,
    restrictions.FEATURE,
    consents.FEATURE,
    client_imports.FEATURE,
    contacts.FEATURE,
    housing_history.FEATURE,
    client_exports.FEATURE,
    history.FEATURE,
    view_log.FEATURE,
    homes.FEATURE,
    programs.FEATURE,
    placements.FEATURE,
    securing.FEATURE,
    housing_loss_prevention.FEATURE,
    proposals.FEATURE,
    followups.FEATURE,
    moving_in.FEATURE,
    withdrawals.FEATURE,
    viewings.FEATURE,
    housing_search.FEATURE,
    signings.FEATURE,
    subsidies.FEATURE,
    documents.FEATURE,
    plans.FEATURE,
    merging.FEATURE,
    retention.FEATURE,
    overviews.FEATURE,
    unanswered.FEATURE,
    reports.FEATURE,
    my_day.FEATURE,
    calendars.FEATURE,
    team_list.FEATURE,
)
