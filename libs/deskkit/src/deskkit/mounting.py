"""How a desk is put on an application."""

from __future__ import annotations

from fastapi import FastAPI

from chassis.runtime import Runtime
from deskkit.assets import Assets
from deskkit.csrf import CsrfTokens
from deskkit.desk import Desk
from deskkit.help_page import help_router
from deskkit.i18n.catalogue import LANGUAGES
from deskkit.interrupted import interrupted
from deskkit.language import language_router
from deskkit.mounted import MountedDesk
from deskkit.pages import page_of_failure, refuse
from deskkit.rendering import Rendering
from deskkit.signin import SignInNeeded


def mount(app: FastAPI, desk: Desk, runtime: Runtime | None = None) -> MountedDesk:
    """Put a desk's pages, static files and error pages on an application built by `chassis.http.service_app`.

    The runtime is `app.state.runtime` unless given. Settings used: CSRF_SECRET, PUBLIC_URL.
    """
    runtime = runtime or app.state.runtime
    settings = runtime.settings
    assets = Assets(desk.static_url)
    rendering = Rendering(desk, runtime, assets, tuple(LANGUAGES))
    runtime.translate, runtime.say = rendering.translate, rendering.say
    runtime.explain = rendering.explain
    runtime.error_page = page_of_failure
    mounted = MountedDesk(
        desk=desk,
        runtime=runtime,
        rendering=rendering,
        assets=assets,
        csrf=CsrfTokens(settings.csrf_secret.get_secret_value()),
        public_url=settings.public_url,
    )
    if not hasattr(app.state, "desks"):
        app.state.desks = {}
        app.add_exception_handler(SignInNeeded, interrupted)  # type: ignore[arg-type]
        refuse.install(app)
    app.state.desks[desk.prefix] = mounted
    app.include_router(assets.router())
    app.include_router(language_router(desk.prefix))
    if desk.help:
        app.include_router(help_router(desk))
    for router in desk.routers:
        app.include_router(router)
    return mounted
