"""Values as plain lines of JSON, as the child tells them."""

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
