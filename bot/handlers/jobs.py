"""Running a job by hand from chat, with word when it has ended."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bot.ask import Ask
from bot.cards import error
from bot.grammar.commands import RunJob
from bot.routes import Routes
from crm_store import outbox
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.errors import BadInput, CrmError, NotAllowed
from crm_store.log import get_logger

_MAY_RUN = frozenset({"admin", "manager"})
_JOBS = ("nightly", "upkeep")
_log = get_logger(__name__)


def register(routes: Routes, run_job: Callable[..., Awaitable[Any]]) -> None:
    """What this file takes; a run in progress is held here, so that nothing is lost without a word."""
    running: set[asyncio.Task[None]] = set()

    async def run(ask: Ask, command: RunJob) -> None:
        """`run nightly`."""
        if ask.user.role not in _MAY_RUN:
            raise NotAllowed("Only managers and admins run jobs by hand.")
        if command.name not in _JOBS:
            names = " and ".join(f"`run {one}`" for one in _JOBS)
            missed = f"There is no job “{command.name[:60]}”. There" if command.name else "Say which job: there"
            raise BadInput(f"{missed} are {names}.")
        await ask.answer(error.sentence(f"The job {command.name} runs now. You will hear when it has ended."))
        task = asyncio.create_task(_run(ask.desk, ask.user.user_id, run_job, command))
        running.add(task)
        task.add_done_callback(running.discard)

    routes.command(RunJob, run)


async def _run(desk: Desk, user_id: str, run_job: Callable[..., Awaitable[Any]], command: RunJob) -> None:
    try:
        outcome = await run_job(desk.team_id, command.name, command.as_of)
        text = f"The job {command.name} has ended: {outcome.sentence}"
    except CrmError as problem:
        text = problem.sentence
    except Exception:  # noqa: BLE001 -- the job's step is one of the three edges where all is caught
        _log.exception("job_by_hand_failed", job=command.name)
        text = f"The job {command.name} failed on our side. What the last run made still stands."
    await desk.write(_tell, user_id, text)


def _tell(work: Work, user_id: str, text: str) -> None:
    key = f"job:{user_id}:{work.now.isoformat()}"
    outbox.enqueue(work, "notice", f"dm:{user_id}", key, {"user_id": user_id, "text": text})
