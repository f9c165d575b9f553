"""A large mail on its way from the store to the parser child, part by part, so that nobody in between holds it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class InParts:
    """The first bytes of a mail, the whole header among them, the sizes of the parts that follow, and their source."""

    head: bytes
    sizes: tuple[int, ...]
    fetch: Callable[[int], Awaitable[bytes]]

    def __len__(self) -> int:
        return len(self.head) + sum(self.sizes)


Raw: TypeAlias = bytes | InParts
"""A mail as it came, whole or in parts."""


def head(raw: Raw) -> bytes:
    """The first bytes."""
    return raw if isinstance(raw, bytes) else raw.head


async def pieces(raw: Raw) -> AsyncIterator[bytes]:
    """All bytes in their order; raises EOFError where a part is no longer what it was."""
    yield head(raw)
    if isinstance(raw, InParts):
        for place, size in enumerate(raw.sizes):
            piece = await raw.fetch(place)
            if len(piece) != size:
                raise EOFError(f"part {place} of a mail is gone")
            yield piece
