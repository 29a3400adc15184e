"""A desk: its name, colour, navigation, pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Literal

from fastapi import APIRouter

from chassis.feature import NavItem
from deskkit.help import Help, help_of
from deskkit.i18n.catalogue import SHARED, folder_of

Accent = Literal["front", "property", "inventory", "gateway"]


@dataclass(frozen=True, slots=True)
class Search:
    """The search box in a desk's header: the list it opens, and the permission of the query behind it."""

    route: str
    label: str
    permission: str


@dataclass(frozen=True, slots=True)
class DeskLink:
    """Another desk of the same organisation; everybody who works there may open its first page.

    With a `kind` it's there only where the organisation is of that kind in the register of parties.
    """

    name: str
    path: str
    kind: str | None = None


@dataclass(frozen=True)
class Desk:
    """One desk of one service.

    `name` is a msgid, `accent` one of front, property, inventory, gateway; `package` the service's
    package, in which `<feature>/templates/`, `locale/` and `help/` are found; `neighbours` are the
    organisation's other desks. Help is for people who are signed in, unless it is `help_for_everybody`.
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
    help_for_everybody: bool = False

    @cached_property
    def template_folders(self) -> list[Path]:
        """Every `templates` folder of the service's package, then those of the libraries that desks share."""
        root = Path(str(files(self.package)))
        own = sorted(path for path in root.rglob("templates") if path.is_dir())
        shared = (folder_of(package) / "templates" for package in SHARED)
        return [*own, *(folder for folder in shared if folder.is_dir())]

    @property
    def help(self) -> Help | None:
        """The help in the package, if any."""
        return help_of(self.package)

    @property
    def static_url(self) -> str:
        """Where the desk's static files are."""
        return self.static_prefix or f"{self.prefix}/static"
