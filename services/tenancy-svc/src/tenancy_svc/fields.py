"""What every command of tenancy-svc has in common, and the texts that its fields may hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints


class Command(BaseModel):
    """Base of every command: frozen, closed, and its texts without spaces at either end."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


_NO_CONTROL = r"^[^\x00-\x1f\x7f<>]+$"
Name = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=_NO_CONTROL)]
"""A person's or an organisation's name, one line."""
OptionalName = Annotated[str, StringConstraints(max_length=120, pattern=r"^[^\x00-\x1f\x7f<>]*$")]
"""A name, or nothing."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_NO_CONTROL)]
"""One line of text."""
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9 ().x-]{5,30}$")]
"""A telephone number as people write it."""
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s<>]{1,64}@[^@\s<>]{1,190}$")]
"""An e-mail address."""
