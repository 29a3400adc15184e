"""What every command of tenancy-svc has in common, and the texts that its fields may hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints


class Command(BaseModel):
    """Base of every command: frozen, closed, and its texts without spaces at either end."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


_NO_CONTROL = r"^[^\x00-\x1f\x7f<>]+$"
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_NO_CONTROL)]
"""One line of text."""
