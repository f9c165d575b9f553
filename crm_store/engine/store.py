"""Store.read and Store.write: one interface over two engines, always for one team (or, rarely, for the house)."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine

from crm_store.clock import Clock
from crm_store.engine.bells import Bells
from crm_store.engine.work import ALL_TEAMS, Work
from crm_store.errors import StoreUnavailable

SYSTEM = "system"
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Part:
    """One of many patient actions that are alike: those that wait beside each other may be done by one call of `do`.

    That call's answer is the first one's; the others are answered with `nothing`.
    """

    do: Callable[[Work, Sequence[Any]], Any]
    items: Sequence[Any]
    nothing: Any = None

    def __call__(self, work: Work) -> Any:
        """Do this one alone."""
        return self.do(work, self.items)


class Store(ABC):
    """Where all rows lie; `team()` gives a desk to work at."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.bells = Bells()

    @abstractmethod
    def submit_read(self, team_id: str, actor: str, query: Callable[[Work], R]) -> Future[R]:
        """Run a query in a reader's thread."""

    def read_here(self, team_id: str, actor: str, query: Callable[[Work], R]) -> R:
        """Run a query for whoever waits for it in a thread of their own."""
        return self.submit_read(team_id, actor, query).result()

    @abstractmethod
    def submit_write(
        self,
        team_id: str,
        actor: str,
        action: Callable[[Work], R],
        *,
        urgent: bool = False,
        patient: bool = False,
    ) -> Future[R]:
        """Run an action in a transaction; the future is done after the commit.

        `urgent` is for what somebody waits to see acknowledged: it goes before other actions. What is `patient`, one of
        many alike such as an import's, lets all others go first.
        """

    @abstractmethod
    def writing_connection(self) -> AbstractContextManager[Connection]:
        """A connection in a transaction of its own, past all units: for migrations alone."""

    @property
    def engines(self) -> tuple[Engine, ...]:
        """Where its units of work have their connections from."""
        return ()

    def listen(self) -> bool:
        """Hear the bells of other processes from now on; False where the engine carries none and all look for rows."""
        return False

    @abstractmethod
    def close(self) -> None:
        """Finish what was submitted and let the database go."""

    def team(self, team_id: str, actor: str = SYSTEM) -> "Desk":
        """A desk for one team and one acting person (or job)."""
        return Desk(self, team_id, actor)

    def house(self, actor: str = SYSTEM) -> "Desk":
        """A desk over all teams: only for queues, installations and start-up."""
        return Desk(self, ALL_TEAMS, actor)


@dataclass(frozen=True, slots=True)
class Desk:
    """Reads and writes for one team; calls check like direct calls."""

    store: Store
    team_id: str
    actor: str

    async def read(self, query: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a query without blocking the event loop."""
        return await asyncio.wrap_future(self.store.submit_read(self.team_id, self.actor, _bound(query, args, kwargs)))

    async def write(self, action: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run an action; returns after the commit."""
        return await asyncio.wrap_future(
            self.store.submit_write(self.team_id, self.actor, _bound(action, args, kwargs))
        )

    async def keep(self, action: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run an action that an acknowledgement waits for, before all others; returns after the commit."""
        bound = _bound(action, args, kwargs)
        return await asyncio.wrap_future(self.store.submit_write(self.team_id, self.actor, bound, urgent=True))

    def read_now(self, query: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a query and wait: for commands and children without an event loop."""
        return self.store.read_here(self.team_id, self.actor, _bound(query, args, kwargs))

    def write_now(self, action: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run an action and wait for its commit."""
        return self.store.submit_write(self.team_id, self.actor, _bound(action, args, kwargs)).result()


def stopping() -> Future[Any]:
    """The answer to whoever comes after the store was closed."""
    refused: Future[Any] = Future()
    refused.set_exception(StoreUnavailable("Rapport is stopping; try again in a moment."))
    return refused


def _bound(function: Callable[..., R], args: tuple[object, ...], kwargs: dict[str, object]) -> Callable[[Work], R]:
    return partial(_call, function, args, kwargs)


def _call(function: Callable[..., R], args: tuple[object, ...], kwargs: dict[str, object], work: Work) -> R:
    return function(work, *args, **kwargs)
