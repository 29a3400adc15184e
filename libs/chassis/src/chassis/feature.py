"""A feature of a service: one folder, and the value that declares what it contributes.

A service lists its features once, in `features.py`; each may use those before it. Everything that concerns
the service as a whole (tables, routes, roles, navigation, events, timers, My day) is a loop over that list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.resources import files
from pkgutil import resolve_name
from types import ModuleType
from typing import Any, Self

from chassis.access import Permission, roles_of


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of a desk's navigation.

    Only those who hold `permission`, that of the page's query or use case, see the entry. Entries are in the
    order of `position`, then of their features. One with `set_up`, a sentence, is also listed among what an
    administrator sets up.
    """

    label: str
    route: str
    permission: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    position: int = 50
    set_up: str = ""


class LookupList(str):
    """A list of values that administrators edit, declared by the feature it belongs to: `"housing_type"`.

    It is its own code, in addresses and in the column `list`. `label` is its name on pages (a message id).
    `groups` are headings (message ids) with the codes of the values below each. A list with `stands_for`
    publishes its values: each may hold the word by which others know it, one of these words, or any code of
    one's own when there are none; `hint` explains that word on the form.
    """

    __slots__ = ("groups", "hint", "label", "stands_for")
    label: str
    hint: str
    stands_for: tuple[str, ...] | None
    groups: Mapping[str, tuple[str, ...]]

    def __new__(
        cls,
        code: str,
        *,
        label: str,
        hint: str = "",
        stands_for: tuple[str, ...] | None = None,
        groups: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Self:
        """Declare a list; its first values come from a migration of the feature."""
        made = super().__new__(cls, code)
        made.label, made.hint, made.stands_for, made.groups = label, hint, stands_for, groups or {}
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A rule of the organisation's own that administrators edit, declared by the feature it belongs to.

    `label` and `hint` are its name and explanation on pages (message ids). It is a whole number from `low`
    to `high`, of `unit` (a message id); or, with `words`, any of these words, each with its name (a message
    id). `default` counts until the organisation has chosen something else.
    """

    code: str
    label: str
    hint: str
    default: int | tuple[str, ...]
    low: int = 0
    high: int = 0
    unit: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """What one folder of a service contributes.

    Its tables, routers and events are found by the names of its files: `model.py`, `api.py` and each
    `desk.py` or `desk_….py`, each with a `router` (or several `routers`), `events.py` with `EVENTS`. They are
    loaded only by the processes that need them: a worker loads no web framework.

    `module` is the name of its `feature.py` (`__name__`). `permissions` are those it declares, each with the
    roles that hold it. `sentences` put in words (message ids) what its audit rows record, by kind of record
    and action; `tasks` do so for each kind of task that it finds due, with `{name}` for the person concerned,
    and `task_names` name the kind itself, in lists of kinds and where no person may be named;
    `words` are tables of words for codes, each under the name by which templates know it; `lookups` are the
    lists from which its forms offer values, `settings` the organisation's own rules that it follows.
    `body_limits` are bytes by the first part of a path below the
    prefix of API or desk; a text names the setting that has the number. `offers` are its answers to questions
    that other features ask all features (such as `due` for My day), each `module:object` within the folder;
    the web application asks for `companion`, which runs alongside it: `(database) -> async context manager`.
    """

    module: str
    permissions: tuple[Permission, ...] = ()
    navigation: tuple[NavItem, ...] = ()
    sentences: Mapping[tuple[str, str], str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    tasks: Mapping[str, str] = field(default_factory=dict)
    task_names: Mapping[str, str] = field(default_factory=dict)
    lookups: tuple[LookupList, ...] = ()
    settings: tuple[Setting, ...] = ()
    body_limits: Mapping[str, int | str] = field(default_factory=dict)
    offers: Mapping[str, str] = field(default_factory=dict)

    @property
    def package(self) -> str:
        """The package of its folder."""
        return self.module.rpartition(".")[0]

    @property
    def name(self) -> str:
        """Name of its folder."""
        return self.package.rpartition(".")[2]

    def part(self, name: str) -> ModuleType | None:
        """Return one of its modules, or None when it has no file of that name."""
        if not files(self.package).joinpath(f"{name}.py").is_file():
            return None
        return import_module(f"{self.package}.{name}")

    def desk_modules(self) -> list[ModuleType]:
        """Return the modules of its pages, in the order of their names."""
        names = (one.name for one in files(self.package).iterdir())
        pages = sorted(name for name in names if name.startswith("desk") and name.endswith(".py"))
        return [import_module(f"{self.package}.{name.removesuffix('.py')}") for name in pages]

    def offered(self, question: str) -> Any | None:
        """Return its answer to a question that all features are asked, if it has one."""
        where = self.offers.get(question)
        return None if where is None else resolve_name(f"{self.package}.{where}")


Features = Sequence[Feature]
EVERY_KIND = "*"
"""Stands for every kind of record in a feature's `sentences`."""


def load_models(features: Features) -> None:
    """Import the tables of all features, so that their metadata is complete."""
    for feature in features:
        feature.part("model")


def permissions_of(features: Features) -> dict[str, frozenset[str]]:
    """Return what each role holds. Raises TypeError for a permission that is declared twice."""
    return roles_of(permission for feature in features for permission in feature.permissions)


def api_routers(features: Features) -> list[Any]:
    """Return the routers of all APIs."""
    return [
        router
        for feature in features
        if (module := feature.part("api")) is not None
        for router in _routers(module)
    ]


def desk_routers(features: Features) -> list[Any]:
    """Return the routers of all pages."""
    return [
        router for feature in features for module in feature.desk_modules() for router in _routers(module)
    ]


def _routers(module: ModuleType) -> Sequence[Any]:
    return module.routers if hasattr(module, "routers") else (module.router,)


def navigation(features: Features) -> list[NavItem]:
    """Return the entries of the desk's navigation in their order."""
    return sorted(
        (item for feature in features for item in feature.navigation), key=lambda item: item.position
    )


def sentences_of(features: Features) -> dict[tuple[str, str], str]:
    """Return the sentences for all recorded actions, by kind of record and action."""
    declared = {key: words for feature in features for key, words in feature.sentences.items()}
    of_all = {action: words for (kind, action), words in declared.items() if kind == EVERY_KIND}
    own = {key: words for key, words in declared.items() if key[0] != EVERY_KIND}
    return {(kind, action): words for kind, _ in own for action, words in of_all.items()} | own


def words_of(features: Features) -> dict[str, Mapping[str, str]]:
    """Return all tables of words for codes (message ids), by their names."""
    return {name: table for feature in features for name, table in feature.words.items()}


def lookups_of(features: Features) -> dict[str, LookupList]:
    """Return all look-up lists by their codes. Raises TypeError for one that is declared twice."""
    found: dict[str, LookupList] = {}
    for feature in features:
        for one in feature.lookups:
            if one in found:
                raise TypeError(f"the look-up list {one} is declared twice")
            found[one] = one
    return found


def settings_of(features: Features) -> dict[str, Setting]:
    """Return all settings by their codes. Raises TypeError for one that is declared twice."""
    found: dict[str, Setting] = {}
    for feature in features:
        for one in feature.settings:
            if one.code in found:
                raise TypeError(f"the setting {one.code} is declared twice")
            found[one.code] = one
    return found


def tasks_of(features: Features) -> dict[str, str]:
    """Return the sentences for all kinds of task that can be due."""
    return {task: words for feature in features for task, words in feature.tasks.items()}


def task_names_of(features: Features) -> dict[str, str]:
    """Return the names of all kinds of task that can be due (message ids)."""
    return {task: words for feature in features for task, words in feature.task_names.items()}


def offers_of(features: Features, question: str) -> list[Any]:
    """Return every feature's answer to a question, in their order."""
    return [answer for feature in features if (answer := feature.offered(question)) is not None]


def body_limits(features: Features, settings: object, *prefixes: str) -> dict[str, int]:
    """Return the limits of bodies in bytes, by the first part of a path, below each of the prefixes."""
    return {
        f"{prefix}{path}": limit if isinstance(limit, int) else int(getattr(settings, limit))
        for feature in features
        for path, limit in feature.body_limits.items()
        for prefix in prefixes
    }
