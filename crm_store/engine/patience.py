"""How much of what is patient is committed together: much while nobody else writes, little after somebody has.

Whoever waits to write waits for the commit of what was written before, which is the longer the more pages it touched.
An import touches pages all over the indexes, so that a large group costs least for each row. So a large group is not
ended but given up where somebody comes, and is done again in smaller ones.
"""

import time
from typing import Any, Final

ALONE: Final = 240
"""Units that go together where nobody else writes."""
IN_COMPANY: Final = 1
"""And where somebody has just written, from which it grows on again;"""
SOME: Final = 4
"""up to so many while that is not long ago."""
FEW: Final = 2
"""So many are committed faster than they are done anew."""
_AT_ONE_GO: Final = 8
_REMEMBERED: Final = 2.0
_ROOM, _USUAL_ROOM = -96_000, -32_000
_COPIED_FROM: Final = 8_000
"""Pages of the journal from which it is worth beginning anew."""
_LITTLE: Final = 4_000
"""So few pages that copying them holds up nobody for long."""
_MOST_PAGES: Final = 64_000


class Patience:
    """What the writer of one store knows of others who write, by its own queue and in other processes."""

    def __init__(self, most_pages: int = _MOST_PAGES) -> None:
        """With `most_pages` in the journal it is copied whatever that takes."""
        self._most_pages = most_pages
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

    @staticmethod
    def breaks_off(number: int) -> bool:
        """Whether a group of so many is given up for whoever comes, since its commit alone would hold them up.

        The next group is the smallest, which is not given up: so it goes on in any company.
        """
        return number > IN_COMPANY

    @staticmethod
    def at_one_go(number: int) -> int:
        """How many that are alike are done by one call in a group of so many: in a small one somebody may wait."""
        return max(1, min(number // 2, _AT_ONE_GO))

    def begun(self, link: Any, *, patient: bool) -> None:
        """A group has the lock; here it shows whether another process has committed since the last patient one."""
        self._make_room(link, patient=patient)
        if not patient:
            return
        (version,) = link.execute("PRAGMA data_version").fetchone()
        if self._version not in (None, version):
            self.met()
        else:
            alone = self._met is None or time.monotonic() - self._met > _REMEMBERED
            self._size = min(2 * self._size, ALONE if alone else SOME)
        self._version = version

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
        """Who fills the journal sees to it that it can begin anew, not the next who commits and finds it full.

        Most is copied by the thread that does so beside the writer; here what is left, when that is little.
        """
        # A large group takes seconds, after which the next one is not the first.
        self._last_patient = time.monotonic()
        _busy, written, copied = link.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
        little = written >= _COPIED_FROM and written - copied <= _LITTLE
        if written > copied and (little or written >= self._most_pages):
            link.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
