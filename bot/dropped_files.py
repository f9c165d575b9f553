"""A file that somebody dropped beside a message."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file somebody dropped beside a message."""

    file_id: str
    name: str
    url: str
    size: int

    @classmethod
    def read(cls, one: Mapping[str, Any]) -> "DroppedFile":
        """A file as Slack tells of it."""
        return cls(
            str(one.get("id", "")),
            str(one.get("name") or "file"),
            str(one.get("url_private_download") or one.get("url_private", "")),
            int(one.get("size") or 0),
        )
