"""Families and neighbours: people of other names who share a last name, a telephone, an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.duplicates.columns import Kind
from analytics.duplicates.compare import DIFFERENT, EQUAL, MISSING, NEAR, WEAK, Levels

_ROOF: Final = frozenset({Kind.ADDRESS, Kind.PHONE, Kind.HOUSE, Kind.LAST})
_TOGETHER: Final = 2
_SHARED: Final = frozenset({Kind.ADDRESS, Kind.PHONE, Kind.HOUSE, Kind.CITY, Kind.POSTCODE, Kind.CODE, Kind.LAST})
_OWN: Final = frozenset({Kind.EMAIL, Kind.DATE, Kind.NUMBER})
_FEWEST: Final = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Roofs:
    """Where two rows are called differently (p,), the fields they may share all the same, and the most that is worth.

    `mates` is how many others under its roof a row has, found from the table.
    """

    strangers: NDArray[np.bool_]
    shared: tuple[int, ...]
    mates: float

    def limit(self, found: Sequence[NDArray[np.float32]], partners: int) -> list[NDArray[np.float32]]:
        """The bits (p,) of each field, where strangers' shared ones tell a row from all but its housemates."""
        if not self.shared:
            return list(found)
        total = sum((np.maximum(found[at], 0) for at in self.shared), np.zeros_like(found[0]))
        most = np.log2(max(partners, 2) / self.mates)
        factor = np.where(self.strangers, np.minimum(1, most / np.maximum(total, 1e-6)), 1).astype(np.float32)
        return [
            np.where(part > 0, part * factor, part).astype(np.float32) if at in self.shared else part
            for at, part in enumerate(found)
        ]


def of(kinds: Sequence[Kind], levels: Sequence[Levels], own: int | None, turned: Levels | None, rows: int) -> Roofs:
    """Read the roofs off a table's pairs: `own` is the field of a row's name, `turned` the same in the other order."""
    if own is None:
        return Roofs(np.zeros(len(levels[0]), dtype=bool), (), 1.0)
    called = levels[own]
    unlike = WEAK if kinds[own] is Kind.FIRST else DIFFERENT
    strangers = (called > MISSING) & (called <= unlike)
    if turned is not None:
        strangers &= turned < NEAR
    mates = strangers.copy()
    agreeing = np.zeros(len(called), dtype=np.int8)
    for kind, level in zip(kinds, levels, strict=True):
        if kind in _ROOF:
            agreeing += level == EQUAL
        elif kind in _OWN:
            mates &= level < NEAR
    count = 2 * float((mates & (agreeing >= _TOGETHER)).sum()) / max(rows, 1)
    shared = tuple(at for at, kind in enumerate(kinds) if kind in _SHARED and at != own)
    return Roofs(strangers, shared, max(count, _FEWEST))
