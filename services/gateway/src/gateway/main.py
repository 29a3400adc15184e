"""The gateway as an application: landing page, sign-in, staff, tokens, keys."""

from __future__ import annotations

import httpx
from fastapi import FastAPI

from chassis.feature import api_routers, desk_routers, navigation
from chassis.http.app import service_app
from chassis.http.auth import TokenVerifier
from chassis.runtime import Runtime
from deskkit.desk import Desk, DeskLink
from deskkit.i18n import N_
from deskkit.mounting import mount
from gateway.features import FEATURES
from gateway.keys.signing import Signing
from gateway.organisation import BY_KIND
from gateway.register import api as register_api
from gateway.settings import GatewaySettings
from gateway.single_sign_on.provider import Provider


def create_app(runtime: Runtime, *, provider_client: httpx.AsyncClient | None = None) -> FastAPI:
    """Return the application. `provider_client` is for requests to the OpenID Connect provider."""
    settings = runtime.settings
    if not isinstance(settings, GatewaySettings):
        raise TypeError("a gateway needs GatewaySettings")
    signing = Signing(runtime, settings)
    verifier = TokenVerifier(
        settings.issuer,
        "gateway",
        settings.entity,
        settings.jwks_url,
        client=httpx.AsyncClient(transport=register_api.OwnDocuments(runtime, signing)),
    )
    app = service_app(
        runtime,
        title="Sign-in and staff",
        verifier=verifier,
        api_routers=api_routers(FEATURES),
        docs_prefix="/api/gateway/v1",
    )
    app.state.signing = signing
    app.state.provider = Provider(settings, provider_client) if settings.oidc_issuer else None
    mount(
        app,
        Desk(
            name=N_("Partywall"),
            prefix="",
            accent="gateway",
            package="gateway",
            static_prefix="/static/gateway",
            home="landing",
            routers=desk_routers(FEATURES),
            navigation=navigation(FEATURES),
            neighbours=[
                DeskLink(one.name, one.path, kind)
                for kind, organisation in BY_KIND.items()
                for one in organisation.desks
            ],
            help_for_everybody=True,
        ),
    )
    return app
