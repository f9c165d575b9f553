"""Campaign suggestions: approve, edit, dismiss with a reason, show people; one press counts."""

from collections.abc import Mapping

from bot.ask import Ask
from bot.cards import dialogs, receipt
from bot.cards import suggestion as cards
from bot.gestures import Gesture
from bot.grammar.commands import Suggest
from bot.names import Action, Dialog
from bot.routes import Routes
from crm_store import outbox
from crm_store.actions import suggestions as suggestion_actions
from crm_store.engine.work import Work
from crm_store.errors import NotAllowed
from crm_store.queries import suggestions as suggestion_queries
from crm_store.values.acts import Receipt
from crm_store.values.marketing import DecisionOutcome, SuggestionView, Verdict

_MAY_DECIDE = frozenset({"admin", "manager", "rep"})
_MOST_PEOPLE = 20


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Suggest, listed)
    routes.button(Action.SUGGESTION_APPROVE, approve)
    routes.button(Action.SUGGESTION_EDIT, open_edit)
    routes.button(Action.SUGGESTION_DISMISS, open_dismiss)
    routes.button(Action.SUGGESTION_PEOPLE, people)
    routes.button(Action.SUGGESTION_WHY, why)
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
    if ask.user.role not in _MAY_DECIDE:
        raise NotAllowed("Viewers cannot decide on suggestions.")

    def action(work: Work) -> DecisionOutcome:
        done = suggestion_actions.decide(work, suggestion_id, version, verdict, reason)
        _redraw(work, suggestion_id)
        return done

    await ask.act(action, lambda done: cards.outcome(done, now=ask.now, zone=ask.zone))


def _redraw(work: Work, suggestion_id: str) -> None:
    """The card in the channel shows what was decided, whoever pressed."""
    key = f"redraw:{suggestion_id}:{work.now.isoformat()}"
    outbox.enqueue(work, "suggestion_update", f"redraw:{suggestion_id}", key, {"suggestion_id": suggestion_id})


async def open_edit(ask: Ask) -> None:
    """The dialog with audience, text and hold-out."""
    view = await ask.read(suggestion_queries.view, str(ask.pressed.get("suggestion", "")))
    await ask.open(cards.edit_dialog(view))


async def open_dismiss(ask: Ask) -> None:
    """The dialog that asks why."""
    view = await ask.read(suggestion_queries.view, str(ask.pressed.get("suggestion", "")))
    await ask.open(cards.dismiss_dialog(view))


def check_edit(gesture: Gesture) -> Mapping[str, str]:
    """What the dialog lacks."""
    return dialogs.check_suggestion(gesture.values)


async def edited(ask: Ask) -> None:
    """The dialog was sent: a new version, still to be approved."""
    change = dialogs.read_suggestion(ask.gesture.values, ask.gesture.metadata)

    def action(work: Work) -> Receipt:
        done = suggestion_actions.edit(
            work,
            change.suggestion_id,
            change.version,
            cap=change.cap,
            holdout_share=change.holdout_share,
            subject=change.subject,
            body=change.body,
            steps=change.steps,
            other_subject=change.other_subject,
            send_on=change.send_on,
        )
        _redraw(work, change.suggestion_id)
        return done

    await ask.act(action, receipt.of)


async def dismissed(ask: Ask) -> None:
    """Dismissed with a reason, from which the next ones learn."""
    dismissal = dialogs.read_dismissal(ask.gesture.values, ask.gesture.metadata)
    await _decide(ask, dismissal.suggestion_id, dismissal.version, "dismissed", dismissal.reason)


async def people(ask: Ask) -> None:
    """Who would be written to."""
    briefs = await ask.read(suggestion_queries.people, str(ask.pressed.get("suggestion", "")), _MOST_PEOPLE)
    await ask.answer(cards.people(briefs, now=ask.now, zone=ask.zone))


async def why(ask: Ask) -> None:
    """Where the suggestion comes from."""
    view = await ask.read(suggestion_queries.view, str(ask.pressed.get("suggestion", "")))
    await ask.answer(cards.why(view))
