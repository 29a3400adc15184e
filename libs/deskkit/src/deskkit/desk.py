"""A desk: its name, colour, navigation, pages; and how it is put on an application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter, FastAPI
from starlette.requests import Request

from chassis.runtime import Runtime
from deskkit.assets import Assets
from deskkit.csrf import CsrfTokens
from deskkit.help import Help, help_of, help_router
from deskkit.i18n.catalogue import LANGUAGES
from deskkit.interrupted import SignInNeeded, interrupted
from deskkit.language import language_router
from deskkit.pages import page_of_failure, refuse
from deskkit.rendering import Rendering

Accent = Literal["front", "property", "inventory", "gateway"]


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of a desk's navigation.

    `permission` is that of the use case which the page is made by or for
    (`search_clients.permission`): only
    who holds it sees the entry.
    """

    label: str
    route: str
    permission: str = ""
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Search:
    """The search box in a desk's header: the list it opens, and the permission of the query behind it."""

    route: str
    label: str
    permission: str


@dataclass(frozen=True, slots=True)
class DeskLink:
    """Another desk of the same organisation; everybody who works there may open its first page."""

    name: str
    path: str


@dataclass(frozen=True)
class Desk:
    """One desk of one service.

    `name` is a msgid, `accent` one of front, property, inventory, gateway; `package` the service's
    package, in which `<feature>/templates/`, `locale/` and `help/` are found; `neighbours` are the
    organisation's other desks. Help is for who is signed in, unless it is `help_for_everybody`.
    """

    name: str
    prefix: str
    accent: Accent
    package: str
    routers: Sequence[APIRouter] = ()
    navigation: Sequence[NavItem] = ()
    home: str = ""
    search: Search | None = None
    neighbours: Sequence[DeskLink] = ()
    sign_in_path: str = "/session/renew"
    static_prefix: str = ""
    organisation: str = ""
    help_for_everybody: bool = False

    @cached_property
    def template_folders(self) -> list[Path]:
        """Every `templates` folder of the service's package."""
        root = Path(str(files(self.package)))
        return sorted(path for path in root.rglob("templates") if path.is_dir())

    @property
    def help(self) -> Help | None:
        """The help that the package brings, if any."""
        return help_of(self.package)

    @property
    def static_url(self) -> str:
        """Where the desk's static files are."""
        return self.static_prefix or f"{self.prefix}/static"


@dataclass(frozen=True)
class MountedDesk:
    """A desk at work on an application."""

    desk: Desk
    runtime: Runtime
    rendering: Rendering
    assets: Assets
    csrf: CsrfTokens
    public_url: str
    organisation: str


def mount(app: FastAPI, desk: Desk, runtime: Runtime | None = None) -> MountedDesk:
    """Put a desk's pages, static files and error pages on an application built by `chassis.http.service_app`.

    The runtime is `app.state.runtime` unless given. Settings used: CSRF_SECRET, PUBLIC_URL, ORGANISATION
    (if any).
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
        organisation=desk.organisation or getattr(settings, "organisation", ""),
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


def desk_of(request: Request) -> MountedDesk:
    """The desk whose prefix this address begins with. Raises LookupError when there is none."""
    desks: dict[str, MountedDesk] = getattr(request.app.state, "desks", {})
    path = request.url.path
    for prefix in sorted(desks, key=len, reverse=True):
        if not prefix or path == prefix or path.startswith(f"{prefix}/"):
            return desks[prefix]
    raise LookupError("No desk is mounted at this address.")
