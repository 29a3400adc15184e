"""A desk that is mounted on an application, and which one a request belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from chassis.runtime import Runtime
from deskkit.assets import Assets
from deskkit.csrf import CsrfTokens
from deskkit.desk import Desk
from deskkit.rendering import Rendering


@dataclass(frozen=True)
class MountedDesk:
    """A desk that is mounted on an application."""

    desk: Desk
    runtime: Runtime
    rendering: Rendering
    assets: Assets
    csrf: CsrfTokens
    public_url: str


def desk_of(request: Request) -> MountedDesk:
    """The desk whose prefix this address begins with. Raises LookupError when there is none."""
    desks: dict[str, MountedDesk] = getattr(request.app.state, "desks", {})
    path = request.url.path
    for prefix in sorted(desks, key=len, reverse=True):
        if not prefix or path == prefix or path.startswith(f"{prefix}/"):
            return desks[prefix]
    raise LookupError("No desk is mounted at this address.")
