"""The contract as documents for readers in any language: JSON Schemas, AsyncAPI 3, examples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from contracts.catalogue import CATALOGUE, Catalogue
from contracts.compatibility import broken_promises
from contracts.envelope import CONTENT_TYPE, Head, schema_urn
from contracts.event import Event
from contracts.examples import message
from contracts.fields import field_kinds
from contracts.words import Service

FOLDER = Path(__file__).parent
"""The folder of the documents: inside the package, so that an installed wheel has them too."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Published(GenerateJsonSchema):
    """A schema as a reader needs it: absent instead of null, and open to the optional fields of tomorrow."""

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        result = super().default_schema(schema)
        if result.get("default", 0) is None:
            result.pop("default")
        return result

    def model_schema(self, schema: Any) -> JsonSchemaValue:
        result = super().model_schema(schema)
        result.pop("additionalProperties", None)
        return result


def schema(model: type[Event], *, definitions: str = "#/$defs/{model}") -> dict[str, Any]:
    """Return the JSON Schema of an event's data, with its terms under `x-partywall`."""
    body = model.model_json_schema(schema_generator=_Published, ref_template=definitions)
    terms = model.terms
    for name, kind in field_kinds(model).items():
        body["properties"][name]["x-kind"] = str(kind)
    return {
        "$schema": _DIALECT,
        "$id": schema_urn(model),
        **body,
        "x-partywall": {
            "type": terms.key,
            "addressed": terms.addressed,
            "publisher": str(terms.publisher),
            "listeners": [str(listener) for listener in terms.listeners],
            "aggregate": terms.aggregate,
            "basis": str(terms.basis),
            "purpose": str(terms.purpose) if terms.purpose else None,
            **({"without_person": str(terms.without_person)} if terms.without_person else {}),
            "carries": sorted(terms.carries),
            "row": terms.row,
        },
    }


def envelope_schema() -> dict[str, Any]:
    """Return the JSON Schema of the envelope without its data."""
    body = Head.model_json_schema(schema_generator=_Published)
    return {"$schema": _DIALECT, "$id": "urn:partywall:contracts:envelope", **body}


def example_document(model: type[Event]) -> dict[str, Any]:
    """Return the example of an event as a message, with an id that is the same in every generation."""
    sent = message(model.terms.name, id=uuid5(NAMESPACE_URL, schema_urn(model)))
    document: dict[str, Any] = json.loads(sent)
    return document


def asyncapi(service: Service, catalogue: Catalogue = CATALOGUE) -> dict[str, Any]:
    """Return a service's AsyncAPI 3 document: the events that it publishes and receives."""
    sent, heard = catalogue.published_by(service), catalogue.received_by(service)
    models = (*sent, *heard)
    schemas: dict[str, Any] = {"envelope": envelope_schema()}
    for model in models:
        # In this document references are resolved from its root, so the definitions move there.
        body = schema(model, definitions="#/components/schemas/{model}")
        schemas.update(body.pop("$defs", {}))
        schemas[model.terms.key] = body
    return {
        "asyncapi": "3.0.0",
        "id": f"urn:partywall:{service}",
        "info": {
            "title": f"Partywall: what {service} publishes and receives",
            "version": "1.0.0",
            "description": "Generated from the contracts' catalogue.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {m.terms.key: _channel(m) for m in models},
        "operations": {
            **{f"send.{m.terms.key}": _operation("send", m) for m in sent},
            **{f"receive.{m.terms.key}": _operation("receive", m) for m in heard},
        },
        "components": {
            "messages": {m.terms.key: _message(m) for m in models},
            "schemas": schemas,
        },
    }


def _channel(model: type[Event]) -> dict[str, Any]:
    terms = model.terms
    reference = {"$ref": f"#/components/messages/{terms.key}"}
    publisher = {"description": f"The publishing party, which runs {terms.publisher}."}
    addressee = {"description": "The one party that receives it."}
    return {
        "address": f"evt.{{party}}.{terms.key}{'.{addressee}' if terms.addressed else ''}",
        "description": f"Stored in the stream EVT_{{party}}_{terms.publisher} of the publishing party.",
        "parameters": {"party": publisher, **({"addressee": addressee} if terms.addressed else {})},
        "messages": {terms.name: reference},
    }


def _operation(action: str, model: type[Event]) -> dict[str, Any]:
    channel = f"#/channels/{model.terms.key}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{model.terms.name}"}],
    }


def _message(model: type[Event]) -> dict[str, Any]:
    summary = (model.__doc__ or "").strip().split("\n")[0]
    data = {"$ref": f"#/components/schemas/{model.terms.key}"}
    return {
        "name": model.terms.key,
        "title": model.terms.name.replace("_", " ").capitalize(),
        "summary": summary,
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [{"$ref": "#/components/schemas/envelope"}, {"type": "object", "required": ["data"]}],
            "properties": {"data": data},
        },
        "examples": [{"name": model.terms.name, "payload": example_document(model)}],
    }


def documents(catalogue: Catalogue = CATALOGUE) -> dict[str, dict[str, Any]]:
    """Return every generated document by its path in the package."""
    found = {"schemas/envelope.json": envelope_schema()}
    for model in catalogue.models:
        found[f"schemas/{model.terms.key}.json"] = schema(model)
        found[f"examples/{model.terms.key}.json"] = example_document(model)
    for service in catalogue.services:
        found[f"asyncapi/{service}.json"] = asyncapi(service, catalogue)
    return found


def written(document: dict[str, Any]) -> str:
    """Return a document as it is written to its file."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def generate(folder: Path = FOLDER) -> list[str]:
    """Write every document; return the paths that changed, those removed included."""
    changed = outdated(folder)
    wanted = documents()
    for path in changed:
        target = folder / path
        if path in wanted:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(written(wanted[path]), encoding="utf-8")
        else:
            target.unlink()
    return changed


def outdated(folder: Path = FOLDER) -> list[str]:
    """Return the paths of documents that are missing, superfluous or differ from the models."""
    wanted = documents()
    kept = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for part in ("schemas", "asyncapi", "examples")
        for path in (folder / part).glob("*.json")
    }
    return sorted(
        path
        for path in wanted.keys() | kept.keys()
        if path not in wanted or kept.get(path) != written(wanted[path])
    )


def released(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Return the schemas of the last release by event key."""
    return {
        path.name.removesuffix(".json"): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((folder / "released").glob("*.json"))
    }


def release_breaks(catalogue: Catalogue = CATALOGUE, folder: Path = FOLDER) -> list[str]:
    """Return every way in which the catalogue is incompatible with the last release."""
    current = {model.terms.key: model for model in catalogue.models}
    found = []
    for key, promised in released(folder).items():
        if key not in current:
            found.append(f"{key}: was released and is gone")
            continue
        found += [f"{key}: {broken}" for broken in broken_promises(promised, schema(current[key]))]
    return found


def release(folder: Path = FOLDER) -> list[str]:
    """Make the present schemas the released ones; return their paths.

    Raises ValueError, and changes nothing, when they are incompatible with the last release.
    """
    if broken := release_breaks(folder=folder):
        raise ValueError("; ".join(broken))
    (folder / "released").mkdir(exist_ok=True)
    paths = []
    for model in CATALOGUE.models:
        path = folder / "released" / f"{model.terms.key}.json"
        path.write_text(written(schema(model)), encoding="utf-8")
        paths.append(path.name)
    return paths
