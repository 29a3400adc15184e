"""A page of the team's list, and its filters (F3)."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from trade.due import Due


class TeamFilter(BaseModel):
    """The filters of the list; an empty one leaves nothing out."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    caseworker: str = Field(default="", max_length=120, title="Caseworker")
    task: str = Field(default="", max_length=60, title="Kind")
    overdue: bool = Field(default=False, title="Only what is overdue")
    after: str | None = None


@dataclass(frozen=True, slots=True)
class TeamPage:
    """A page of what is due, the soonest first; `count` is how much there is under the filters.

    `names` are those of the caseworkers on the page, by reference.
    """

    items: list[Due]
    next: str | None
    count: int
    names: Mapping[str, str]
