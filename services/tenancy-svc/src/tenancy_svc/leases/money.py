"""An amount with its currency, as terms and deposits of a lease take it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from tenancy_svc.fields import Command
from trade.money import USUAL, Currency


class Money(Command):
    """An amount with its currency."""

    amount: Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]
    currency: Currency = USUAL
