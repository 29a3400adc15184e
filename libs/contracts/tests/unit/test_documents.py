"""The committed documents are what the models say, valid, and there when the package is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contracts.__main__ import main
from contracts.catalogue import CATALOGUE
from contracts.documents import FOLDER, asyncapi, documents, generate, outdated, released, schema
from contracts.envelope import read
from contracts.event import Event
from contracts.examples import EXAMPLES
from contracts.words import Service

pytestmark = pytest.mark.row("W1")


def test_the_committed_documents_are_up_to_date() -> None:
    assert outdated() == []


def test_every_event_was_released() -> None:
    assert set(released()) == {model.terms.key for model in CATALOGUE.models}


def test_a_changed_a_missing_and_a_superfluous_document_are_found_and_repaired(tmp_path: Path) -> None:
    generate(tmp_path)
    assert outdated(tmp_path) == []
    (tmp_path / "schemas" / "units.unit_secured.v1.json").write_text("{}")
    (tmp_path / "examples" / "units.unit_secured.v1.json").unlink()
    (tmp_path / "schemas" / "units.rumour.v1.json").write_text("{}")
    wrong = [
        "examples/units.unit_secured.v1.json",
        "schemas/units.rumour.v1.json",
        "schemas/units.unit_secured.v1.json",
    ]
    assert outdated(tmp_path) == wrong
    assert generate(tmp_path) == wrong
    assert outdated(tmp_path) == []


@pytest.mark.parametrize("model", CATALOGUE.models, ids=lambda model: model.terms.key)
def test_the_example_file_satisfies_the_schema_files_and_reads_back(model: type[Event]) -> None:
    text = (FOLDER / "examples" / f"{model.terms.key}.json").read_text()
    document = json.loads(text)
    for name, instance in ((f"{model.terms.key}", document["data"]), ("envelope", document)):
        rules = json.loads((FOLDER / "schemas" / f"{name}.json").read_text())
        jsonschema.Draft202012Validator.check_schema(rules)
        jsonschema.Draft202012Validator(rules, format_checker=jsonschema.FormatChecker()).validate(instance)
    assert read(model, text).data == EXAMPLES[model.terms.key]


def test_a_schema_refuses_what_the_model_refuses() -> None:
    rules = jsonschema.Draft202012Validator(schema(CATALOGUE.by_name("unit_published")))
    data = json.loads((FOLDER / "examples" / "units.unit_published.v1.json").read_text())["data"]
    assert rules.is_valid(data | {"tomorrow": 1}), "a reader must live with the optional fields of tomorrow"
    for wrong in ({"occupancy": "empty"}, {"bedrooms": "2"}, {"rent": {"amount": 1350}}, {"rent": None}):
        assert not rules.is_valid(data | wrong), wrong


def _resolve(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [found for value in part.values() for found in _references(value)]
    return [found for value in part for found in _references(value)] if isinstance(part, list) else []


@pytest.mark.parametrize("service", list(Service))
def test_the_asyncapi_document_says_what_a_service_says_and_hears(service: Service) -> None:
    document = asyncapi(service)
    assert document["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(document["info"])
    for reference in _references(document):
        assert _resolve(document, reference), reference
    sent = {"send." + m.terms.key for m in CATALOGUE.published_by(service)}
    heard = {"receive." + m.terms.key for m in CATALOGUE.received_by(service)}
    assert set(document["operations"]) == sent | heard
    for name, operation in document["operations"].items():
        action, _, key = name.partition(".")
        assert operation["action"] == action
        channel = _resolve(document, operation["channel"]["$ref"])
        to = ".{addressee}" if CATALOGUE.terms(key).addressed else ""
        assert channel["address"] == f"evt.{{party}}.{key}{to}"
        assert set(channel["parameters"]) == {"party", *(["addressee"] if to else [])}
        # A message of an operation must be one of its channel, and is the one described under components.
        (referred,) = operation["messages"]
        message = _resolve(document, _resolve(document, referred["$ref"])["$ref"])
        assert message["name"] == key
        payload = {**message["payload"], "components": document["components"]}
        jsonschema.Draft202012Validator(payload).validate(message["examples"][0]["payload"])


def test_the_command_line_checks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "--check"]) == 0
    assert capsys.readouterr().out == ""


def test_an_installed_wheel_has_every_document(tmp_path: Path) -> None:
    package = FOLDER.parents[1]
    source = tmp_path / "source"
    shutil.copytree(
        package, source, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__", "tests")
    )
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "-q",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            tmp_path,
            source,
        ],
        check=True,
        timeout=120,
    )
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    expected = {f"contracts/{path}" for path in documents()}
    expected |= {f"contracts/released/{key}.json" for key in released()}
    assert expected <= inside
