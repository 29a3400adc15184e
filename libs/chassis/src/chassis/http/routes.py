"""The routes of an application, and what guards each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import Mount
from starlette.types import Scope

Function = TypeVar("Function", bound=Callable[..., Any])
_MARK = "__chassis_guard__"


def guard(kind: str) -> Callable[[Function], Function]:
    """Mark a dependency that admits only known actors (`bearer`, `session`)."""

    def mark(function: Function) -> Function:
        setattr(function, _MARK, kind)
        return function

    return mark


@dataclass(frozen=True, slots=True, order=True)
class RouteAccount:
    """One method of one path; `guards` is empty for a public route."""

    path: str
    method: str
    name: str
    guards: tuple[str, ...]
    in_schema: bool

    @property
    def public(self) -> bool:
        """Whether anybody may use it."""
        return not self.guards


def route_of(scope: Scope) -> Any:
    """Return the route that handled a request: FastAPI's with all that routers add, or Starlette's."""
    included = scope.get("fastapi", {}).get("effective_route_context")
    return included if included is not None else scope.get("route")


def account_for(app: FastAPI) -> list[RouteAccount]:
    """Return every route of `app`, those of included routers too, sorted by path and method.

    `app.routes` doesn't have the routes of included routers, so this uses FastAPI's route contexts. A folder
    of static files counts as one public route, `<folder>/*`.
    """
    return sorted(each for context in iter_route_contexts(app.routes) for each in _accounts(context))


def _accounts(context: RouteContext) -> Iterator[RouteAccount]:
    path, name = context.path or "", context.name or ""
    if isinstance(context.original_route, Mount):
        yield RouteAccount(f"{path}/*", "GET", name, (), False)
        return
    dependant: Dependant | None = getattr(context, "dependant", None)
    guards = tuple(sorted(set(_guards(dependant)))) if dependant is not None else ()
    # Only FastAPI's routes have this; what Starlette itself adds is never in the document.
    in_schema = dependant is not None and bool(getattr(context, "include_in_schema", False))
    for method in sorted((context.methods or {"GET"}) - {"HEAD"}):
        yield RouteAccount(path, method, name, guards, in_schema)


def _guards(dependant: Dependant) -> Iterator[str]:
    kind: str | None = getattr(dependant.call, _MARK, None)
    if kind is not None:
        yield kind
    for below in dependant.dependencies:
        yield from _guards(below)
