"""How much of what is patient is committed together: much while nobody else writes, little after somebody has.

Whoever waits to write waits for the unit at work and for the commit of those before it, which is the longer the more
pages they touched. An import touches pages all over the indexes, so that a large group costs least for each row.
"""

import time
from typing import Any, Final

ALONE: Final = 120
"""Units that go together where nobody else writes."""
IN_COMPANY: Final = 1
_REMEMBERED: Final = 2.0
_ROOM, _USUAL_ROOM = -96_000, -32_000
_COPIED_FROM: Final = 4_000


class Patience:
    """What the writer of one store knows of others who write, by its own queue and in other processes."""

    def __init__(self) -> None:
        self._met: float | None = None
        self._size = IN_COMPANY
        self._version: int | None = None
        self._last_patient: float | None = None

    def met(self) -> None:
        """Somebody else had something to write."""
        self._met = time.monotonic()
        self._size = IN_COMPANY

    @property
    def most(self) -> int:
        """How many patient units may go together now: from little on twice as many each time, while nobody is met."""
        if self._last_patient is None or time.monotonic() - self._last_patient > _REMEMBERED:
            self._size = IN_COMPANY
        return self._size

    def begun(self, link: Any, *, patient: bool) -> None:
        """A group has the lock; here it shows whether another process has committed since the last patient one."""
        self._make_room(link, patient=patient)
        if not patient:
            return
        (version,) = link.execute("PRAGMA data_version").fetchone()
        if self._version not in (None, version):
            self.met()
        self._version = version
        if self._met is None or time.monotonic() - self._met > _REMEMBERED:
            self._size = min(2 * self._size, ALONE)

    def _make_room(self, link: Any, *, patient: bool) -> None:
        """More pages are kept at hand while much is written, so that none has to be written twice in one commit."""
        now = time.monotonic()
        if patient:
            if self._last_patient is None:
                link.execute(f"PRAGMA cache_size={_ROOM}")
            self._last_patient = now
        elif self._last_patient is not None and now - self._last_patient > _REMEMBERED:
            link.execute(f"PRAGMA cache_size={_USUAL_ROOM}")
            self._last_patient = None

    def copy(self, link: Any) -> None:
        """Who fills the journal copies it, not the next who commits and happens to find it full."""
        _busy, written, _copied = link.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
        if written >= _COPIED_FROM:
            link.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
