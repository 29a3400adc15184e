"""Tokens for programs: client credentials, and sign-in for command-line tools."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

from fastapi import APIRouter, Form, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field, SecretStr
from sqlalchemy import select

from chassis.errors import DomainError, Kind
from gateway.clients.model import ApiClient, is_secret, subject_of
from gateway.sessions.signing_in import (
    address_of,
    itself,
    sign_in_by_password,
    token_of,
    wait_after_wrong_secret,
)

router = APIRouter(tags=["sign-in"])


class SignIn(BaseModel):
    """A person's e-mail address and password."""

    email: str = Field(min_length=1, max_length=254)
    password: SecretStr = Field(min_length=1, max_length=1000)


class Token(BaseModel):
    """An access token, and the seconds for which it is valid."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 (the name of a scheme)
    expires_in: int


class PasswordTemporary(DomainError):
    """A first password can only be used to choose one's own, in the browser."""

    kind = Kind.forbidden
    code = "password_temporary"
    message = "Choose your own password in the browser first."


@router.post("/api/gateway/v1/sign-in", summary="Sign in with e-mail address and password")
async def sign_in(request: Request, wanted: SignIn, response: Response) -> Token:
    """Return an access token for a person; for command-line tools and demonstrations."""
    runtime = request.app.state.runtime
    opened = await sign_in_by_password(
        runtime,
        wanted.email,
        wanted.password.get_secret_value(),
        address=address_of(request, runtime.settings),
        device=request.headers.get("user-agent", ""),
    )
    if opened.password_temporary:
        raise PasswordTemporary
    response.headers["Cache-Control"] = "no-store"
    token = await token_of(request.app.state.signing, opened)
    return Token(access_token=token, expires_in=runtime.settings.token_seconds)


@router.post("/oauth/token", response_model=Token, summary="A token for a program (client credentials)")
async def token(
    request: Request,
    grant_type: Annotated[str, Form()] = "",
    client_id: Annotated[str, Form()] = "",
    client_secret: Annotated[str, Form()] = "",
    authorization: Annotated[str, Header()] = "",
) -> Response:
    """Return an access token with the program's roles (RFC 6749, 4.4)."""
    if grant_type != "client_credentials":
        return _refused(400, "unsupported_grant_type")
    if authorization.lower().startswith("basic "):
        client_id, client_secret = _basic(authorization)
    runtime = request.app.state.runtime
    async with runtime.reading(itself(runtime)) as tx:
        client = await tx.scalar(select(ApiClient).where(ApiClient.id == client_id, ApiClient.active))
    if not is_secret(client_secret, client.secret_digest if client else None):
        wait = await wait_after_wrong_secret(runtime, client_id, address_of(request, runtime.settings))
        if wait:
            return _refused(429, "slow_down", {"Retry-After": str(wait)})
        return _refused(401, "invalid_client", {"WWW-Authenticate": 'Basic realm="token"'})
    access = await request.app.state.signing.access_token(
        subject=subject_of(client.id),
        name=client.name,
        roles=client.roles,
        locale="en",
        kind="client",
        session=None,
    )
    issued = Token(access_token=access, expires_in=runtime.settings.token_seconds)
    return JSONResponse(issued.model_dump(), headers={"Cache-Control": "no-store"})


def _basic(authorization: str) -> tuple[str, str]:
    try:
        name, _, secret = base64.b64decode(authorization[6:], validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret


def _refused(status: int, error: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": error}, status, headers={"Cache-Control": "no-store", **(headers or {})})
