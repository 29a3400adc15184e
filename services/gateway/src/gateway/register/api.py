"""The register for this entity's own services: signed, and refused to requests from outside."""

from __future__ import annotations

import httpx
from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.http.auth import REGISTER, REGISTER_TYPE
from chassis.http.routes import guard
from chassis.perform import ask
from chassis.runtime import Runtime
from gateway.keys.signing import OwnKeys, Signing
from gateway.register.queries import register

router = APIRouter(include_in_schema=False)
_ROUTERS_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


@guard("inside")
async def from_inside(request: Request) -> None:
    """Refuse requests through a router: the entity's services use this gateway's own port."""
    if any(name in request.headers for name in _ROUTERS_HEADERS):
        raise NotFound


@router.get(f"/.well-known/{REGISTER}", dependencies=[Depends(from_inside)])
async def read(request: Request) -> PlainTextResponse:
    """Return the register."""
    text = await signed(request.app.state.runtime, request.app.state.signing)
    return PlainTextResponse(text, media_type="application/jwt", headers={"Cache-Control": "no-store"})


async def signed(runtime: Runtime, signing: Signing) -> str:
    """Return the present register, signed with the key that signs tokens."""
    found = await ask(runtime, Actor.system("register", runtime.entity), register)
    return await signing.sign(REGISTER_TYPE, found.model_dump(mode="json"))


class OwnDocuments(OwnKeys):
    """Lets the gateway's own verifier read its keys and its register without the network."""

    def __init__(self, runtime: Runtime, signing: Signing) -> None:
        super().__init__(signing)
        self.runtime = runtime

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with the register, or else with the keys."""
        if request.url.path.endswith(REGISTER):
            return httpx.Response(200, text=await signed(self.runtime, self.signing), request=request)
        return await super().handle_async_request(request)
