"""Settings of tenancy-svc: environment variables that begin with TENANCY_."""

from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class TenancySettings(ServiceSettings):
    """What tenancy-svc needs to know: nothing beyond what every service needs."""

    model_config = SettingsConfigDict(
        env_prefix="TENANCY_", extra="ignore", frozen=True, hide_input_in_errors=True
    )
