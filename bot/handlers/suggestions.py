"""Campaign suggestions: approve, edit, dismiss with a reason, show people; one press counts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.ask import Ask
from bot.blocks import Block, Message
from bot.cards import alerts as alert_cards
from bot.cards import dialogs, receipt
from bot.cards import suggestion as cards
from bot.gestures import Gesture
from bot.grammar import segment_rule
from bot.grammar.commands import Suggest
from bot.names import Action, Dialog, Field
from bot.routes import Routes
from crm_store import outbox
from crm_store.actions import habits
from crm_store.actions import suggestions as suggestion_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed
from crm_store.queries import own_segments, retarget
from crm_store.queries import suggestions as suggestion_queries
from crm_store.values.acts import Receipt
from crm_store.values.marketing import DecisionOutcome, SuggestionView, Verdict
from crm_store.values.retarget import Retarget

_MAY_DECIDE = frozenset({"admin", "manager", "rep"})
_MOST_PEOPLE = 20
_ANY_DAY: Final = datetime(2028, 2, 1, tzinfo=UTC)
_ANY_ZONE: Final = ZoneInfo("UTC")


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Suggest, listed)
    routes.button(Action.SUGGESTION_APPROVE, approve)
    routes.button(Action.SUGGESTION_EDIT, open_edit)
    routes.button(Action.SUGGESTION_DISMISS, open_dismiss)
    routes.button(Action.SUGGESTION_PEOPLE, people)
    routes.button(Action.SUGGESTION_WHY, why)
    routes.button(Action.SUGGESTION_LEFT_OUT, left_out)
    routes.dialog(Dialog.SUGGESTION_EDIT, edited, check_edit)
    routes.dialog(Dialog.SUGGESTION_DISMISS, dismissed)


async def listed(ask: Ask, _command: Suggest) -> None:
    """`suggest`: what is open."""
    views = await open_views(ask)
    await ask.answer(cards.listed(views, now=ask.now, zone=ask.zone))


async def open_views(ask: Ask) -> tuple[SuggestionView, ...]:
    """Everything that waits for a decision, as cards show it."""
    ids = await ask.read(suggestion_queries.open_now)
    return tuple([await ask.read(suggestion_queries.view, one) for one in ids])


async def approve(ask: Ask) -> None:
    """Approve: the first press makes the campaign; the second reads who was first."""
    await _decide(ask, str(ask.pressed.get("suggestion", "")), int(ask.pressed.get("version", 0)), "approved", None)


async def _decide(ask: Ask, suggestion_id: str, version: int, verdict: Verdict, reason: str | None) -> None:
    _refuse_viewers(ask)

    def action(work: Work) -> DecisionOutcome:
        done = suggestion_actions.decide(work, suggestion_id, version, verdict, reason)
        _redraw(work, suggestion_id)
        return done

    await ask.act(action, lambda done: cards.outcome(done, now=ask.now, zone=ask.zone))


def _refuse_viewers(ask: Ask) -> None:
    if ask.user.role not in _MAY_DECIDE:
        raise NotAllowed("Viewers cannot decide on suggestions.")


def _redraw(work: Work, suggestion_id: str) -> None:
    """The card in the channel shows what was decided, whoever pressed."""
    key = f"redraw:{suggestion_id}:{work.now.isoformat()}"
    outbox.enqueue(work, "suggestion_update", f"redraw:{suggestion_id}", key, {"suggestion_id": suggestion_id})


async def open_edit(ask: Ask) -> None:
    """The dialog with audience, text and hold-out."""

    async def made() -> Block:
        view = await ask.read(suggestion_queries.view, str(ask.pressed.get("suggestion", "")))
        segments = [(one.segment_id, one.name) for one in await ask.read(own_segments.every)]
        return cards.edit_dialog(view, segments, ask.now.astimezone(await ask.read(own_segments.zone)).date())

    await ask.open_made(made())


async def open_dismiss(ask: Ask) -> None:
    """The dialog that asks why."""
    reading = ask.read(suggestion_queries.view, str(ask.pressed.get("suggestion", "")))
    await ask.open_about(reading, cards.dismiss_dialog)


def check_edit(gesture: Gesture) -> Mapping[str, str]:
    """What the dialog lacks."""
    errors = dict(dialogs.check_suggestion(gesture.values, gesture.metadata))
    errors |= dialogs.check_day(gesture.values, gesture.metadata, suggestion_actions.FURTHEST)
    narrow = dialogs.typed(gesture.values, Field.NARROW).strip()
    if narrow:
        try:
            # Whether words are a rule does not depend on the day; which days it means is read at submission.
            segment_rule.parse(narrow, _ANY_DAY, _ANY_ZONE)
        except BadInput as problem:
            errors[Field.NARROW.value] = problem.sentence
    return errors


async def edited(ask: Ask) -> None:
    """The dialog was sent: a new version, still to be approved."""
    change = dialogs.read_suggestion(ask.gesture.values, ask.gesture.metadata)
    rule = segment_rule.parse(change.narrow, ask.now, ask.zone) if change.narrow else None
    audience = Retarget(change.segment_id, rule, segment_rule.say(rule) if rule else "")

    def action(work: Work) -> Receipt:
        done = suggestion_actions.edit(
            work,
            change.suggestion_id,
            change.version,
            cap=change.cap,
            holdout_share=change.holdout_share,
            subject=change.subject or None,
            body=change.body,
            steps=change.steps,
            other_subject=change.other_subject,
            send_on=change.send_on,
            send_time=change.send_time,
            audience=audience,
        )
        _redraw(work, change.suggestion_id)
        return done

    await ask.act(action, receipt.of)


async def dismissed(ask: Ask) -> None:
    """Dismissed with a reason, from which the next ones learn."""
    given = dialogs.read_dismissal(ask.gesture.values, ask.gesture.metadata)
    _refuse_viewers(ask)

    def action(work: Work) -> tuple[DecisionOutcome, str]:
        done = suggestion_actions.decide(work, given.suggestion_id, given.version, "dismissed", given.reason)
        _redraw(work, given.suggestion_id)
        work.flush()
        return done, habits.asks_after(work, given.suggestion_id) if done.first else ""

    def say(told: tuple[DecisionOutcome, str]) -> Message:
        done, kind = told
        outcome = cards.outcome(done, now=ask.now, zone=ask.zone)
        name = f"suggestions of the kind {kind.replace('_', ' ')}"
        return blocks.joined([outcome, alert_cards.fewer(name, kind, "suggestions")]) if kind else outcome

    await ask.act(action, say)


async def people(ask: Ask) -> None:
    """Who would be written to."""
    suggestion_id = str(ask.pressed.get("suggestion", ""))
    briefs = await ask.read(suggestion_queries.people, suggestion_id, _MOST_PEOPLE)
    left = (await ask.read(retarget.left_out, suggestion_id)).total
    await ask.answer(cards.people(briefs, suggestion_id, left, now=ask.now, zone=ask.zone))


async def left_out(ask: Ask) -> None:
    """Who would not, and why, page by page."""
    suggestion_id, start = str(ask.pressed.get("suggestion", "")), int(ask.pressed.get("start", 0))
    await ask.answer(cards.left_out(await ask.read(retarget.left_out, suggestion_id, max(0, start)), suggestion_id))


async def why(ask: Ask) -> None:
    """Where the suggestion comes from."""
    view = await ask.read(suggestion_queries.view, str(ask.pressed.get("suggestion", "")))
    await ask.answer(cards.why(view))
