"""Logs: one event per line on standard output, JSON or text, with the trace around it on every line.

``configure`` routes everything through one formatter: our own lines (``structlog.get_logger()``) and those of the
libraries (uvicorn, nats, grpc, asyncio), which use the standard ``logging``. Write the event as a short constant and
the particulars as keys: ``log.info("complaint filed", code=code)``.

Personal data does not belong in a log. ``drop_personal`` removes keys that are known to carry it, as the last net
below the rule; it cannot see personal data inside a message.
"""

import logging
import re
import sys
from collections.abc import Sequence

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from observability.context import current_span_id, current_trace_id

PERSONAL_KEYS = frozenset(
    {
        "address",
        "authorization",
        "body",
        "contact",
        "cookie",
        "description",
        "email",
        "full_name",
        "ktp",
        "link_key",
        "mail",
        "msisdn",
        "nama",
        "nik",
        "note",
        "password",
        "phone",
        "recipient",
        "reporter",
        "secret",
        "telephone",
        "text",
        "token",
        "whatsapp",
    }
)
"""Keys whose values are personal or secret. A key counts when it is one of these or ends in ``_`` and one of these."""

DROPPED = "[dropped]"

_personal = re.compile(rf"(?:^|_)(?:{'|'.join(sorted(PERSONAL_KEYS))})$")

# uvicorn installs handlers of its own; its access log repeats what the server span says, with raw paths.
_LIBRARIES = ("uvicorn", "uvicorn.error", "uvicorn.asgi", "nats", "grpc", "asyncio", "alembic")
_SILENT = ("uvicorn.access",)
# httpx would write every call with its address; what fails is told by who calls.
_TERSE = ("httpx",)


def configure(service: str, level: str = "INFO", form: str = "json") -> None:
    """Routes all logging of the process to standard output.

    ``level`` is a name of the standard library such as ``INFO``; ``form`` is ``json`` for machines or ``text`` for
    people. Raises ``ValueError`` for an unknown level or form.
    """
    if form not in ("json", "text"):
        raise ValueError(f"Log format {form!r} is unknown: set SMARTCITY_LOG_FORMAT to json or text.")
    if level.upper() not in logging.getLevelNamesMapping():
        raise ValueError(f"Log level {level!r} is unknown: use DEBUG, INFO, WARNING or ERROR.")
    shared = _shared_processors(service)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_final_processors(form))
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    _adopt_libraries()


def _adopt_libraries() -> None:
    for name in _LIBRARIES:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    for name in _SILENT:
        silent = logging.getLogger(name)
        silent.handlers.clear()
        silent.propagate = False
    for name in _TERSE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _shared_processors(service: str) -> list[Processor]:
    def add_service(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
        add_trace,
        drop_personal,
    ]


def _final_processors(form: str) -> Sequence[Processor]:
    if form == "json":
        return [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.dev.ConsoleRenderer(
            colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback, sort_keys=False
        ),
    ]


def add_trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Puts the ids of the trace and the span around the call on the line."""
    trace_id = current_trace_id()
    if trace_id is not None:
        event["trace_id"] = trace_id
        event["span_id"] = current_span_id()
    return event


def drop_personal(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replaces the values of keys known as personal or secret, also inside nested mappings and lists."""
    for key, value in event.items():
        if _personal.search(key.lower()):
            event[key] = DROPPED
        elif isinstance(value, dict | list | tuple):
            event[key] = _without_personal(value)
    return event


def _without_personal(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: DROPPED if _personal.search(str(key).lower()) else _without_personal(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_without_personal(inner) for inner in value]
    return value
