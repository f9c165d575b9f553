"""Blocks that not every workspace takes: one ladder from the newest down, each step giving one kind up."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from bot.letters import Letter

CHARTS: Final = "data_visualization"
DATA_TABLES: Final = "data_table"
TABLES: Final = "table"


def stepped(kinds: Sequence[str], refused: frozenset[str], make: Callable[[frozenset[str]], Letter]) -> Letter:
    """The letter with all kinds that are not known to be refused, and what to send where one of them is.

    `kinds` stand in the order in which they are given up; `make` builds the letter with those that it is given.
    """
    takes = frozenset(kinds) - refused
    first = make(takes)
    steps: list[tuple[str, Letter]] = []
    for kind in kinds:
        if kind in takes:
            takes -= {kind}
            steps.append((kind, make(takes)))
    return replace(first, plainer=(*steps, *first.plainer))
