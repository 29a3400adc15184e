"""Settings of units-svc: the environment with the prefix UNITS_."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class UnitsSettings(ServiceSettings):
    """What the inventory needs on top of what every service needs. Days are whole days in its time zone."""

    model_config = SettingsConfigDict(
        env_prefix="UNITS_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    hold_days: Annotated[int, Field(ge=1, le=365)] = 14
    """A hold lasts this long from the request."""
    hold_grace_days: Annotated[int, Field(ge=0, le=365)] = 3
    """And at least this long past the expected move-in."""
    hold_most_days: Annotated[int, Field(ge=1, le=730)] = 90
    """And never longer than this."""
    hold_warning_days: Annotated[int, Field(ge=1, le=365)] = 3
    """Its end is announced this long before."""
    proposals_wait: bool = False
    """A proposed home waits for a person's decision also when all that is needed to list it is known."""
    entry_notice_hours: Annotated[int, Field(ge=24, le=720)] = 24
    """Hours of notice before somebody's home is entered for work; the law's 24 at least."""
    upload_limit: Annotated[int, Field(ge=1_000_000)] = 64_000_000
    """Largest file that may be sent to the import page or API, in bytes."""
