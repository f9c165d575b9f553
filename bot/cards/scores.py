"""Scores in a seller's words: what each says, how sure, on how much data, for and against, and how such ones did."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from bot import blocks, tables
from bot.blocks import Block, Line, Message
from bot.cards import wording
from bot.names import Action
from bot.tables import Number
from crm_store.values.outcomes import Decile
from crm_store.values.people import CustomerBrief, ScoreView
from crm_store.values.score_story import Moved, ScoreStory
from crm_store.values.scores import Band, ScoreKind

_SHOWN: Final = 6
_WORTH_SAYING: Final = 0.01
_STALE: Final = timedelta(days=2)
_WHAT: Final = {
    ScoreKind.ALIVE.value: "that this is still a customer",
    ScoreKind.POTENTIAL.value: "of another order or a won deal within 90 days",
    ScoreKind.LEAD.value: "of a first order or a won deal within 90 days",
    ScoreKind.DEAL.value: "that the deal is won",
}
_BOUGHT: Final = {ScoreKind.DEAL.value: "were won"}
_SAID: Final = {
    Band.LOWER.value: "Lower than usual",
    Band.USUAL.value: "As usual",
    Band.HIGHER.value: "Higher than usual",
}


def why(
    customer: CustomerBrief, stories: Sequence[ScoreStory], missing: Sequence[str] = (), *, today: date,
    currency: str = "", days: int = 0,
) -> Message:  # fmt: skip
    """Each score with what it means, for and against, how it moved, how much it rests on, and how such ones did."""
    name = wording.customer(customer)
    if not stories:
        said = " ".join((f"There is no score for {name} yet.", *missing))
        return blocks.message(said.replace("`", ""), blocks.section(said.replace("`", "")))
    parts: list[Block | None] = []
    for one in stories[:_SHOWN]:
        parts += _told(one, today, currency, days)
    said = f"Scores of {name}: " + "; ".join(_named(one, currency) for one in stories)
    card = blocks.button("Show card", Action.CARD, {"customer": customer.customer_id})
    return blocks.message(
        said, blocks.header(f"Scores of {name}"), *parts, blocks.context(*missing), blocks.actions(card)
    )


def _named(one: ScoreStory, currency: str) -> str:
    return f"{wording.SCORES.get(one.view.kind, one.view.kind)} {wording.score(one.view, currency)}"


def _told(one: ScoreStory, today: date, currency: str, days: int) -> list[Block | None]:
    view = one.view
    head: Line = [
        blocks.bold(wording.SCORES.get(view.kind, view.kind)),
        f" · {blocks.one_line(one.subject, 100)}" if one.subject else "",
        f" {_says(view, currency, days)}",
    ]
    rows: list[Line] = [head]
    if moved := _movement(one, currency):
        rows.append(moved)
    sides = [_side("For", one.speaks_for), _side("Against", one.against)]
    if not any(sides) and view.kind != ScoreKind.ALIVE.value:
        rows.append("No single reason stands out.")
    record = _record(view.kind, one.like) or _tested(one) or view.sentence
    return [blocks.together(blocks.lines(*rows), *sides), blocks.context(_rests(one, today), record)]


def _says(view: ScoreView, currency: str, days: int) -> str:
    """The score as a sentence, with how sure it is."""
    if view.kind == ScoreKind.VALUE.value:
        return f"{wording.score(view, currency, days)}: in 8 of 10 such cases it is between the two"
    what = _WHAT.get(view.kind, "")
    if view.band:
        return f"{_SAID.get(view.band, view.band)}; too few outcomes so far for a percentage"
    return f"{wording.score(view)} {what}".rstrip() + wording.churn(view)


def _movement(one: ScoreStory, currency: str) -> str:
    """`Up 12 points in 30 days`; nothing where the score hardly moved or is shown as a band."""
    if one.change is None or one.view.band:
        return ""
    way = "Up" if one.change > 0 else "Down"
    if one.view.kind == ScoreKind.VALUE.value:
        size = wording.amount(abs(one.change), currency) if abs(one.change) >= 1 else ""
    else:
        points = round(abs(one.change) * 100)
        size = wording.counted(points, "point") if points else ""
    return f"{way} {size} in {one.change_days} days." if size else f"Steady for {one.change_days} days."


def _side(head: str, reasons: Sequence[str]) -> Block | None:
    shown: list[Line] = [blocks.one_line(reason, 300) for reason in reasons if reason.strip()]
    return blocks.together(blocks.lines([blocks.bold(head)]), blocks.bullets(shown)) if shown else None


def _rests(one: ScoreStory, today: date) -> str:
    """On how much data, of which day, known since when; an old score says so."""
    view = one.view
    since = f", known since {_day(one.since)}" if one.since and one.since < view.as_of else ""
    old = (one.newest is not None and view.as_of < one.newest) or today - view.as_of > _STALE
    stale = " There is no newer one." if old else ""
    return f"Learnt from {wording.counted(view.n, 'outcome')}. Score of {_day(view.as_of)}{since}.{stale}"


def _record(kind: str, like: Decile | None) -> str:
    """What came of earlier scores like this one."""
    if like is None or not like.n:
        return ""
    came = round(like.came * like.n)
    return (
        f"How such scores did: of {like.n:,} earlier ones near {like.said * 100:.0f} %, {came:,} "
        f"({like.came * 100:.0f} %) {_BOUGHT.get(kind, 'bought')}."
    )


def _tested(one: ScoreStory) -> str:
    """How the model did on later cases, while nothing is known yet of what it said of late."""
    if one.gain is None or one.gain < _WORTH_SAYING:
        return ""
    on = f"{wording.counted(one.tested, 'later case')}" if one.tested else "later time"
    guess = "the customer's own pace so far" if one.view.kind == ScoreKind.VALUE.value else "the average alone"
    return f"How such scores did: tested on {on}, they were {one.gain * 100:.0f} % less off than {guess}."


def moved(found: Sequence[Moved]) -> Message:
    """Chances that jumped within a week, for their owner: each once, the largest first."""
    rows: list[Line] = [
        [
            blocks.bold(one.name, 200),
            f" · {wording.SCORES.get(one.kind, one.kind).lower()} {'up' if one.now > one.before else 'down'} "
            f"{round(abs(one.now - one.before) * 100)} points, {one.before * 100:.0f} % to {one.now * 100:.0f} %",
        ]
        for one in found[:_SHOWN]
    ]
    more = len(found) - len(rows)
    buttons = [
        blocks.button(f"Card of {one.name}", Action.CARD, {"customer": one.customer_id})
        for one in found[:3]
        if one.customer_id
    ]
    head = wording.counted(len(found), "chance") + " of yours moved by 15 points or more"
    return blocks.message(
        f"{head}: " + "; ".join(one.name for one in found[:_SHOWN]),
        blocks.header(head),
        blocks.bullets(rows),
        blocks.context(f"and {more} more" if more else ""),
        blocks.actions(*buttons),
        blocks.context("Within 7 days. Each jump is told once; /crm why NAME says what is behind it."),
    )


def best(kind: str, found: Sequence[tuple[CustomerBrief, ScoreView]], *, currency: str = "", days: int = 0) -> Message:
    """The best of the team by one kind of score."""
    name = wording.SCORES.get(kind, kind)
    if not found:
        said = f"There are no scores of {name.lower()} yet. They are made each night."
        return blocks.message(said, blocks.section(said))
    rows: list[list[str | Number]] = [
        [
            wording.customer(brief),
            Number(score.point, wording.score(score, currency, days)),
            next(iter(score.reasons), ""),
        ]
        for brief, score in found[:10]
    ]
    first = found[0][1]
    said = f"Highest {name.lower()}: {wording.customer(found[0][0])}"
    rests = f"n {first.n:,}, model of {first.as_of:%d %b %Y}"
    listed = tables.table(f"Highest {name.lower()}", ("Customer", name, "Why"), rows)
    return blocks.message(said, blocks.header(f"Highest {name.lower()}"), listed, blocks.context(rests))


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
