"""Running a job by hand from chat: how far it is, in one message that changes, and word when it has ended."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from bot.ask import Ask
from bot.cards import error
from bot.grammar.house_commands import RunJob
from bot.routes import Routes
from crm_store import outbox
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.errors import BadInput, CrmError, NotAllowed
from crm_store.ids import Prefix, new_id
from crm_store.log import get_logger

_MAY_RUN = frozenset({"admin", "manager"})
_JOBS = ("nightly", "scores", "upkeep")
_PAUSE = timedelta(seconds=2)
"""Between two changes of the message, since Slack takes about one a second for a channel."""
_log = get_logger(__name__)


def register(routes: Routes, run_job: Callable[..., Awaitable[Any]]) -> None:
    """What this file takes; a run in progress is held here, so that nothing is lost without a word."""
    running: set[asyncio.Task[None]] = set()

    async def run(ask: Ask, command: RunJob) -> None:
        """`run nightly`."""
        if ask.user.role not in _MAY_RUN:
            raise NotAllowed("Only managers and admins run jobs by hand.")
        if command.name not in _JOBS:
            names = ", ".join(f"`run {one}`" for one in _JOBS)
            missed = f"There is no job “{command.name[:60]}”. There" if command.name else "Say which job: there"
            raise BadInput(f"{missed} are {names}.")
        await ask.answer(error.sentence(f"The job {command.name} runs now. You will hear when it has ended."))
        task = asyncio.create_task(_run(ask.desk, ask.user.user_id, run_job, command))
        running.add(task)
        task.add_done_callback(running.discard)

    routes.command(RunJob, run)


async def _run(desk: Desk, user_id: str, run_job: Callable[..., Awaitable[Any]], command: RunJob) -> None:
    words = _Words(desk, user_id, command.name)
    try:
        outcome = await run_job(desk.team_id, command.name, command.as_of, words.hear)
        text = f"The job {command.name} has ended: {outcome.sentence}"
    except CrmError as problem:
        text = problem.sentence
    except Exception:  # noqa: BLE001 -- the job's step is one of the three edges where all is caught
        _log.exception("job_by_hand_failed", job=command.name)
        text = f"The job {command.name} failed on our side. What the last run made still stands."
    await words.end()
    await desk.write(_tell, user_id, text)


class _Words:
    """Passes on how far a job is, at most every two seconds; the first word makes the message, the others change it."""

    def __init__(self, desk: Desk, user_id: str, job: str) -> None:
        self._desk, self._user_id, self._job = desk, user_id, job
        self._object_id = new_id(Prefix.JOB, desk.store.clock.now())
        self._last: datetime | None = None
        self._said = 0
        self._telling: set[asyncio.Task[None]] = set()

    def hear(self, words: str) -> None:
        """A job says what it is at."""
        now = self._desk.store.clock.now()
        if self._last is None or now - self._last >= _PAUSE:
            self._last = now
            task = asyncio.create_task(self._tell(f"The job {self._job} is at work: {words} …"))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def end(self) -> None:
        """Nothing more comes; a message that was begun says so."""
        await asyncio.gather(*self._telling)
        if self._last is not None:
            await self._tell(f"The job {self._job} is no longer at work.")

    async def _tell(self, text: str) -> None:
        self._said += 1
        await self._desk.write(_say, self._user_id, self._object_id, text, self._said)


def _say(work: Work, user_id: str, object_id: str, text: str, number: int) -> None:
    payload = {"user_id": user_id, "object_id": object_id, "text": text}
    outbox.enqueue(work, "progress", f"dm:{user_id}", f"{object_id}:{number}", payload)


def _tell(work: Work, user_id: str, text: str) -> None:
    key = f"job:{user_id}:{work.now.isoformat()}"
    outbox.enqueue(work, "notice", f"dm:{user_id}", key, {"user_id": user_id, "text": text})
