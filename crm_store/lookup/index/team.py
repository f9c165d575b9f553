"""One team's index: frozen arrays, a small delta of who changed since, and the check that it is as the store is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crm_store.engine.work import Work
from crm_store.lookup.index.arrays import NOBODY, Frozen, Ordinals
from crm_store.lookup.reading import TEAM, plain, read_plain
from crm_store.lookup.tokens import COMPANY, EMAIL, NAME, SITE, UNVOWELLED
from crm_store.matching.normalise import deletions, halves, skeleton_forms, stable_hash

LEAST_DELTA: Final = 2_000
_DELTA_SHARE: Final = 0.01
_ROOM: Final = 1_024
# The last change known is read again: where it is no longer as it was, the store is not the one that was read.
_CHANGES: Final = plain(
    "SELECT seq, customer_id FROM lookup_changes WHERE team_id = ? AND seq >= ? ORDER BY seq LIMIT ?"
)
_POSTED: Final = plain("SELECT text, customer_id, fields FROM postings WHERE team_id = ? AND customer_id IN {many}")
_NUMBERED: Final = plain(
    "SELECT reversed_digits, customer_id FROM phone_suffixes WHERE team_id = ? AND customer_id IN {many}"
)


class Outgrown(Exception):
    """The index cannot be brought up to date and has to be built anew."""


class NotNow(Exception):
    """This unit of work cannot be answered from the index; the next one may."""


class TeamIndex:
    """Words, bearers and numbers of one team; whoever changed stands in the delta, and their frozen place is hidden.

    Not safe for two threads at once: the retriever holds a lock around each look-up.
    """

    def __init__(self, frozen: Frozen, seq: int, customer_id: str) -> None:
        self.frozen = frozen
        self.seq = seq
        self._last = customer_id
        self._new_ids: list[str] = []
        self._new_places: dict[str, int] = {}
        self._new_bearers: defaultdict[str, list[int]] = defaultdict(list)
        self._new_forms: defaultdict[int, set[str]] = defaultdict(set)
        self._new_numbers: list[tuple[str, int]] = []
        room = len(frozen.ids) + _ROOM
        self.hidden: NDArray[np.bool_] = np.zeros(room, dtype=np.bool_)
        self.total: NDArray[np.float32] = np.zeros(room, dtype=np.float32)
        self.near: NDArray[np.float32] = np.zeros(room, dtype=np.float32)
        self.expansions: dict[str, tuple[str, ...]] = {}

    @property
    def nbytes(self) -> int:
        """How much memory the arrays take, the room to add up in included."""
        return self.frozen.nbytes + self.hidden.nbytes + self.total.nbytes + self.near.nbytes

    def catch_up(self, work: Work) -> None:
        """Take in all that was committed since.

        Raises NotNow in a unit that has changed customers itself, since it may still be rolled back, and in one that
        began before the last change known here; raises Outgrown where the delta would be too large or the log of
        changes no longer reaches back.
        """
        most = max(LEAST_DELTA, int(len(self.frozen.ids) * _DELTA_SHARE)) - len(self._new_ids)
        rows = _changes(work, self.seq, max(1, most) + 1)
        if self.seq and (not rows or rows[0][0] > self.seq or rows[0][1] != self._last):
            raise Outgrown if rows else NotNow
        new = rows[1:] if self.seq else rows
        if not new:
            return
        if new[0][0] != self.seq + 1 or len(new) >= most:
            raise Outgrown
        if not _only_reads(work):
            raise NotNow
        self._apply(work, list(dict.fromkeys(customer_id for _, customer_id in new)))
        self.seq, self._last = new[-1]

    def _apply(self, work: Work, customer_ids: Sequence[str]) -> None:
        posted = read_plain(work, _POSTED, TEAM, list(customer_ids))
        numbered = read_plain(work, _NUMBERED, TEAM, list(customer_ids))
        for customer_id in customer_ids:
            old = self._new_places.pop(customer_id, None)
            place = self.frozen.place_of(customer_id) if old is None else old
            if place is not None:
                self.hidden[place] = True
        for text, customer_id, written_in in posted:
            self._new_bearers[text].append(self._place(customer_id))
            for form in _forms(text, written_in):
                self._new_forms[stable_hash(form)].add(text)
        self._new_numbers += [(digits, self._place(customer_id)) for digits, customer_id in numbered]
        self.expansions.clear()

    def _place(self, customer_id: str) -> int:
        """The customer's place behind the frozen ones, as it is since the last change."""
        place = self._new_places.get(customer_id)
        if place is None:
            place = len(self.frozen.ids) + len(self._new_ids)
            self._new_ids.append(customer_id)
            self._new_places[customer_id] = place
            if place >= len(self.hidden):
                self.hidden, self.total, self.near = (
                    np.concatenate([one, np.zeros(len(self._new_ids) + _ROOM, dtype=one.dtype)])
                    for one in (self.hidden, self.total, self.near)
                )
        return place

    def customer(self, place: int) -> str:
        """The id of the customer at a place."""
        known = len(self.frozen.ids)
        return bytes(self.frozen.ids[place]).decode() if place < known else self._new_ids[place - known]

    def place_of(self, customer_id: str) -> int | None:
        """Where the customer stands now; None for one who cannot be found."""
        place = self._new_places.get(customer_id)
        place = self.frozen.place_of(customer_id) if place is None else place
        return None if place is None or self.hidden[place] else place

    def df(self, text: str) -> int:
        """About how many customers bear the word: those who changed may count twice until the index is built anew."""
        word = self.frozen.word(text)
        return (0 if word is None else self.frozen.df(word)) + len(self._new_bearers.get(text, ()))

    def bearers(self, text: str) -> Ordinals:
        """The places of all who bear the word, hidden ones among them."""
        word = self.frozen.word(text)
        frozen = NOBODY if word is None else self.frozen.bearers_of(word)
        new = self._new_bearers.get(text)
        return frozen if new is None else np.concatenate([frozen, np.array(new, dtype=np.uint32)])

    def with_forms(self, hashes: Sequence[int]) -> set[str]:
        """The words that have one of the forms."""
        found = {self.frozen.text(word) for word in self.frozen.with_forms(hashes)}
        return found.union(*(self._new_forms[one] for one in hashes if one in self._new_forms))

    def beginning_with(self, start: str, most: int) -> set[str]:
        """The words that begin so; of the frozen ones those that are borne by most."""
        found = {self.frozen.text(word) for word in self.frozen.beginning_with(start, most)}
        return found.union(text for text in self._new_bearers if text.startswith(start))

    def ending_with(self, reversed_start: str, most: int) -> list[int]:
        """The places of customers with a number that ends so, given from its end."""
        new = [place for digits, place in self._new_numbers if digits.startswith(reversed_start)]
        found = [*new, *map(int, self.frozen.ending_with(reversed_start, most + len(self._new_ids)))]
        return [place for place in found if not self.hidden[place]][:most]


def _forms(text: str, written_in: int) -> Iterable[str]:
    """The forms that the token tables keep of a word, by the fields that it stands in."""
    named = deletions(text) if written_in & (NAME | COMPANY | SITE) else ()
    bare = skeleton_forms(text) if written_in & UNVOWELLED else ()
    addressed = halves(text) if written_in & (NAME | COMPANY | SITE | EMAIL) == EMAIL else ()
    return (*named, *bare, *addressed)


def _changes(work: Work, seq: int, most: int) -> Sequence[tuple[int, str]]:
    """The change with that number and those after it."""
    driver = work.connection.connection.driver_connection
    if driver is None or work.dialect != "sqlite":
        return read_plain(work, _CHANGES, TEAM, seq, most)
    # Read at every look-up: a statement through the engine costs twenty times what the database takes for it.
    found: list[tuple[int, str]] = driver.execute(_CHANGES.sqlite, (work.team_id, seq, most)).fetchall()
    return found


def _only_reads(work: Work) -> bool:
    """Whether the database refuses this unit every write, so that all it sees is committed."""
    if work.dialect == "sqlite":
        return bool(work.connection.exec_driver_sql("PRAGMA query_only").scalar())
    return work.connection.exec_driver_sql("SELECT current_setting('transaction_read_only')").scalar() == "on"
