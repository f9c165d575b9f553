"""Values as plain lines of JSON, as the child tells them."""

import json
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


def told(line: Line) -> bytes:
    """A line as it goes out; a number that is none would be a defect and raises."""
    return json.dumps(line, ensure_ascii=False, allow_nan=False).encode() + b"\n"
