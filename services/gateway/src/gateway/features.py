"""The features of this service, in order: each may use those before it."""

from chassis.feature import Feature
from gateway.clients import feature as clients
from gateway.keys import feature as keys
from gateway.landing import feature as landing
from gateway.register import feature as register
from gateway.sessions import feature as sessions
from gateway.single_sign_on import feature as single_sign_on
from gateway.staff import feature as staff

FEATURES: tuple[Feature, ...] = (
    keys.FEATURE,
    staff.FEATURE,
    clients.FEATURE,
    sessions.FEATURE,
    register.FEATURE,
    single_sign_on.FEATURE,
    landing.FEATURE,
)
