"""Settings of tenancy-svc: environment variables that begin with TENANCY_."""

from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings
from chassis.surroundings import Surroundings
from deskkit.i18n import N_

PROPERTY_ENTITY = N_("Property entity")
SUPPORT_ORGANISATION = N_("Support organisation")


class TenancySettings(ServiceSettings):
    """What tenancy-svc needs to know beyond what every service needs.

    `support_organisation` is the name that is shown when a tenant is asked what may be shared; `organisation`
    is the property entity's own. The defaults are translated.
    """

    model_config = SettingsConfigDict(
        env_prefix="TENANCY_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    organisation: str = PROPERTY_ENTITY
    support_organisation: str = SUPPORT_ORGANISATION


def settings_of(runtime: Surroundings) -> TenancySettings:
    """Return the settings with which this service was put together. Raises TypeError for another's."""
    if not isinstance(runtime.settings, TenancySettings):
        raise TypeError(f"these are the settings of another service: {type(runtime.settings).__name__}")
    return runtime.settings
