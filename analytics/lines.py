"""Values as plain lines of JSON, as the child tells them."""

import json
import math
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

Line = dict[str, Any]


def plain(value: Any) -> Any:
    """Days as text, tuples as lists, at any depth."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def lacking(value: Any, place: str = "") -> str:
    """Where in a value, at any depth, a number is none, such as `metrics.auc`; empty where all are numbers."""
    if isinstance(value, float):
        return "" if math.isfinite(value) else place
    if is_dataclass(value):
        value = {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, list | tuple):
        value = dict(enumerate(value))
    if not isinstance(value, dict):
        return ""
    places = (lacking(inner, f"{place}.{name}".lstrip(".")) for name, inner in value.items())
    return next(filter(None, places), "")


def told(line: Line) -> bytes:
    """A line as it goes out; a number that is none would be a defect and raises."""
    return json.dumps(line, ensure_ascii=False, allow_nan=False).encode() + b"\n"
