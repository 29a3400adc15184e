"""Subsidies as support organisations report them: what is paid, how often, from when until when (S1)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from sqlalchemy import ForeignKeyConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from tenancy_svc.fields import Command
from tenancy_svc.tables import Base
from trade.schedule import Frequency


class Subsidy(Base):
    """A subsidy for the household of a referral, by the reference that the organisation made for it.

    `reported` is the number of the latest event about it: one that arrives late changes nothing that a later
    one reported.
    """

    __tablename__ = "subsidy"
    __table_args__ = (Index("ix_subsidy_referral", "party", "referral"),)

    party: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    referral: Mapped[uuid.UUID]
    last_on: Mapped[dt.date | None]
    reported: Mapped[int] = mapped_column(Integer)


class SubsidyRate(Base):
    """What is paid from a day on, until the next rate or the last day."""

    __tablename__ = "subsidy_rate"
    __table_args__ = (
        ForeignKeyConstraint(
            ["party", "reference"], [Subsidy.party, Subsidy.reference], name="fk_subsidy_rate"
        ),
    )

    party: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    first_on: Mapped[dt.date] = mapped_column(primary_key=True)
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))
    frequency: Mapped[Frequency] = mapped_column(words(Frequency, "frequency"))
    counted_from: Mapped[dt.date]
    reported: Mapped[int] = mapped_column(Integer)


class ReceiveSubsidy(Command):
    """What a party reported of a subsidy from a day on; `number` orders the events about the referral."""

    party: str
    referral: uuid.UUID
    reference: uuid.UUID
    amount: Decimal
    currency: str
    frequency: Frequency
    first_on: dt.date
    counted_from: dt.date
    last_on: dt.date | None
    number: int


class ReceiveEnd(Command):
    """The last day of a subsidy, as a party reported it."""

    party: str
    referral: uuid.UUID
    reference: uuid.UUID
    last_on: dt.date
    number: int
