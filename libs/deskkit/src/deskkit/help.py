"""Help of a desk: a text in each language, in parts, and the part that each page leads to.

`<package>/help/en.md` and `fr.md` hold the texts: `# The heading`, an introduction, then parts that begin
with `## How do I …? {#anchor}`; the anchors are the same in every language. What a person sees on the page,
a button or the name of a page, is in **bold**. `help/pages.toml` names under each anchor the routes whose
pages lead there. Two kinds of picture are written as fenced text: `way`, who does what in which order
(`Who: what`), and `wall`, what passes between two (`One | Other`, then lines that begin with →, ← or ×).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise

from fastapi.routing import iter_route_contexts
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from starlette.requests import Request

from deskkit.i18n.catalogue import LANGUAGES

_HEADING = re.compile(r"(?P<words>.+?)\s*\{#(?P<anchor>[a-z][a-z-]*)\}$")
_KINDS_OF_LINE = {"→": "there", "←": "back", "×": "stays"}
_PICTURES = ("way", "wall")


class UnreadableHelp(ValueError):
    """A help text breaks the rules for help texts; the message says where and how."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of a way, and who takes it."""

    who: str
    what: str
    lane: int


@dataclass(frozen=True, slots=True)
class Passing:
    """Something that crosses a wall in one direction or the other, or doesn't cross it."""

    kind: str
    what: str


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a part: HTML, or a picture that the page draws."""

    kind: str
    html: Markup = field(default_factory=Markup)
    caption: str = ""
    turns: tuple[Turn, ...] = ()
    sides: tuple[str, ...] = ()
    passings: tuple[Passing, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One question and its answer; `names` are the buttons and pages that it names."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HelpText:
    """The help of a desk in one language."""

    title: str
    opening: Part
    parts: tuple[Part, ...]

    @property
    def anchors(self) -> tuple[str, ...]:
        """The anchors of the parts, in their order."""
        return tuple(part.anchor for part in self.parts)


@dataclass(frozen=True, slots=True)
class Help:
    """The help of a desk: its texts by language, and the anchor of each route's part."""

    texts: Mapping[str, HelpText]
    pages: Mapping[str, str]

    def part_of(self, request: Request) -> str:
        """The anchor for the page that this request asks for; empty when no page above it has one either.

        A form that is shown again after a POST has the part of the page that it stood on.
        """
        found = self.pages.get(getattr(request.scope.get("route"), "name", None) or "")
        if found is not None:
            return found
        by_path = _by_path(request, self.pages)
        steps = _shape(request.url.path)
        for length in range(len(steps), 0, -1):
            for path, anchor in by_path:
                if len(path) == length and all(map(_fits, path, steps)):
                    return anchor
        return ""


def _by_path(request: Request, pages: Mapping[str, str]) -> list[tuple[Sequence[str], str]]:
    known: list[tuple[Sequence[str], str]] | None = getattr(request.app.state, "help_by_path", None)
    if known is None:
        named = [
            (_shape(str(route.path)), pages[str(route.name)])
            for route in iter_route_contexts(request.app.routes)
            if getattr(route, "path", None) and getattr(route, "name", None) in pages
        ]
        # An address that is written out comes before one that holds any record: "new" is no record.
        known = sorted(named, key=lambda one: sum(step.startswith("{") for step in one[0]))
        request.app.state.help_by_path = known
    return known


def _shape(path: str) -> Sequence[str]:
    return [step for step in path.split("/") if step]


def _fits(step: str, asked: str) -> bool:
    return step == asked or step.startswith("{")


@lru_cache(maxsize=16)
def help_of(package: str) -> Help | None:
    """Return the help in a package, or None when it has none. Raises UnreadableHelp."""
    folder = files(package) / "help"
    if not folder.is_dir():
        return None
    texts = {language: _read(folder / f"{language}.md") for language in LANGUAGES}
    listed = tomllib.loads((folder / "pages.toml").read_text(encoding="utf-8"))["parts"]
    pages: dict[str, str] = {}
    for anchor, routes in listed.items():
        for route in routes:
            if route in pages:
                raise UnreadableHelp(f"{package}/help/pages.toml: {route} leads to two parts")
            pages[route] = anchor
    return Help(texts, pages)


def _read(path: Traversable) -> HelpText:
    """Take a text apart at its headings."""
    try:
        return read_help(path.read_text(encoding="utf-8"))
    except UnreadableHelp as wrong:
        raise UnreadableHelp(f"{path}: {wrong}") from wrong


def read_help(source: str) -> HelpText:
    """A help text from its Markdown. Raises UnreadableHelp."""
    reader = MarkdownIt("commonmark", {"html": False, "typographer": False})
    tokens = reader.parse(source)
    starts = [
        at for at, token in enumerate(tokens) if token.type == "heading_open" and token.tag in {"h1", "h2"}
    ]
    if not starts or starts[0] != 0 or tokens[0].tag != "h1":
        raise UnreadableHelp("a help text begins with its heading")
    pieces = [tokens[start:end] for start, end in pairwise([*starts, len(tokens)])]
    opening = Part("", tokens[1].content, *_content(reader, pieces[0][3:]))
    parts: list[Part] = []
    for piece in pieces[1:]:
        heading = _HEADING.fullmatch(piece[1].content)
        if piece[0].tag != "h2" or heading is None:
            raise UnreadableHelp(f"a part begins with '## Words {{#anchor}}', not {piece[1].content!r}")
        if any(part.anchor == heading["anchor"] for part in parts):
            raise UnreadableHelp(f"two parts have the anchor {heading['anchor']}")
        parts.append(Part(heading["anchor"], heading["words"], *_content(reader, piece[3:])))
    return HelpText(opening.title, opening, tuple(parts))


def _content(reader: MarkdownIt, tokens: Sequence[Token]) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    blocks: list[Block] = []
    waiting: list[Token] = []

    def flush() -> None:
        if waiting:
            html = reader.renderer.render(waiting, reader.options, {})
            blocks.append(Block("text", html=Markup(html)))  # noqa: S704 (our own text, HTML in it is escaped)
            waiting.clear()

    for token in tokens:
        if token.type == "fence":
            flush()
            blocks.append(_picture(token))
        else:
            waiting.append(token)
    flush()
    return tuple(blocks), tuple(name for token in tokens for name in _bold(token.children or ()))


def _bold(tokens: Sequence[Token]) -> list[str]:
    names: list[str] = []
    within = False
    for token in tokens:
        if token.type == "strong_open":
            within = True
            names.append("")
        elif token.type == "strong_close":
            within = False
        elif within:
            names[-1] += token.content
    return names


def _picture(token: Token) -> Block:
    kind, _, caption = token.info.strip().partition(" ")
    lines = [line.strip() for line in token.content.splitlines() if line.strip()]
    if kind not in _PICTURES or not caption or not lines:
        raise UnreadableHelp(f"a picture is 'way' or 'wall' with a caption and lines, not {token.info!r}")
    return _way(caption, lines) if kind == "way" else _wall(caption, lines)


def _way(caption: str, lines: Sequence[str]) -> Block:
    lanes: dict[str, int] = {}
    turns: list[Turn] = []
    for line in lines:
        who, colon, what = (piece.strip() for piece in line.partition(":"))
        if not colon or not who or not what:
            raise UnreadableHelp(f"a step of a way is 'Who: what', not {line!r}")
        turns.append(Turn(who, what, lanes.setdefault(who, len(lanes) + 1)))
    return Block("way", caption=caption, turns=tuple(turns), sides=tuple(lanes))


def _wall(caption: str, lines: Sequence[str]) -> Block:
    sides = tuple(side.strip() for side in lines[0].split("|"))
    if len(sides) != 2 or not all(sides):
        raise UnreadableHelp(f"a wall begins with 'One | Other', not {lines[0]!r}")
    passings: list[Passing] = []
    for line in lines[1:]:
        if line[0] not in _KINDS_OF_LINE:
            raise UnreadableHelp(f"a line of a wall begins with →, ← or ×, not {line!r}")
        passings.append(Passing(_KINDS_OF_LINE[line[0]], line[1:].strip()))
    return Block("wall", caption=caption, sides=sides, passings=tuple(passings))
