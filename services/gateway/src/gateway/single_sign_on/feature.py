"""Sign-in through the organisation's own OpenID Connect provider."""

from chassis.feature import Feature

FEATURE = Feature(module=__name__)
