"""Which state of the look-up's tables a copy of them holds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class State:
    """The last change of that team, by its number, and that change's mark; a store without changes is at 0, 0."""

    team_id: str
    seq: int
    mark: int
