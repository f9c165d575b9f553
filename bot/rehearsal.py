"""A desk at which everything is done and then undone by the database itself: what would be, without being."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.queries import rehearsal

P = ParamSpec("P")
R = TypeVar("R")


class _Rehearsed(Exception):
    """Ends a unit that must leave nothing behind, and carries what it came to."""

    def __init__(self, result: Any, answer: dict[str, Any] | None) -> None:
        super().__init__("rehearsed")
        self.result, self.answer = result, answer


@dataclass(frozen=True, slots=True)
class RehearsalDesk(Desk):
    """Reads as usual; each write runs in its own unit and is rolled back. `answers` were put down under the key."""

    answer_key: str = ""
    answers: list[dict[str, Any]] = field(default_factory=list)

    async def write(self, action: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run an action, keep what it says, and take it back before anybody can see it."""

        def run(work: Work) -> R:
            result = action(work, *args, **kwargs)
            raise _Rehearsed(result, rehearsal.said(work, self.answer_key))

        try:
            return await Desk.write(self, run)
        except _Rehearsed as done:
            if done.answer:
                self.answers.append(done.answer)
            result: R = done.result
            return result
