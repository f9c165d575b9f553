"""The writer's queue: what waits to be written, by its rank, and what of it goes together."""

import itertools
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final

from crm_store.engine.patience import ALONE, Patience
from crm_store.engine.store import Part
from crm_store.engine.work import Work

URGENT, USUAL, PATIENT, END = 0, 1, 2, 3
_USUAL_AT_ONCE: Final = 8


def _nothing(_work: Work) -> None:
    """What is done at the end."""


@dataclass(order=True, slots=True)
class Order:
    """A unit in the queue: what has to be acknowledged comes first, what is patient late, the end last."""

    rank: int
    number: int
    team_id: str = field(default="", compare=False)
    actor: str = field(default="", compare=False)
    action: Callable[[Work], Any] = field(default=_nothing, compare=False)
    answer: Future[Any] = field(default_factory=Future, compare=False)

    def is_like(self, other: "Order") -> bool:
        """Whether both are parts of one thing, which one call can do."""
        mine, theirs = self.action, other.action
        if not (isinstance(mine, Part) and isinstance(theirs, Part) and mine.do is theirs.do):
            return False
        return (self.team_id, self.actor) == (other.team_id, other.actor)


class Orders:
    """All that waits for the one writer of a store."""

    def __init__(self, most: int, patience: Patience) -> None:
        """At most so many go together, of the patient as many as `patience` says."""
        self._waiting: queue.PriorityQueue[Order] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._most = {URGENT: most, USUAL: min(most, _USUAL_AT_ONCE), PATIENT: ALONE}
        self._patience = patience

    def add(self, rank: int, team_id: str, actor: str, action: Callable[[Work], Any]) -> Future[Any]:
        """Take an action in, behind those of its rank."""
        order = Order(rank, next(self._numbers), team_id, actor, action)
        self._waiting.put(order)
        return order.answer

    def end(self) -> None:
        """Nothing comes after this."""
        self._waiting.put(Order(END, next(self._numbers)))

    def put_back(self, orders: Sequence[Order]) -> None:
        """Give orders their places again."""
        for order in orders:
            self._waiting.put(order)

    def next_group(self) -> list[Order]:
        """What waits, of one rank: acknowledgements are not held up by actions, nor by a long group of them."""
        first = self._waiting.get()
        if first.rank == END:
            return []
        group, most = [first], self._most[first.rank]
        if first.rank == PATIENT:
            most = min(most, self._patience.most)
        while len(group) < most and (order := self.next_of(first.rank)) is not None:
            group.append(order)
        return group

    def next_of(self, rank: int) -> Order | None:
        """The next in the queue, if it is of that rank."""
        try:
            order = self._waiting.get_nowait()
        except queue.Empty:
            return None
        if order.rank == rank:
            return order
        self._waiting.put(order)
        return None

    def go_before(self, rank: int) -> bool:
        """Whether somebody waits who goes before those of that rank."""
        with self._waiting.mutex:
            return bool(self._waiting.queue) and self._waiting.queue[0].rank < rank

    def empty(self) -> bool:
        """Whether nobody waits."""
        return self._waiting.empty()


def alike(group: Sequence[Order], at: int, most: int) -> Sequence[Order]:
    """The order at that place, with those behind it that one call can do as well."""
    end = at + 1
    while end < min(len(group), at + most) and group[at].is_like(group[end]):
        end += 1
    return group[at:end]


def answers(work: Work, orders: Sequence[Order]) -> list[Any]:
    """Do one order, or several that are alike by one call; the first of these gets the answer to all."""
    first = orders[0].action
    if len(orders) == 1 or not isinstance(first, Part):
        return [order.action(work) for order in orders]
    items = [item for order in orders if isinstance(order.action, Part) for item in order.action.items]
    return [first.do(work, items), *(first.nothing for _ in orders[1:])]
