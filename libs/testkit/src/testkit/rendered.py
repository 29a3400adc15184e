"""Rendering the pages of a desk in every state of what they show, and judging what a person would see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from enum import Enum as Vocabulary
from html import unescape
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from fastapi import FastAPI
from sqlalchemy import Enum, MetaData, event
from sqlalchemy.engine import Engine

from chassis.db.acting import SETTING, SYSTEM
from chassis.http.routes import account_for
from deskkit.i18n.catalogue import LANGUAGES, Catalogue
from deskkit.testing import parse_page
from testkit.shown import codes_of, english_of, not_for_people, texts_shown
from testkit.states import States, Variant, reads
from testkit.world import ServiceWorld

_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
_DRAWN = re.compile(r'name="(?:_csrf|form_token)" value="[^"]*"')
"""What is drawn again for each page."""
_LEFT_OUT = ("/static/", "/language/")
_ONE_OF_A_KIND = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORDS = re.compile(r">[^<]*<")
_VALUE = re.compile(r' (?:value|datetime|content|data-[a-z-]+)="[^"]*"')
_LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"#?]*)(?:#[^"]*)?"')


@dataclass(frozen=True, slots=True)
class Scene:
    """Records that belong together, by the parameter of a path that names each: a placement and its client.

    `questions` are further addresses, patterns with a query among them.
    """

    name: str
    ids: Mapping[str, Any]
    questions: tuple[str, ...] = ()

    def filled(self, pattern: str) -> str | None:
        """The address that a pattern is here; nothing when the scene has no such record."""
        if any(name not in self.ids for name in _PARAMETER.findall(pattern)):
            return None
        return _PARAMETER.sub(lambda found: quote(str(self.ids[found[1]]), safe=""), pattern)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a page in one language: its status, where it leads, and what is wrong with it."""

    status: int
    content: int
    location: str
    links: frozenset[str]
    faults: tuple[str, ...]


@dataclass(slots=True)
class Pages:
    """The pages of one desk, asked for by somebody who may see them all, signed in once for each language."""

    app: FastAPI
    prefix: str
    metadata: MetaData
    clients: Mapping[str, httpx.AsyncClient]
    below: str = ""
    """Where to go round, when not everywhere."""
    apart: tuple[str, ...] = ()
    """How the addresses begin that are for programs, where a desk has no prefix of its own."""
    names: frozenset[str] = frozenset()
    """Names that no catalogue knows: of people, of an organisation, of a city."""
    unwanted: frozenset[str] = frozenset()
    """Texts (message ids) for what nobody thought of: a page that shows one has no words for its state."""
    _judged: dict[tuple[str, int], tuple[frozenset[str], tuple[str, ...]]] = field(default_factory=dict)
    _parsed: dict[int, str | None] = field(default_factory=dict)
    _codes: frozenset[str] = frozenset()
    _foreign: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        vocabularies = {
            column.type.enum_class
            for table in self.metadata.tables.values()
            for column in table.columns
            if isinstance(column.type, Enum) and isinstance(column.type.enum_class, type)
        }
        found: Iterable[type[Vocabulary]] = vocabularies
        codes, messages = codes_of(found), self._catalogue.messages
        self._foreign = english_of(found, messages)
        self._codes = codes - messages.keys()

    @property
    def _catalogue(self) -> Catalogue:
        catalogue: Catalogue = self.app.state.desks[self.prefix].rendering.speech("fr").catalogue
        return catalogue

    def patterns(self) -> list[str]:
        """Return the path of every page of the desk, from its route table."""
        return [
            route.path
            for route in account_for(self.app)
            if route.method == "GET"
            and (route.path == self.prefix or route.path.startswith(f"{self.prefix}/"))
            and route.path.startswith(self.below)
            and not route.path.startswith(self.apart)
            and not any(part in route.path for part in _LEFT_OUT)
        ]

    def uncovered(self, scenes: Iterable[Scene]) -> list[str]:
        """Return the pages for which no scene has a record: no scene names what they show."""
        played = list(scenes)
        return [path for path in self.patterns() if not any(scene.filled(path) for scene in played)]

    def addresses(self, scene: Scene) -> dict[str, str]:
        """Return the addresses of a scene with the pattern of each."""
        patterns = (*self.patterns(), *scene.questions)
        return {address: path for path in patterns if (address := scene.filled(path))}

    async def ask(self, address: str, language: str, sent: Mapping[str, str] | None = None) -> Answer:
        """Render a page in one language and judge it; the same page twice is judged once.

        With `sent` it is the page that answers this form.
        """
        method = "GET" if sent is None else "POST"
        with _asked_for(self._catalogue) as unknown:  # only pages in French ask this one
            answer = await self.clients[language].request(method, address, data=sent)
        written = unescape(answer.text) if unknown else ""
        faults = [f"no French for {text!r}" for text in sorted(unknown - self.names) if text in written]
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            faults.append(f"answers {answer.status_code}")
        links, content = frozenset[str](), hash(answer.content)
        if "text/html" in answer.headers.get("Content-Type", ""):
            html = _DRAWN.sub("", answer.text)
            content = hash(html)
            known = (language, content)
            if known not in self._judged:
                links = frozenset(_LINK.findall(html))
                self._judged[known] = links, tuple(self._judge(answer.text, language))
            links, judged = self._judged[known]
            faults += judged
        elif answer.is_error:
            faults.append(f"answers {answer.status_code} without a page")
        location = urlsplit(answer.headers.get("Location", "")).path
        return Answer(answer.status_code, content, location, links, tuple(faults))

    def _judge(self, html: str, language: str) -> Iterator[str]:
        built = _built(html)
        if built not in self._parsed:
            self._parsed[built] = None
            try:
                parse_page(html, fragment="<html" not in html)
            except AssertionError as broken:
                self._parsed[built] = str(broken)
        if broken_rule := self._parsed[built]:
            yield broken_rule
        foreign = self._foreign if language == "fr" else frozenset[str]()
        texts = texts_shown(html)
        yield from not_for_people(texts, self._codes, foreign)
        known = self._catalogue.messages
        nothing = {known[text][0] if language == "fr" else text for text in self.unwanted}
        yield from (f"has no words for it: {text!r}" for text in texts if text in nothing)


@dataclass(slots=True)
class Round:
    """A round through all pages of some scenes: first as they are, then in each variant of their records."""

    pages: Pages
    states: States
    engine: Engine
    scenes: tuple[Scene, ...]
    faults: dict[tuple[str, str], str] = field(default_factory=dict)
    """The first state in which a page had a fault, by the page's pattern and the fault."""
    rendered: int = 0
    _read: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)
    _usual: dict[tuple[str, str], Answer] = field(default_factory=dict)
    _pattern: dict[str, str] = field(default_factory=dict)
    _of_scene: dict[str, dict[str, str]] = field(default_factory=dict)

    async def as_they_are(self) -> None:
        """Render every page once in each language, and note which columns of which table each reads."""
        for scene in self.scenes:
            for address, pattern in self._addresses(scene).items():
                if address in self._pattern:
                    continue
                self._pattern[address] = pattern
                with _statements(self.engine) as sent:
                    await self._render(address, f"as it is in {scene.name}", self._usual)
                self._read[address] = reads(sent, self.pages.metadata)
        self._ways("as it is", self._usual, set(self._pattern))

    def tables(self) -> set[str]:
        """Return the tables that some page reads."""
        return {table for columns in self._read.values() for table in columns}

    async def in_every_state(self, variants: Iterable[Variant], *, once: bool = False) -> None:
        """Render, for each variant that the database takes, every page that reads what it changes.

        `once` leaves out what was in force already.
        """
        for variant in variants:
            addresses = list(self._showing(variant))
            if not addresses or (once and self.states.was_in_force(variant)):
                continue
            async with self.states.having(variant) as taken:
                if not taken:
                    continue
                now = dict(self._usual)
                for address in addresses:
                    await self._render(address, str(variant), now)
                self._ways(str(variant), now, set(addresses))

    def _showing(self, variant: Variant) -> Iterator[str]:
        """The pages that read a column that is changed: of the scenes with the record, or one of each."""
        scenes = [scene for scene in self.scenes if variant.related & set(scene.ids.values())]
        patterns: set[str] = set()
        for address in dict.fromkeys(
            one for scene in scenes or self.scenes for one in self._addresses(scene)
        ):
            pattern = self._pattern[address]
            reads_it = self._read[address].get(variant.table, frozenset()).intersection(variant.columns)
            if reads_it and (scenes or pattern not in patterns):
                patterns.add(pattern)
                yield address

    def _addresses(self, scene: Scene) -> dict[str, str]:
        if scene.name not in self._of_scene:
            self._of_scene[scene.name] = self.pages.addresses(scene)
        return self._of_scene[scene.name]

    async def _render(self, address: str, state: str, now: dict[tuple[str, str], Answer]) -> None:
        for language in LANGUAGES:
            answer = await self.pages.ask(address, language)
            before = now.get((address, language))
            now[address, language] = answer
            self.rendered += 1
            for fault in answer.faults:
                self._note(address, f"{fault} ({language})", state)
            if before is not None and before.content == answer.content:
                return  # what is alike in one language is alike in the other

    def _ways(self, state: str, now: Mapping[tuple[str, str], Answer], changed: set[str]) -> None:
        """What a page offers, or sends a person on to, opens in the same state."""
        shut = {address for (address, _), answer in now.items() if httpx.codes.is_client_error(answer.status)}
        for (address, language), answer in now.items():
            for way in answer.links & shut:
                if address in changed or way in changed:
                    self._note(address, f"offers {self._pattern[way]}, which is refused ({language})", state)
            if answer.location in shut:
                self._note(address, f"leads to {self._pattern[answer.location]}, which is refused", state)

    def _note(self, address: str, fault: str, state: str) -> None:
        self.faults.setdefault((self._pattern[address], fault), state)

    def report(self) -> str:
        """Every fault in a line of its own, with the first state that showed it."""
        return "\n".join(
            f"{pattern}: {fault} [{state}]" for (pattern, fault), state in sorted(self.faults.items())
        )


def _built(html: str) -> int:
    """How a page is built: its elements and their attributes, whatever they hold; an id is one of its kind.

    Pages that are built alike are parsed once: validity doesn't depend on the words.
    """
    ids: dict[str, str] = {}
    named = _ONE_OF_A_KIND.sub(lambda found: ids.setdefault(found[0], f"#{len(ids)}"), html)
    return hash(_VALUE.sub("", _WORDS.sub(lambda found: ">w<" if found[0][1:-1].strip() else "><", named)))


class _Asked(dict[str, tuple[str, ...]]):
    """The messages of a catalogue, which note the texts that they don't hold."""

    def __init__(self, messages: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(messages)
        self.unknown: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        found = super().get(key, default)
        if not found and re.search(r"[^\W\d_]", key):
            self.unknown.add(key)
        return found


@contextmanager
def _asked_for(catalogue: Catalogue) -> Iterator[set[str]]:
    usual = catalogue.messages
    noting = _Asked(usual)
    catalogue.messages = noting
    try:
        yield noting.unknown
    finally:
        catalogue.messages = usual


@contextmanager
def _statements(engine: Engine) -> Iterator[list[str]]:
    """The SQL that is sent meanwhile."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def go_round(
    pages: Pages, states: States, engine: Engine, scenes: Iterable[Scene], *, more: int = 1
) -> Round:
    """Render every page as it is and in every state of what it shows, and return what was found.

    Raises AssertionError when a page has no scene, or a table that pages read has no record to vary.
    """
    tour = Round(pages, states, engine, tuple(scenes))
    uncovered = pages.uncovered(tour.scenes)
    assert not uncovered, f"no scene has the records of these pages: {uncovered}"
    await tour.as_they_are()
    shown = {one for scene in tour.scenes for one in scene.ids.values()}
    await tour.in_every_state(await states.variants(tour.tables(), shown, more=more))
    await tour.in_every_state(await states.elsewhere(tour.tables(), shown), once=True)
    return tour


async def go_round_desk(
    world: ServiceWorld,
    prefix: str,
    metadata: MetaData,
    scenes: Iterable[Scene],
    *,
    roles: Iterable[str],
    below: str = "",
    names: frozenset[str] = frozenset(),
    unwanted: frozenset[str] = frozenset(),
    spoken: Mapping[tuple[str, str], Iterable[str]] | None = None,
    as_written: frozenset[tuple[str, str]] = frozenset(),
) -> Round:
    """Go round the desk of a service in every language, as somebody who holds `roles`; see `Pages`, `States`
    and `go_round`.
    """
    async with AsyncExitStack() as opened:
        connection = await world.database.connect()
        opened.push_async_callback(connection.close)
        # It looks at the rows of everybody, where a service shows them by person.
        await connection.execute(f"SET {SETTING} = '{SYSTEM}'")
        clients = {
            language: await opened.enter_async_context(world.desk(*roles, locale=language))
            for language in LANGUAGES
        }
        pages = Pages(world.app, prefix, metadata, clients, below=below, names=names, unwanted=unwanted)
        now = world.clock.now()
        states = States(metadata, connection, now, spoken=spoken or {}, as_written=as_written)
        return await go_round(pages, states, world.runtime.database.engine.sync_engine, scenes)
