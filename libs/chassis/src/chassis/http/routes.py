"""Which routes an application has, and what guards each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

Function = TypeVar("Function", bound=Callable[..., Any])
_MARK = "__chassis_guard__"


def guard(kind: str) -> Callable[[Function], Function]:
    """Mark a dependency as one that lets nobody unknown pass (`bearer`, `session`)."""

    def mark(function: Function) -> Function:
        setattr(function, _MARK, kind)
        return function

    return mark


@dataclass(frozen=True, slots=True, order=True)
class RouteAccount:
    """One method of one path; `guards` names what protects it, and is empty for a public route."""

    path: str
    method: str
    name: str
    guards: tuple[str, ...]
    in_schema: bool


def account_for(app: FastAPI) -> list[RouteAccount]:
    """Return every route of `app`, those of included routers too, sorted by path and method."""
    found = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        path = getattr(context, "path", None) or getattr(route, "path", "")
        if isinstance(route, Mount):
            found.append(RouteAccount(f"{path}/*", "GET", route.name, (), False))
            continue
        dependant = getattr(context, "dependant", None) or getattr(route, "dependant", None)
        guards = tuple(sorted(set(_guards(dependant)))) if dependant is not None else ()
        shown = isinstance(route, APIRoute) and bool(
            getattr(context, "include_in_schema", route.include_in_schema)
        )
        for method in sorted((getattr(route, "methods", None) or {"GET"}) - {"HEAD"}):
            found.append(RouteAccount(path, method, getattr(route, "name", ""), guards, shown))
    return sorted(found)


def _guards(dependant: Dependant) -> list[str]:
    found = [kind] if (kind := getattr(dependant.call, _MARK, None)) else []
    for below in dependant.dependencies:
        found.extend(_guards(below))
    return found
