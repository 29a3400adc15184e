"""Logs as JSON lines, and traces when somebody collects them. Neither ever holds a body, a query value or a
name."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from pydantic_core import to_json


def configure(service: str, entity: str, otlp_endpoint: str | None = None) -> None:
    """Set up logging and tracing of this process; spans are exported only when `otlp_endpoint` is set."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _trace_reference,
            _failures_without_values,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service, entity=entity)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Lines(service, entity))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("uvicorn.error").setLevel(logging.INFO)
    if otlp_endpoint:
        resource = Resource.create({"service.name": service, "service.namespace": entity})
        provider = TracerProvider(resource=resource)
        exporter = OTLPSpanExporter(endpoint=f"{otlp_endpoint.rstrip('/')}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
        trace.set_tracer_provider(provider)


def failure(error: BaseException) -> dict[str, Any]:
    """Return what may be said of an unforeseen failure: its type and where it happened, never its message.

    Messages of failures quote values (a database names the row that collides), and values are people's.
    """
    frames = []
    seen = error.__traceback__
    while seen is not None:
        code = seen.tb_frame.f_code
        frames.append(f"{seen.tb_frame.f_globals.get('__name__', '?')}:{code.co_name}:{seen.tb_lineno}")
        seen = seen.tb_next
    found: dict[str, Any] = {"error": type(error).__name__, "at": frames[-8:]}
    if error.__cause__ is not None:
        found["cause"] = type(error.__cause__).__name__
    return found


def _json(value: Any, **_: Any) -> str:
    return to_json(value, fallback=str).decode()


def _trace_reference(_: Any, __: str, event: Any) -> Any:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace"] = f"{context.trace_id:032x}"
    return event


def _failures_without_values(_: Any, __: str, event: Any) -> Any:
    """Replace `exc_info` by the type and the places of the failure."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, BaseException):
        event.update(failure(error))
    return event


class _Lines(logging.Formatter):
    """Gives the log records of libraries the same shape; of a failure only its type and place."""

    def __init__(self, service: str, entity: str) -> None:
        super().__init__()
        self._who = {"service": service, "entity": entity}

    def format(self, record: logging.LogRecord) -> str:
        """Return one JSON line."""
        line: dict[str, Any] = {
            "event": record.getMessage() if record.name.startswith("uvicorn") else record.msg,
            "logger": record.name,
            "level": record.levelname.lower(),
            **self._who,
        }
        if record.exc_info and record.exc_info[1] is not None:
            line |= failure(record.exc_info[1])
        return _json(line)
