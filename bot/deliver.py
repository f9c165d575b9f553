"""Outbox rows -> Slack: rendered when they leave, in order per place, at Slack's pace, and never twice."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

from bot import drawing, installer, noise, slack_errors
from bot.blocks import Message, fit, joined
from bot.cards import error
from bot.letters import Letter, Picture
from bot.render import Renderer
from bot.slack_errors import Then
from bot.workspace import SlackWorkspace
from crm_store import outbox
from crm_store.actions import alerts, deliveries, installations, teams
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.errors import CrmError, DeliveryError, StoreUnavailable
from crm_store.log import get_logger
from crm_store.outbox import Outgoing
from crm_store.queries import reports
from crm_store.queries.noise import UNASKED
from crm_store.settings import Settings

_AT_ONCE: Final = 10  # Most of them wait for the pace of their channel.
_WORKING: Final = 3  # More would take the interpreter from the event loop, which has to acknowledge.
_KEPT_EVERY: Final = outbox.LEASE.total_seconds() / 3
_GATHERED: Final = frozenset({"receipt"})
_MOST_TOGETHER: Final = 6
_PACE: Final = 1.05  # chat.postMessage: about one a second in a channel (Slack, "Rate limits")
_SHORTER: Final = slack_errors.codes(Then.SHORTER)
_ELSEWHERE: Final = slack_errors.codes(Then.ELSEWHERE)
_ANEW: Final = slack_errors.codes(Then.ANEW)
_WORDS: Final = slack_errors.codes(Then.WORDS)
_REREAD: Final = slack_errors.codes(Then.REREAD)
_SMALLER_PAGES: Final = (30, 12)
# A workspace that knows no objects behind links refuses them so, or misses the blocks; then it gets blocks.
_NO_OBJECTS: Final = frozenset(
    {"invalid_metadata_format", "invalid_metadata_schema", "metadata_must_be_sent_from_app", "missing_unfurls",
     "invalid_arguments", "feature_not_enabled", "not_allowed_for_app"}
)  # fmt: skip
_log = get_logger(__name__)
Way = Callable[["Delivery", SlackWorkspace, Letter, Outgoing], Awaitable[str]]


class Delivery:
    """One loop for all that leaves to Slack."""

    def __init__(
        self, store: Store, settings: Settings, workspaces: Mapping[str, SlackWorkspace], renderer: Renderer
    ) -> None:
        self._store = store
        self._settings = settings
        self._workspaces = workspaces
        self._renderer = renderer
        self._running: dict[asyncio.Task[None], Outgoing] = {}
        self._next: dict[str, float] = {}
        self._gate = asyncio.Semaphore(_WORKING)

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._running)

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver as rows come until told to stop, then finish what is under way."""
        keeping = asyncio.create_task(self._keep())
        try:
            await self._take(stop)
            if self._running:
                await asyncio.wait(self._running, timeout=8)
        finally:
            keeping.cancel()

    async def _keep(self) -> None:
        """What is under way is ours for as long as it takes."""
        while True:
            await asyncio.sleep(_KEPT_EVERY)
            if self._running:
                with suppress(StoreUnavailable):
                    await self._store.house().write(outbox.extend_all, list(self._running.values()))

    async def _take(self, stop: asyncio.Event) -> None:
        house = self._store.house()
        while not stop.is_set():
            rung = self._store.bells.rung(outbox.BELL)
            room = _AT_ONCE - len(self._running)
            try:
                claimed = await house.write(outbox.claim, room) if room and await house.read(outbox.anything) else []
            except StoreUnavailable:
                claimed = []
            for row in claimed:
                task = asyncio.create_task(self._deliver(row))
                self._running[task] = row
                task.add_done_callback(self._running.pop)
            if not claimed:
                await self._store.bells.wait(outbox.BELL, rung)

    async def _deliver(self, row: Outgoing) -> None:
        desk = self._store.team(row.team_id)
        try:
            async with self._gate:
                await (self._together(desk, row) if row.kind in _GATHERED else self._once(desk, row))
        except StoreUnavailable:
            return  # The lease runs out; the metadata of the message tells the next try that it arrived.
        except DeliveryError as problem:
            await self._refused(desk, row, problem)
        except CrmError as problem:
            await desk.write(outbox.failed, row.outbox_id, row.attempts, problem.sentence)
        except Exception:  # noqa: BLE001 -- the worker's row is one of the three edges where all is caught
            _log.exception("delivery_failed", outbox_id=row.outbox_id, kind=row.kind)
            await self._refused(desk, row, DeliveryError("a defect; see the log", permanent=False))
        finally:
            # Whatever waits behind this row in its place may go now.
            self._store.bells.ring({outbox.BELL})

    async def _once(self, desk: Desk, row: Outgoing) -> None:
        letter = await self._renderer.render(desk, row)
        if letter is None:
            await desk.write(outbox.sent, row.outbox_id, row.attempts, None)
            return
        if instead := str(row.payload.get(deliveries.INSTEAD) or ""):
            letter = replace(letter, via="post", channel=instead, user=instead, thread_ts="", ts="")
        slack = self._workspaces.get(letter.slack_team_id)
        if slack is None:
            raise _no_token()
        if row.kind in UNASKED and not await desk.write(alerts.admit, row, noise.decide):
            return
        try:
            ref = await self._send(slack, letter, row)
        except DeliveryError as problem:
            if problem.code not in _SHORTER or letter.message is None:
                raise
            _log.error("blocks_refused", outbox_id=row.outbox_id, kind=row.kind, code=problem.code)
            letter, ref = await self._send_plainer(desk, slack, letter, row)
        await desk.write(drawing.delivered, row, ref, letter)

    async def _send_plainer(
        self, desk: Desk, slack: SlackWorkspace, letter: Letter, row: Outgoing
    ) -> tuple[Letter, str]:
        """What Slack refuses goes again without newer blocks, which are then left alone for a while, else as text."""
        for kind, plainer in letter.plainer:
            try:
                ref = await self._send(slack, plainer, row)
            except DeliveryError as problem:
                if problem.code not in _SHORTER:
                    raise
                continue
            await desk.write(_remember, kind)
            return plainer, ref
        return letter.as_text(), await self._send(slack, letter.as_text(), row)

    async def _together(self, desk: Desk, first: Outgoing) -> None:
        """Receipts that wait for one person while Slack's pace holds them leave as one message."""
        if first.attempts > 1:
            await self._once(desk, first)
            return
        letter = await self._renderer.render(desk, first)
        if letter is None:
            await desk.write(outbox.sent, first.outbox_id, first.attempts, None)
            return
        await self._pace(f"{first.team_id}:{letter.channel}")
        letters = [(first, letter)]
        for row in await desk.write(outbox.claim_behind, first, _MOST_TOGETHER - 1):
            behind = await self._renderer.render(desk, row)
            if behind is None:
                await desk.write(outbox.sent, row.outbox_id, row.attempts, None)
            else:
                letters.append((row, behind))
        try:
            ref = await self._post_together(letters)
        except DeliveryError as problem:
            for row, _letter in letters[1:]:
                await self._refused(desk, row, problem)
            raise
        for row, one in letters:
            await desk.write(deliveries.delivered, row, ref, one.object_id, one.purpose)

    async def _post_together(self, letters: list[tuple[Outgoing, Letter]]) -> str:
        letter = letters[0][1]
        slack = self._workspaces.get(letter.slack_team_id)
        if slack is None:
            raise _no_token()
        message = joined([one.message for _row, one in letters if one.message is not None])
        ids = [row.outbox_id for row, _letter in letters]
        where, ts = await slack.post(letter.channel, fit(message), outbox_ids=ids)
        return f"{where}:{ts}"

    async def _send(self, slack: SlackWorkspace, letter: Letter, row: Outgoing) -> str:
        return await _WAYS[letter.via](self, slack, letter, row)

    async def _post(self, slack: SlackWorkspace, letter: Letter, row: Outgoing) -> str:
        channel = letter.channel
        if row.attempts > 1:
            place = await slack.direct_channel(channel) if channel.startswith("U") else channel
            try:
                known = await slack.find_posted(place, row.outbox_id)
            except DeliveryError as problem:
                if not problem.permanent:
                    raise
                known = None
            if known and not letter.pictures:
                return f"{place}:{known}"
            # The message arrived, but perhaps not all that belongs below it.
            where, ts = (place, known) if known else await self._post_anew(slack, letter, row)
        else:
            where, ts = await self._post_anew(slack, letter, row)
        # In a channel pictures go below their message; in a direct channel they are what was asked for.
        below = "" if where.startswith("D") else ts
        for picture in letter.pictures:
            await _upload(slack, where, picture, below)
        return f"{where}:{ts}"

    async def _post_anew(self, slack: SlackWorkspace, letter: Letter, row: Outgoing) -> tuple[str, str]:
        await self._pace(f"{row.team_id}:{letter.channel}")
        return await slack.post(letter.channel, _whole(letter), thread_ts=letter.thread_ts, outbox_ids=[row.outbox_id])

    async def _whisper(self, slack: SlackWorkspace, letter: Letter, row: Outgoing) -> str:
        try:
            await slack.whisper(letter.channel, letter.user, _whole(letter), thread_ts=letter.thread_ts)
        except DeliveryError as problem:
            if not problem.permanent or problem.code in _SHORTER:
                raise
            return await self._post(slack, letter.to_person(), row)
        return ""

    async def _respond(self, slack: SlackWorkspace, letter: Letter, row: Outgoing) -> str:
        try:
            await slack.respond(letter.url, _whole(letter), replace=letter.replace)
        except DeliveryError as problem:
            if not problem.permanent or problem.code in _SHORTER:
                raise
            # The response URL is used up or too old: the person still gets the answer.
            return await self._post(slack, letter.to_person(), row)
        if letter.pictures and letter.channel:
            await self._pictures(slack, letter)
        return ""

    async def _pictures(self, slack: SlackWorkspace, letter: Letter) -> None:
        for picture in letter.pictures:
            await _upload(slack, letter.user, picture, "")

    async def _pictures_alone(self, slack: SlackWorkspace, letter: Letter, row: Outgoing) -> str:
        """Below the message that says the same in words."""
        await self._pace(f"{row.team_id}:{letter.channel}")
        for picture in letter.pictures:
            await _upload(slack, letter.channel, picture, letter.thread_ts)
        return ""

    async def _update(self, slack: SlackWorkspace, letter: Letter, row: Outgoing) -> str:
        try:
            await slack.update(letter.channel, letter.ts, _whole(letter))
        except DeliveryError as problem:
            if problem.code not in _ANEW:
                raise
            return await self._post(slack, letter.to_person(), row)
        return f"{letter.channel}:{letter.ts}"

    async def _home(self, slack: SlackWorkspace, letter: Letter, row: Outgoing) -> str:
        """A Home that was changed meanwhile is read again, and one that is too large comes in smaller pages."""
        shown: Letter | None = letter
        sizes = [0, *_SMALLER_PAGES]
        while shown is not None and shown.message is not None:
            try:
                await slack.publish_home(shown.user, shown.message.blocks, page=shown.page, view_hash=shown.view_hash)
                return ""
            except DeliveryError as problem:
                too_large = problem.code == "view_too_large"
                if not (too_large and len(sizes) > 1) and not (problem.code in _REREAD and shown.view_hash):
                    raise
            if too_large:
                sizes.pop(0)
            row = replace(row, payload={**row.payload, "hash": "", "most": sizes[0]})
            shown = await self._renderer.render(self._store.team(row.team_id), row)
        return ""

    async def _unfurl(self, slack: SlackWorkspace, letter: Letter, row: Outgoing) -> str:
        if letter.entities:
            try:
                await slack.unfurl(letter.channel, letter.ts, {}, letter.entities)
                return ""
            except DeliveryError as problem:
                if problem.code not in _NO_OBJECTS:
                    raise
            await self._store.team(row.team_id).write(_remember, reports.WORK_OBJECT)
        await slack.unfurl(letter.channel, letter.ts, letter.unfurls)
        return ""

    async def _pace(self, place: str) -> None:
        now = self._store.clock.monotonic()
        at = max(self._next.get(place, 0.0), now)
        self._next[place] = at + _PACE
        if len(self._next) > 5000:
            self._next = {key: when for key, when in self._next.items() if when > now}
        if at > now:
            # Whoever waits for the pace lets others work meanwhile.
            self._gate.release()
            try:
                await asyncio.sleep(at - now)
            finally:
                await self._gate.acquire()
            # The next one counts from when this one really leaves.
            self._next[place] = max(self._next.get(place, 0.0), self._store.clock.monotonic() + _PACE)

    async def _refused(self, desk: Desk, row: Outgoing, problem: DeliveryError) -> None:
        """Decide between later, elsewhere and never."""
        try:
            await installer.tell(desk, self._settings, problem)
            if problem.code == installations.NOT_INSTALLED:
                await desk.write(installations.hold_message, row)
            elif problem.retry_after is not None:
                await desk.write(
                    outbox.later, row.outbox_id, row.attempts, problem.code, problem.retry_after, counted=False
                )
            elif problem.permanent or (row.attempts >= 40 and not problem.code):
                _log.warning("not_delivered", outbox_id=row.outbox_id, kind=row.kind, code=problem.code)
                await desk.write(
                    deliveries.undeliverable, row, problem.sentence, problem.code, elsewhere=problem.code in _ELSEWHERE
                )
            else:
                seconds = min(60.0, 0.5 * 2 ** min(row.attempts, 8))
                await desk.write(outbox.later, row.outbox_id, row.attempts, problem.code or problem.sentence, seconds)
        except StoreUnavailable:
            return


async def _upload(slack: SlackWorkspace, where: str, picture: Picture, below: str) -> None:
    """A file; where the workspace takes none, what it shows goes as words."""
    try:
        await slack.upload(where, picture.content, picture.name, picture.title, picture.alt_text, below)
    except DeliveryError as problem:
        if problem.code not in _WORDS:
            raise
        said = f"{picture.title}: {picture.alt_text}" if picture.alt_text else f"{picture.name} could not be sent."
        message = error.sentence(f"{said} {slack_errors.sentence(problem.code)}")
        await slack.post(where, message, thread_ts=below)


def _no_token() -> DeliveryError:
    """Nothing is lost by it: what waits goes on at once when the workspace installs us again."""
    sentence = "There is no token for this workspace."
    return DeliveryError(sentence, permanent=False, code=installations.NOT_INSTALLED)


def _remember(work: Work, kind: str) -> None:
    """That this workspace refuses a kind of block."""
    teams.change_settings(work, **{reports.REFUSED: reports.with_refused(work, kind)})


def _whole(letter: Letter) -> Message:
    if letter.message is None:
        return Message("", ())
    return fit(letter.message)


_WAYS: Mapping[str, Way] = {
    "post": Delivery._post,
    "whisper": Delivery._whisper,
    "url": Delivery._respond,
    "update": Delivery._update,
    "home": Delivery._home,
    "unfurl": Delivery._unfurl,
    "pictures": Delivery._pictures_alone,
}
