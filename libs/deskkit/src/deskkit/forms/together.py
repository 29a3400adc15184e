"""Rules about several fields of a form together, which Pydantic checks only when each field alone is right.

They are checked on what could be read, so that everything that is wrong with a form is reported at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

Broken = tuple[str, dict[str, Any], str]


def broken_together(
    model: type[BaseModel], data: Mapping[str, Any], wrong: Collection[str]
) -> Iterator[Broken]:
    """(kind, context, message) of each rule about several fields that is broken.

    A rule that needs a field which is wrong or missing isn't checked.
    """
    rules = [
        rule.func
        for rule in model.__pydantic_decorators__.model_validators.values()
        if rule.info.mode == "after"
    ]
    if not rules:
        return
    known = _read(model, data, wrong)
    record = model.model_construct(**known)
    for name in model.model_fields.keys() - known.keys():
        record.__dict__.pop(name, None)
    for rule in rules:
        try:
            rule(record)
        except AttributeError:
            continue
        except PydanticCustomError as broken:
            yield broken.type, dict(broken.context or {}), broken.message_template
        except ValueError as broken:
            yield "value_error", {}, str(broken)


def _read(model: type[BaseModel], data: Mapping[str, Any], wrong: Collection[str]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if name in wrong:
            continue
        if name in data:
            try:
                known[name] = _reader(model, name).validate_python(data[name])
            except ValidationError:
                continue
        elif not info.is_required():
            known[name] = info.get_default(call_default_factory=True)
    return known


@lru_cache(maxsize=4096)
def _reader(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    info = model.model_fields[name]
    annotation: Any = info.annotation
    return TypeAdapter(Annotated[annotation, *info.metadata] if info.metadata else annotation)
