"""What runs by the clock: ticks put rows down, whoever puts one down first is right, a loop runs what was put down."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from analytics.child import AnalysisFailed, AnalysisOrder
from campaigns import alerts as alert_pass
from campaigns import briefs as brief_pass
from campaigns import duplicates as duplicate_pass
from campaigns import events, follow_up, fresh, hand_over, night, reporting, responses, schedules, scrubbing
from campaigns.tools import measurement
from crm_store.actions import files, mail_domains, score_history, suggestions
from crm_store.actions import jobs as rows
from crm_store.actions.jobs import ClaimedJob
from crm_store.clock import Clock
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.errors import BadInput, CrmError, NotFound, Stale
from crm_store.log import get_logger
from crm_store.queries import audiences as audience_queries
from crm_store.queries import jobs as lines
from crm_store.queries import responses as answers
from crm_store.queries import scores_history, teams
from crm_store.settings import Settings
from crm_store.values.teams import TeamView

Progress = Callable[[str], None]
HEARTBEAT: Final = 20.0
_LOOK: Final = 5.0
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """What a run of a job did; `detail` is plain enough for JSON."""

    job: str
    team_id: str
    slot: str
    ok: bool
    sentence: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobCall:
    """One run of a job for one team as of a day."""

    store: Store
    settings: Settings
    team_id: str
    as_of: date
    progress: Progress
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    """Where the team lives."""

    @property
    def day(self) -> date:
        """The day that scores and features keep up to: the team's own, or that of UTC where that is later."""
        return max(self.store.clock.now().date(), self.as_of)


@dataclass(frozen=True, slots=True)
class JobSpec:
    """A job: its name, the field of the settings that holds its schedule, what becomes of missed slots, its work."""

    name: str
    schedule: str
    missed: Literal["latest", "all"]
    run: Callable[[JobCall], Awaitable[tuple[str, dict[str, Any]]]]
    due: Callable[[Work], bool] | None = None
    """Whether there is anything to do; a slot at which there is not is passed over."""


async def nightly(call: JobCall) -> tuple[str, dict[str, Any]]:
    """Analyse and propose."""
    desk = call.store.team(call.team_id)
    order = AnalysisOrder(call.team_id, call.as_of, call.settings.store_url, cores=call.settings.analysis_cores)
    today = call.store.clock.now().date()

    async def keep_up() -> None:
        if today - call.as_of <= night.FRESH:
            await fresh.keep_up(desk, call.day, call.progress)
            await desk.write(score_history.settle, call.as_of)
            await desk.write(score_history.prune, call.as_of)

    try:
        found = await night.run(desk, order, call.progress, beside=keep_up)
    except AnalysisFailed as problem:
        day = await desk.read(scores_history.shown_as_of)
        shown = f" The scores shown stay those of {day:%d %b %Y}." if day else ""
        raise AnalysisFailed(f"{problem.sentence}{shown}") from problem
    if today - call.as_of <= night.FRESH:
        await follow_up.run(desk, call.day)
    sentence = (
        f"{found.scores} scores, {found.segments} segments, {found.charts} charts and "
        f"{len(found.suggestions)} new suggestions as of {found.as_of:%d %b %Y}."
    )
    sentence = " ".join([sentence, *found.waiting])
    return sentence, {**asdict(found), "as_of": found.as_of.isoformat()}


async def scores(call: JobCall) -> tuple[str, dict[str, Any]]:
    """Score anew who changed since the last time."""
    found = await fresh.run(call.store.team(call.team_id), call.day, call.settings.store_url, call.progress)
    told = f"{found.customers} customers looked at, {found.changed} scores changed."
    return told if found.answered else "The analyst did not answer; the scores stay as they were.", asdict(found)


async def upkeep(call: JobCall) -> tuple[str, dict[str, Any]]:
    """Close what nobody decided in time, and let go of what is done with, a few rows at a time."""
    desk = call.store.team(call.team_id)
    expired = await desk.write(suggestions.expire)
    pruned = 0
    while some := await desk.write(rows.prune):
        pruned += some
    for act in (files.forget_unused, mail_domains.forget):
        while some := await desk.write(act):
            pruned += some
    await desk.write(rows.tune)
    await scrubbing.run(desk, call.settings)
    return f"{expired} suggestions expired; {pruned} finished rows let go.", {
        "expired": expired,
        "pruned": pruned,
    }


async def weekly(call: JobCall) -> tuple[str, dict[str, Any]]:
    """The report of the last week, to the team's channel."""
    return await reporting.week(call.store.team(call.team_id), call.as_of, call.zone)


async def report_card(call: JobCall) -> tuple[str, dict[str, Any]]:
    """How good the scores were, to the team's channel."""
    return await reporting.card(call.store.team(call.team_id), call.as_of, call.zone)


async def audiences(call: JobCall) -> tuple[str, dict[str, Any]]:
    """Hand audiences to the tools that people named."""
    found = await hand_over.run(call.store.team(call.team_id), call.settings)
    return f"{found.done} audiences handed over, {found.failed} not.", asdict(found)


async def duplicates(call: JobCall) -> tuple[str, dict[str, Any]]:
    """Look through all customers for those who are there twice."""
    order = AnalysisOrder(call.team_id, call.as_of, call.settings.store_url)
    found = await duplicate_pass.run(call.store.team(call.team_id), order, call.progress)
    told = f"{found.found} pairs may be one person, {found.new} of them new; {found.joined} joined by the same address."
    return told, asdict(found)


async def campaigns(call: JobCall) -> tuple[str, dict[str, Any]]:
    """Attribute answers to campaigns, tell web analytics of them, and measure campaigns that are over."""
    desk = call.store.team(call.team_id)
    found = await responses.run(desk)
    await measurement.run(desk, call.settings)
    return f"{found.answers} answers noted, {found.measured} campaigns measured.", asdict(found)


async def alerts(call: JobCall) -> tuple[str, dict[str, Any]]:
    """Tell owners of thresholds that were passed."""
    found = await alert_pass.run(call.store.team(call.team_id), call.as_of, call.zone)
    return f"{found.n} alerts raised.", found.detail()


async def briefs(call: JobCall) -> tuple[str, dict[str, Any]]:
    """Put down the briefs and digests whose time has come."""
    found = await brief_pass.run(call.store.team(call.team_id))
    told = f"{found.mornings} morning briefs, {found.meetings} before meetings and {found.digests} digests."
    return told, asdict(found)


async def event_ideas(call: JobCall) -> tuple[str, dict[str, Any]]:
    """Propose what just happened calls for."""
    found = await events.run(call.store.team(call.team_id))
    told = f"{len(found.suggestions)} suggestions from what just happened."
    return " ".join([told, *found.waiting]), asdict(found)


JOBS: Final = (
    JobSpec("nightly", "schedule_nightly", "latest", nightly),
    JobSpec("scores", "schedule_scores", "latest", scores, fresh.anything),
    JobSpec("upkeep", "schedule_upkeep", "latest", upkeep),
    JobSpec("weekly", "schedule_weekly", "latest", weekly),
    JobSpec("report_card", "schedule_report_card", "latest", report_card),
    JobSpec("duplicates", "schedule_duplicates", "latest", duplicates),
    JobSpec("campaigns", "schedule_campaigns", "latest", campaigns, answers.anything),
    JobSpec("audiences", "schedule_audiences", "latest", audiences, audience_queries.anything),
    JobSpec("alerts", "schedule_alerts", "latest", alerts, alert_pass.anything),
    JobSpec("briefs", "schedule_briefs", "latest", briefs, brief_pass.anything),
    JobSpec("events", "schedule_events", "latest", event_ideas, events.anything),
)

LONG: Final = ("nightly", "upkeep", "weekly", "report_card", "duplicates")
"""What may take a minute or many, and so has a loop of its own: a score or an alert is not to wait for it."""

Runner = Callable[[JobSpec, JobCall], Awaitable[tuple[str, dict[str, Any]]]]


async def run_spec(spec: JobSpec, call: JobCall) -> tuple[str, dict[str, Any]]:
    """The runner of every day: the job's own work."""
    return await spec.run(call)


class Scheduler:
    """Ticks and the loop that runs what was put down; several schedulers on one store are harmless."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Clock,
        runner: Runner = run_spec,
        jobs: tuple[JobSpec, ...] = JOBS,
    ) -> None:
        self._store, self._settings, self._clock, self._runner = store, settings, clock, runner
        self._jobs = {job.name: job for job in jobs}
        self._house = store.house()
        self._started = clock.now()
        self._timer: AsyncIOScheduler | None = None
        self._loops: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self) -> None:
        """Put missed slots down, then tick and run."""
        self._started = self._clock.now()
        self._stopping = False
        # Everything is named, so that APScheduler neither searches for plug-ins nor guesses a zone.
        self._timer = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()}, executors={"default": AsyncIOExecutor()}, timezone=UTC
        )
        for spec in self._jobs.values():
            text = self._schedule(spec)
            if text == schedules.NEVER:
                continue
            seconds = schedules.every(text)
            trigger = IntervalTrigger(seconds=seconds, timezone=UTC) if seconds else CronTrigger(second=0, timezone=UTC)
            self._timer.add_job(
                self.tick, trigger, args=[spec.name], id=spec.name, coalesce=True, max_instances=1,
                misfire_grace_time=None,
            )  # fmt: skip
            await self.tick(spec.name)
        self._timer.start()
        lanes = {
            "long": [one for one in self._jobs if one in LONG],
            "short": [one for one in self._jobs if one not in LONG],
        }
        self._loops = [
            asyncio.create_task(self._run_all(jobs), name=f"job-loop-{name}") for name, jobs in lanes.items() if jobs
        ]

    async def stop(self) -> None:
        """Tick no more, and give back what runs."""
        self._stopping = True
        if self._timer is not None:
            self._timer.shutdown(wait=False)
            self._timer = None
        for loop in self._loops:
            loop.cancel()
        for loop in self._loops:
            with suppress(asyncio.CancelledError):
                await loop
        self._loops = []

    async def tick(self, job: str) -> int:
        """Put down the slots of all teams that are due since the last, and say how many are new."""
        spec = self._jobs[job]
        try:
            last = await self._house.read(lines.last_slots, job)
            known = await self._house.read(teams.teams)
            return sum([await self._tick_team(spec, team, last.get(team.team_id)) for team in known])
        except CrmError as problem:
            # The store may be away for a moment; the next tick looks back to the last slot and misses nothing.
            _log.warning("tick_failed", job=job, problem=problem.sentence)
            return 0

    async def _tick_team(self, spec: JobSpec, team: TeamView, last: str | None) -> int:
        if spec.due is not None and not await self._store.team(team.team_id).read(spec.due):
            return 0
        now = self._clock.now()
        after = datetime.fromisoformat(last) if last else self._started - timedelta(seconds=1)
        due = schedules.due(self._schedule(spec), self._zone(team), after, now)
        latest = spec.missed == "latest"
        new = 0
        for slot in due[-1:] if latest else due:
            desk = self._store.team(team.team_id)
            new += await desk.write(rows.enqueue, spec.name, schedules.name(slot), latest_only=latest)
        return new

    async def run_now(
        self, team_id: str, job: str, as_of: date | None = None, progress: Progress | None = None
    ) -> JobOutcome:
        """Run a job at once for one team, as a person asked; raises Stale while the same job runs."""
        spec = self._spec(job)
        run = await self._store.team(team_id).write(rows.begin_now, job)
        if run is None:
            raise Stale(f"The job {job} is running already; its result comes by itself.")
        return await self._run(spec, run, as_of, progress, again=False)

    async def run_waiting(self, jobs: Sequence[str] = ()) -> JobOutcome | None:
        """Run the oldest run that waits, of these jobs or of all; None says that there is none."""
        run = await self._house.write(rows.claim, list(jobs or self._jobs))
        return await self._run(self._spec(run.job), run, None, None, again=True) if run else None

    async def _run_all(self, jobs: Sequence[str]) -> None:
        while not self._stopping:
            rung = self._store.bells.rung(rows.BELL)
            try:
                ran = await self.run_waiting(jobs)
            except CrmError as problem:
                _log.warning("job_loop_waits", problem=problem.sentence)
                ran = None
            if ran is None:
                await self._store.bells.wait(rows.BELL, rung, seconds=_LOOK)

    async def _run(
        self, spec: JobSpec, run: ClaimedJob, as_of: date | None, progress: Progress | None, *, again: bool
    ) -> JobOutcome:
        desk = self._store.team(run.team_id)
        zone = await self._zone_of(run.team_id)
        today = as_of or self._clock.now().astimezone(zone).date()
        call = JobCall(self._store, self._settings, run.team_id, today, progress or _silent, zone)
        held = asyncio.create_task(self._keep(run), name=f"lease-{run.job}")
        try:
            sentence, detail = await self._runner(spec, call)
        except asyncio.CancelledError:
            await asyncio.shield(desk.write(rows.give_back, run))
            raise
        except Exception as problem:  # noqa: BLE001 -- the edge of a job step: whatever it raises is told, never lost
            said = problem.sentence if isinstance(problem, CrmError) else "Something in it went wrong."
            _log.error("job_failed", job=run.job, team_id=run.team_id, slot=run.slot, kind=type(problem).__name__)
            told = f"The job {run.job} failed: {said} What was shown before stays."
            await desk.write(rows.fail, run, told, again=again)
            return JobOutcome(run.job, run.team_id, run.slot, ok=False, sentence=told)
        finally:
            held.cancel()
            with suppress(asyncio.CancelledError):
                await held
        await desk.write(rows.finish, run, detail)
        return JobOutcome(run.job, run.team_id, run.slot, ok=True, sentence=sentence, detail=detail)

    async def _keep(self, run: ClaimedJob) -> None:
        """Extend the lease as long as the run goes on."""
        while True:
            await asyncio.sleep(HEARTBEAT)
            with suppress(CrmError):
                await self._store.team(run.team_id).write(rows.hold, run)

    async def _zone_of(self, team_id: str) -> ZoneInfo:
        team = await self._store.team(team_id).read(teams.team)
        if team is None:
            raise NotFound("There is no such team.", wanted=team_id)
        return self._zone(team)

    def _spec(self, job: str) -> JobSpec:
        if job not in self._jobs:
            raise BadInput(f"There is no job {job}; choose from {', '.join(self._jobs)}.", field="job")
        return self._jobs[job]

    def _schedule(self, spec: JobSpec) -> str:
        return str(getattr(self._settings, spec.schedule))

    def _zone(self, team: TeamView) -> ZoneInfo:
        name = team.time_zone if team.time_zone != "UTC" else self._settings.time_zone
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            _log.warning("unknown_time_zone", team_id=team.team_id, zone=name)
            return ZoneInfo("UTC")


def _silent(_words: str) -> None:
    """Nobody listens."""
