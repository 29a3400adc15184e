"""Settings of support-svc: from the environment, with the prefix SUPPORT_."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """What support-svc needs to know beyond what every service needs."""

    model_config = SettingsConfigDict(
        env_prefix="SUPPORT_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    upload_limit: Annotated[int, Field(ge=1_000_000)] = 256_000_000
    """Largest file that can be imported, in bytes."""
    answer_expected_within: timedelta = Field(default=timedelta(minutes=5))
    """How long the inventory may take to answer a request before the page shows that no answer came (P6)."""
