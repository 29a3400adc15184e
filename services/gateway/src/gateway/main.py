"""The gateway as an application: landing page, sign-in, staff, tokens, keys."""

from __future__ import annotations

import httpx
from fastapi import FastAPI

from chassis.http.app import service_app
from chassis.http.auth import TokenVerifier
from chassis.runtime import Runtime
from deskkit.desk import Desk, DeskLink, NavItem, mount
from deskkit.i18n import N_
from gateway.keys import api as keys_api
from gateway.keys.signing import Signing
from gateway.landing import desk as landing
from gateway.organisation import DESKS
from gateway.register import api as register_api
from gateway.sessions import api as sessions_api
from gateway.sessions import desk as sessions
from gateway.settings import GatewaySettings
from gateway.single_sign_on import desk as single_sign_on
from gateway.single_sign_on.provider import Provider
from gateway.staff import api as staff_api
from gateway.staff import desk as staff
from gateway.staff.queries import everybody, own_account


def create_app(runtime: Runtime, *, provider_client: httpx.AsyncClient | None = None) -> FastAPI:
    """Return the application. `provider_client` talks to the organisation's OpenID Connect provider."""
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
        api_routers=[keys_api.router, register_api.router, sessions_api.router, staff_api.router],
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
            organisation=settings.name,
            routers=[landing.router, single_sign_on.router, sessions.public, sessions.pages, staff.pages],
            navigation=[
                NavItem(N_("Your account"), "session.mine", own_account.permission),
                NavItem(N_("Staff"), "staff", everybody.permission),
            ],
            neighbours=[DeskLink(one.name, one.path) for one in DESKS[settings.entity]],
            help_for_everybody=True,
        ),
    )
    return app
