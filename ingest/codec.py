"""Frozen dataclasses to plain JSON values and back, driven by their type hints."""

import base64
import types
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def plain(value: Any) -> Any:
    """JSON values: times as ISO 8601, bytes as base64, dataclasses as objects."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value


def revive(kind: type[T], values: dict[str, Any]) -> T:
    """The dataclass that `plain` was called on; raises TypeError or ValueError on anything else."""
    known: Any = kind
    hints = _hints(known)
    return kind(**{name: _revived(hints[name], value) for name, value in values.items() if name in hints})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _revived(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return _revived(next(one for one in get_args(hint) if one is not type(None)), value)
    if origin is tuple:
        return tuple(_revived(get_args(hint)[0], item) for item in value)
    if not isinstance(hint, type):
        return value
    return _revived_plain(hint, value)


def _revived_plain(hint: type, value: Any) -> Any:
    if is_dataclass(hint):
        return revive(hint, value)
    if issubclass(hint, StrEnum):
        return hint(value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    if hint is date:
        return date.fromisoformat(value)
    if hint is bytes:
        return base64.b64decode(value)
    return value
