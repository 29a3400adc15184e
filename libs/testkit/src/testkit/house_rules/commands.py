"""What the commands of all services consist of, for rules on their fields."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from chassis.usecase import UseCase

SERVICES = ("units_svc", "support_svc", "tenancy_svc", "gateway")


def use_cases() -> Iterator[UseCase[Any, Any]]:
    """Yield every use case of every service."""
    for service in SERVICES:
        package = importlib.import_module(service)
        for found in pkgutil.walk_packages(package.__path__, f"{service}."):
            if ".migrations" in found.name or found.name.endswith("__main__"):
                continue
            module = importlib.import_module(found.name)
            for case in vars(module).values():
                if isinstance(case, UseCase) and case.__module__ == module.__name__:
                    yield case


def commands(*, apart_from: frozenset[str] = frozenset()) -> set[type[BaseModel]]:
    """Return the commands of all use cases but those of some permissions; what isn't a model is left out."""
    asked = {_asked_of(case) for case in use_cases() if case.permission not in apart_from}
    return {one for one in asked if isinstance(one, type) and issubclass(one, BaseModel)}


def models_in(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield a model and all that it holds, at whatever depth."""
    yield model
    for info in model.model_fields.values():
        for part in parts_of(info.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from models_in(part)


def parts_of(annotation: Any) -> Iterator[Any]:
    """Yield an annotation and all it is made of."""
    yield annotation
    for part in get_args(annotation):
        yield from parts_of(part)


def _asked_of(case: UseCase[Any, Any]) -> Any:
    named = inspect.get_annotations(case.function).get("command")
    return vars(importlib.import_module(case.__module__)).get(named) if isinstance(named, str) else named
