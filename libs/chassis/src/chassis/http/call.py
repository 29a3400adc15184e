"""One call of the API: who asks, and the two things a handler may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ParamSpec, TypeVar

from fastapi import APIRouter, Depends, Header, Request
from fastapi.security import HTTPBearer

from chassis import perform as performing
from chassis.actor import Actor
from chassis.errors import InvalidInput, NotSignedIn
from chassis.http.auth import TokenVerifier
from chassis.http.routes import guard
from chassis.runtime import Runtime
from chassis.usecase import Query, UseCase

Command = TypeVar("Command")
Result = TypeVar("Result")
Params = ParamSpec("Params")

_bearer = HTTPBearer(auto_error=False, description="An access token of this entity's gateway")


@guard("bearer")
async def bearer_actor(request: Request) -> Actor:
    """Return the actor of the Bearer token; refuse with `NotSignedIn` without a valid one."""
    found: Actor | None = getattr(request.state, "actor", None)
    if found is not None:
        return found
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn
    verifier: TokenVerifier = request.app.state.verifier
    actor = await verifier.verify(token.strip())
    request.state.actor = actor
    return actor


@dataclass(frozen=True, slots=True)
class ApiCall:
    """What a handler of the API holds: the actor, and the way to use cases and queries."""

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


async def api_call(
    request: Request,
    actor: Annotated[Actor, Depends(bearer_actor)],
    idempotency_key: Annotated[
        str | None,
        Header(
            description="Any text of up to 200 characters; repeating a request with it changes nothing more"
        ),
    ] = None,
) -> ApiCall:
    """Return the call of this request."""
    if idempotency_key is not None and not 1 <= len(idempotency_key) <= 200:
        raise InvalidInput(field="Idempotency-Key", rule="1 to 200 characters")
    return ApiCall(request, request.app.state.runtime, actor, idempotency_key)


Call = Annotated[ApiCall, Depends(api_call)]


class ApiRouter(APIRouter):
    """A router whose every route needs the Bearer token of an actor of this entity."""

    def __init__(self, **options: Any) -> None:
        dependencies = [Depends(_bearer), Depends(bearer_actor), *options.pop("dependencies", [])]
        super().__init__(dependencies=dependencies, **options)
