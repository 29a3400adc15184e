"""Goals in a client's own words, and the steps to them (C10)."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Versioned, words
from chassis.errors import DomainError, Kind
from support_svc.lookups.model import Caseworker
from support_svc.tables import Base

MOST_GOALS = 50
"""Goals of one client's plan."""
MOST_STEPS = 100
"""Steps of one goal."""


class Owes(StrEnum):
    """Who does a step."""

    CLIENT = "client"
    CASEWORKER = "caseworker"
    ANOTHER = "another"


class StepState(StrEnum):
    """Whether a step is to be done, was done, or wasn't; that it wasn't has no consequence."""

    OPEN = "open"
    DONE = "done"
    NOT_DONE = "not_done"


class PlanGoal(Versioned, Base):
    """What a client wants, in the client's own words."""

    __tablename__ = "plan_goal"
    __table_args__ = (Index("ix_plan_goal_client", "client_id", "recorded_at"),)

    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    goal: Mapped[str] = mapped_column(Text)
    ended_on: Mapped[date | None]
    recorded_by_name: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]


class PlanStep(Versioned, Base):
    """A step to a goal: what, by whom, by when. `other_name` is who does it when it's another."""

    __tablename__ = "plan_step"
    __table_args__ = (
        Index("ix_plan_step_goal", "goal_id", "recorded_at"),
        Index("ix_plan_step_client", "client_id"),
        Index(
            "ix_plan_step_recorder",
            "recorded_by",
            "by_on",
            postgresql_where=text("state = 'open' and owed_by = 'caseworker'"),
        ),
        CheckConstraint("(owed_by = 'another') = (other_name is not null)", name="another_is_named"),
        CheckConstraint("(state = 'open') = (closed_on is null)", name="closed_has_date"),
    )

    goal_id: Mapped[UUID] = mapped_column(ForeignKey(PlanGoal.id))
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    step: Mapped[str] = mapped_column(Text)
    owed_by: Mapped[Owes] = mapped_column(words(Owes, "owed_by"))
    other_name: Mapped[str | None] = mapped_column(String(120))
    by_on: Mapped[date | None]
    state: Mapped[StepState] = mapped_column(words(StepState, "state"))
    closed_on: Mapped[date | None]
    recorded_by: Mapped[str] = mapped_column(ForeignKey(Caseworker.subject))
    recorded_at: Mapped[datetime]


class AnotherNeedsAName(DomainError):
    """Who does a step is named when it's neither the client nor the caseworker."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "another_needs_a_name"
    message: ClassVar[str] = "Enter who does this step."


class TooManyGoals(DomainError):
    """There are enough goals in this plan."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "too_many_goals"
    message: ClassVar[str] = "There are {most} goals in this plan already. Delete one first."


class TooManySteps(DomainError):
    """There are enough steps to this goal."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "too_many_steps"
    message: ClassVar[str] = "There are {most} steps to this goal already. Delete one first."
