"""Filters of lists from an address: what can't be read is left out, so that a shared or hand-made address
works.
"""

from typing import TypeVar, get_origin

from pydantic import BaseModel, ValidationError
from starlette.datastructures import QueryParams

Filter = TypeVar("Filter", bound=BaseModel)


def filter_from(model: type[Filter], query: QueryParams) -> Filter:
    """The filter that an address asks for; fields that are empty or unreadable count as not given."""
    given: dict[str, object] = {}
    for name, field in model.model_fields.items():
        values = [value for value in query.getlist(name) if value != ""]
        if values:
            given[name] = values if get_origin(field.annotation) is list else values[0]
        elif f"{name}-present" in query:
            given[name] = False
    try:
        return model.model_validate(given)
    except ValidationError as error:
        for problem in error.errors():
            given.pop(str(problem["loc"][0]), None)
        return model.model_validate(given)
