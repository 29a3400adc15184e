"""A released event changes by one more optional field or not at all; and the check bites."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.catalogue import CATALOGUE, Catalogue
from contracts.compatibility import broken_promises
from contracts.documents import FOLDER, release_breaks, released, schema, written

pytestmark = pytest.mark.row("W1")

Document = dict[str, Any]
RELEASED = schema(CATALOGUE.by_name("unit_published"))


def test_today_keeps_every_promise_of_the_last_release() -> None:
    assert released(), "there is no release to compare with"
    assert release_breaks() == []


def _money(document: Document) -> Document:
    found: Document = document["$defs"]["Money"]
    return found


BREAKS: dict[str, Callable[[Document], object]] = {
    "a field is gone": lambda d: d["properties"].pop("rent"),
    "a field has another name": lambda d: d["properties"].update(floors=d["properties"].pop("floor")),
    "a field became required": lambda d: d["required"].append("rent"),
    "a field may now be absent": lambda d: d["required"].remove("occupancy"),
    "a new field is required": lambda d: (
        d["properties"].update(owner={"type": "string", "format": "uuid"}),
        d["required"].append("owner"),
    ),
    "a type changed": lambda d: d["properties"]["bedrooms"].update(type="string"),
    "a bound was narrowed": lambda d: d["properties"]["bedrooms"].update(maximum=5),
    "a bound was widened": lambda d: d["properties"]["bedrooms"].update(maximum=10**6),
    "a kind changed": lambda d: d["properties"]["unit"].update({"x-kind": "count"}),
    "a default changed": lambda d: d["properties"]["accessible"].update(default=True),
    "an enumeration grew": lambda d: d["$defs"]["Occupancy"]["enum"].append("squatted"),
    "an enumeration shrank": lambda d: d["$defs"]["Occupancy"]["enum"].pop(),
    "items of a set changed": lambda d: d["properties"]["features"]["items"].update(
        {"$ref": "#/$defs/HousingType"}
    ),
    "a part of money is gone": lambda d: _money(d)["properties"].pop("currency"),
    "money has another form": lambda d: _money(d)["properties"]["amount"].update(pattern=".*"),
    "the order is by something else": lambda d: d["x-partywall"].update(aggregate="building"),
    "the basis changed": lambda d: d["x-partywall"].update(basis="consent"),
    "it may carry a person": lambda d: d["x-partywall"]["carries"].append("person"),
    "a listener is gone": lambda d: d["x-partywall"]["listeners"].remove("tenancy"),
    "it has another type": lambda d: d["x-partywall"].update(type="units.published.v1"),
    "it goes to one party alone": lambda d: d["x-partywall"].update(addressed=True),
}


@pytest.mark.parametrize("what", BREAKS)
def test_a_planted_break_is_found(what: str) -> None:
    current = copy.deepcopy(RELEASED)
    BREAKS[what](current)
    assert broken_promises(RELEASED, current), f"{what} went through"


ADDITIONS: dict[str, Callable[[Document], object]] = {
    "nothing": lambda _: None,
    "one more optional field": lambda d: d["properties"].update(lifts={"type": "integer", "x-kind": "count"}),
    "one more optional part": lambda d: _money(d)["properties"].update(taxed={"type": "boolean"}),
    "better words": lambda d: d["properties"]["unit"].update(description="The home.", title="Home"),
    "one more listener": lambda d: d["x-partywall"]["listeners"].append("maintenance"),
}


@pytest.mark.parametrize("what", ADDITIONS)
def test_what_is_allowed_goes_through(what: str) -> None:
    current = copy.deepcopy(RELEASED)
    ADDITIONS[what](current)
    assert broken_promises(RELEASED, current) == []


def test_a_released_event_cannot_disappear() -> None:
    fewer = Catalogue([model for model in CATALOGUE.models if model.terms.name != "unit_secured"])
    assert release_breaks(fewer) == ["units.unit_secured.v1: was released and is gone"]


def test_the_check_reads_the_files_of_the_release(tmp_path: Path) -> None:
    folder = tmp_path / "released"
    folder.mkdir()
    promised = json.loads((FOLDER / "released" / "units.unit_secured.v1.json").read_text())
    promised["properties"]["warmth"] = {"type": "integer"}
    (folder / "units.unit_secured.v1.json").write_text(written(promised))
    assert release_breaks(folder=tmp_path) == ["units.unit_secured.v1: event.warmth: is gone"]
