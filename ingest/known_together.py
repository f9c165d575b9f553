"""What is known of mails that are read at the same moment is asked of the store together, since each ask costs much."""

import asyncio
from dataclasses import dataclass, field

from crm_store.engine.store import Store
from crm_store.queries import mailroom
from crm_store.values.mail import KnownFacts, Sought

_MOST_TOGETHER = 16


@dataclass(frozen=True, slots=True)
class _Asking:
    """One mail's question, of the owner of the address it came to."""

    team_id: str
    user_id: str
    sought: Sought
    answer: "asyncio.Future[KnownFacts]"


@dataclass(slots=True)
class KnownTogether:
    """Answers one mail's question at once where nothing is under way, else the next time with all that wait by then."""

    store: Store
    _waiting: list[_Asking] = field(default_factory=list)
    _answering: "asyncio.Task[None] | None" = None

    async def ask(self, team_id: str, user_id: str, sought: Sought) -> KnownFacts:
        """Everything a plan needs; raises NotFound where the owner of the address is gone."""
        asking = _Asking(team_id, user_id, sought, asyncio.get_running_loop().create_future())
        self._waiting.append(asking)
        if self._answering is None:
            self._answering = asyncio.create_task(self._answer(), name="known-together")
        return await asking.answer

    async def _answer(self) -> None:
        try:
            while self._waiting:
                await self._together(self._next())
        finally:
            self._answering = None
            for one in self._waiting:
                one.answer.cancel()
            self._waiting = []

    def _next(self) -> list[_Asking]:
        """Those of one owner, the first that waits among them."""
        first = self._waiting[0]
        same = [one for one in self._waiting if (one.team_id, one.user_id) == (first.team_id, first.user_id)]
        group = same[:_MOST_TOGETHER]
        self._waiting = [one for one in self._waiting if all(one is not taken for taken in group)]
        return [one for one in group if not one.answer.done()]

    async def _together(self, group: list[_Asking]) -> None:
        if not group:
            return
        desk = self.store.team(group[0].team_id, group[0].user_id)
        try:
            facts = await desk.read(mailroom.known_of_all, desk.actor, [one.sought for one in group])
        except Exception as problem:  # noqa: BLE001 - a question that cannot be answered fails alone, whatever it was.
            if len(group) > 1:
                for one in group:
                    await self._together([one])
            elif not group[0].answer.done():
                group[0].answer.set_exception(problem)
            return
        for one, known in zip(group, facts, strict=True):
            if not one.answer.done():
                one.answer.set_result(known)
