"""Campaign suggestions: who, why, what would come of it, the draft, and Approve, Edit or Dismiss; then who decided."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block, Line, Message, Piece
from bot.cards import campaign, forms, wording
from bot.cards import people as people_cards
from bot.names import Action, Dialog, Field
from crm_store.values import plans
from crm_store.values.marketing import DecisionOutcome, SuggestionView
from crm_store.values.people import CustomerBrief
from crm_store.values.retarget import LeftOut, LeftOutPage

REASONS: Final = (
    ("wrong_people", "The wrong people"),
    ("wrong_time", "The wrong time"),
    ("wrong_text", "The wrong text"),
    ("done_otherwise", "We do this another way"),
    ("not_worth_it", "Not worth it"),
    ("other", "Another reason"),
)
_VERDICTS: Final = {"approved": "Approved", "dismissed": "Dismissed", "edited": "Edited", "expired": "Expired"}
_FIRST: Final = {
    "approved": "Approved. The letters leave in the hours set for it; `/crm campaign` shows how far they are.",
    "dismissed": "Dismissed. The reason is kept, and the next suggestions learn from it.",
    "edited": "Changed. It still waits for somebody to approve it.",
}
_FIRST_CALLS: Final = "Approved. Each owner has a task for each call; `/crm campaign` shows what comes of it."
_LEFT_OUT: Final = {
    "no consent": "without consent",
    "no address": "without an address",
    "open deal": "with an open deal",
    "written to lately": "who had a mail lately",
    "said no": "who said no to letters",
    "no phone number": "without a phone number",
}
_DRAFT: Final = 2_000
_GLANCE: Final = 300


def proposed(view: SuggestionView, *, now: datetime, zone: ZoneInfo) -> Message:
    """A suggestion that waits for a decision."""
    people = _reached(view)
    return blocks.message(
        f"Suggestion: {view.title}. {_what(view)} to {people}. {view.expected}",
        blocks.header(view.title),
        blocks.lines([blocks.bold("Who"), f" {people}: {blocks.one_line(view.who, 400)}"]),
        _facts("Why", view.why[:3]),
        _expected(view),
        _order(view),
        _left_out(view),
        *_draft(view),
        _then(view),
        _buttons(view, people),
        blocks.context(
            f"Open until {wording.moment(view.expires_at, now, zone)}. "
            f"{'Nobody gets a task' if view.by_phone else 'Nothing is sent'} before somebody approves.",
            *(one for one in (view.because, *(() if view.by_phone else (view.budget, view.leaves))) if one),
        ),
    )


def _reached(view: SuggestionView) -> str:
    return wording.counted(view.n, "person", "people") if view.n else "nobody at present"


def _what(view: SuggestionView) -> str:
    return "Calls" if view.by_phone else "Mail"


def _facts(head: str, facts: Sequence[str]) -> Block | None:
    if not facts:
        return None
    return blocks.together(
        blocks.lines([blocks.bold(head)]), blocks.bullets([blocks.one_line(fact, 300) or "–" for fact in facts])
    )


def _expected(view: SuggestionView) -> Block | None:
    if not view.expected.strip():
        return None
    return blocks.lines([blocks.bold("Expected"), f" {blocks.one_line(view.expected, 600)}"])


def _order(view: SuggestionView) -> Block | None:
    return blocks.lines([blocks.bold("Whom first"), f" {blocks.one_line(view.order, 500)}"]) if view.order else None


def _left_out(view: SuggestionView) -> Block | None:
    left = [(number, _LEFT_OUT.get(reason, reason)) for reason, number in view.left_out if number]
    counts = [f"{number:,} {blocks.one_line(reason, 80)}" for number, reason in left][:8]
    if view.holdout:
        counts.append(f"{view.holdout:,} held out by lot to measure the effect")
    elif not (view.holdout_share or view.by_phone) and view.cap > 1:
        counts.append("nobody held out, so that the effect is not measured")
    return blocks.lines([blocks.bold("Left out"), " " + ", ".join(counts)]) if counts else None


def _draft(view: SuggestionView) -> list[Block | None]:
    if view.by_phone:
        task = f"Call {view.example or 'the customer'}: {view.body}"
        said = "Each owner gets a task, with the last order and the open deal to talk about"
        return [blocks.together(blocks.lines([blocks.bold("Task"), f" {said}"]), blocks.quote(task, _DRAFT))]
    example = f" (as {blocks.one_line(view.example, 100)} would get it)" if view.example else ""
    head: list[Piece] = [blocks.bold("Draft"), f"{example} ", blocks.bold(view.subject, 200)]
    other = f"A second subject is tried on half of them: {view.other_subject}" if view.other_subject else ""
    return [blocks.together(blocks.lines(head, *([other] if other else [])), blocks.quote(view.body, _DRAFT))]


def _then(view: SuggestionView) -> Block | None:
    rows: list[Line] = []
    if view.send_on:
        at = f" from {view.send_time}" if view.send_time else ""
        hours = "" if view.by_phone else ", in the hours for sending"
        head = "Due" if view.by_phone else "Leaves"
        rows.append([blocks.bold(head), f" on {view.send_on:%a %d %b %Y}{at}{hours}"])
    if said := plans.said(view.steps):
        rows.append([blocks.bold("Then"), f" {said}"])
    return blocks.lines(*rows) if rows else None


def _short(view: SuggestionView) -> Block | None:
    """So much of the draft that nobody approves what they have not seen."""
    return blocks.quote(" ".join(view.body.split()), _GLANCE)


def _value(view: SuggestionView) -> dict[str, str | int]:
    return {"suggestion": view.suggestion_id, "version": view.version}


def _buttons(view: SuggestionView, people: str) -> Block | None:
    value = _value(view)
    gets = "gets" if view.holdout == 1 else "get"
    held = f" {wording.counted(view.holdout, 'other')} {gets} nothing, so that the effect can be measured."
    act = f"{'calls' if view.by_phone else 'mail'} to {people}"
    if not view.n:
        # What was proposed may be unreachable by now; there is nothing to approve until its audience is another.
        return blocks.actions(*_others(value))
    sure = blocks.confirm(
        f"Approve {'these' if view.by_phone else 'this'} {act}?",
        f"The people and the text are fixed then, and cannot be changed.{held if view.holdout else ''}",
        f"Approve for {view.n:,}",
        "Not now",
    )
    return blocks.actions(
        blocks.button(f"Approve {act}", Action.SUGGESTION_APPROVE, value, style="primary", confirm=sure),
        *_others(value),
    )


def _others(value: dict[str, str | int]) -> list[Block]:
    return [
        blocks.button("Edit", Action.SUGGESTION_EDIT, value),
        blocks.button("Dismiss", Action.SUGGESTION_DISMISS, value),
        blocks.button("Show people", Action.SUGGESTION_PEOPLE, value),
        blocks.button("Show why", Action.SUGGESTION_WHY, value),
    ]


def decided(view: SuggestionView, *, now: datetime, zone: ZoneInfo) -> Message:
    """The same card once somebody decided: who, when, and how many get the mail or were held out."""
    verdict = "Approved" if view.campaign else _VERDICTS.get(view.state, view.state.capitalize())
    when = f" {wording.moment(view.decided_at, now, zone)}" if view.decided_at else ""
    line: list[Piece] = [blocks.bold(verdict)]
    line += [" by ", blocks.person(view.decided_by)] if view.decided_by else []
    line += [f",{when}"] if when else []
    rows: list[Line] = [line]
    if view.campaign:
        treated, holdout = view.campaign.treated, view.campaign.holdout
        was = "was" if holdout == 1 else "were"
        held = f"; {holdout:,} {was} held out by lot to measure the effect" if holdout else ""
        people = wording.counted(treated, "person", "people")
        rows.append(f"{'The calls are' if view.by_phone else 'The mail is'} for {people}{held}.")
    seen = view.campaign.numbers if view.campaign else None
    if view.reason:
        rows.append(f"Reason: {_reason(view.reason)}")
    return blocks.message(
        f"{verdict}: {view.title}.{when}", blocks.header(view.title), blocks.lines(*rows),
        campaign.numbers(seen) if seen else None, *_draft(view),
    )  # fmt: skip


def _reason(reason: str) -> str:
    key, _, note = reason.partition(": ")
    words = dict(REASONS).get(key)
    return blocks.one_line(": ".join(one for one in (words, note) if one) if words else reason, 400)


def already(by: str | None, at: datetime, verdict: str, *, now: datetime, zone: ZoneInfo) -> Message:
    """The second to press reads who was first."""
    word = _VERDICTS.get(verdict, verdict).lower()
    when = wording.moment(at, now, zone)
    line: Line = [blocks.person(by) if by else "Somebody", f" {word} this, {when}. Your press changed nothing."]
    return blocks.message(f"A colleague {word} this, {when}.", blocks.lines(line))


def outcome(done: DecisionOutcome, *, now: datetime, zone: ZoneInfo) -> Message:
    """What a press led to: the first counts."""
    if not done.first:
        return already(done.by_slack_id, done.at, done.verdict, now=now, zone=zone)
    calls = done.by_phone and done.verdict == "approved"
    said = _FIRST_CALLS if calls else _FIRST.get(done.verdict, "Your decision is kept.")
    return blocks.message(said, blocks.section(said))


def listed(views: Sequence[SuggestionView], *, now: datetime, zone: ZoneInfo) -> Message:
    """What is open, each with its decision."""
    if not views:
        said = "No suggestion is open. New ones are made each night."
        return blocks.message(said, blocks.section(said))
    if len(views) == 1:
        return proposed(views[0], now=now, zone=zone)
    parts: list[Block | None] = []
    for one in views[:10]:
        people = _reached(one)
        parts.append(blocks.lines([blocks.bold(one.title)], f"{people}: {blocks.one_line(one.who, 200)}"))
        draft: Line = ["Task"] if one.by_phone else ["Draft ", blocks.bold(one.subject, 200)]
        parts.append(blocks.together(blocks.lines(draft), _short(one)))
        parts.append(_buttons(one, people))
    said = wording.counted(len(views), "suggestion is open", "suggestions are open")
    return blocks.message(f"{said}.", blocks.header(said), *parts)


def people(
    briefs: Sequence[CustomerBrief], suggestion_id: str = "", left_out: int = 0, *, now: datetime, zone: ZoneInfo
) -> Message:
    """Who would be written to or called, and a button to those who would not."""
    found = people_cards.listed(briefs, "Who this is for", "Nobody fits any more.", now=now, zone=zone)
    if not left_out:
        return found
    value: dict[str, str | int] = {"suggestion": suggestion_id, "start": 0}
    button = blocks.button(f"Show the {left_out:,} left out", Action.SUGGESTION_LEFT_OUT, value)
    return blocks.message(found.text, *found.blocks, blocks.actions(button))


def left_out(page: LeftOutPage, suggestion_id: str) -> Message:
    """Who is not written to and why, a page of them."""
    if not page.people:
        said = "Nobody is left out."
        return blocks.message(said, blocks.section(said))
    rows: list[Line] = [
        [blocks.bold(_called(one), 150), f" · {blocks.one_line(_LEFT_OUT.get(one.reason, one.reason), 80)}"]
        for one in page.people
    ]
    span = f"{page.start + 1:,} to {page.start + len(page.people):,} of {page.total:,}"
    value: dict[str, str | int] = {"suggestion": suggestion_id, "start": page.next}
    more = blocks.actions(blocks.button("The next", Action.SUGGESTION_LEFT_OUT, value)) if page.next else None
    return blocks.message(
        f"Left out, {span}.",
        blocks.header("Who is left out, and why"),
        blocks.bullets(rows),
        more,
        blocks.context(span),
    )


def _called(one: LeftOut) -> str:
    return ", ".join(part for part in (one.name, one.company) if part) or "Somebody who is no longer there"


def why(view: SuggestionView) -> Message:
    """Where a suggestion comes from."""
    return blocks.message(
        f"Why: {view.title}. " + " ".join(view.why),
        blocks.header(f"Why: {view.title}"),
        blocks.lines(f"The rule: {blocks.one_line(view.who, 400)}"),
        _facts("Facts", view.why[:10]),
        _expected(view),
        _order(view),
        _left_out(view),
    )


def edit_dialog(view: SuggestionView, segments: Sequence[tuple[str, str]] = (), today: date | None = None) -> Block:
    """Audience, text, time, cap and hold-out; saving makes a new version, which still waits for Approve.

    `segments` are ids and names of the team's own. Calls have no subject, and nothing follows them by itself.
    """
    return forms.modal(
        Dialog.SUGGESTION_EDIT,
        "Edit suggestion",
        [
            *([] if view.by_phone else _subjects(view)),
            forms.text_input(
                Field.BODY, "What the task says" if view.by_phone else "Text", value=view.body_template,
                multiline=True, required=True,
            ),
            forms.select_input(
                Field.SEGMENT, "Instead, the people of a segment of yours",
                [blocks.option(name, segment_id) for segment_id, name in segments],
            ) if segments else None,
            forms.text_input(
                Field.NARROW, "Only those who", limit=500, placeholder="spent 500+ this year",
                hint="A rule as for segments, laid over the people proposed or the segment chosen.",
            ),
            forms.text_input(Field.CAP, "At most so many people", value=str(view.cap), limit=6),
            forms.text_input(
                Field.HOLD_OUT, "Held out by lot, in percent", value=f"{view.holdout_share * 100:.0f}", limit=3,
                hint="They get nothing, so that the effect can be measured.",
            ),
            forms.date_input(Field.SEND_ON, "Not before", initial=view.send_on),
            forms.text_input(
                Field.CLOCK, "At", value=view.send_time, limit=5, placeholder="9:30",
                hint="Where the team lives."
                + ("" if view.by_phone else " The hours for sending and each reader's zone come on top."),
            ),
            *([] if view.by_phone else _follow_ups(view)),
        ],
        metadata={
            **_value(view), "by_phone": int(view.by_phone), **({"today": today.isoformat()} if today else {}),
        },
    )  # fmt: skip


def _subjects(view: SuggestionView) -> list[Block]:
    return [
        forms.text_input(Field.SUBJECT, "Subject", value=view.subject_template, limit=200),
        forms.text_input(
            Field.OTHER_SUBJECT, "Another subject to try", value=view.other_subject, limit=200,
            hint="Half of the people get it, by lot; the card tells which brings more replies.",
        ),
    ]  # fmt: skip


def _follow_ups(view: SuggestionView) -> list[Block]:
    return [
        forms.select_input(
            Field.THEN, "Then, for who has not answered",
            [blocks.option(label, value) for value, label in plans.CHOICES],
            initial=_chosen(view),
        ),
        forms.select_input(
            Field.WAIT, "How long to wait each time",
            [blocks.option(f"{days} days", str(days)) for days in plans.WAITS],
            initial=blocks.option(f"{_wait(view)} days", str(_wait(view))),
        ),
        forms.text_input(
            Field.REMINDER, "The reminder", value=_reminder(view), multiline=True,
            hint="It goes on from the first letter. Left empty, a short usual one is sent.",
        ),
    ]  # fmt: skip


def _chosen(view: SuggestionView) -> Block:
    choice = plans.choice_of(view.steps)
    return blocks.option(dict(plans.CHOICES)[choice], choice)


def _wait(view: SuggestionView) -> int:
    days = view.steps[0].after_days if view.steps else plans.USUAL_WAIT
    return days if days in plans.WAITS else plans.USUAL_WAIT


def _reminder(view: SuggestionView) -> str:
    return next((one.body for one in view.steps if one.do == "mail"), plans.REMINDER)


def dismiss_dialog(view: SuggestionView) -> Block:
    """Why not: the next suggestions learn from it."""
    options = [blocks.option(label, value) for value, label in REASONS]
    return forms.modal(
        Dialog.SUGGESTION_DISMISS,
        "Dismiss suggestion",
        [
            forms.select_input(Field.REASON, "Why", options, required=True),
            forms.text_input(Field.NOTE, "In your words", multiline=True, limit=500),
        ],
        submit="Dismiss",
        metadata=_value(view),
    )
