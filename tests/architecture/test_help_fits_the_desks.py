"""Each desk has help in both languages: a part for every page, and no button that the desk doesn't have."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI

from deskkit.help import HelpText, Part
from deskkit.i18n import SHARED, load_catalogue
from deskkit.i18n.extraction import texts_of
from deskkit.mounted import MountedDesk
from partywall.runtimes import definition_of, settings_of
from partywall.stack import Stack
from testkit.house_rules.texts import faults_of_french

pytestmark = pytest.mark.row("X1", "X2")
DESKS = {
    "units": "/inventory-desk",
    "support": "/front-desk",
    "tenancy": "/property-desk",
    "support/gateway": "",
}
_TAG = re.compile(r"<[^>]+>")
_FILES = (".csv", ".toml", ".jpg", ".pdf", ".zip")


@pytest.fixture(scope="module")
def desk_of(tmp_path_factory) -> Any:
    """Mount the desk of a part as its process would, without any connection."""
    stack = Stack.open(tmp_path_factory.mktemp("help"), environment={})
    made: dict[str, MountedDesk] = {}

    def mounted(name: str) -> MountedDesk:
        if name not in made:
            definition = definition_of(stack.layout.part(name))
            runtime = definition.build_runtime(settings_of(stack.programs, stack.layout.part(name)))
            app: FastAPI = definition.create_app(runtime)
            made[name] = app.state.desks[DESKS[name]]
        return made[name]

    return mounted


def pages_of(mounted: MountedDesk) -> set[str]:
    """The names of the routes of a desk that show a page: what is fetched, and isn't a file."""
    routes = [route for router in mounted.desk.routers for route in router.routes]
    return {
        str(getattr(route, "name", ""))
        for route in routes
        if "GET" in (getattr(route, "methods", None) or ())
        and not str(getattr(route, "path", "")).endswith(_FILES)
    }


def differences(pages: set[str], helped: set[str]) -> list[str]:
    return sorted(
        [f"a page without a part: {name}" for name in pages - helped]
        + [f"no such page: {name}" for name in helped - pages]
    )


def shown_by(package: str) -> set[str]:
    """Return every text that a desk can show, as written in its source."""
    return {text for one in (*SHARED, package) for text in texts_of(one)}


def unknown_names(text: HelpText, known: set[str]) -> list[str]:
    return [f"{part.title}: {name}" for part in _all(text) for name in part.names if name not in known]


def _all(text: HelpText) -> list[Part]:
    return [text.opening, *text.parts]


@pytest.mark.parametrize("name", DESKS)
def test_every_page_leads_to_a_part_of_the_help(name, desk_of):
    mounted = desk_of(name)
    own = mounted.desk.help
    assert differences(pages_of(mounted), set(own.pages)) == []
    for text in own.texts.values():
        assert set(own.pages.values()) <= set(text.anchors)


@pytest.mark.parametrize("name", DESKS)
def test_help_names_buttons_and_pages_as_the_desk_does(name, desk_of):
    """In English each is a text of the desk; in French each part names the translations of the same ones."""
    desk = desk_of(name).desk
    english, french = desk.help.texts["en"], desk.help.texts["fr"]
    assert unknown_names(english, shown_by(desk.package)) == []
    assert sum(len(part.names) for part in english.parts) >= len(english.parts)
    translated = load_catalogue("fr", (*SHARED, desk.package)).gettext
    assert english.anchors == french.anchors
    for here, there in zip(_all(english), _all(french), strict=True):
        assert sorted({translated(one) for one in here.names}) == sorted(set(there.names)), here.title


@pytest.mark.parametrize("name", DESKS)
def test_french_help_keeps_the_rules_of_typography(name, desk_of):
    package = desk_of(name).desk.package
    faults = {
        words: found
        for part in _all(desk_of(name).desk.help.texts["fr"])
        for words in _words(part)
        if (found := faults_of_french(words))
    }
    assert faults == {}, package


def _words(part: Part) -> list[str]:
    texts = [part.title]
    for block in part.blocks:
        texts += [block.caption, *block.sides, *(turn.what for turn in block.turns)]
        texts += [passing.what for passing in block.passings] + [unescape(_TAG.sub("", block.html))]
    return [words for words in texts if words]


def test_a_page_without_a_part_and_a_part_without_a_page_are_found(desk_of):
    pages = pages_of(desk_of("support"))
    assert {"placement", "client_new", "move_in"} <= pages
    assert differences(pages | {"planted"}, pages | {"gone"}) == [
        "a page without a part: planted",
        "no such page: gone",
    ]


def test_a_button_that_was_renamed_is_found(desk_of):
    desk = desk_of("support").desk
    known = shown_by(desk.package) - {"Secure Unit"}
    assert any(found.endswith(": Secure Unit") for found in unknown_names(desk.help.texts["en"], known))
