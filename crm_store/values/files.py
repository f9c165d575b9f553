"""Files that came with communications: as they are kept, and as people see them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be kept; its type was told by its content."""

    sha256: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a communication; `kept` says that its bytes are here, `verdict` what a virus scanner said of it."""

    name: str
    content_type: str
    size: int
    sha256: str
    kept: bool = False
    checked_at: datetime | None = None
    verdict: str | None = None

    @property
    def is_refused(self) -> bool:
        """Whether the scanner found something in it, so that it must not be handed out."""
        return self.verdict not in (None, CLEAN)


CLEAN = "clean"
