"""Ranges that somebody asks for, from a figure or a day up to another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, model_validator
from pydantic_core import PydanticCustomError


def in_order(first: str, last: str) -> Any:
    """A rule for a model: the field `last` isn't below the field `first` where both are given.

    `_rent_in_order = in_order("rent_from", "rent_to")` in the body of the model.
    """

    def check(asked: BaseModel) -> BaseModel:
        least, most = getattr(asked, first), getattr(asked, last)
        if least is not None and most is not None and most < least:
            raise PydanticCustomError(
                "range_upside_down", "It ends before it begins.", {"at": last, "least": least}
            )
        return asked

    rule: Callable[..., Any] = model_validator(mode="after")
    return rule(check)
