"""The features of this service, in the order in which they may know each other: later ones the earlier."""

from chassis.feature import Feature
from support_svc.client_exports import feature as client_exports
from support_svc.client_imports import feature as client_imports
from support_svc.clients import feature as clients
from support_svc.consents import feature as consents
from support_svc.corrections import feature as corrections
from support_svc.followups import feature as followups
from support_svc.history import feature as history
from support_svc.homes import feature as homes
from support_svc.housing_history import feature as housing_history
from support_svc.housing_search import feature as housing_search
from support_svc.lookups import feature as lookups
from support_svc.moving_in import feature as moving_in
from support_svc.my_day import feature as my_day
from support_svc.overviews import feature as overviews
from support_svc.placements import feature as placements
from support_svc.securing import feature as securing
from support_svc.signings import feature as signings
from support_svc.withdrawals import feature as withdrawals

FEATURES: tuple[Feature, ...] = (
    lookups.FEATURE,
    corrections.FEATURE,
    clients.FEATURE,
    consents.FEATURE,
    client_imports.FEATURE,
    housing_history.FEATURE,
    client_exports.FEATURE,
    history.FEATURE,
    homes.FEATURE,
    placements.FEATURE,
    securing.FEATURE,
    followups.FEATURE,
    moving_in.FEATURE,
    withdrawals.FEATURE,
    housing_search.FEATURE,
    signings.FEATURE,
    overviews.FEATURE,
    my_day.FEATURE,
)
