"""The short way for hot commands: from the bytes of a request to its handler, past the framework's machinery.

A handler marked `@direct` stays an ordinary route of FastAPI: documented, accounted for, and run by FastAPI
whenever a request is out of the ordinary. The ordinary one (Bearer token, JSON body) is answered here: the
same token check, models and problem documents, without solving dependencies that are known beforehand.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.errors import DomainError
from chassis.http import problems
from chassis.http.call import ApiCall, Call, api_call, bearer_actor, key_of, only_known_parameters
from chassis.runtime import Runtime

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])
_MARK = "__chassis_direct__"
_KNOWN = (bearer_actor, only_known_parameters, api_call)


def direct(handler: Handler) -> Handler:
    """Mark a handler that takes a `Call`, values of its path and at most one model as its body.

    Its return annotation is what it answers. Anything else in its signature is a TypeError at the start.
    """
    setattr(handler, _MARK, True)
    return handler


@dataclass(frozen=True, slots=True)
class _Way:
    """One direct route, prepared."""

    context: Any
    match: Callable[[str], re.Match[str] | None]
    handler: Callable[..., Awaitable[Any]]
    call: str | None
    values: Mapping[str, TypeAdapter[Any]]
    body: tuple[str, type[BaseModel]] | None
    answer: TypeAdapter[Any]
    status: int


class Direct:
    """ASGI middleware that answers the ordinary requests of direct routes and passes on all others."""

    def __init__(self, app: ASGIApp, *, routes_of: FastAPI, runtime: Runtime) -> None:
        self.app = app
        self.runtime = runtime
        self._routes_of = routes_of
        self._ways: dict[tuple[str, int], list[_Way]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if self._ways is None:
            self._ways = ways_of(self._routes_of)
        if scope["type"] == "http" and self._ways:
            path: str = scope["path"]
            for way in self._ways.get((scope["method"], path.count("/")), ()):
                found = way.match(path)
                if found is not None and (way.body is None or _is_json(scope["headers"])):
                    scope["route"] = way.context
                    answer = await self._answer(way, found.groupdict(), Request(scope, receive))
                    await answer(scope, receive, send)
                    return
        await self.app(scope, receive, send)

    async def _answer(self, way: _Way, given: dict[str, str], request: Request) -> Response:
        try:
            actor = await bearer_actor(request)
            await only_known_parameters(request)
            values: dict[str, Any] = {}
            if way.call is not None:
                values[way.call] = ApiCall(request, self.runtime, actor, key_of(request))
            for name, adapter in way.values.items():
                values[name] = _checked(adapter.validate_strings, given[name], ("path", name))
            if way.body is not None:
                name, model = way.body
                values[name] = _checked(model.model_validate_json, await request.body(), ("body",))
            result = await way.handler(**values)
        except DomainError as refused:
            return problems.of_domain(refused, self.runtime, problems.locale_of(request))
        except RequestValidationError as wrong:
            return problems.of_input(wrong.errors(), self.runtime, problems.locale_of(request))
        except HTTPException as refused_below:
            return problems.of_http(refused_below, self.runtime, problems.locale_of(request))
        return Response(way.answer.dump_json(result), way.status, media_type="application/json")


def _checked(check: Callable[[Any], Any], value: Any, place: tuple[str, ...]) -> Any:
    try:
        return check(value)
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False, include_input=False)
        raise RequestValidationError([each | {"loc": (*place, *each["loc"])} for each in errors]) from None


def _is_json(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"content-type" and value.startswith(b"application/json") for name, value in headers)


def ways_of(app: FastAPI) -> dict[tuple[str, int], list[_Way]]:
    """Return the direct routes of `app` by method and number of slashes.

    Raises TypeError for one that can't be direct; that keeps the server from starting.
    """
    ways: dict[tuple[str, int], list[_Way]] = {}
    contexts = [each for each in iter_route_contexts(app.routes) if isinstance(each.original_route, APIRoute)]
    for context in contexts:
        if not hasattr(context.endpoint, _MARK):
            continue
        for other in contexts:
            # FastAPI asks its routes in order; here there's no order, so nothing may be hidden.
            same = other is not context and (other.methods or set()) & (context.methods or set())
            if same and context.path_regex.match(other.path or ""):
                raise TypeError(f"{context.path} can't be direct: it would hide {other.path}")
        way = _way(context)
        for method in context.methods or ():
            ways.setdefault((method, (context.path or "").count("/")), []).append(way)
    return ways


def _way(context: Any) -> _Way:
    endpoint = context.endpoint
    strange = [each for each in _calls(context.dependant) if each not in (endpoint, *_KNOWN)]
    if strange or bearer_actor not in list(_calls(context.dependant)):
        raise TypeError(
            f"{endpoint.__name__} can't be direct: it depends on {strange or 'nothing that guards it'}"
        )
    hints = get_type_hints(endpoint, include_extras=True)
    call: str | None = None
    values: dict[str, TypeAdapter[Any]] = {}
    body: tuple[str, type[BaseModel]] | None = None
    for name in inspect.signature(endpoint).parameters:
        hint = hints[name]
        if hint == Call:
            call = name
        elif name in context.param_convertors:
            values[name] = TypeAdapter(hint)
        elif body is None and isinstance(hint, type) and issubclass(hint, BaseModel):
            body = (name, hint)
        else:
            raise TypeError(
                f"{endpoint.__name__} can't be direct: {name} is neither call, path nor the one body"
            )
    return _Way(
        context,
        context.path_regex.match,
        endpoint,
        call,
        values,
        body,
        TypeAdapter(hints["return"]),
        context.status_code or 200,
    )


def _calls(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for below in dependant.dependencies:
        yield from _calls(below)
