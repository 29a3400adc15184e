"""Public documents: the keys, and how to get tokens."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

router = APIRouter(tags=["keys"])


@router.get("/.well-known/jwks.json", summary="Public keys of this organisation")
async def key_set(request: Request, response: Response) -> dict[str, Any]:
    """Return the keys with which tokens may be signed; two while a key is being replaced."""
    response.headers["Cache-Control"] = "public, max-age=60"
    published: dict[str, Any] = await request.app.state.signing.published()
    return published


@router.get("/.well-known/oauth-authorization-server", summary="How to get tokens here")
async def metadata(request: Request) -> dict[str, Any]:
    """Return issuer, addresses and algorithms (RFC 8414)."""
    settings = request.app.state.runtime.settings
    base = settings.public_url.rstrip("/")
    return {
        "issuer": settings.issuer,
        "token_endpoint": f"{base}/oauth/token",
        "jwks_uri": f"{base}/.well-known/jwks.json",
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "token_endpoint_auth_signing_alg_values_supported": ["Ed25519"],
        "response_types_supported": [],
        "service_documentation": f"{base}/api/gateway/v1/docs",
    }
