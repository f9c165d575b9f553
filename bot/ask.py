"""What a handler works with: who did what, the desk to act at, and the ways to answer exactly once."""

import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from bot import gestures, opening
from bot.blocks import Message
from bot.cards import forms
from bot.gestures import Did, Gesture
from bot.grammar import verbs, words
from bot.workspace import SlackWorkspace
from crm_store import inbox, outbox
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.errors import DeliveryError, NotFound
from crm_store.inbox import Claimed
from crm_store.models.plumbing import InboxRow
from crm_store.queries import customers as customer_queries
from crm_store.values.people import CustomerBrief
from crm_store.values.teams import TeamView, UserView

P = ParamSpec("P")
R = TypeVar("R")
V = TypeVar("V")


class NoLongerOurs(Exception):
    """Another worker has taken this row up; its effects count, ours are rolled back."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One gesture with everything needed to act on it."""

    gesture: Gesture
    claimed: Claimed
    desk: Desk
    team: TeamView
    user: UserView
    slack: SlackWorkspace
    now: datetime
    log_reaction: str
    link_domain: str
    ingest_domain: str
    perform: Callable[["Ask"], Awaitable[None]]
    # Marks a row as done that has no effect but this; False where another worker has it.
    end: Callable[[Claimed, str], Awaitable[bool]]
    chosen: str | None = None
    # The channel, and perhaps its thread, in which the asker alone reads the answer.
    beside: tuple[str, str] | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone."""
        return ZoneInfo(self.user.time_zone)

    @property
    def pressed(self) -> dict[str, Any]:
        """What the pressed button carries."""
        try:
            value = json.loads(self.gesture.value or "{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def is_private_place(self) -> bool:
        """Whether only the asker reads the answer."""
        return self.gesture.did is Did.DIRECT or self.gesture.channel.startswith("D") or bool(self.gesture.response_url)

    async def read(self, query: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Ask the store."""
        return await self.desk.read(query, *args, **kwargs)

    async def who(self, text: str) -> CustomerBrief:
        """The customer meant; raises NotFound or Ambiguous, which become choices."""
        if self.chosen:
            return await self.desk.read(customer_queries.by_id, self.chosen)
        if not text:
            raise NotFound(f"Say who: a name, a company, an address or a number.{self._example()}")
        return await self.desk.read(customer_queries.resolve, text, self.gesture.channel)

    def _example(self) -> str:
        """Where the verb that was typed is shown with examples."""
        typed = verbs.read_verb(words.split(self.gesture.text.removeprefix("/crm").strip()))
        return f" `/crm help {typed[0]}` shows how." if typed else ""

    async def act(
        self,
        action: Callable[[Work], R],
        say: Callable[[R], Message | None],
        *,
        public: bool = False,
        replace: bool = False,
    ) -> R:
        """Do something, answer, and mark the gesture as done: all in one transaction."""
        shown = public and await self._among_colleagues()
        return await self.desk.write(self._concluded, action, say, shown, replace or self.chosen is not None)

    async def answer(self, message: Message, *, public: bool = False, replace: bool = False) -> None:
        """Answer and mark the gesture as done."""
        await self.act(_nothing, lambda _: message, public=public, replace=replace)

    async def _among_colleagues(self) -> bool:
        """Whether an answer in the channel would be read by colleagues alone; what cannot be known counts as no."""
        if self.gesture.did is not Did.MENTION:
            return True
        try:
            return not await self.slack.outsiders_in(self.gesture.channel)
        except DeliveryError:
            return False

    async def post_in_channel(self, message: Message) -> None:
        """Show something to everybody in the channel, at the person's own wish."""
        await self.desk.write(self._posted, message)

    def _posted(self, work: Work, message: Message) -> None:
        self._finished(work, "shared")
        payload = {
            "message": message.to_json(),
            "via": "post",
            "channel": self.gesture.channel,
            "user": self.user.slack_user_id,
            "thread_ts": self.gesture.thread_ts,
            "replace": False,
        }
        key = f"share:{self.claimed.inbox_id}"
        outbox.enqueue(work, "answer", f"channel:{self.gesture.channel}", key, payload)

    async def done(self, verdict: str = "done") -> None:
        """Mark the gesture as done without an answer."""
        if not await self.end(self.claimed, verdict):
            raise NoLongerOurs

    async def open(self, view: Mapping[str, Any]) -> None:
        """Open a dialog; its trigger is good for 3 seconds, so this does not wait in the outbox.

        A line in a message has no trigger, and one that waited too long is refused: then a button opens the dialog.
        """
        view = forms.refilled(view, self.pressed)
        if not self.gesture.trigger_id:
            await self.answer(forms.opener(view))
            return
        try:
            await self.slack.open_view(self.gesture.trigger_id, view)
        except DeliveryError as problem:
            if not problem.permanent:
                raise
            await self.answer(forms.opener(view))
            return
        await self.done("opened a dialog")

    async def open_made(self, make: Coroutine[Any, Any, Mapping[str, Any]]) -> None:
        """Open a dialog whose content may take a while to make: after a moment it is open, and filled when it is."""
        making = opening.started(self._refilled(make))
        try:
            view = await opening.at_once(making)
            if view is not None or not self.gesture.trigger_id:
                await self.open(await making)
                return
            try:
                opened = await self.slack.open_view(self.gesture.trigger_id, forms.waiting())
            except DeliveryError as problem:
                if not problem.permanent:
                    raise
                await self.answer(forms.opener(await making))
                return
            await opening.filled(self.slack, opened, making)
            await self.done("opened a dialog")
        finally:
            making.cancel()

    async def open_about(self, reading: Coroutine[Any, Any, V], card: Callable[[V], Mapping[str, Any]]) -> None:
        """Open a dialog about what has to be read first."""

        async def made() -> Mapping[str, Any]:
            return card(await reading)

        await self.open_made(made())

    async def _refilled(self, make: Coroutine[Any, Any, Mapping[str, Any]]) -> Mapping[str, Any]:
        return forms.refilled(await make, self.pressed)

    def _finished(self, work: Work, verdict: str) -> None:
        if not inbox.finish(work, self.claimed.inbox_id, self.claimed.attempts, verdict):
            raise NoLongerOurs

    def _concluded(
        self, work: Work, action: Callable[[Work], R], say: Callable[[R], Message | None], public: bool, replace: bool
    ) -> R:
        self._finished(work, "done")
        result = action(work)
        message = say(result)
        if message is not None:
            payload = {"message": message.to_json(), **(self._whispered() or self._where(public, replace))}
            outbox.enqueue(
                work, "answer", f"answer:{self.claimed.inbox_id}", f"answer:{self.claimed.inbox_id}", payload
            )
        return result

    def _whispered(self) -> dict[str, Any]:
        """In the place that the answer was asked for; empty where none was, or where a choice has its own answer."""
        if self.beside is None or (self.chosen and self.gesture.response_url):
            return {}
        channel, thread_ts = self.beside
        user = self.user.slack_user_id
        return {"user": user, "channel": channel, "replace": False, "via": "whisper", "thread_ts": thread_ts}

    def _where(self, public: bool, replace: bool) -> dict[str, Any]:
        """Where an answer goes: by response URL, in the direct channel, in the thread, or to the asker's eyes alone."""
        gesture = self.gesture
        # A message that holds several receipts stays: the answer to one of them must not take the others away.
        replace = replace and not gesture.crowded
        place: dict[str, Any] = {"user": self.user.slack_user_id, "channel": gesture.channel, "replace": replace}
        if self.chosen and gesture.response_url and not (public and gesture.did is Did.MENTION):
            return {**place, "via": "url", "url": gesture.response_url, "thread_ts": gesture.thread_ts}
        if gesture.did is Did.MENTION:
            thread = gesture.thread_ts or (gesture.ts if public else "")
            return {**place, "via": "post" if public else "whisper", "thread_ts": thread}
        if gesture.did is Did.DIRECT or (gesture.channel.startswith("D") and not replace):
            return {**place, "via": "post", "thread_ts": gesture.thread_ts}
        if gesture.response_url:
            return {**place, "via": "url", "url": gesture.response_url, "thread_ts": gesture.thread_ts}
        if replace and gesture.ts:
            return {**place, "via": "update", "ts": gesture.ts}
        return {**place, "via": "post", "channel": self.user.slack_user_id, "thread_ts": ""}


def _nothing(_work: Work) -> None:
    return None


def original(work: Work, inbox_id: str) -> Gesture | None:
    """The gesture of an earlier row: a picked customer completes what was asked there."""
    row = work.session.get(InboxRow, (work.team_id, inbox_id))
    if row is None or row.source != "slack":
        return None
    return gestures.read(json.loads(row.raw))
