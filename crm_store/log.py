"""Structured logging to standard error: constant events, ids as fields, never bodies, addresses or tokens."""

import logging
import re
import sys
from collections.abc import Iterable
from typing import Any

import structlog

_TOKEN = re.compile(r"\b(?:xox[a-z]|xapp)-[A-Za-z0-9-]+|Bearer\s+\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+%'=-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_NEVER = frozenset({"raw", "body", "text", "subject", "payload", "token", "password", "secret", "address", "email"})


def redact(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Blank fields that hold what customers wrote, and tokens and addresses wherever they hide."""
    return {key: "[hidden]" if key in _NEVER else _clean(value) for key, value in event.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _ADDRESS.sub("[address]", _TOKEN.sub("[token]", value))
    if isinstance(value, dict):
        return {key: "[hidden]" if key in _NEVER else _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value


class _RedactingFilter(logging.Filter):
    """The same redaction for libraries that use the standard library's logging."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _clean(record.getMessage()), ()
        return True


def set_up(style: str = "console", level: str = "INFO", quiet: Iterable[str] = ()) -> None:
    """Send everything to standard error, as lines for people (`console`) or machines (`json`)."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    last = structlog.processors.JSONRenderer() if style == "json" else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_RedactingFilter())
    logging.basicConfig(
        handlers=[handler], level=logging.WARNING, force=True, format="%(levelname)s %(name)s %(message)s"
    )
    for name in quiet:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger that carries its module's name."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(module=name)
    return logger
