"""One call of the API: its actor, and the two things a handler may do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ParamSpec, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ValidationError

from chassis import perform as performing
from chassis.actor import Actor
from chassis.errors import DomainError, InvalidInput, Kind, NotSignedIn
from chassis.http.auth import TokenVerifier
from chassis.http.routes import guard, route_of
from chassis.runtime import Runtime
from chassis.usecase import Query, UseCase

Command = TypeVar("Command")
Filled = TypeVar("Filled", bound=BaseModel)
Result = TypeVar("Result")
Params = ParamSpec("Params")

_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": performing.KEY_LENGTH},
    "description": "A text of one's own; repeating a request with it changes nothing more",
}


class _Bearer(HTTPBearer):
    """The actor of the Bearer token, and its description in the OpenAPI document."""

    async def __call__(self, request: Request) -> Actor:  # type: ignore[override]
        """Return the actor. Raises NotSignedIn without a valid token."""
        state = request.scope["state"]
        found: Actor | None = state.get("actor")
        if found is None:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not token:
                raise NotSignedIn
            verifier: TokenVerifier = request.app.state.verifier
            found = state["actor"] = await verifier.verify(token.strip())
        return found


bearer_actor = guard("bearer")(
    _Bearer(scheme_name="bearer", description="An access token of this entity's gateway")
)


@dataclass(frozen=True, slots=True)
class ApiCall:
    """What a handler of the API gets: the actor, and the way to use cases and queries."""

    request: Request
    runtime: Runtime
    actor: Actor
    idempotency_key: str | None

    async def perform(self, use_case: UseCase[Command, Result], command: Command) -> Result:
        """Run a use case; the request's `Idempotency-Key`, if any, makes repeating it harmless (X5)."""
        return await performing.perform(
            self.runtime, self.actor, use_case, command, idempotency_key=self.idempotency_key
        )

    async def ask(self, query: Query[Params, Result], *args: Params.args, **kwargs: Params.kwargs) -> Result:
        """Run a query."""
        return await performing.ask(self.runtime, self.actor, query, *args, **kwargs)


def key_of(request: Request) -> str | None:
    """Return the request's idempotency key, or None. Raises InvalidInput for an empty or too long one."""
    key = request.headers.get("idempotency-key")
    if key is not None and not performing.is_key(key):
        raise InvalidInput(field="Idempotency-Key", rule=f"1 to {performing.KEY_LENGTH} printable characters")
    return key


class UnknownParameter(DomainError):
    """A query parameter doesn't exist; ignoring it would give a misleading answer."""

    kind = Kind.invalid
    code = "unknown_parameter"
    message = "{parameter} isn't a parameter of this address."


async def only_known_parameters(request: Request) -> None:
    """Refuse a query parameter that the route doesn't have: a mistyped filter would find everything."""
    if not request.scope["query_string"]:
        return
    route = route_of(request.scope)
    known = _known_parameters.get(route.endpoint)
    if known is None:
        known = _known_parameters[route.endpoint] = _parameters_of(route)
    for name in request.query_params:
        if name not in known:
            raise UnknownParameter(field=name[:80], parameter=name[:80])


_known_parameters: WeakKeyDictionary[Callable[..., Any], frozenset[str]] = WeakKeyDictionary()


def _parameters_of(route: Any) -> frozenset[str]:
    """Return the names of a route's query parameters, including the fields of a filter."""
    names: set[str] = set()
    for parameter in _query_parameters(route.dependant):
        annotation = parameter.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            names |= {info.alias or name for name, info in annotation.model_fields.items()}
        else:
            names.add(parameter.alias)
    return frozenset(names)


def _query_parameters(dependant: Dependant) -> Iterator[Any]:
    yield from dependant.query_params
    for below in dependant.dependencies:
        yield from _query_parameters(below)


async def api_call(request: Request, actor: Annotated[Actor, Depends(bearer_actor)]) -> ApiCall:
    """Return the call of this request."""
    return ApiCall(request, request.app.state.runtime, actor, key_of(request))


Call = Annotated[ApiCall, Depends(api_call)]


def command_of(model: type[Filled], body: BaseModel, **address: Any) -> Filled:
    """Return the command of a body and the parameters in the path.

    What the command refuses is refused as input, at its field: a body's rules may be fewer than its
    command's.
    """
    try:
        return model.model_validate({**body.model_dump(), **address})
    except ValidationError as error:
        problems = [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(problems) from error


class Created(BaseModel):
    """The id of what a request created."""

    id: UUID


class ApiRouter(APIRouter):
    """A router whose every route needs the Bearer token of an actor of this entity."""

    def __init__(self, **options: Any) -> None:
        first = [Depends(bearer_actor), Depends(only_known_parameters)]
        super().__init__(dependencies=[*first, *options.pop("dependencies", [])], **options)

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Add a route; those that change something document that they accept an idempotency key."""
        if set(options.get("methods") or ["GET"]) - {"GET", "HEAD"}:
            extra = dict(options.get("openapi_extra") or {})
            options["openapi_extra"] = extra | {"parameters": [*extra.get("parameters", []), _KEY_PARAMETER]}
        super().add_api_route(path, endpoint, **options)
