"""Suggestions: proposed once, edited by version, decided by the first who presses, or expired."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any, Final

from sqlalchemy import func, or_, select, update

from crm_store import audit, outbox
from crm_store.actions import campaigns, news
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed, NotFound, Stale
from crm_store.ids import Prefix
from crm_store.models.marketing import Decision, Suggestion
from crm_store.models.people import Team, User
from crm_store.queries import habits, own_segments, retarget, suggestions
from crm_store.values import drafts, plans
from crm_store.values.acts import Receipt
from crm_store.values.contacts import SIMPLE_RULE
from crm_store.values.marketing import OPEN_STATES, DecisionOutcome, Idea, Verdict
from crm_store.values.plans import Step
from crm_store.values.retarget import Retarget

OPEN_FOR: Final = timedelta(days=7)
REST: Final = timedelta(days=30)
"""A kind and target that was decided is left alone for so long."""
FURTHEST: Final = 60
"""Days ahead for which letters may be planned."""
_MOST_PEOPLE: Final = 100_000
_VERDICTS: Final = ("approved", "dismissed")


def propose(
    work: Work,
    idea: Idea,
    run_id: str | None = None,
    chance_shown: float = 1.0,
    because: str = "",
    *,
    likely: Sequence[str] = (),
) -> str | None:
    """Propose an idea to the team's channel; None if it is open already, was decided lately, or reaches nobody.

    The `likely` are some whom it was found to reach a moment ago. Not undoable: people dismiss it, and it expires by
    itself.
    """
    drafts.check(idea.subject, idea.body)
    expire(work)
    recent = select(Suggestion.suggestion_id).where(
        Suggestion.kind == idea.kind,
        Suggestion.target == idea.target,
        or_(Suggestion.state.in_(OPEN_STATES), Suggestion.decided_at > work.now - REST),
    )
    if work.session.scalar(recent.limit(1)) is not None or habits.has_enough(work, idea.kind):
        return None
    if not suggestions.reaches_anybody(work, idea, likely):
        return None
    suggestion_id = work.new_id(Prefix.SUGGESTION)
    row = {
        "suggestion_id": suggestion_id,
        "kind": idea.kind,
        "target": idea.target,
        "title": idea.title,
        "content": {
            "who": idea.who,
            "why": list(idea.why),
            "expected": idea.expected,
            "subject": idea.subject,
            "body": idea.body,
            "personal": idea.personal,
            "cap": idea.cap,
            "holdout_share": idea.holdout_share,
            "window_days": idea.window_days,
            **({plans.CHANNEL: plans.CALL} if idea.by_phone else {}),
            "because": because,
            "policy": idea.policy,
            "order": idea.order,
            "elsewhere": idea.elsewhere,
        },
        "members": list(idea.members),
        "state": "proposed",
        "version": 1,
        "chance_shown": chance_shown,
        "run_id": run_id,
        "created_at": work.now,
        "expires_at": work.now + OPEN_FOR,
    }
    if not work.insert(Suggestion, [row], or_nothing=True):
        return None
    audit.append(work, "propose", suggestion_id, {"kind": idea.kind, "members": len(idea.members)})
    _announce(work, suggestion_id)
    return suggestion_id


def decide(
    work: Work, suggestion_id: str, version: int, verdict: Verdict, reason: str | None = None
) -> DecisionOutcome:
    """Approve or dismiss: one conditional update decides who was first; the others read who and when.

    Raises Stale when the suggestion was edited or has expired meanwhile, NotAllowed for viewers. Not undoable: an
    approval releases letters; a dismissal is proposed anew after its rest.
    """
    if verdict not in _VERDICTS:
        raise BadInput("A suggestion is approved or dismissed.", field="verdict")
    user = work.session.get(User, (work.team_id, work.actor))
    if user is not None and user.role == "viewer":
        raise NotAllowed("Viewers may look at suggestions, but not decide on them.")
    row = work.session.scalars(
        update(Suggestion)
        .where(
            Suggestion.suggestion_id == suggestion_id,
            Suggestion.version == version,
            Suggestion.state.in_(OPEN_STATES),
            Suggestion.expires_at > work.now,
        )
        .values(state=verdict, decided_by=work.actor, decided_at=work.now, reason=reason)
        .returning(Suggestion)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).one_or_none()
    if row is None:
        return _decided_before(work, suggestion_id)
    work.add(
        Decision(
            suggestion_id=suggestion_id,
            version=version,
            user_id=work.actor,
            verdict=verdict,
            reason=reason,
            at=work.now,
        )
    )
    audit.append(work, verdict, suggestion_id, {"version": version})
    if verdict == "approved":
        row.campaign_id = campaigns.create(work, row)
    by = user.slack_user_id if user else None
    return DecisionOutcome(True, by, work.now, verdict, row.campaign_id, suggestions.by_phone(row))


def edit(
    work: Work,
    suggestion_id: str,
    version: int,
    *,
    cap: int | None = None,
    holdout_share: float | None = None,
    subject: str | None = None,
    body: str | None = None,
    steps: Sequence[Step] | None = None,
    other_subject: str | None = None,
    send_on: date | None = None,
    send_time: str = "",
    audience: Retarget | None = None,
) -> Receipt:
    """Change a draft or an audience before anybody decides; buttons of the earlier version count no more.

    Raises Stale when it was edited or decided meanwhile, BadInput for a draft that cannot be filled in.
    """
    row = _open_row(work, suggestion_id, version)
    given = {
        "cap": cap, "holdout_share": holdout_share, "subject": subject, "body": body, "other_subject": other_subject,
    }  # fmt: skip
    content: dict[str, Any] = {**row.content, **{name: value for name, value in given.items() if value is not None}}
    content["send_on"], content["send_time"] = _moment(work, send_on, send_time)
    if steps is not None:
        content["steps"] = plans.stored(steps)
    _check(content)
    members, more = _audience(work, row, audience or Retarget())
    with audit.record(work, "edit", suggestion_id, f"Changed the suggestion “{row.title}”") as ledger:
        ledger.change(row)
        row.content, row.version, row.state = {**content, **more}, row.version + 1, "edited"
        row.members = members
    return Receipt(suggestion_id, ledger.undo_id, ledger.sentence)


def _open_row(work: Work, suggestion_id: str, version: int) -> Suggestion:
    row = work.session.get(Suggestion, (work.team_id, suggestion_id))
    if row is None:
        raise NotFound("That suggestion is no longer there.", wanted=suggestion_id)
    if row.version != version or row.state not in OPEN_STATES or row.expires_at <= work.now:
        raise Stale("This suggestion was changed or decided in the meantime; look at it again.")
    return row


def _check(content: dict[str, Any]) -> None:
    """Raises BadInput that names the field."""
    if not 1 <= content["cap"] <= _MOST_PEOPLE:
        raise BadInput("At least one person must be written to.", field="cap")
    if not 0 <= content["holdout_share"] <= 0.5:
        raise BadInput("The control group may be 0 to 50 percent.", field="holdout_share")
    drafts.check(content["subject"], content["body"])
    drafts.check(content.get("other_subject") or content["subject"], content["body"])
    for one in content.get("steps", ()):
        drafts.check(content["subject"], one["body"] or "-")


def _moment(work: Work, day: date | None, clock: str) -> tuple[str | None, str]:
    """The day and the time of day, where the team lives, before which nothing leaves; a time alone is its next."""
    if clock:
        time.fromisoformat(clock)
    local = work.now.astimezone(own_segments.zone(work))
    if clock and day is None:
        day = local.date() + timedelta(days=clock <= f"{local:%H:%M}")
    if day is not None and not 0 <= (day - local.date()).days <= FURTHEST:
        raise BadInput(f"Choose a day from today on, at most {FURTHEST} days ahead.", field="send_on")
    return day.isoformat() if day else None, clock


def _audience(work: Work, row: Suggestion, wanted: Retarget) -> tuple[list[str], dict[str, str | bool | int]]:
    """The people as they are now meant, best first, and what the card says of them; raises BadInput for nobody."""
    members = list(row.members)
    # Who is in another suggestion was counted of the people proposed, not of those whom somebody chooses.
    said: dict[str, str | bool | int] = {"elsewhere": 0} if wanted != Retarget() else {}
    if wanted.segment_id:
        segment = own_segments.one(work, wanted.segment_id)
        members = retarget.of_segment(work, wanted.segment_id)
        said |= {
            "who": f"the segment “{segment.name}”",
            "policy": SIMPLE_RULE,
            "order": f"The order is the simple rule “{SIMPLE_RULE}”, since people chose whom to write to.",
            # An owner may write about an open deal without consent to letters; to whom a segment holds, nobody may.
            "personal": False,
        }
    if wanted.rule is not None:
        members = retarget.narrowed(work, members, wanted.rule)
        said["who"] = f"{said.get('who', row.content['who'])}; only who: {wanted.words}"
    if not members:
        raise BadInput("Nobody is left with that; the audience stays as it was.", field="audience")
    return members, said


def expire(work: Work) -> int:
    """Close what nobody decided in time, and say how many; not undoable: the next night proposes anew."""
    gone = work.session.scalars(
        update(Suggestion)
        .where(Suggestion.state.in_(OPEN_STATES), Suggestion.expires_at <= work.now)
        .values(state="expired")
        .returning(Suggestion.suggestion_id)
        .execution_options(synchronize_session=False)
    ).all()
    for suggestion_id in gone:
        audit.append(work, "expire", suggestion_id, {})
    return len(gone)


def _decided_before(work: Work, suggestion_id: str) -> DecisionOutcome:
    row = work.session.get(Suggestion, (work.team_id, suggestion_id))
    if row is None:
        raise NotFound("That suggestion is no longer there.", wanted=suggestion_id)
    if row.state in OPEN_STATES and row.expires_at > work.now:
        raise Stale("Somebody edited this suggestion in the meantime; look at it again.")
    if row.decided_at is None:
        raise Stale("This suggestion has expired; the next night proposes anew what still holds.")
    by = work.session.scalar(select(User.slack_user_id).where(User.user_id == row.decided_by))
    return DecisionOutcome(False, by, row.decided_at, row.state, row.campaign_id, suggestions.by_phone(row))


def _announce(work: Work, suggestion_id: str) -> None:
    team = work.session.get(Team, (work.team_id,))
    channel = team.settings.get("channel") if team else None
    if channel:
        key, about = f"channel:{channel}", {"suggestion_id": suggestion_id}
        outbox.enqueue(work, "suggestion", key, f"suggestion:{suggestion_id}", about)
        return
    waiting = work.session.scalar(select(func.count()).select_from(Suggestion).where(Suggestion.state.in_(OPEN_STATES)))
    text = f"{waiting} suggestions wait. Choose the channel that gets them with `/crm settings channel`."
    news.tell(work, None, f"no-channel:{work.now.date().isoformat()}", text)
