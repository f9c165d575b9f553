"""Works through received gestures: team and actor, the right handler, and the one place that turns an error into an
answer.
"""

import asyncio
import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot import gestures, installer, permissions, slack_errors
from bot.ask import Ask, NoLongerOurs
from bot.cards import customer as customer_cards
from bot.cards import error as error_cards
from bot.cards import links as link_cards
from bot.gestures import TAKEN_AWAY, UNASKED, Did, Gesture
from bot.grammar import words
from bot.grammar.parse import parse
from bot.installations.leaving import leave
from bot.routes import Routes
from bot.slack_errors import Then
from bot.turns import Stopping, Turns
from bot.workspace import SlackWorkspace
from crm_store import inbox, outbox
from crm_store.actions import installations
from crm_store.actions import teams as team_actions
from crm_store.engine.gathered import Gathered
from crm_store.engine.store import SYSTEM, Store
from crm_store.engine.work import Work
from crm_store.errors import Ambiguous, CrmError, DeliveryError, NotFound, StoreUnavailable
from crm_store.ids import reference
from crm_store.inbox import Claimed
from crm_store.log import get_logger
from crm_store.queries import teams as team_queries
from crm_store.settings import Settings
from crm_store.values.people import Found
from crm_store.values.roles import Right, rights_of
from crm_store.values.teams import TeamView, UserView

_FRESH: Final = 0.2
"""After so many seconds of waiting for a turn it is read anew who somebody is and what they may do."""
_TOO_LATE: Final = slack_errors.codes(Then.REOPEN)
_TYPED: Final = (Did.COMMAND, Did.MENTION, Did.DIRECT)
_OUTSIDE: Final = error_cards.sentence("Rapport answers the members of this team alone. Ask one of them.")
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A row as it was understood, and who caused it."""

    row: Claimed
    gesture: Gesture | None
    team: TeamView | None = None
    user: UserView | None = None


class Conversation:
    """The bot's working half: lets handlers act on claimed rows, a bounded number at once."""

    def __init__(
        self, store: Store, settings: Settings, routes: Routes, workspaces: Mapping[str, SlackWorkspace]
    ) -> None:
        self._store = store
        self._settings = settings
        self._routes = routes
        self._workspaces = workspaces
        self._turns = Turns(store, self._handle)
        self._callers = Gathered(self._read_callers)
        self._ends = Gathered(self._end_all)

    @property
    def busy(self) -> bool:
        """Whether any handler runs."""
        return self._turns.busy

    async def run(self, stop: asyncio.Event) -> None:
        """Take rows as they come until told to stop, then finish what runs."""
        await self._turns.run(stop)

    async def _read_callers(self, asked: Sequence[tuple[str, str]]) -> list[tuple[TeamView | None, UserView | None]]:
        return await self._store.house().read(team_queries.callers, asked)

    async def _end_all(self, ends: Sequence[tuple[Claimed, str]]) -> list[bool]:
        return await self._store.house().write(inbox.finish_all, ends)

    async def _end(self, row: Claimed, verdict: str) -> bool:
        """Mark a row as done that has no effect but this, together with others; False where it is no longer ours."""
        return await self._ends.ask((row, verdict))

    async def _handle(self, row: Claimed) -> bool:
        """One gesture; whatever goes wrong ends in an answer, a later try, a row set aside, or left to its lease."""
        try:
            heard, at = await self._hear(row), self._store.clock.monotonic()
            async with self._turns.turn():
                if self._store.clock.monotonic() - at > _FRESH:
                    heard = await self._hear(row)
                await self._act(heard)
        except Stopping:
            raise
        except (NoLongerOurs, StoreUnavailable):
            return False  # The lease runs out and the row is taken up again.
        except DeliveryError as problem:
            await self._later(row, problem.sentence, give_up=problem.permanent)
            with contextlib.suppress(StoreUnavailable):
                await installer.tell(self._store.team(row.team_id), self._settings, problem)
        except Exception:  # noqa: BLE001 -- the Slack answer is one of the three edges where all is caught
            _log.exception("gesture_failed", inbox_id=row.inbox_id, attempts=row.attempts)
            await self._later(row, "a defect; see the log", give_up=row.attempts >= self._settings.attempts)
        return True

    async def _hear(self, row: Claimed) -> _Heard:
        gesture = gestures.read(json.loads(row.raw))
        if gesture is None:
            return _Heard(row, None)
        team, user = await self._callers.ask((gesture.team, gesture.user))
        return _Heard(row, gesture, team, user)

    async def _act(self, heard: _Heard) -> None:
        row, gesture = heard.row, heard.gesture
        if gesture is not None and gesture.did in TAKEN_AWAY:
            await leave(self._store.team(row.team_id), row, gesture, self._workspaces.get(gesture.team))
            return
        ask = await self._prepare(heard)
        if ask is None:
            await self._end(row, "nobody of ours")
            return
        await self._route(ask)

    async def _later(self, row: Claimed, problem: str, *, give_up: bool) -> None:
        desk = self._store.team(row.team_id)
        try:
            if give_up:
                await desk.write(_give_up, row, problem)
            else:
                await desk.write(inbox.postpone, row.inbox_id, row.attempts, problem)
        except StoreUnavailable:
            return

    async def _prepare(self, heard: _Heard) -> Ask | None:
        row, gesture, team = heard.row, heard.gesture, heard.team
        if gesture is None or team is None or team.team_id != row.team_id:
            return None
        slack = self._workspaces.get(gesture.team)
        if slack is None:
            await self._store.team(team.team_id).write(installations.hold_arrival, row.inbox_id, row.attempts)
            return None
        user = heard.user
        if user is None and gesture.did in UNASKED:
            # Whoever is only overheard need not be a colleague, and does not become one by it.
            user = UserView(SYSTEM, gesture.user, "", "viewer", team.time_zone)
        elif user is None or not (user.active or gesture.did in UNASKED):
            user = await self._known_user(team, slack, gesture.user)
        if user is None:
            await self._turned_away(row, gesture)
            return None
        return Ask(
            gesture=gesture,
            claimed=row,
            desk=self._store.team(team.team_id, user.user_id),
            team=team,
            user=user,
            slack=slack,
            now=self._store.clock.now(),
            log_reaction=self._settings.log_reaction,
            link_domain=self._settings.link_domain,
            ingest_domain=self._settings.ingest_domain,
            perform=self.perform,
            end=self._end,
        )

    async def _turned_away(self, row: Claimed, gesture: Gesture) -> None:
        """Somebody from outside who pressed or typed gets one sentence, seen by nobody else, and nothing more."""
        if gesture.did is Did.OPENED_ENTITY and (slack := self._workspaces.get(gesture.team)):
            with contextlib.suppress(DeliveryError):
                await slack.present_details(gesture.trigger_id, error=link_cards.RESTRICTED)
        if gesture.response_url:
            payload = {"message": _OUTSIDE.to_json(), "via": "url", "url": gesture.response_url, "user": gesture.user}
            key = f"answer:{row.inbox_id}"
            await self._store.team(row.team_id).write(outbox.enqueue, "answer", key, key, payload)

    async def _known_user(self, team: TeamView, slack: SlackWorkspace, slack_user_id: str) -> UserView | None:
        """Colleagues join by speaking to us for the first time; guests and other companies' people get nothing."""
        desk = self._store.team(team.team_id)
        user = await desk.read(team_queries.user_by_slack, slack_user_id)
        if user is not None or not slack_user_id:
            return user if user is None or user.active else None
        profile = await slack.profile(slack_user_id)
        if profile.outsider or profile.is_bot:
            return None
        await desk.write(
            team_actions.add_user,
            slack_user_id,
            profile.name,
            profile.email or None,
            profile.first_role,
            profile.time_zone,
        )
        return await desk.read(team_queries.user_by_slack, slack_user_id)

    async def _route(self, ask: Ask) -> None:
        try:
            await self.perform(ask)
        except NotFound as problem:
            # Only a person who is not there can be added; a task, a stage or a deal that is not there cannot.
            person = problem.wanted if problem.sentence.startswith("Nobody fits") else ""
            await ask.answer(customer_cards.nothing(person, problem.sentence))
        except Ambiguous as problem:
            found = tuple(one for one in problem.candidates if isinstance(one, Found))
            await ask.answer(
                customer_cards.choices(problem.wanted, found, ask.claimed.inbox_id, now=ask.now, zone=ask.zone)
            )
        except DeliveryError as problem:
            if problem.code not in _TOO_LATE:
                raise
            await ask.answer(error_cards.sentence("That took too long to open. Press or type it once more."))
        except StoreUnavailable:
            raise
        except CrmError as problem:
            await ask.answer(error_cards.sentence(problem.sentence))
        except NoLongerOurs:
            raise
        except Exception:  # noqa: BLE001 -- the Slack answer is one of the three edges where all is caught
            ref = reference(ask.now)
            _log.exception("handler_failed", ref=ref, inbox_id=ask.claimed.inbox_id, did=ask.gesture.did.value)
            sentence = "That went wrong on our side, and nothing was changed. What you wrote is kept."
            await ask.answer(error_cards.sentence(sentence, ref=ref))

    async def perform(self, ask: Ask) -> None:
        """Let the right handler act; also used when a later choice completes an earlier gesture."""
        if ask.gesture.did in _TYPED and not ask.gesture.files:
            await self._typed(ask)
            return
        handler = self._routes.for_gesture(ask.gesture)
        if ask.gesture.files and ask.gesture.did in _TYPED:
            handler = self._routes.gestures.get(Did.DIRECT)
        if handler is None:
            await ask.done("nothing to do")
            return
        if await self._may(ask, permissions.for_gesture(ask.gesture, ask.log_reaction)):
            await handler(ask)

    async def _typed(self, ask: Ask) -> None:
        text = words.from_slack(words.without_mention(ask.gesture.text, ask.slack.bot_user_id))
        if ask.gesture.did is Did.COMMAND:
            text = text.partition(" ")[2]
        command = parse(text.strip(), ask.now, ask.zone, ask.team.currency)
        handler = self._routes.for_command(command)
        if handler is None:
            verb = text.split()[0].lower()
            raise CrmError(f"“{verb}” is understood, but this version cannot do it yet. `/crm help` lists what it can.")
        if await self._may(ask, permissions.for_command(command)):
            await handler(ask, command)

    async def _may(self, ask: Ask, right: Right) -> bool:
        """Whether the role of whoever asks allows this; where it does not, they read who may."""
        if right in rights_of(ask.user.role) or await ask.read(team_queries.may, ask.user.user_id, right):
            return True
        await ask.answer(error_cards.sentence(permissions.refusal(right, ask.user.role)))
        return False


def _give_up(work: Work, row: Claimed, problem: str) -> None:
    text = f"Something said to Rapport could not be handled and was set aside: {problem}. Ref {row.inbox_id}."
    if inbox.set_aside(work, row.inbox_id, row.attempts, problem):
        outbox.enqueue(
            work,
            "notice",
            "notice:admins",
            f"set_aside:{row.inbox_id}",
            {"user_id": None, "text": text},
        )


def check_dialog(routes: Routes, gesture: Gesture) -> Mapping[str, str]:
    """What is wrong with a submitted dialog, by block; empty when all is well."""
    check = routes.checks.get(gesture.callback_id)
    return check(gesture) if check else {}
