"""Settings of tenancy-svc: environment variables that begin with TENANCY_."""

from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings
from deskkit.i18n import N_


class TenancySettings(ServiceSettings):
    """What tenancy-svc needs to know about its surroundings.

    `support_organisation` is the name offered when a tenant is asked whom to tell; `organisation` is the
    property entity's own. The plain ones are translated.
    """

    model_config = SettingsConfigDict(
        env_prefix="TENANCY_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    organisation: str = N_("Property entity")
    support_organisation: str = N_("Support organisation")
